/* SPDX-License-Identifier: MIT */
/* ID3v1 and v1.1: 128 bytes at the end of a file. Specification "ID3v1" of id3.org. */
#ifndef PLUGINS_META_ID3_V1_H
#define PLUGINS_META_ID3_V1_H

#include "id3_tag.h"

/* ID3v1: fixed fields of 30, 30, 30, 4, 30 bytes and a genre; v1.1 has a track in the last two of the comment. */
static void read_v1(struct id3 *x, struct adit_cursor *c)
{
    char fields[128];
    static const struct {
        const char *name;
        uint8_t offset, size;
    } layout[] = {{"title", 3, 30}, {"artist", 33, 30}, {"album", 63, 30}, {"year", 93, 4}};
    (void)adit_read_exact(c, fields, sizeof fields);
    if (!adit_ok(c)) {
        adit_complain(&x->report, "ID3v1 at offset 0: expected 128 bytes, found %llu",
                      (unsigned long long)adit_length(c));
        return;
    }
    bool has_track = fields[125] == 0 && fields[126] != 0;
    (void)adit_emit_string(x->job, "version", has_track ? "1.1" : "1.0");
    for (size_t i = 0; i < sizeof layout / sizeof *layout; i++) {
        struct adit_text text =
            adit_text_trim_end(adit_text_until_nul(adit_text_of(fields + layout[i].offset, layout[i].size)));
        if (text.size > 0)
            (void)adit_emit_in_charset(x->job, layout[i].name, ADIT_CHARSET_LATIN1, text);
    }
    struct adit_text comment = adit_text_trim_end(adit_text_until_nul(adit_text_of(fields + 97, has_track ? 28 : 30)));
    if (comment.size > 0) {
        (void)adit_begin_object(x->job, "comments");
        (void)adit_emit_in_charset(x->job, "text", ADIT_CHARSET_LATIN1, comment);
        (void)adit_end(x->job);
    }
    char number[4];
    uint8_t genre = (uint8_t)fields[127];
    if (has_track) {
        (void)snprintf(number, sizeof number, "%u", (unsigned)(uint8_t)fields[126]);
        (void)adit_emit_string(x->job, "track", number);
    }
    if (adit_genre_name(genre)) {
        (void)snprintf(number, sizeof number, "%u", (unsigned)genre);
        (void)adit_emit_string(x->job, "genre", number);
        (void)adit_emit_string(x->job, "genre_name", adit_genre_name(genre));
    }
}

#endif
