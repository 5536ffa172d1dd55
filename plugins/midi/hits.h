/* SPDX-License-Identifier: MIT */
/* The table of drum-hits.tsv: names and classes by pitch. adit has held the file against its declaration: pitch, gm, td11,
 * nine, eight, three. */
#ifndef PLUGINS_MIDI_HITS_H
#define PLUGINS_MIDI_HITS_H

#include <adit/adit.h>
#include <adit/lines.h>
#include <stdlib.h>
#include <string.h>

enum { HIT_GM, HIT_TD11, HIT_NINE, HIT_EIGHT, HIT_THREE, HIT_COLUMNS, HIT_TEXT = 64 };

struct hits {
    char text[128][HIT_COLUMNS][HIT_TEXT]; /* "": none */
    bool known[128];
};

static inline void take_hit(struct hits *h, struct adit_text line)
{
    unsigned pitch = 0, column = 0;
    size_t n = 0;
    for (size_t i = 0; i < line.size; i++) {
        char c = line.data[i];
        if (c == '\t') {
            if (pitch > 127 || column == HIT_COLUMNS)
                return;
            column++;
            n = 0;
        } else if (column == 0) {
            if (c < '0' || c > '9' || pitch > 127)
                return; /* the header, or a comment */
            pitch = pitch * 10 + (unsigned)(c - '0');
        } else if (n + 1 < HIT_TEXT) {
            h->text[pitch][column - 1][n++] = c;
        }
    }
    if (column > 0)
        h->known[pitch] = true;
}

/* [open] NULL: the table cannot be read, or memory is short. free() */
static inline struct hits *read_hits(const struct adit_call *job, const char *resource)
{
    adit_source source = adit_resource(job, resource);
    struct hits *h = source < 0 ? NULL : (struct hits *)calloc(1, sizeof *h);
    char room[1024];
    struct adit_lines l = adit_lines(job, 0, UINT64_MAX, room, sizeof room);
    if (!h)
        return NULL;
    for (l.source = source; adit_next_line(&l);)
        take_hit(h, l.line);
    if (!l.failed)
        return h;
    free(h);
    return NULL;
}

#endif
