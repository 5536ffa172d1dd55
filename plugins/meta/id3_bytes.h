/* SPDX-License-Identifier: MIT */
/* The bytes of ID3 frames, with unsynchronisation undone, and the texts in them. ID3v2.4.0 structure, sections 4 and 6.1. */
#ifndef PLUGINS_META_ID3_BYTES_H
#define PLUGINS_META_ID3_BYTES_H

#include <adit/adit.h>
#include <adit/charset.h>

/* Reads a tag's bytes; the 00 after each FF is left out where the tag or frame is unsynchronised (6.1). */
struct id3_reader {
    struct adit_cursor cursor;
    bool unsynchronised, after_ff;
};

static inline size_t id3_read(struct id3_reader *r, uint8_t *out, size_t n)
{
    size_t done = 0;
    if (!r->unsynchronised) {
        n = adit_left(&r->cursor) < n ? (size_t)adit_left(&r->cursor) : n;
        return adit_read_exact(&r->cursor, out, n) ? n : 0;
    }
    while (done < n && adit_left(&r->cursor) > 0) {
        uint8_t byte = adit_read_u8(&r->cursor);
        bool stuffed = r->after_ff && byte == 0;
        r->after_ff = byte == 0xff;
        if (!stuffed)
            out[done++] = byte;
    }
    /* A 00 that follows belongs to what was read. */
    if (r->after_ff && adit_match_literal(&r->cursor, "\0"))
        r->after_ff = false;
    return done;
}

/* What is left of a frame, in memory. A take beyond the end gives what is there, or 0. */
struct id3_slice {
    const uint8_t *at, *end;
    bool failed;
    bool little; /* the byte order of UTF-16 met last */
};

static inline size_t id3_left(const struct id3_slice *s)
{
    return (size_t)(s->end - s->at);
}

static inline struct adit_text id3_take(struct id3_slice *s, size_t n)
{
    if (n > id3_left(s)) {
        s->failed = true;
        n = id3_left(s);
    }
    s->at += n;
    return adit_text_of((const char *)s->at - n, n);
}

static inline uint64_t id3_number(struct id3_slice *s, size_t n)
{
    struct adit_text bytes = id3_take(s, n);
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.size; i++)
        value = value << 8 | (uint8_t)bytes.data[i];
    return s->failed ? 0 : value;
}

/* Text up to its NUL, which is stepped over: two bytes of 0 in UTF-16 (encodings 1 and 2). */
static inline struct adit_text id3_string(struct id3_slice *s, uint8_t encoding)
{
    size_t unit = encoding == 1 || encoding == 2 ? 2 : 1, n = 0, left = id3_left(s);
    while (n + unit <= left && (s->at[n] != 0 || (unit == 2 && s->at[n + 1] != 0)))
        n += unit;
    bool ended = n + unit <= left;
    struct adit_text text = id3_take(s, ended ? n : left);
    (void)id3_take(s, ended ? unit : 0);
    return text;
}

/* 4: 0 is Latin-1, 1 UTF-16 with a byte order mark, 2 UTF-16BE, 3 UTF-8. A later string without a mark goes on in the order
 * of the one before; without any, in the one of the machines that leave it out. */
static inline void id3_emit_text(const struct adit_call *job, const char *field, uint8_t encoding, struct id3_slice *s,
                                 struct adit_text text)
{
    if (encoding == 3 || encoding > 3) {
        (void)adit_emit_text(job, field, text);
        return;
    }
    bool marked = encoding == 1 && text.size >= 2 &&
                  (__builtin_memcmp(text.data, "\xff\xfe", 2) == 0 || __builtin_memcmp(text.data, "\xfe\xff", 2) == 0);
    if (marked) {
        s->little = (uint8_t)text.data[0] == 0xff;
        text = adit_text_of(text.data + 2, text.size - 2);
    }
    (void)adit_emit_in_charset(job, field,
                               encoding == 0                ? ADIT_CHARSET_LATIN1
                               : encoding == 1 && s->little ? ADIT_CHARSET_UTF16LE
                                                            : ADIT_CHARSET_UTF16BE,
                               text);
}

#endif
