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

#include "reduce.h"
#include "resample.h"

enum { PDQ_SAMPLES = 64, PDQ_SIDE = 16, PDQ_BITS = PDQ_SIDE * PDQ_SIDE, PDQ_LEAST = 5 };

struct pdq {
    struct reduction image;
    float samples[PDQ_SAMPLES][PDQ_SAMPLES];
};

/* The window of the box filter around sample i: `full` samples, one more ahead than behind where that is even, cut at the ends. */
static inline uint32_t pdq_window(uint32_t i, uint32_t full, uint32_t size, uint32_t *first)
{
    uint32_t ahead = full / 2, behind = full - 1 - ahead;
    uint32_t end = i + ahead + 1 < size ? i + ahead + 1 : size;
    *first = i > behind ? i - behind : 0;
    return end - *first;
}

/* One sample's weights into `steps`, which has room for 2 * window + 1: the mean of the means in the window around it, each of which gives
 * the same to all samples in a window of its own. Returns the first sample. */
static inline uint32_t pdq_weights(uint32_t at, uint32_t window, uint32_t size, double *steps)
{
    uint32_t outer, first, inner, count = pdq_window(at, window, size, &outer);
    (void)pdq_window(outer, window, size, &first);
    memset(steps, 0, (2 * window + 1) * sizeof *steps);
    for (uint32_t i = outer; i < outer + count; i++) {
        uint32_t n = pdq_window(i, window, size, &inner);
        steps[inner - first] += 1.0 / count / n;
        steps[inner + n - first] -= 1.0 / count / n;
    }
    for (uint32_t k = 1; k < 2 * window + 1; k++)
        steps[k] += steps[k - 1];
    return first;
}

/* What the box filter gives when it is applied twice to `full` samples, of which `size` are there, each for a few of them. False: short
 * of memory. */
static inline bool pdq_taps(struct taps *t, uint32_t full, uint32_t size)
{
    uint32_t window = (full + 2 * PDQ_SAMPLES - 1) / (2 * PDQ_SAMPLES), shrink = (full + size - 1) / size;
    double *weights = (double *)malloc((2 * (size_t)window + 1) * sizeof *weights);
    bool made = weights && taps_make(t, PDQ_SAMPLES, 2 * window / shrink + 2);
    for (uint32_t s = 0; made && s < PDQ_SAMPLES; s++) {
        uint32_t first = pdq_weights((uint32_t)((s + 0.5) * full / PDQ_SAMPLES), window, full, weights);
        for (uint32_t k = 0; k < 2 * window && first + k < full; k++) {
            uint32_t at = (first + k) / shrink;
            if (weights[k] > 1e-12)
                taps_add(t, s, at < size ? at : size - 1, (float)weights[k]);
        }
    }
    free(weights);
    return made;
}

static inline void pdq_free(struct pdq *p)
{
    reduction_free(&p->image);
}

/* Of an image of full_width * full_height, of which width * height pixels are there. False: short of memory. */
static inline bool pdq_begin(struct pdq *p, uint32_t full_width, uint32_t full_height, uint32_t width, uint32_t height)
{
    memset(p, 0, sizeof *p);
    return pdq_taps(&p->image.across, full_width, width) && pdq_taps(&p->image.down, full_height, height) &&
           reduction_begin(&p->image, width);
}

/* After the last row. */
static inline void pdq_end(struct pdq *p)
{
    reduction_end(&p->image, &p->image.across, p->samples[0]);
}

/* ---- as the reference goes about it, for pictures that are small enough ----
 * In small pictures, drawn ones above all, frequencies are alike, and the roundings of running sums decide which are above the
 * median. */

enum { PDQ_SMALL = 512 * 512 }; /* pixels */

/* The box filter over `size` samples, `step` apart. */
static inline void pdq_box(const float *in, float *out, uint32_t size, size_t step, uint32_t window)
{
    float sum = 0;
    uint32_t next = 0, oldest = 0, first;
    for (uint32_t i = 0; i < size; i++) {
        uint32_t end = pdq_window(i, window, size, &first) + first;
        for (; next < end; next++)
            sum += in[next * step];
        for (; oldest < first; oldest++)
            sum -= in[oldest * step];
        out[i * step] = sum / (float)(end - first);
    }
}

/* `plane`: width * height; its content is lost. False: short of memory. */
static inline bool pdq_of_plane(struct pdq *p, float *plane, uint32_t width, uint32_t height)
{
    uint32_t across = (width + 2 * PDQ_SAMPLES - 1) / (2 * PDQ_SAMPLES),
             down = (height + 2 * PDQ_SAMPLES - 1) / (2 * PDQ_SAMPLES);
    float *other = (float *)malloc((size_t)width * height * sizeof *other);
    for (int pass = 0; other && pass < 2; pass++) {
        for (uint32_t y = 0; y < height; y++)
            pdq_box(plane + (size_t)y * width, other + (size_t)y * width, width, 1, across);
        for (uint32_t x = 0; x < width; x++)
            pdq_box(other + x, plane + x, height, width, down);
    }
    for (uint32_t y = 0; other && y < PDQ_SAMPLES; y++)
        for (uint32_t x = 0; x < PDQ_SAMPLES; x++)
            p->samples[y][x] =
                plane[(size_t)((y + 0.5) * height / PDQ_SAMPLES) * width + (size_t)((x + 0.5) * width / PDQ_SAMPLES)];
    free(other);
    return other != NULL;
}

/* ---- the hash ---- */

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
            matrix[i][k] = (float)((float)sqrt(2.0 / PDQ_SAMPLES) * cos(PI / 2 / PDQ_SAMPLES * (i + 1) * (2 * k + 1)));
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
