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
    uint32_t width, row, stride, held;   /* of rows that came in; of rows that are held */
    float *above;                        /* a first row, before its second */
    float *rows;                         /* REDUCED of `stride`: those that wait for each other */
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
    free(s->above);
    free(s->rows);
    s->above = s->rows = NULL;
}

/* False: short of memory. */
static inline bool smaller_begin(struct smaller *s, uint32_t width, uint32_t height)
{
    memset(s, 0, sizeof *s);
    s->width = width;
    s->halved = width >= HALVED_FROM && height >= HALVED_FROM;
    s->above = (float *)calloc(reduction_stride(width), sizeof *s->above);
    if (s->halved) {
        width /= 2;
        height /= 2;
    }
    s->stride = reduction_stride(width);
    s->rows = (float *)calloc(s->stride, REDUCED * sizeof *s->rows);
    return s->above && s->rows && lanczos_taps(&s->eighth.across, width, HASH_SIDE) &&
           lanczos_taps(&s->eighth.down, height, HASH_SIDE) && lanczos_taps(&s->dct.across, width, DCT_SIDE) &&
           lanczos_taps(&s->dct.down, height, DCT_SIDE) && lanczos_taps(&s->ninth, width, HASH_SIDE + 1) &&
           mean_taps(&s->means.across, width, HASH_SIDE) && mean_taps(&s->means.down, height, HASH_SIDE) &&
           reduction_begin(&s->eighth, width) && reduction_begin(&s->dct, width) && reduction_begin(&s->means, width);
}

/* Means of 2 * 2, in two rows: `count` of them, a multiple of 4. */
static inline void halve(const float *above, const float *below, uint32_t count, float *out)
{
    for (uint32_t x = 0; x < count; x += 4) {
        floats a = floats_at(above + (size_t)2 * x), b = floats_at(above + (size_t)2 * x + 4);
        floats c = floats_at(below + (size_t)2 * x), d = floats_at(below + (size_t)2 * x + 4);
        floats mean = __builtin_shufflevector(a, b, 0, 2, 4, 6) + __builtin_shufflevector(a, b, 1, 3, 5, 7) +
                      __builtin_shufflevector(c, d, 0, 2, 4, 6) + __builtin_shufflevector(c, d, 1, 3, 5, 7);
        mean *= 0.25f;
        memcpy(out + x, &mean, sizeof mean);
    }
}

/* Gives on the rows that are held. */
static inline void smaller_flush(struct smaller *s)
{
    reduction_rows(&s->eighth, s->rows, s->held);
    reduction_rows(&s->dct, s->rows, s->held);
    reduction_rows(&s->means, s->rows, s->held);
    s->held = 0;
}

static inline void smaller_row(struct smaller *s, const float *row)
{
    float *out = s->rows + (size_t)s->held * s->stride;
    uint32_t half = reduction_stride(s->width) / 2; /* may be more or less than s->stride */
    if (!s->halved)
        memcpy(out, row, s->stride * sizeof *row);
    else if (s->row++ % 2)
        halve(s->above, row, half < s->stride ? half : s->stride, out);
    else
        memcpy(s->above, row, s->width * sizeof *row);
    if (!s->halved || s->row % 2 == 0)
        s->held++;
    if (s->held == REDUCED)
        smaller_flush(s);
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
