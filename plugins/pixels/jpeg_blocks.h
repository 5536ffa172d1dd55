/* SPDX-License-Identifier: MIT */
/* The coefficients of a block, of which the lowest frequencies are kept and the others stepped over. T.81 F.2.2, G.1.2, G.2.
 *
 * Bits are in registers from block to block, so that nothing may have the address of what they are in: what is rare gets a copy. */
#ifndef PIXELS_JPEG_BLOCKS_H
#define PIXELS_JPEG_BLOCKS_H

#include "jpeg_huffman.h"

#define IN_PLACE static inline __attribute__((always_inline))
#define APART static __attribute__((noinline))

_Static_assert(4 * LOOK <= 56, "a refill has the bits of the four lookups up to the next one");

struct found {
    struct bits bits; /* behind it */
    uint32_t k;       /* of the frequency behind it */
    int32_t value;    /* of the last one */
    int32_t ended;    /* blocks that end with it: several only where progressive (G.1.2.2); 0: none; -1: no code */
};

/* One AC code and what follows it, however long. */
APART struct found find_ac(const struct huffman *ac, struct bits b, uint32_t k, bool progressive)
{
    refill(&b);
    int symbol = next_symbol(&b, ac);
    uint32_t size = (uint32_t)symbol & 15, run = (uint32_t)symbol >> 4 & 15;
    if (symbol < 0)
        return (struct found){b, k, 0, -1};
    if (size == 0 && run < 15) {
        int32_t ended = progressive ? (int32_t)((1u << run) + take_bits(&b, run)) : 1;
        return (struct found){b, k, 0, ended};
    }
    int32_t value = take_value(&b, size);
    return (struct found){b, k + run + 1, value, 0};
}

/* The same of a difference of the lowest frequency (F.2.2.1). */
APART struct found find_dc(const struct huffman *dc, struct bits b)
{
    int size = next_symbol(&b, dc);
    if (size < 0 || size > 15)
        return (struct found){b, 0, 0, -1};
    int32_t value = take_value(&b, (uint32_t)size);
    return (struct found){b, 1, value, 0};
}

/* As many coefficients from *k on as the next bits have. False: they go on beyond 63, or end. */
IN_PLACE bool skip_step(struct bits *b, const struct huffman *ac, uint32_t *k, uint32_t *step)
{
    *step = ac->steps[peek(b, LOOK)];
    uint32_t next = *k + (*step >> STEP_FAR);
    if (next > 63)
        return false;
    drop(b, *step);
    *k = next;
    return true;
}

/* One AC coefficient of which the code alone lies in LOOK bits. False: it does not, or it is none. */
IN_PLACE bool take_long(struct bits *b, const struct huffman *ac, uint32_t *k, int32_t *value)
{
    refill(b);
    uint32_t look = ac->look[peek(b, LOOK)], size = look & 15;
    if (size == 0)
        return false;
    drop(b, look >> 8);
    *value = extended(peek(b, size), size);
    drop(b, size);
    *k += (look >> 4 & 15) + 1;
    return true;
}

/* The AC coefficients of a block from k to 63 are stepped over. `ended` of struct found, 1 also where the last frequency was met. */
IN_PLACE int32_t skip_ac(struct bits *b, const struct huffman *ac, uint32_t k, bool progressive)
{
    int32_t value;
    for (;;) {
        uint32_t step, next;
        do
            refill(b);
        while (skip_step(b, ac, &k, &step) && skip_step(b, ac, &k, &step) && skip_step(b, ac, &k, &step) &&
               skip_step(b, ac, &k, &step));
        next = k + (step >> STEP_FAR);
        if (next == 64 || (next < 64 + STEP_END && step >= STEP_END << STEP_FAR)) {
            drop(b, step);
            return 1;
        }
        if (!take_long(b, ac, &k, &value)) {
            struct found f = find_ac(ac, *b, k, progressive);
            *b = f.bits;
            k = f.k;
            if (f.ended)
                return f.ended;
        }
        if (k > 63)
            return 1;
    }
}

/* The next coefficient up to `most`, where one lookup has it. False: *one says why not, unless it was the last one. */
IN_PLACE bool keep_step(struct bits *b, const struct huffman *ac, uint32_t *k, uint32_t most, int32_t *one,
                        int16_t *found)
{
    *one = ac->one[peek(b, LOOK)];
    uint32_t step = (uint32_t)*one >> STEP_FAR & 255;
    if (step >= STEP_END)
        return false;
    drop(b, (uint32_t)*one);
    *k += step;
    found[*k - 1] = (int16_t)(*one >> 16);
    return *k <= most;
}

/* The AC coefficients of a block of brightness from k to `last`; those of low frequency are kept: in *four, as value_at() has them. As
 * skip_ac. At least 36 bits are there. */
IN_PLACE int32_t take_ac(struct bits *b, const struct huffman *ac, uint32_t k, uint32_t last, uint32_t low,
                         bool progressive, uint64_t *four)
{
    int16_t found[64 + 16]; /* by their place in the zigzag */
    uint32_t most = last < 63 ? last : LAST_KEPT;
    int32_t ended = 0, one, value;
    memset(found, 0, 8 * sizeof *found);
    bool more = keep_step(b, ac, &k, most, &one, found) && keep_step(b, ac, &k, most, &one, found) &&
                keep_step(b, ac, &k, most, &one, found);
    for (;;) {
        while (more) {
            refill(b);
            more = keep_step(b, ac, &k, most, &one, found) && keep_step(b, ac, &k, most, &one, found) &&
                   keep_step(b, ac, &k, most, &one, found) && keep_step(b, ac, &k, most, &one, found);
        }
        if (k > most)
            break;
        if (((uint32_t)one >> STEP_FAR & 255) == STEP_END) {
            drop(b, (uint32_t)one);
            ended = one >> 16;
            break;
        }
        if (!take_long(b, ac, &k, &value)) {
            struct found f = find_ac(ac, *b, k, progressive);
            *b = f.bits;
            k = f.k;
            value = f.value;
            if ((ended = f.ended) != 0)
                break;
        }
        found[k - 1] = (int16_t)value;
        if (k > most)
            break;
        more = true;
    }
    *four |= value_at(1, found[1], low) | value_at(2, found[2], low) | value_at(4, found[4], low);
    if (ended)
        return ended;
    return last < 63 || k > 63 ? 1 : skip_ac(b, ac, k, progressive);
}

/* The same from the first frequency of a progressive scan. */
IN_PLACE int32_t take_band(struct bits *b, const struct huffman *ac, uint32_t last, uint32_t low, uint64_t *four)
{
    refill(b);
    uint64_t start = ac->start[peek(b, LOOK)];
    uint32_t k = start >> START_K & START_K_MOST;
    int32_t ended = start >> START_ENDED & START_ENDED_MOST;
    drop(b, (uint32_t)start & START_BITS);
    *four |= start >> 16 << 16;
    return ended ? ended : k > last ? 1 : take_ac(b, ac, k, last, low, true, four);
}

/* The lowest frequency of a block by that of the one before (F.2.2.1). False: no code begins so. */
IN_PLACE bool take_dc(struct bits *b, const struct huffman *dc, int32_t *before)
{
    refill(b);
    int32_t one = dc->one[peek(b, LOOK)];
    if (one) {
        drop(b, (uint32_t)one);
        *before += one >> 16;
        return true;
    }
    struct found f = find_dc(dc, *b);
    *b = f.bits;
    refill(b);
    *before += f.value;
    return f.ended == 0;
}

#endif
