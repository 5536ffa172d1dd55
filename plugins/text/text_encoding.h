/* SPDX-License-Identifier: MIT */
/* In which encoding a text is, and where its bytes are not well-formed in it: Unicode 15.0, 3.9 (table 3-7), 3.10 and 23.8 (byte order
 * marks). */
#ifndef PLUGINS_TEXT_TEXT_ENCODING_H
#define PLUGINS_TEXT_TEXT_ENCODING_H

#include <adit/adit.h>

enum kind { BYTES, UTF8, UTF16LE, UTF16BE, UTF32LE, UTF32BE };
#define LL(x) ((unsigned long long)(x))

static const struct mark {
    enum kind kind;
    uint8_t size;
    char bytes[5];
    const char *name;
} marks[] = {
    {UTF8, 3, "\xef\xbb\xbf", "UTF-8"},       {UTF32LE, 4, "\xff\xfe\0\0", "UTF-32LE"},
    {UTF32BE, 4, "\0\0\xfe\xff", "UTF-32BE"}, {UTF16LE, 2, "\xff\xfe", "UTF-16LE"},
    {UTF16BE, 2, "\xfe\xff", "UTF-16BE"},
};

/* Where the bytes stop being well-formed in their encoding. */
struct check {
    uint64_t first_invalid; /* UINT64_MAX: nowhere */
    uint64_t invalid;
    uint8_t need, low, high; /* continuation bytes still to come, and the range of the next one */
    bool high_surrogate, ascii;
};

static inline void invalid_at(struct check *c, uint64_t offset)
{
    c->invalid++;
    if (c->first_invalid == UINT64_MAX)
        c->first_invalid = offset;
}

/* A byte that begins a UTF-8 sequence, by table 3-7. */
static inline void begin_sequence(struct check *c, uint8_t byte, uint64_t offset)
{
    c->low = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
    c->high = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
    c->need = byte >= 0xc2 && byte <= 0xdf   ? 1
              : byte >= 0xe0 && byte <= 0xef ? 2
              : byte >= 0xf0 && byte <= 0xf4 ? 3
                                             : 0;
    if (byte >= 0x80 && c->need == 0)
        invalid_at(c, offset);
}

static inline void check_utf8(struct check *c, uint64_t *characters, uint8_t byte, uint64_t offset)
{
    if (byte < 0x80 && c->need == 0) {
        (*characters)++;
        return;
    }
    c->ascii = false;
    if (c->need > 0 && byte >= c->low && byte <= c->high) {
        c->need--;
        c->low = 0x80;
        c->high = 0xbf;
        return;
    }
    if (c->need > 0)
        invalid_at(c, offset);
    (*characters)++;
    begin_sequence(c, byte, offset);
}

static inline void check_utf16(struct check *c, uint64_t *characters, uint32_t unit, uint64_t offset)
{
    bool high = (unit & 0xfc00) == 0xd800, low = (unit & 0xfc00) == 0xdc00;
    if (low != c->high_surrogate)
        invalid_at(c, offset);
    *characters += !(low && c->high_surrogate);
    c->high_surrogate = high;
}

static inline void check_utf32(struct check *c, uint64_t *characters, uint32_t unit, uint64_t offset)
{
    (*characters)++;
    if (unit > 0x10ffff || (unit >= 0xd800 && unit <= 0xdfff))
        invalid_at(c, offset);
}

static inline const struct mark *find_mark(const struct adit_call *job)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        struct adit_cursor c = adit_cursor(job);
        if (adit_match(&c, marks[i].bytes, marks[i].size))
            return &marks[i];
    }
    return NULL;
}

/* A mark promises an encoding: where the bytes do not keep it the file is malformed. Without one it is just another. */
static inline int32_t judge(const struct adit_call *job, const struct mark *mark, struct check *c, uint64_t at,
                            bool whole)
{
    unsigned width = mark && mark->kind >= UTF32LE ? 4 : mark && mark->kind >= UTF16LE ? 2 : 1;
    if (whole && (c->need > 0 || c->high_surrogate || at % width != 0))
        invalid_at(c, at);
    const char *name = mark ? mark->name : c->ascii ? "US-ASCII" : c->invalid == 0 ? "UTF-8" : "unknown-8bit";
    adit_emit_string(job, "encoding", name);
    adit_emit_bool(job, "byte_order_mark", mark != NULL);
    if (c->invalid == 0 || !mark)
        return ADIT_OK;
    adit_emit_u64(job, "first_invalid", c->first_invalid);
    adit_emit_u64(job, "invalid_count", c->invalid);
    adit_warnf(job, "offset %llu: not valid %s, as the byte order mark promises (%llu such places)",
               LL(c->first_invalid), name, LL(c->invalid));
    return ADIT_MALFORMED;
}

#endif
