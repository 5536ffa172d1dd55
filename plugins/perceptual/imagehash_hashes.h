/* SPDX-License-Identifier: MIT */
/* From the picture to each hash, and how it is told. Sources: Krawetz, "Looks Like It" (2011) and "Kind of Like That" (2013),
 * hackerfactor.com, for the first three. */
#ifndef PLUGINS_PERCEPTUAL_IMAGEHASH_HASHES_H
#define PLUGINS_PERCEPTUAL_IMAGEHASH_HASHES_H

#include "imagehash_picture.h"
#include <adit/hex.h>

static inline void emit_hex(const struct adit_call *job, const char *name, const bool *bit, size_t count)
{
    char text[PDQ_BITS / 4];
    for (size_t i = 0; i < count / 4; i++)
        text[i] = "0123456789abcdef"[bit[4 * i] << 3 | bit[4 * i + 1] << 2 | bit[4 * i + 2] << 1 | bit[4 * i + 3]];
    adit_emit_text(job, name, adit_text_of(text, count / 4));
}

/* The picture as `width` * `height` pixels, by Lanczos' kernel. False: short of memory. */
static inline bool shrink(const struct picture *p, const struct reduction *r, const struct taps *across, uint32_t width,
                          uint32_t height, uint8_t *out)
{
    if (!p->is_smaller)
        return resample(p->luma, p->view.is.width, p->view.is.height, out, width, height);
    smaller_pixels(r, across, out);
    return true;
}

/* 8 * 8: brighter than the mean. */
static inline bool emit_average(const struct picture *p)
{
    uint8_t small[HASH_BITS];
    uint32_t sum = 0;
    uint64_t bits = 0;
    if (!shrink(p, &p->smaller.eighth, &p->smaller.eighth.across, HASH_SIDE, HASH_SIDE, small))
        return false;
    for (int i = 0; i < HASH_BITS; i++)
        sum += small[i];
    for (int i = 0; i < HASH_BITS; i++)
        bits = bits << 1 | (small[i] * (uint32_t)HASH_BITS > sum);
    adit_emit_hex_number(p->job, "average", bits, HASH_BITS / 4);
    return true;
}

/* 9 * 8: brighter than the one on the left. */
static inline bool emit_difference(const struct picture *p)
{
    uint8_t small[HASH_SIDE][HASH_SIDE + 1];
    uint64_t bits = 0;
    if (!shrink(p, &p->smaller.eighth, &p->smaller.ninth, HASH_SIDE + 1, HASH_SIDE, small[0]))
        return false;
    for (int i = 0; i < HASH_BITS; i++)
        bits = bits << 1 | (small[i / HASH_SIDE][i % HASH_SIDE + 1] > small[i / HASH_SIDE][i % HASH_SIDE]);
    adit_emit_hex_number(p->job, "difference", bits, HASH_BITS / 4);
    return true;
}

/* 32 * 32: the lowest 8 * 8 frequencies above their median. */
static inline bool emit_perceptual(const struct picture *p)
{
    uint8_t small[DCT_SIDE * DCT_SIDE];
    double low[HASH_BITS];
    if (!shrink(p, &p->smaller.dct, &p->smaller.dct.across, DCT_SIDE, DCT_SIDE, small))
        return false;
    dct_corner(small, low);
    adit_emit_hex_number(p->job, "perceptual", above_median(low), HASH_BITS / 4);
    return true;
}

/* The largest power of two that fits the shorter side, 8 at least: the means of 8 * 8 squares above their median. */
static inline bool emit_wavelet(const struct picture *p)
{
    uint32_t shorter = p->view.is.width < p->view.is.height ? p->view.is.width : p->view.is.height, side = HASH_SIDE;
    uint64_t bits = 0;
    if (p->is_smaller) {
        adit_emit_hex_number(p->job, "wavelet", smaller_wavelet(&p->smaller), HASH_BITS / 4);
        return true;
    }
    while (side * 2 <= shorter)
        side *= 2;
    uint8_t *square = (uint8_t *)malloc((size_t)side * side);
    bool done = square && resample(p->luma, p->view.is.width, p->view.is.height, square, side, side) &&
                haar_bits(square, side, &bits);
    free(square);
    if (done)
        adit_emit_hex_number(p->job, "wavelet", bits, HASH_BITS / 4);
    return done;
}

/* The last frequency is written first. */
static inline void emit_pdq(const struct picture *p)
{
    bool bit[PDQ_BITS] = {false}, reversed[PDQ_BITS];
    bool too_small = p->view.is.width < PDQ_LEAST || p->view.is.height < PDQ_LEAST;
    if (!too_small)
        pdq_bits(&p->pdq, bit);
    for (int i = 0; i < PDQ_BITS; i++)
        reversed[i] = bit[PDQ_BITS - 1 - i];
    emit_hex(p->job, "pdq", reversed, PDQ_BITS);
    adit_emit_u64(p->job, "pdq_quality", too_small ? 0 : pdq_quality(&p->pdq));
}

#endif
