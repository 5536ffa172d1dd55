/* SPDX-License-Identifier: MIT */
/* The transforms behind two hashes: the discrete cosine transform of 32 samples, and Haar's wavelets. */
#ifndef PERCEPTUAL_TRANSFORM_H
#define PERCEPTUAL_TRANSFORM_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "resample.h"

enum { HASH_SIDE = 8, HASH_BITS = 64, DCT_SIDE = 32 };

static const double HALF_ROOT = 0.7071067811865476; /* sqrt(1/2); the taps of Haar's filters, too */

/* ---- the median, as of 64 numbers: the mean of the two in the middle ---- */

static inline int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline double median_of_64(const double *values)
{
    double sorted[HASH_BITS];
    memcpy(sorted, values, sizeof sorted);
    qsort(sorted, HASH_BITS, sizeof *sorted, compare_doubles);
    return (sorted[31] + sorted[32]) / 2.0;
}

/* Bits of what is greater than the median, the first one the highest. */
static inline uint64_t above_median(const double *values)
{
    double median = median_of_64(values);
    uint64_t bits = 0;
    for (int i = 0; i < HASH_BITS; i++)
        bits = bits << 1 | (values[i] > median);
    return bits;
}

/* ---- DCT-II: y[k] = 2 * sum x[n] cos(pi k (2n + 1) / 64) ----
 * Where a picture is flat, or its halves are alike, frequencies are 0 or equal, and the roundings on the way decide on which side of the
 * median they are. So the way is that of FFTPACK and what stems from it (Swarztrauber 1982, "cosqb"; SciPy): pairs of samples are a
 * spectrum of 32 values with Z[32 - k] = conj(Z[k]), its inverse Fourier transform is split by 2, 4 and 4, and what comes out, taken
 * two and two, is turned by a 128th of a circle. */

struct point {
    double re, im;
};

static inline struct point plus(struct point a, struct point b)
{
    return (struct point){a.re + b.re, a.im + b.im};
}

static inline struct point minus(struct point a, struct point b)
{
    return (struct point){a.re - b.re, a.im - b.im};
}

static inline struct point turned(struct point a, struct point by)
{
    return (struct point){by.re * a.re - by.im * a.im, by.re * a.im + by.im * a.re};
}

/* Where the points of a circle are looked up: those of 32 by their sine or cosine, whichever has the angle of less than an eighth;
 * those of 128 from these by turning one of 8 by one of 16, in double precision. */
struct circle {
    struct point of_32[DCT_SIDE / 4];
    double cosine_of_128[DCT_SIDE];
};

/* part / whole of a circle, a quarter at most. */
static inline struct point on_circle(uint32_t part, uint32_t whole)
{
    double angle = 2 * PI / whole;
    if (8 * part < whole)
        return (struct point){cos(part * angle), sin(part * angle)};
    return (struct point){sin((whole / 4.0 - part) * angle), cos((whole / 4.0 - part) * angle)};
}

static inline void circle_make(struct circle *c)
{
    for (uint32_t i = 0; i < DCT_SIDE / 4; i++)
        c->of_32[i] = on_circle(i, DCT_SIDE);
    for (uint32_t i = 0; i < DCT_SIDE; i++)
        c->cosine_of_128[i] = turned(on_circle(i % 16, 4 * DCT_SIDE), on_circle(i / 16 * 16, 4 * DCT_SIDE)).re;
}

/* a, turned by s * m of `size` points; m is at most half of a part. In the middle of a part the result has no imaginary part. */
static inline struct point twiddled(const struct circle *c, struct point a, uint32_t s, uint32_t m, uint32_t size,
                                    uint32_t part)
{
    if (m == 0 || s == 0)
        return a;
    if (2 * m != part)
        return turned(a, c->of_32[s * m * (DCT_SIDE / size)]);
    uint32_t eighths = size / part == 2 ? 2 : s; /* of a circle */
    if (eighths == 2)
        return (struct point){-a.im, 0};
    return (struct point){eighths == 1 ? HALF_ROOT * (a.re - a.im) : -HALF_ROOT * (a.re + a.im), 0};
}

