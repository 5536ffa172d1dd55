/* SPDX-License-Identifier: MIT */
/* User data (udta): texts of QuickTime and 3GPP, Nero's chapters. */
#ifndef PLUGINS_VIDEO_ISOBMFF_USER_DATA_H
#define PLUGINS_VIDEO_ISOBMFF_USER_DATA_H

/* QuickTime: texts with a size and a language each, in Mac Roman (language below 0x400) or UTF-8. */
static inline void read_international_text(struct isobmff *x, uint32_t type, struct adit_cursor *c)
{
    while (adit_left(c) > 4) {
        uint16_t size = adit_read_u16(c), language = adit_read_u16(c);
        struct adit_cursor text = adit_sub(c, size < adit_left(c) ? size : adit_left(c));
        (void)adit_begin_object(x->job, "user_data");
        emit_fourcc(x, "type", type);
        emit_language(x, language);
        if (language < 0x400 && adit_left(&text) > 0)
            (void)adit_emit_in_charset(x->job, "text", ADIT_CHARSET_MACINTOSH,
                                       adit_read_bytes(&text, adit_left(&text)));
        else
            emit_rest_as_text(x, "text", &text);
        (void)adit_end(x->job);
    }
}

/* 3GPP TS 26.244, 8.2: a full box, a language, a text; "yrrc" has a year, "kywd", "loci" and others begin with the language too. */
static inline void read_3gpp_text(struct isobmff *x, uint32_t type, struct adit_cursor *c)
{
    char year[8];
    (void)adit_read_full_box(c, NULL);
    uint16_t language = adit_read_u16(c);
    if (!adit_ok(c))
        return;
    (void)adit_begin_object(x->job, "user_data");
    emit_fourcc(x, "type", type);
    if (type == BOX('y', 'r', 'r', 'c')) {
        (void)snprintf(year, sizeof year, "%u", language);
        (void)adit_emit_string(x->job, "text", year);
    } else {
        emit_language(x, language);
        emit_rest_as_text(x, "text", c);
    }
    (void)adit_end(x->job);
}

/* Nero: chapters in units of 100 ns. */
static inline void read_chpl(struct isobmff *x, struct adit_cursor *c)
{
    uint8_t version = adit_read_full_box(c, NULL);
    adit_skip(c, version ? 4 : 0);
    x->has_chapters = true;
    for (unsigned n = adit_read_u8(c); n > 0 && adit_left(c) >= 9; n--) {
        uint64_t start = adit_read_u64(c);
        uint8_t size = adit_read_u8(c);
        struct adit_cursor title = adit_sub(c, size < adit_left(c) ? size : adit_left(c));
        (void)adit_begin_object(x->job, "chapters");
        (void)adit_emit_f64(x->job, "start", (double)start / 1e7);
        emit_rest_as_text(x, "title", &title);
        (void)adit_end(x->job);
    }
}

/* A track has texts alone. */
static inline void read_user_data(struct isobmff *x, struct adit_boxes boxes, bool of_track)
{
    struct adit_box box;
    while (adit_next_box(&boxes, &box)) {
        struct adit_cursor c = adit_box_cursor(&boxes, &box);
        bool is_more = box.type == BOX('m', 'e', 't', 'a') || box.type == BOX('c', 'h', 'p', 'l');
        if (of_track && is_more)
            continue;
        switch (box.type) {
        case BOX('m', 'e', 't', 'a'):
            read_meta(x, &boxes, &box);
            break;
        case BOX('c', 'h', 'p', 'l'):
            read_chpl(x, &c);
            break;
        case BOX('X', 'M', 'P', '_'):
            (void)adit_emit_range(x->job, ADIT_TEXT("XMP_"), "application/rdf+xml", c.at, adit_left(&c));
            break;
        case BOX('t', 'i', 't', 'l'):
        case BOX('a', 'u', 't', 'h'):
        case BOX('p', 'e', 'r', 'f'):
        case BOX('g', 'n', 'r', 'e'):
        case BOX('d', 's', 'c', 'p'):
        case BOX('a', 'l', 'b', 'm'):
        case BOX('y', 'r', 'r', 'c'):
        case BOX('c', 'p', 'r', 't'):
            read_3gpp_text(x, box.type, &c);
            break;
        default:
            if (box.type >> 24 == 0xa9)
                read_international_text(x, box.type, &c);
        }
        if (box.type == 0)
            return;
    }
    check_walk(x, &boxes, &box);
}

#endif
