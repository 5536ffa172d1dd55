/* SPDX-License-Identifier: MIT */
/*
 * Rows and cells of delimited text in memory, at tens of millions of rows a second: 64 bytes at a time become a mask of the
 * delimiters and line ends in them. Quoted cells as in RFC 4180, 2. Nothing outside of the text is read, whatever it holds, also
 * where it changes meanwhile.
 */
#ifndef PLUGINS_IDMAP_TABLE_ROWS_H
#define PLUGINS_IDMAP_TABLE_ROWS_H

#include <adit/text.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { ROW_BYTES = 1024 * 1024, ROW_CELLS = 256 };

struct rows {
    const char *text;
    uint64_t size;
    char delimiter;
    bool quote;
    struct adit_text comment; /* rows that begin with it are none; empty: there are no such */
};

/* Where the reading is: what of the block is still to be looked at. */
struct row_scan {
    uint64_t block, mask;    /* offset of 64 bytes; their delimiters and line ends that are not behind us */
    uint64_t odd, block_odd; /* some byte is NUL or not ASCII: since the row's beginning; in the block */
};

enum row_fault { ROW_GOOD = 0, ROW_OPEN_QUOTE, ROW_AFTER_QUOTE, ROW_LONG };
struct row {
    uint64_t begin, end, next; /* end: without the line's end */
    uint32_t lines;            /* line ends in it, its own included */
    uint32_t cells;            /* all that there are; the first ROW_CELLS are kept */
    uint64_t odd;
    enum row_fault fault;
    struct row_cell { uint64_t begin, end; bool doubled; } cell[ROW_CELLS]; /* doubled: has "" for a quote */
};

/* Bits of the bytes at `at` that are the delimiter or a line feed; what is not of the text has none. */
static inline uint64_t rows_mask(const struct rows *r, uint64_t at, uint64_t *odd)
{
    unsigned char tail[64];
    const unsigned char *p = (const unsigned char *)r->text + at;
    uint64_t inside = UINT64_MAX, mask = 0, strange = 0;
    if (r->size - at < 64) {
        memset(tail, ' ', sizeof tail);
        memcpy(tail, p, (size_t)(r->size - at));
        inside = ((uint64_t)1 << (r->size - at)) - 1;
        p = tail;
    }
#ifdef __SSE2__
    const __m128i delimiter = _mm_set1_epi8(r->delimiter), feed = _mm_set1_epi8('\n'), zero = _mm_setzero_si128();
    for (int i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, delimiter), _mm_cmpeq_epi8(v, feed));
        mask |= (uint64_t)(unsigned)_mm_movemask_epi8(hit) << (16 * i);
        strange |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(v, _mm_cmpeq_epi8(v, zero)));
    }
#else
    for (int i = 0; i < 64; i++) {
        mask |= (uint64_t)(p[i] == (unsigned char)r->delimiter || p[i] == '\n') << i;
        strange |= p[i] >= 0x80 || p[i] == 0;
    }
#endif
    *odd = strange;
    return mask & inside;
}

static inline struct row_scan rows_at(const struct rows *r, uint64_t at)
{
    struct row_scan s = {at, 0, 0, 0};
    if (at < r->size)
        s.mask = rows_mask(r, at, &s.block_odd);
    s.odd = s.block_odd;
    return s;
}

/* The next delimiter or line feed, or the text's size. */
static inline uint64_t rows_next_mark(const struct rows *r, struct row_scan *s, uint64_t limit)
{
    while (!s->mask) {
        if (r->size - s->block <= 64)
            return r->size;
        s->block += 64;
        if (s->block > limit)
            return UINT64_MAX;
        s->mask = rows_mask(r, s->block, &s->block_odd);
        s->odd |= s->block_odd;
    }
    uint64_t at = s->block + (unsigned)__builtin_ctzll(s->mask);
    s->mask &= s->mask - 1;
    return at;
}

static inline uint64_t rows_line_end(const struct rows *r, uint64_t at)
{
    const char *feed = at < r->size ? memchr(r->text + at, '\n', (size_t)(r->size - at)) : NULL;
    return feed ? (uint64_t)(feed - r->text) : r->size;
}

/* The row cannot be cut: it ends with its line. */
static inline void rows_give_up(const struct rows *r, struct row_scan *s, struct row *row, enum row_fault fault)
{
    row->fault = fault;
    row->lines = 1;
    row->end = rows_line_end(r, row->begin);
    row->next = row->end < r->size ? row->end + 1 : r->size;
    *s = rows_at(r, row->next);
}

/* A cell that begins with a quote: steps over it, and over the mark behind it. The mark, or UINT64_MAX with a fault. */
static inline uint64_t rows_quoted(const struct rows *r, struct row_scan *s, struct row *row, struct row_cell *cell)
{
    uint64_t at = cell->begin + 1, limit = row->begin + ROW_BYTES < r->size ? row->begin + ROW_BYTES : r->size;
    cell->begin = at;
    for (;;) {
        const char *quote = at < limit ? memchr(r->text + at, '"', (size_t)(limit - at)) : NULL;
        if (!quote) {
            row->fault = ROW_OPEN_QUOTE;
            return UINT64_MAX;
        }
        at = (uint64_t)(quote - r->text) + 1;
        if (at == r->size || r->text[at] != '"')
            break;
        cell->doubled = true;
        at++;
    }
    cell->end = at - 1;
    for (uint64_t k = cell->begin; (k = rows_line_end(r, k)) < cell->end; k++)
        row->lines++;
    uint64_t before = s->odd, odd = 0;
    for (uint64_t k = cell->begin; !odd && k < at; k += 64)
        (void)rows_mask(r, k, &odd);
    *s = rows_at(r, at);
    s->odd |= before | odd;
    if (at < r->size && r->text[at] == '\r' && (at + 1 == r->size || r->text[at + 1] == '\n'))
        at++;
    uint64_t mark = rows_next_mark(r, s, UINT64_MAX);
    if (mark == at)
        return mark;
    row->fault = ROW_AFTER_QUOTE;
    return UINT64_MAX;
}

/* Reads the row at s, which is not at the text's end, and steps behind it. `want`: no more cells are needed, and the row's end may
 * stay unknown. */
static inline void rows_read(const struct rows *r, struct row_scan *s, uint64_t begin, uint32_t want, struct row *row)
{
    uint64_t at = begin;
    row->begin = begin;
    row->lines = 1;
    row->cells = 0;
    row->fault = ROW_GOOD;
    for (;;) {
        struct row_cell other, *cell = row->cells < ROW_CELLS ? &row->cell[row->cells] : &other;
        *cell = (struct row_cell){at, 0, false};
        bool quoted = r->quote && at < r->size && r->text[at] == '"';
        uint64_t mark = quoted ? rows_quoted(r, s, row, cell) : rows_next_mark(r, s, begin + ROW_BYTES);
        if (mark == UINT64_MAX) {
            rows_give_up(r, s, row, row->fault ? row->fault : ROW_LONG);
            return;
        }
        if (!quoted)
            cell->end = mark;
        row->cells++;
        if (mark < r->size && r->text[mark] == r->delimiter) {
            at = mark + 1;
            if (row->cells < want)
                continue;
            return;
        }
        if (!quoted && cell->end > cell->begin && r->text[cell->end - 1] == '\r')
            cell->end--;
        row->end = mark;
        row->next = mark < r->size ? mark + 1 : r->size;
        row->odd = s->odd;
        s->odd = row->next < s->block + 64 ? s->block_odd : 0; /* the next row may share the block */
        return;
    }
}

#endif
