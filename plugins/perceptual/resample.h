/* SPDX-License-Identifier: MIT */
/* Resampling of 8-bit grey by Lanczos' kernel (a = 3), with the integer arithmetic of Pillow's Image.resize, whose roundings decide the
 * last bits of the hashes: coefficients with 22 fractional bits, a horizontal and then a vertical pass, each rounded to 8 bits
 * and cut to 0..255. Sources: Turkowski, "Filters for Common Resampling Tasks" (1990), for the kernel and its widening by the
 * scale; the arithmetic was established by comparing results. */
#ifndef PERCEPTUAL_RESAMPLE_H
#define PERCEPTUAL_RESAMPLE_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { FRACTION = 32 - 8 - 2, LOBES = 3, SPLIT = 12 };

static const double PI = 3.14159265358979323846;

/* What each output sample of a line is made of: `taps` coefficients from input sample first[i] on; count[i] are not 0. */
struct kernel {
    uint32_t from, to; /* samples in, out */
    uint32_t taps;
    uint32_t *first, *count;
    int32_t *coefficients; /* to * taps */
    int16_t *high, *low;   /* each of them as high * 2^12 + low, 0 <= low: two 16-bit products make one of 32 */
};

static inline double sinc(double x)
{
    if (x == 0.0)
        return 1.0;
    x *= PI;
    return sin(x) / x;
}

static inline double lanczos(double x)
{
    return x >= -LOBES && x < LOBES ? sinc(x) * sinc(x / LOBES) : 0.0;
}

static inline void kernel_free(struct kernel *k)
{
    free(k->first);
    free(k->coefficients);
    free(k->high);
    memset(k, 0, sizeof *k);
}

/* One output sample's coefficients: the kernel around its centre, made to add up to 1. */
static inline void fill_sample(struct kernel *k, uint32_t i, double *weights)
{
    double scale = (double)k->from / k->to, widening = scale < 1.0 ? 1.0 : scale;
    double support = LOBES * widening, centre = (i + 0.5) * scale, shrink = 1.0 / widening, sum = 0.0;
    double low = centre - support + 0.5, high = centre + support + 0.5;
    uint32_t first = low < 0 ? 0 : (uint32_t)low;
    uint32_t end = high > k->from ? k->from : (uint32_t)high;
    for (uint32_t x = 0; x < end - first; x++) {
        weights[x] = lanczos((x + first - centre + 0.5) * shrink);
        sum += weights[x];
    }
    k->first[i] = first;
    k->count[i] = end - first;
    for (uint32_t x = 0; x < end - first; x++) {
        double fixed = (sum != 0.0 ? weights[x] / sum : weights[x]) * (1 << FRACTION);
        k->coefficients[(size_t)i * k->taps + x] = (int32_t)(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    }
}

/* False: short of memory. */
static inline bool kernel_make(struct kernel *k, uint32_t from, uint32_t to)
{
    double scale = (double)from / to;
    uint32_t taps = (uint32_t)ceil(LOBES * (scale < 1.0 ? 1.0 : scale)) * 2 + 1;
    size_t count = (size_t)to * taps;
    double *weights = (double *)malloc(taps * sizeof *weights);
    *k = (struct kernel){.from = from, .to = to, .taps = taps};
    k->first = (uint32_t *)calloc(to, 2 * sizeof *k->first);
    k->coefficients = (int32_t *)calloc(to, taps * sizeof *k->coefficients);
    k->high = (int16_t *)malloc(2 * count * sizeof *k->high);
    bool made = weights && k->first && k->coefficients && k->high;
    if (made) {
        k->count = k->first + to;
        k->low = k->high + count;
        for (uint32_t i = 0; i < to; i++)
            fill_sample(k, i, weights);
        for (size_t i = 0; i < count; i++) {
            k->high[i] = (int16_t)(k->coefficients[i] >> SPLIT);
            k->low[i] = (int16_t)(k->coefficients[i] & ((1 << SPLIT) - 1));
        }
    } else {
        kernel_free(k);
    }
    free(weights);
    return made;
}

static inline uint8_t rounded(int32_t sum)
{
    int32_t value = (sum + (1 << (FRACTION - 1))) >> FRACTION;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* The sum of `count` products. The parts of it may go beyond 32 bits and come back: the whole does not. */
static inline int32_t products(const struct kernel *k, size_t at, const uint8_t *in, uint32_t count)
{
    uint32_t sum = 0, x = 0;
#ifdef __SSE2__
    const __m128i zero = _mm_setzero_si128();
    __m128i high = zero, low = zero;
    for (; x + 8 <= count; x += 8) {
        __m128i samples = _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)(const void *)(in + x)), zero);
        high = _mm_add_epi32(
            high, _mm_madd_epi16(samples, _mm_loadu_si128((const __m128i *)(const void *)(k->high + at + x))));
        low = _mm_add_epi32(low,
                            _mm_madd_epi16(samples, _mm_loadu_si128((const __m128i *)(const void *)(k->low + at + x))));
    }
    uint32_t parts[4];
    _mm_storeu_si128((__m128i *)(void *)parts, _mm_add_epi32(_mm_slli_epi32(high, SPLIT), low));
    sum = parts[0] + parts[1] + parts[2] + parts[3];
#endif
    for (; x < count; x++)
        sum += (uint32_t)(in[x] * k->coefficients[at + x]);
    return (int32_t)sum;
}

/* One line: from `in` (k->from samples) to `out` (k->to). */
static inline void resample_line(const struct kernel *k, const uint8_t *in, uint8_t *out)
{
    for (uint32_t i = 0; i < k->to; i++)
        out[i] = rounded(products(k, (size_t)i * k->taps, in + k->first[i], k->count[i]));
}

/* Columns: from `in` (k->from lines of `width`) to `out` (k->to lines). `sums` has room for a line. */
static inline void resample_columns(const struct kernel *k, const uint8_t *in, uint32_t width, uint8_t *out,
                                    int32_t *sums)
{
    for (uint32_t i = 0; i < k->to; i++) {
        const int32_t *c = k->coefficients + (size_t)i * k->taps;
        memset(sums, 0, width * sizeof *sums);
        for (uint32_t y = 0; y < k->count[i]; y++) {
            const uint8_t *line = in + (size_t)(k->first[i] + y) * width;
            for (uint32_t x = 0; x < width; x++)
                sums[x] += line[x] * c[y];
        }
        for (uint32_t x = 0; x < width; x++)
            out[(size_t)i * width + x] = rounded(sums[x]);
    }
}

/* `in` (width * height) as `out` (to_width * to_height). A side that stays as it is has no pass. False: short of memory. */
static inline bool resample(const uint8_t *in, uint32_t width, uint32_t height, uint8_t *out, uint32_t to_width,
                            uint32_t to_height)
{
    struct kernel across = {0}, down = {0};
    uint8_t *half = NULL;
    int32_t *sums = (int32_t *)malloc(to_width * sizeof *sums);
    bool done = sums != NULL;
    if (done && width != to_width) {
        half = (uint8_t *)malloc((size_t)height * to_width);
        done = half && kernel_make(&across, width, to_width);
        for (uint32_t y = 0; done && y < height; y++)
            resample_line(&across, in + (size_t)y * width, half + (size_t)y * to_width);
    }
    const uint8_t *from = half ? half : in;
    if (done && height != to_height) {
        done = kernel_make(&down, height, to_height);
        if (done)
            resample_columns(&down, from, to_width, out, sums);
    } else if (done) {
        memcpy(out, from, (size_t)to_width * to_height);
    }
    kernel_free(&across);
    kernel_free(&down);
    free(half);
    free(sums);
    return done;
}

#endif
