/* SPDX-License-Identifier: MIT */
/* PDQ: 256 bits and a quality. Source: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (Facebook, 2019),
 * PDQ sections: brightness, two box filters each way, 64 * 64 samples, 16 * 16 frequencies of their DCT, the median.
 *
 * The filters of a direction are applied as one, and only where a sample is taken: sums of the same terms in another order than
 * the reference adds them, so that a frequency as good as equal to the median may fall on its other side. */
#ifndef PERCEPTUAL_PDQ_H
#define PERCEPTUAL_PDQ_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "resample.h"

enum { PDQ_SAMPLES = 64, PDQ_SIDE = 16, PDQ_BITS = PDQ_SIDE * PDQ_SIDE, PDQ_LEAST = 5 };

/* One direction: each of 64 samples is a weighted sum of neighbours. */
struct pdq_filter {
    uint32_t from;
    uint32_t taps;
    uint32_t first[PDQ_SAMPLES], count[PDQ_SAMPLES];
    float *weights; /* PDQ_SAMPLES * taps */
};

struct pdq {
    struct pdq_filter across, down;
    float samples[PDQ_SAMPLES][PDQ_SAMPLES];
    uint32_t row; /* the next one */
};

/* The window of the box filter around sample i: `full` samples, one more ahead than behind where that is even, cut at the ends. */
static inline uint32_t pdq_window(uint32_t i, uint32_t full, uint32_t size, uint32_t *first)
{
    uint32_t ahead = full / 2, behind = full - 1 - ahead;
    uint32_t end = i + ahead + 1 < size ? i + ahead + 1 : size;
    *first = i > behind ? i - behind : 0;
    return end - *first;
}

/* The means of means: what the box filter gives when it is applied twice. False: short of memory. */
static inline bool pdq_filter_make(struct pdq_filter *f, uint32_t size)
{
    uint32_t full = (size + 2 * PDQ_SAMPLES - 1) / (2 * PDQ_SAMPLES);
    f->from = size;
    f->taps = 2 * full + 1;
    f->weights = (float *)calloc(PDQ_SAMPLES, f->taps * sizeof *f->weights);
    for (uint32_t s = 0; f->weights && s < PDQ_SAMPLES; s++) {
        uint32_t at = (uint32_t)((s + 0.5) * size / PDQ_SAMPLES), outer, inner;
        uint32_t count = pdq_window(at, full, size, &outer);
        (void)pdq_window(outer, full, size, &f->first[s]);
        for (uint32_t i = outer; i < outer + count; i++) {
            uint32_t n = pdq_window(i, full, size, &inner);
            for (uint32_t k = inner; k < inner + n; k++)
                f->weights[(size_t)s * f->taps + k - f->first[s]] += 1.0f / (float)count / (float)n;
            f->count[s] = inner + n - f->first[s];
        }
    }
    return f->weights != NULL;
}

static inline void pdq_free(struct pdq *p)
{
    free(p->across.weights);
    free(p->down.weights);
    p->across.weights = p->down.weights = NULL;
}

/* False: short of memory. */
static inline bool pdq_begin(struct pdq *p, uint32_t width, uint32_t height)
{
    memset(p, 0, sizeof *p);
    bool made = pdq_filter_make(&p->across, width) && pdq_filter_make(&p->down, height);
    if (!made)
        pdq_free(p);
    return made;
}

/* The next row, as brightness. */
static inline void pdq_row(struct pdq *p, const float *luma)
{
    float line[PDQ_SAMPLES];
    for (uint32_t s = 0; s < PDQ_SAMPLES; s++) {
        const float *w = p->across.weights + (size_t)s * p->across.taps, *in = luma + p->across.first[s];
        float sum = 0;
        for (uint32_t k = 0; k < p->across.count[s]; k++)
            sum += w[k] * in[k];
        line[s] = sum;
    }
    for (uint32_t s = 0; s < PDQ_SAMPLES; s++) {
        uint32_t k = p->row - p->down.first[s];
        if (p->row < p->down.first[s] || k >= p->down.count[s])
            continue;
        float w = p->down.weights[(size_t)s * p->down.taps + k];
        for (uint32_t i = 0; i < PDQ_SAMPLES; i++)
            p->samples[s][i] += w * line[i];
    }
    p->row++;
}

/* How much there is to see, 0..100: the steps between neighbours in hundredths of the range, cut to whole ones. */
static inline uint32_t pdq_quality(const struct pdq *p)
{
    int sum = 0;
    for (int y = 0; y < PDQ_SAMPLES; y++)
        for (int x = 0; x < PDQ_SAMPLES; x++) {
            float here = p->samples[y][x];
            if (y + 1 < PDQ_SAMPLES)
                sum += abs((int)((here - p->samples[y + 1][x]) * 100 / 255));
            if (x + 1 < PDQ_SAMPLES)
                sum += abs((int)((here - p->samples[y][x + 1]) * 100 / 255));
        }
    return sum / 90 > 100 ? 100 : (uint32_t)(sum / 90);
}

static inline int compare_floats(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Frequencies 1..16 each way; bits of those above the lower median. bit[i] is frequency (i / 16 + 1, i % 16 + 1). */
static inline void pdq_bits(const struct pdq *p, bool bit[PDQ_BITS])
{
    float matrix[PDQ_SIDE][PDQ_SAMPLES], half[PDQ_SIDE][PDQ_SAMPLES] = {{0}}, out[PDQ_BITS], sorted[PDQ_BITS];
    for (int i = 0; i < PDQ_SIDE; i++)
        for (int k = 0; k < PDQ_SAMPLES; k++)
            matrix[i][k] = (float)(sqrt(2.0 / PDQ_SAMPLES) * cos(PI / 2 / PDQ_SAMPLES * (i + 1) * (2 * k + 1)));
    for (int i = 0; i < PDQ_SIDE; i++)
        for (int k = 0; k < PDQ_SAMPLES; k++)
            for (int x = 0; x < PDQ_SAMPLES; x++)
                half[i][x] += matrix[i][k] * p->samples[k][x];
    for (int i = 0; i < PDQ_BITS; i++) {
        float sum = 0;
        for (int k = 0; k < PDQ_SAMPLES; k++)
            sum += half[i / PDQ_SIDE][k] * matrix[i % PDQ_SIDE][k];
        out[i] = sum;
    }
    memcpy(sorted, out, sizeof sorted);
    qsort(sorted, PDQ_BITS, sizeof *sorted, compare_floats);
    for (int i = 0; i < PDQ_BITS; i++)
        bit[i] = out[i] > sorted[PDQ_BITS / 2 - 1];
}

#endif
