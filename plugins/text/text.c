/* SPDX-License-Identifier: MIT */
/* Plain text of any type: encoding, line ends, counts. An encoding is told where the bytes prove it: a byte order
 * mark, only ASCII, or well-formed UTF-8; other 8-bit text is "unknown-8bit" (RFC 1428). Sources: Unicode 15.0, 3.9
 * (table 3-7), 3.10, 23.8 (BOM); names of encodings as IANA's character sets. */
#include "text_counts.h"
#include "text_encoding.h"
#include <adit/adit.h>
#include <stdlib.h>
#include <string.h>

ADIT_MODULE("text", "1.0.0")

enum { PIECE = 64 * 1024 };

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
                check_utf8(c, &n->characters, p[i], offset + i);
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
            check_utf16(c, &n->characters, unit, offset + i);
        else
            check_utf32(c, &n->characters, unit, offset + i);
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
