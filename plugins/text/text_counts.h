/* SPDX-License-Identifier: MIT */
/* Lines, words and characters of text, unit by unit, and 64 bytes at once where those are plain ASCII. */
#ifndef TEXT_TEXT_COUNTS_H
#define TEXT_TEXT_COUNTS_H

#include <stdbool.h>
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK = 64 };

struct counts {
    uint64_t lf, crlf, cr, words, characters, nul, control, tab_lines, space_lines, blank, trailing, longest;
    uint64_t line_bytes; /* of the line so far */
    uint64_t line_begun; /* units of it that are not line ends */
    bool after_cr, in_word, line_text, last_blank;
};

static void end_line(struct counts *n, uint64_t *kind)
{
    (*kind)++;
    if (n->line_bytes > n->longest)
        n->longest = n->line_bytes;
    n->blank += !n->line_text;
    n->trailing += n->last_blank && n->line_begun > 0;
    n->line_bytes = n->line_begun = 0;
    n->line_text = n->last_blank = n->in_word = false;
}

/* One code unit of `bytes` bytes; above 0x7f it is part of a word and nothing else. */
static inline void count_unit(struct counts *n, uint32_t unit, unsigned bytes)
{
    if (n->after_cr) {
        n->after_cr = false;
        end_line(n, unit == '\n' ? &n->crlf : &n->cr);
        if (unit == '\n')
            return;
    }
    if (unit == '\n') {
        end_line(n, &n->lf);
        return;
    }
    if (unit == '\r') {
        n->after_cr = true;
        return;
    }
    bool blank = unit == ' ' || unit == '\t' || unit == '\v' || unit == '\f';
    if (n->line_begun++ == 0) {
        n->tab_lines += unit == '\t';
        n->space_lines += unit == ' ';
    }
    n->line_bytes += bytes;
    n->last_blank = blank;
    n->words += !blank && !n->in_word;
    n->in_word = !blank;
    n->line_text = n->line_text || !blank;
    n->nul += unit == 0;
    n->control += (unit < 0x20 && !blank) || unit == 0x7f;
}

/* ---- blocks ---- */

/* Where in a block these bytes are: the first is the lowest bit. */
struct block {
    uint64_t lf, cr, tab, space, other; /* other: not ASCII, or a control character that is none of those */
};

/* False: there is no fast way here. */
static inline bool look_at_block(const uint8_t *p, struct block *b)
{
#ifdef __SSE2__
    *b = (struct block){0, 0, 0, 0, 0};
    for (unsigned i = 0; i < BLOCK; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i lf = _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')), cr = _mm_cmpeq_epi8(v, _mm_set1_epi8('\r'));
        __m128i tab = _mm_cmpeq_epi8(v, _mm_set1_epi8('\t')), space = _mm_cmpeq_epi8(v, _mm_set1_epi8(' '));
        __m128i low = _mm_cmplt_epi8(v, _mm_set1_epi8(' ')); /* and what is not ASCII: below 0 */
        __m128i known = _mm_or_si128(_mm_or_si128(lf, cr), tab);
        __m128i other = _mm_or_si128(_mm_andnot_si128(known, low), _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)));
        b->lf |= (uint64_t)(uint32_t)_mm_movemask_epi8(lf) << i;
        b->cr |= (uint64_t)(uint32_t)_mm_movemask_epi8(cr) << i;
        b->tab |= (uint64_t)(uint32_t)_mm_movemask_epi8(tab) << i;
        b->space |= (uint64_t)(uint32_t)_mm_movemask_epi8(space) << i;
        b->other |= (uint64_t)(uint32_t)_mm_movemask_epi8(other) << i;
    }
    return true;
#else
    (void)p, (void)b;
    return false;
#endif
}

static inline void count_run(struct counts *n, const struct block *b, uint64_t word, unsigned from, unsigned to)
{
    uint64_t run = (to < BLOCK ? (UINT64_C(1) << to) - 1 : UINT64_MAX) & UINT64_MAX << from;
    if (n->line_begun == 0) {
        n->tab_lines += b->tab >> from & 1;
        n->space_lines += b->space >> from & 1;
    }
    n->line_begun += to - from;
    n->line_bytes += to - from;
    n->line_text = n->line_text || (word & run);
    n->last_blank = !(word >> (to - 1) & 1);
}

/* BLOCK bytes as count_unit would count them, behind a whole character. False, and nothing was counted: some are not plain. */
static inline bool count_block(struct counts *n, const uint8_t *p)
{
    struct block b;
    if (n->after_cr || !look_at_block(p, &b) || b.other || b.cr >> (BLOCK - 1) || (b.cr << 1 & ~b.lf))
        return false; /* a CR of its own, or one whose LF would be the next block's */
    uint64_t word = ~(b.lf | b.cr | b.tab | b.space);
    unsigned from = 0;
    n->characters += BLOCK;
    n->words += (uint64_t)__builtin_popcountll(word & ~(word << 1 | n->in_word));
    for (uint64_t ends = b.lf; ends; ends &= ends - 1) {
        unsigned at = (unsigned)__builtin_ctzll(ends);
        bool crlf = at > 0 && (b.cr >> (at - 1) & 1);
        unsigned to = at - crlf;
        if (to > from)
            count_run(n, &b, word, from, to);
        end_line(n, crlf ? &n->crlf : &n->lf);
        from = at + 1;
    }
    if (from < BLOCK)
        count_run(n, &b, word, from, BLOCK);
    n->in_word = word >> (BLOCK - 1);
    return true;
}

#endif