/* z[n] = sum Z[k] e^(2 pi i k n / size), unscaled and real, for size 32, 16 and 4 (split by 2, 4 and 4); the results go to every
 * step-th of z. Only half of each part is computed: the other one mirrors it. */
static inline void inverse_fourier(const struct circle *c, const struct point *spectrum, uint32_t size, double *z,
                                   uint32_t step)
{
    uint32_t split = size == DCT_SIDE ? 2 : 4, part = size / split;
    struct point parts[4][DCT_SIDE / 2];
    for (uint32_t m = 0; m <= part / 2; m++) {
        const struct point *in = spectrum + m;
        struct point sum = plus(in[0], in[size / 2]), difference = minus(in[0], in[size / 2]);
        parts[0][m] = sum;
        parts[1][m] = difference;
        if (split == 4) {
            struct point others = plus(in[part], in[3 * part]), d = minus(in[part], in[3 * part]), id = {-d.im, d.re};
            parts[0][m] = plus(sum, others);
            parts[1][m] = plus(difference, id);
            parts[2][m] = minus(sum, others);
            parts[3][m] = minus(difference, id);
        }
        for (uint32_t s = 0; s < split; s++) {
            parts[s][m] = twiddled(c, parts[s][m], s, m, size, part);
            if (m > 0)
                parts[s][part - m] = (struct point){parts[s][m].re, 2 * m == part ? 0 : -parts[s][m].im};
        }
    }
    for (uint32_t s = 0; s < split; s++) {
        if (part == 1)
            z[s * step] = parts[s][0].re;
        else
            inverse_fourier(c, parts[s], part, z + s * step, step * split);
    }
}

/* The 8 lowest frequencies of 32 samples. */
static inline void dct_low(const struct circle *c, const double *x, size_t x_step, double *y, size_t y_step)
{
    struct point spectrum[DCT_SIDE];
    double z[DCT_SIDE];
    spectrum[0] = (struct point){2 * x[0], 0};
    spectrum[DCT_SIDE / 2] = (struct point){2 * x[(DCT_SIDE - 1) * x_step], 0};
    for (size_t k = 1; k < DCT_SIDE / 2; k++) {
        double odd = x[(2 * k - 1) * x_step], even = x[2 * k * x_step];
        spectrum[k] = (struct point){even + odd, even - odd};
        spectrum[DCT_SIDE - k] = (struct point){spectrum[k].re, -spectrum[k].im};
    }
    inverse_fourier(c, spectrum, DCT_SIDE, z, 1);
    y[0] = z[0];
    for (uint32_t k = 1; k < HASH_SIDE; k++) {
        double cosine = c->cosine_of_128[k], other = c->cosine_of_128[DCT_SIDE - k];
        double sum = cosine * z[DCT_SIDE - k] + other * z[k], difference = cosine * z[k] - other * z[DCT_SIDE - k];
        y[k * y_step] = 0.5 * (sum + difference);
    }
}

/* The 8 * 8 lowest frequencies of 32 * 32 samples: columns first, then rows. */
static inline void dct_corner(const uint8_t *pixels, double out[HASH_BITS])
{
    double all[DCT_SIDE * DCT_SIDE], columns[HASH_SIDE * DCT_SIDE];
    struct circle c;
    circle_make(&c);
    for (int i = 0; i < DCT_SIDE * DCT_SIDE; i++)
        all[i] = pixels[i];
    for (int x = 0; x < DCT_SIDE; x++)
        dct_low(&c, all + x, DCT_SIDE, columns + x, DCT_SIDE);
    for (int y = 0; y < HASH_SIDE; y++)
        dct_low(&c, columns + (size_t)y * DCT_SIDE, 1, out + (size_t)y * HASH_SIDE, 1);
}

