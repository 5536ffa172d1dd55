/* SPDX-License-Identifier: MIT */
/* The residual of a FLAC subframe as Rice codes in partitions. RFC 9639: 9.2.7 (coded residual). */
#ifndef PLUGINS_AUDIO_SLICE_RICE_H
#define PLUGINS_AUDIO_SLICE_RICE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { RICE_SPLITS = 6, RICE_MOST = 30 };

/* How a residual is coded, and how many bits that is, nearly. */
struct rice {
    uint32_t first, split; /* samples before it that have none, warm-up; 2 to the power of `split` partitions */
    uint8_t parameter[1 << RICE_SPLITS];
    uint64_t bits;
};

/* ---- bits, the first of a byte being its highest ---- */

struct bit_writer {
    uint8_t *to;
    uint64_t held;
    uint32_t count; /* bits in `held`, below 32 */
};

/* n: up to 32 */
static inline void put_bits(struct bit_writer *w, uint32_t value, uint32_t n)
{
    w->held = w->held << n | value;
    w->count += n;
    if (w->count >= 32) {
        uint32_t word = __builtin_bswap32((uint32_t)(w->held >> (w->count - 32)));
        memcpy(w->to, &word, 4);
        w->to += 4;
        w->count -= 32;
    }
}

static inline void put_signed(struct bit_writer *w, int32_t value, uint32_t n)
{
    put_bits(w, (uint32_t)value & (uint32_t)((UINT64_C(1) << n) - 1), n);
}

static inline uint8_t *end_bits(struct bit_writer *w)
{
    uint32_t n = (w->count + 7) / 8;
    uint64_t held = w->held << (n * 8 - w->count);
    for (uint32_t i = n; i-- > 0;)
        *w->to++ = (uint8_t)(held >> (8 * i));
    return w->to;
}

/* 9.2.7.3: the quotient in ones' complement of unary, then `rice` bits. */
static inline void put_rice(struct bit_writer *w, int32_t value, uint32_t rice)
{
    uint32_t folded = (uint32_t)value << 1 ^ (uint32_t)(value >> 31), zeros = folded >> rice;
    for (; zeros + 1 + rice > 32; zeros -= zeros < 32 ? zeros : 32)
        put_bits(w, 0, zeros < 32 ? zeros : 32);
    put_bits(w, UINT32_C(1) << rice | (folded & ((UINT32_C(1) << rice) - 1)), zeros + 1 + rice);
}

/* ---- partitions ---- */

/* The parameter for `count` values whose folded sum is this, and bits, nearly: the zeros of unary are at most sum >> rice. */
static inline uint32_t best_rice(uint64_t sum, uint32_t count, uint64_t *bits)
{
    uint64_t mean = count > 0 ? sum / count : 0;
    uint32_t high = mean > 0 ? 63 - (uint32_t)__builtin_clzll(mean) : 0, best = high > RICE_MOST ? RICE_MOST : high;
    uint64_t least = UINT64_MAX;
    for (uint32_t rice = best > 0 ? best - 1 : 0, end = best; rice <= end; rice++) {
        uint64_t now = (uint64_t)count * (rice + 1) + (sum >> rice);
        best = now < least ? rice : best;
        least = now < least ? now : least;
    }
    *bits = least - (count / 2 < least ? count / 2 : 0); /* what shifting each of them loses */
    return best;
}

/* 9.2.7.2: the best number of partitions, each of as many samples; the first lacks those that are warm-up. */
static inline void choose_partitions(const int32_t *residual, uint32_t n, struct rice *r)
{
    uint64_t sums[1 << RICE_SPLITS] = {0}, best = UINT64_MAX;
    uint32_t split = 0;
    while (split < RICE_SPLITS && n >> (split + 1) > 16 && n % (2u << split) == 0)
        split++;
    uint32_t each = n >> split;
    for (uint32_t p = 0, i = r->first; p < 1u << split; p++)
        for (; i < (p + 1) * each; i++)
            sums[p] += (uint32_t)residual[i] << 1 ^ (uint32_t)(residual[i] >> 31);
    for (uint32_t now = split + 1; now-- > 0; each *= 2) {
        uint64_t total = 0, bits;
        uint8_t parameter[1 << RICE_SPLITS];
        for (uint32_t p = 0; p < 1u << now; p++) {
            parameter[p] = (uint8_t)best_rice(sums[p], each - (p == 0 ? r->first : 0), &bits);
            total += 5 + bits;
        }
        if (total < best) {
            best = total;
            r->split = now;
            memcpy(r->parameter, parameter, 1u << now);
        }
        for (uint32_t p = 0; p < 1u << now >> 1; p++)
            sums[p] = sums[2 * p] + sums[2 * p + 1];
    }
    r->bits = best;
}

/* 9.2.7.1: parameters of 4 bits, or of 5 where one is larger than 14. */
static inline void put_residual(const int32_t *residual, uint32_t n, const struct rice *r, struct bit_writer *w)
{
    uint32_t each = n >> r->split, wide = 0;
    for (uint32_t p = 0; p < 1u << r->split; p++)
        wide |= r->parameter[p] > 14;
    put_bits(w, wide, 2);
    put_bits(w, r->split, 4);
    for (uint32_t p = 0, i = r->first; p < 1u << r->split; p++) {
        put_bits(w, r->parameter[p], 4 + wide);
        for (; i < (p + 1) * each; i++)
            put_rice(w, residual[i], r->parameter[p]);
    }
}

#endif
