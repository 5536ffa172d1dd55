/* SPDX-License-Identifier: MIT */
/* An image, row by row, as a few weighted means in floating point: down first, then across. */
#ifndef PERCEPTUAL_REDUCE_H
#define PERCEPTUAL_REDUCE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LANE = 16 }; /* rows in memory are multiples of it, so that they are added without a rest */

typedef float floats __attribute__((vector_size(LANE)));

static inline floats floats_at(const float *p)
{
    floats in;
    memcpy(&in, p, sizeof in);
    return in;
}

/* What each of `to` means is made of: count[i] samples from first[i] on. */
struct taps {
    uint32_t to, most;
    uint32_t *first, *count;
    float *weights; /* to * most */
};

static inline void taps_free(struct taps *t)
{
    free(t->first);
    free(t->weights);
    memset(t, 0, sizeof *t);
}

/* All weights 0. False: short of memory. */
static inline bool taps_make(struct taps *t, uint32_t to, uint32_t most)
{
    *t = (struct taps){.to = to, .most = most};
    t->first = (uint32_t *)calloc(to, 2 * sizeof *t->first);
    t->weights = (float *)calloc(to, most * sizeof *t->weights);
    if (!t->first || !t->weights) {
        taps_free(t);
        return false;
    }
    t->count = t->first + to;
    return true;
}

/* Adds to the weight of a sample; the first of a mean is the lowest that it has. */
static inline void taps_add(struct taps *t, uint32_t i, uint32_t sample, float weight)
{
    if (t->count[i] == 0)
        t->first[i] = sample;
    if (sample - t->first[i] < t->most) {
        t->weights[(size_t)i * t->most + sample - t->first[i]] += weight;
        if (sample - t->first[i] >= t->count[i])
            t->count[i] = sample - t->first[i] + 1;
    }
}

struct reduction {
    struct taps across, down;
    uint32_t row, stride;
    float *sums; /* down.to * stride */
};

static inline void reduction_free(struct reduction *r)
{
    taps_free(&r->across);
    taps_free(&r->down);
    free(r->sums);
    r->sums = NULL;
}

/* Floats of a row in memory. */
static inline uint32_t reduction_stride(uint32_t width)
{
    return (width + LANE - 1) / LANE * LANE;
}

/* `across` and `down` are there. False: short of memory. */
static inline bool reduction_begin(struct reduction *r, uint32_t width)
{
    r->row = 0;
    r->stride = reduction_stride(width);
    r->sums = (float *)calloc(r->down.to, r->stride * sizeof *r->sums);
    return r->sums != NULL;
}

enum { REDUCED = 4 }; /* rows at once: each sum is read and written once for all of them */

/* The next `count` rows, REDUCED at most, of which there is room for REDUCED: reduction_stride(width) floats each. */
static inline void reduction_rows(struct reduction *r, const float *rows, uint32_t count)
{
    for (uint32_t i = 0; i < r->down.to; i++) {
        const float *weights = r->down.weights + (size_t)i * r->down.most;
        float *sums = r->sums + (size_t)i * r->stride, w[REDUCED];
        bool any = false;
        for (uint32_t n = 0; n < REDUCED; n++) {
            uint32_t row = r->row + n, k = row - r->down.first[i];
            bool has = n < count && row >= r->down.first[i] && k < r->down.count[i];
            w[n] = has ? weights[k] : 0;
            any |= has;
        }
        for (uint32_t x = 0; any && x < r->stride; x += sizeof(floats) / sizeof *sums) {
            floats sum = floats_at(sums + x);
            sum += w[0] * floats_at(rows + x);
            sum += w[1] * floats_at(rows + r->stride + x);
            sum += w[2] * floats_at(rows + (size_t)2 * r->stride + x);
            sum += w[3] * floats_at(rows + (size_t)3 * r->stride + x);
            memcpy(sums + x, &sum, sizeof sum);
        }
    }
    r->row += count;
}

/* After the last row: down.to rows of across->to means. */
static inline void reduction_end(const struct reduction *r, const struct taps *across, float *means)
{
    for (uint32_t y = 0; y < r->down.to; y++)
        for (uint32_t i = 0; i < across->to; i++) {
            const float *in = r->sums + (size_t)y * r->stride + across->first[i],
                        *w = across->weights + (size_t)i * across->most;
            float sum = 0;
            for (uint32_t k = 0; k < across->count[i]; k++)
                sum += w[k] * in[k];
            *means++ = sum;
        }
}

#endif
