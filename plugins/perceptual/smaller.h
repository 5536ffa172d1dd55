/* SPDX-License-Identifier: MIT */
/* Hashes of an image that was decoded smaller than it is: the same kernels in floating point, without the roundings of the whole one, which
 * could not be met anyway. Rows are looked at once. */
#ifndef PERCEPTUAL_SMALLER_H
#define PERCEPTUAL_SMALLER_H

#include "reduce.h"
#include "transform.h"

static inline uint32_t four_bytes(const uint8_t *p)
{
    uint32_t bytes;
    memcpy(&bytes, p, sizeof bytes);
    return bytes;
}

/* Brightness of pixels of `step` bytes: ITU-R BT.601-7, 2.5.1, in whole parts of 65536; in single precision the sums are exact, too. */
static inline void smaller_brightness(const uint8_t *row, uint32_t step, bool coloured, float *line, uint32_t width)
{
    typedef uint32_t pixels __attribute__((vector_size(LANE)));
    typedef int32_t samples __attribute__((vector_size(LANE)));
    uint32_t x = 0;
    for (; coloured && x + 4 < width;
         x += 4, row += (size_t)4 * step) { /* of the last pixel, a byte of the next is looked at */
        pixels p = {four_bytes(row), four_bytes(row + step), four_bytes(row + (size_t)2 * step),
                    four_bytes(row + (size_t)3 * step)};
        floats sum = 19595 * __builtin_convertvector((samples)(p & 255), floats) +
                     38470 * __builtin_convertvector((samples)(p >> 8 & 255), floats) +
                     7471 * __builtin_convertvector((samples)(p >> 16 & 255), floats);
        sum *= 1.0f / 65536;
        memcpy(line + x, &sum, sizeof sum);
    }
    for (; x < width; x++, row += step)
        line[x] = coloured ? (float)(19595 * row[0] + 38470 * row[1] + 7471 * row[2]) * (1.0f / 65536) : row[0];
}

enum { HALVED_FROM = 512 }; /* where the shorter side has as much, squares of 2 * 2 pixels are one: their mean */

struct smaller {
    bool halved;
    uint32_t width, row;                 /* of rows that came in */
    float *half;                         /* the sum of a first row and its second */
    struct reduction eighth, dct, means; /* to 8, 32 and 8 rows */
    struct taps ninth;
};

/* Lanczos' kernel by one sine: with s = sin(pi x / 3), sin(pi x) = 3 s - 4 s^3. */
static inline bool lanczos_taps(struct taps *t, uint32_t from, uint32_t to)
{
    double scale = (double)from / to, widening = scale < 1.0 ? 1.0 : scale, support = LOBES * widening;
    bool made = taps_make(t, to, (uint32_t)ceil(support) * 2 + 1);
    for (uint32_t i = 0; made && i < to; i++) {
        double centre = (i + 0.5) * scale, low = centre - support + 0.5, high = centre + support + 0.5, sum = 0;
        uint32_t first = low < 0 ? 0 : (uint32_t)low, end = high > from ? from : (uint32_t)high;
        float *weights = t->weights + (size_t)i * t->most;
        for (uint32_t x = first; x < end; x++) {
            double angle = PI / LOBES * (x - centre + 0.5) / widening, s = sin(angle);
            double weight = angle == 0 ? 1 : (3 * s - 4 * s * s * s) * s / (LOBES * angle * angle);
            weights[x - first] = fabs(angle) <= PI ? (float)weight : 0;
            sum += weights[x - first];
        }
        for (uint32_t x = first; x < end; x++)
            weights[x - first] = (float)(weights[x - first] / sum);
        t->first[i] = first;
        t->count[i] = end - first;
    }
    return made;
}

/* The means of `to` equal parts. */
static inline bool mean_taps(struct taps *t, uint32_t from, uint32_t to)
{
    double part = (double)from / to;
    bool made = taps_make(t, to, (uint32_t)part + 2);
    for (uint32_t i = 0; made && i < to; i++)
        for (uint32_t x = (uint32_t)(i * part); x < from && x < (i + 1) * part; x++) {
            double begin = x < i * part ? i * part : x, end = x + 1 > (i + 1) * part ? (i + 1) * part : x + 1;
            taps_add(t, i, x, (float)((end - begin) / part));
        }
    return made;
}

static inline void smaller_free(struct smaller *s)
{
    reduction_free(&s->eighth);
    reduction_free(&s->dct);
    reduction_free(&s->means);
    taps_free(&s->ninth);
    free(s->half);
    s->half = NULL;
}

/* False: short of memory. */
static inline bool smaller_begin(struct smaller *s, uint32_t width, uint32_t height)
{
    memset(s, 0, sizeof *s);
    s->width = width;
    s->halved = width >= HALVED_FROM && height >= HALVED_FROM;
    s->half = (float *)calloc(reduction_stride(width), sizeof *s->half);
    if (s->halved) {
        width /= 2;
        height /= 2;
    }
    return s->half && lanczos_taps(&s->eighth.across, width, HASH_SIDE) &&
           lanczos_taps(&s->eighth.down, height, HASH_SIDE) && lanczos_taps(&s->dct.across, width, DCT_SIDE) &&
           lanczos_taps(&s->dct.down, height, DCT_SIDE) && lanczos_taps(&s->ninth, width, HASH_SIDE + 1) &&
           mean_taps(&s->means.across, width, HASH_SIDE) && mean_taps(&s->means.down, height, HASH_SIDE) &&
           reduction_begin(&s->eighth, width) && reduction_begin(&s->dct, width) && reduction_begin(&s->means, width);
}

/* Means of 2 * 2, in two rows of `stride`; they go where `above` was. */
static inline void halve(float *above, const float *below, uint32_t stride)
{
    for (uint32_t x = 0; x < stride; x += 8) {
        floats in[4];
        memcpy(in, above + x, 2 * sizeof *in);
        memcpy(in + 2, below + x, 2 * sizeof *in);
        floats mean =
            __builtin_shufflevector(in[0], in[1], 0, 2, 4, 6) + __builtin_shufflevector(in[0], in[1], 1, 3, 5, 7) +
            __builtin_shufflevector(in[2], in[3], 0, 2, 4, 6) + __builtin_shufflevector(in[2], in[3], 1, 3, 5, 7);
        mean *= 0.25f;
        memcpy(above + x / 2, &mean, sizeof mean);
    }
}

static inline void smaller_row(struct smaller *s, const float *row)
{
    uint32_t stride = reduction_stride(s->width);
    if (s->halved && s->row++ % 2 == 0) {
        memcpy(s->half, row, stride * sizeof *row);
        return;
    }
    if (s->halved)
        halve(s->half, row, stride);
    const float *line = s->halved ? s->half : row;
    reduction_row(&s->eighth, line);
    reduction_row(&s->dct, line);
    reduction_row(&s->means, line);
}

/* Means as 8 bits: down.to rows of across->to. */
static inline void smaller_pixels(const struct reduction *r, const struct taps *across, uint8_t *out)
{
    float means[DCT_SIDE * DCT_SIDE];
    reduction_end(r, across, means);
    for (uint32_t i = 0; i < r->down.to * across->to; i++)
        out[i] = (uint8_t)(means[i] < 0 ? 0 : means[i] > 255 ? 255 : means[i] + 0.5f);
}

static inline uint64_t smaller_wavelet(const struct smaller *s)
{
    float means[HASH_BITS];
    double values[HASH_BITS];
    reduction_end(&s->means, &s->means.across, means);
    for (int i = 0; i < HASH_BITS; i++)
        values[i] = means[i];
    return above_median(values);
}

#endif