/* ---- Haar ----
 * The hash looks at the means of 8 * 8 squares of a picture, the mean of the whole taken away first. Which ones are above the median
 * follows from the exact sums, unless the two in the middle are equal: then it is the roundings on the way that decide, and
 * the way is gone as PyWavelets goes it: all levels down in double precision, the last mean set to 0, up again, and down to 8 * 8. */

/* Pairs of `n` samples, `step` apart, in place: n / 2 means, then n / 2 differences. */
static inline void haar_down(double *data, size_t step, uint32_t n, double *room)
{
    for (uint32_t i = 0; i < n / 2; i++) {
        double a = data[2 * i * step], b = data[(2 * i + 1) * step];
        room[i] = HALF_ROOT * b + HALF_ROOT * a;
        room[n / 2 + i] = -HALF_ROOT * b + HALF_ROOT * a;
    }
    for (uint32_t i = 0; i < n; i++)
        data[i * step] = room[i];
}

static inline void haar_up(double *data, size_t step, uint32_t n, double *room)
{
    for (uint32_t i = 0; i < n / 2; i++) {
        double mean = data[i * step], difference = data[(n / 2 + i) * step];
        room[2 * i] = HALF_ROOT * mean + HALF_ROOT * difference;
        room[2 * i + 1] = HALF_ROOT * mean + -HALF_ROOT * difference;
    }
    for (uint32_t i = 0; i < n; i++)
        data[i * step] = room[i];
}

/* One level of the corner of n * n in rows of `side`: columns, then rows; up, the other way round. */
static inline void haar_level(double *data, uint32_t side, uint32_t n, bool down, double *room)
{
    if (down)
        for (uint32_t x = 0; x < n; x++)
            haar_down(data + x, side, n, room);
    for (uint32_t y = 0; y < n; y++)
        (down ? haar_down : haar_up)(data + (size_t)y * side, 1, n, room);
    if (!down)
        for (uint32_t x = 0; x < n; x++)
            haar_up(data + x, side, n, room);
}

/* False: short of memory. */
static inline bool haar_rounded(const uint8_t *pixels, uint32_t side, double out[HASH_BITS])
{
    size_t count = (size_t)side * side;
    double *data = (double *)malloc((count + side) * sizeof *data);
    if (!data)
        return false;
    double *room = data + count;
    for (size_t i = 0; i < count; i++)
        data[i] = pixels[i] / 255.0;
    for (uint32_t n = side; n > 1; n /= 2)
        haar_level(data, side, n, true, room);
    data[0] = 0;
    for (uint32_t n = 2; n <= side; n *= 2)
        haar_level(data, side, n, false, room);
    for (uint32_t n = side; n > HASH_SIDE; n /= 2)
        haar_level(data, side, n, true, room);
    for (uint32_t y = 0; y < HASH_SIDE; y++)
        memcpy(out + (size_t)y * HASH_SIDE, data + (size_t)y * side, HASH_SIDE * sizeof *out);
    free(data);
    return true;
}

/* `pixels`: side * side, a power of two, 8 at least. False: short of memory. */
static inline bool haar_bits(const uint8_t *pixels, uint32_t side, uint64_t *bits)
{
    double sums[HASH_BITS] = {0}, sorted[HASH_BITS];
    uint32_t square = side / HASH_SIDE;
    for (uint32_t y = 0; y < side; y++)
        for (uint32_t x = 0; x < HASH_SIDE; x++) {
            const uint8_t *p = pixels + (size_t)y * side + (size_t)x * square;
            uint32_t sum = 0;
            for (uint32_t i = 0; i < square; i++)
                sum += p[i];
            sums[y / square * HASH_SIDE + x] += sum;
        }
    memcpy(sorted, sums, sizeof sorted);
    qsort(sorted, HASH_BITS, sizeof *sorted, compare_doubles);
    if (sorted[31] == sorted[32] && !haar_rounded(pixels, side, sums))
        return false;
    *bits = above_median(sums);
    return true;
}

#endif
