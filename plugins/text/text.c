/* SPDX-License-Identifier: MIT */
/* Plain text of any type: encoding, line ends, counts. An encoding is told where the bytes prove it: a byte order
 * mark, only ASCII, or well-formed UTF-8; other 8-bit text is "unknown-8bit" (RFC 1428). Sources: Unicode 15.0, 3.9
 * (table 3-7), 3.10, 23.8 (BOM); names of encodings as IANA's character sets. */
#include <adit/adit.h>
#include <stdlib.h>
#include <string.h>

ADIT_MODULE("text", "1.0.0")

#include "text_counts.h"

enum { PIECE = 64 * 1024 };
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

static void invalid_at(struct check *c, uint64_t offset)
{
    c->invalid++;
    if (c->first_invalid == UINT64_MAX)
        c->first_invalid = offset;
}

/* A byte that begins a UTF-8 sequence, by table 3-7. */
static void begin_sequence(struct check *c, uint8_t byte, uint64_t offset)
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

static inline void check_utf8(struct check *c, struct counts *n, uint8_t byte, uint64_t offset)
{
    if (byte < 0x80 && c->need == 0) {
        n->characters++;
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
    n->characters++;
    begin_sequence(c, byte, offset);
}

static void check_utf16(struct check *c, struct counts *n, uint32_t unit, uint64_t offset)
{
    bool high = (unit & 0xfc00) == 0xd800, low = (unit & 0xfc00) == 0xdc00;
    if (low != c->high_surrogate)
        invalid_at(c, offset);
    n->characters += !(low && c->high_surrogate);
    c->high_surrogate = high;
}

static void check_utf32(struct check *c, struct counts *n, uint32_t unit, uint64_t offset)
{
    n->characters++;
    if (unit > 0x10ffff || (unit >= 0xd800 && unit <= 0xdfff))
        invalid_at(c, offset);
}

/* Counts a piece of whole units. */
static void count_piece(enum kind kind, struct counts *n, struct check *c, const uint8_t *p, size_t size,
                        uint64_t offset)
{
    if (kind == BYTES || kind == UTF8) {
        for (size_t i = 0; i < size;) {
            if (c->need == 0 && size - i >= BLOCK && count_block(n, p + i)) {
                i += BLOCK;
                continue;
            }
            for (size_t end = size - i < BLOCK ? size : i + BLOCK; i < end; i++) {
                check_utf8(c, n, p[i], offset + i);
                count_unit(n, p[i], 1);
            }
        }
        return;
    }
    unsigned width = kind == UTF16LE || kind == UTF16BE ? 2 : 4;
    bool big = kind == UTF16BE || kind == UTF32BE;
    for (size_t i = 0; i + width <= size; i += width) {
        uint32_t unit = 0;
        for (unsigned k = 0; k < width; k++)
            unit = unit << 8 | p[i + (big ? k : width - 1 - k)];
        if (width == 2)
            check_utf16(c, n, unit, offset + i);
        else
            check_utf32(c, n, unit, offset + i);
        count_unit(n, unit, width);
    }
}

/* Reads up to `end`. Returns how far it came: to the end, to a stop, or to where the source could not be read. */
static uint64_t count_all(const struct adit_call *job, enum kind kind, uint64_t at, uint64_t end, struct counts *n,
                          struct check *c)
{
    uint8_t *piece = (uint8_t *)malloc(PIECE);
    int64_t got = 1;
    while (piece && at < end && got > 0 && adit_progress(job, at, end)) {
        got = adit_read(job, ADIT_SOURCE_MAIN, at, piece, end - at < PIECE ? (size_t)(end - at) : PIECE);
        if (got <= 0)
            break;
        count_piece(kind, n, c, piece, (size_t)got, at);
        at += (uint64_t)got;
    }
    free(piece);
    return at;
}

static void emit_counts(const struct adit_call *job, const struct counts *n, uint64_t lines, bool characters)
{
    int kinds = (n->lf > 0) + (n->crlf > 0) + (n->cr > 0);
    const char *ends = kinds > 1 ? "mixed" : n->lf > 0 ? "LF" : n->crlf > 0 ? "CRLF" : n->cr > 0 ? "CR" : "none";
    adit_emit_string(job, "line_ending", ends);
    if (kinds > 1) {
        adit_emit_u64(job, "lf_count", n->lf);
        adit_emit_u64(job, "crlf_count", n->crlf);
        adit_emit_u64(job, "cr_count", n->cr);
    }
    adit_emit_u64(job, "line_count", lines);
    adit_emit_u64(job, "blank_lines", n->blank);
    adit_emit_u64(job, "longest_line", n->longest);
    adit_emit_u64(job, "word_count", n->words);
    if (characters)
        adit_emit_u64(job, "character_count", n->characters);
    adit_emit_u64(job, "tab_indented_lines", n->tab_lines);
    adit_emit_u64(job, "space_indented_lines", n->space_lines);
    adit_emit_u64(job, "trailing_whitespace_lines", n->trailing);
    adit_emit_u64(job, "nul_count", n->nul);
    adit_emit_u64(job, "control_count", n->control);
}

static const struct mark *find_mark(const struct adit_call *job)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        struct adit_cursor c = adit_cursor(job);
        if (adit_match(&c, marks[i].bytes, marks[i].size))
            return &marks[i];
    }
    return NULL;
}

/* A mark promises an encoding: where the bytes do not keep it the file is malformed. Without one it is just another. */
static int32_t judge(const struct adit_call *job, const struct mark *mark, struct check *c, uint64_t at, bool whole)
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

static int32_t run(void *state, const struct adit_call *job)
{
    struct counts n = {0};
    struct check c = {.first_invalid = UINT64_MAX, .ascii = true};
    uint64_t size = adit_size(job), max = adit_option_u64(job, "max_bytes", 64 << 20) / 4 * 4;
    uint64_t end = size < max ? size : max;
    const struct mark *mark = find_mark(job);
    (void)state;
    uint64_t at = count_all(job, mark ? mark->kind : BYTES, mark ? mark->size : 0, end, &n, &c);
    if (n.after_cr) /* a CR at the very end */
        end_line(&n, &n.cr);
    bool rest = n.line_begun > 0; /* a last line without an end */
    if (rest) {
        uint64_t none = 0;
        end_line(&n, &none);
    }
    uint64_t lines = n.lf + n.crlf + n.cr + rest;
    int32_t status = judge(job, mark, &c, at, at >= size);
    emit_counts(job, &n, lines, c.invalid == 0);
    if (at >= size) {
        adit_emit_bool(job, "final_line_ending", lines > 0 && !rest);
        return status;
    }
    adit_emit_u64(job, "examined_size", at);
    adit_warnf(job, "only the first %llu of %llu bytes were examined%s: all counts are of those", LL(at), LL(size),
               at >= end ? " (option max_bytes)" : "");
    return status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
