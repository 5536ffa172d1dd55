/* SPDX-License-Identifier: MIT */
/* The table of drum-hits.tsv, a resource: names and classes of drums by pitch. adit has held the file against its declaration: pitch, gm, td11,
 * nine, eight, three. */
#ifndef ADIT_DRUMS_H
#define ADIT_DRUMS_H

#include <adit/adit.h>
#include <adit/lines.h>
#include <stdlib.h>
#include <string.h>

enum { ADIT_DRUM_GM, ADIT_DRUM_TD11, ADIT_DRUM_NINE, ADIT_DRUM_EIGHT, ADIT_DRUM_THREE, ADIT_DRUM_COLUMNS, ADIT_DRUM_TEXT = 64 };

struct adit_drums {
    char text[128][ADIT_DRUM_COLUMNS][ADIT_DRUM_TEXT]; /* "": none */
    bool known[128];
};

static inline void adit_drums_take(struct adit_drums *h, struct adit_text line)
{
    unsigned pitch = 0, column = 0;
    size_t n = 0;
    for (size_t i = 0; i < line.size; i++) {
        char c = line.data[i];
        if (c == '\t') {
            if (pitch > 127 || column == ADIT_DRUM_COLUMNS)
                return;
            column++;
            n = 0;
        } else if (column == 0) {
            if (c < '0' || c > '9' || pitch > 127)
                return; /* the header, or a comment */
            pitch = pitch * 10 + (unsigned)(c - '0');
        } else if (n + 1 < ADIT_DRUM_TEXT) {
            h->text[pitch][column - 1][n++] = c;
        }
    }
    if (column > 0)
        h->known[pitch] = true;
}

/* [open] NULL: the table cannot be read, or memory is short. free() */
static inline struct adit_drums *adit_drums_read(const struct adit_call *job, const char *resource)
{
    adit_source source = adit_resource(job, resource);
    struct adit_drums *h = source < 0 ? NULL : (struct adit_drums *)calloc(1, sizeof *h);
    char room[1024];
    struct adit_lines l = adit_lines(job, 0, UINT64_MAX, room, sizeof room);
    if (!h)
        return NULL;
    for (l.source = source; adit_next_line(&l);)
        adit_drums_take(h, l.line);
    if (!l.failed)
        return h;
    free(h);
    return NULL;
}

#endif
