/* SPDX-License-Identifier: MIT */
/* FLAC frames of short blocks: constant, verbatim and fixed predictors, Rice codes in partitions. libFLAC opened anew for each
 * of them would spend most of its time on opening; its search for a linear predictor finds little in so few samples. RFC 9639:
 * 9.1 (frame header), 9.2 (subframes), 9.2.5 (fixed predictors), 9.2.7 (coded residual). */
#ifndef PLUGINS_AUDIO_SLICE_FIXED_H
#define PLUGINS_AUDIO_SLICE_FIXED_H

#include "slice_flac.h"
#include "slice_rice.h"

enum { FIXED_BITS = 24, FIXED_ORDERS = 5, FIXED_MOST = FLAC_BLOCK + FLAC_LEAST };

/* A channel of a block, or what two channels have in common or differ by. */
struct fixed_channel {
    int32_t samples[FIXED_MOST];
    uint32_t bits;
    uint64_t sum; /* of the residual's absolute values, by its best predictor */
};

struct fixed {
    struct fixed_channel channel[FLAC_CHANNELS + 2]; /* the last two: mid, side */
    int32_t residual[FIXED_MOST];
};

/* ---- predictors ---- */

static inline uint32_t magnitude(int32_t value)
{
    return (uint32_t)(value < 0 ? -value : value);
}

/* Sums of absolute residuals of n samples from s on, of each order; the samples before them are there. */
static inline void add_sums(const int32_t *s, uint32_t n, uint64_t sums[FIXED_ORDERS])
{
    uint32_t part[FIXED_ORDERS] = {0};
    for (uint32_t i = 0; i < n; i++) {
        const int32_t *x = s + i;
        int32_t a = x[0], b = x[-1], c = x[-2], d = x[-3], e = x[-4];
        part[0] += magnitude(a);
        part[1] += magnitude(a - b);
        part[2] += magnitude(a - 2 * b + c);
        part[3] += magnitude(a - 3 * b + 3 * c - d);
        part[4] += magnitude(a - 4 * b + 6 * c - 4 * d + e);
    }
    for (int k = 0; k < FIXED_ORDERS; k++)
        sums[k] += part[k];
}

/* The best order. Part sums of 8 fit 32 bits: samples have 25 at most, residuals 29. */
static inline uint32_t best_order(const int32_t *s, uint32_t n, uint64_t *sum)
{
    uint64_t sums[FIXED_ORDERS] = {0};
    uint32_t best = 0, i = 4;
    for (; i + 8 <= n; i += 8)
        add_sums(s + i, 8, sums);
    if (i < n)
        add_sums(s + i, n - i, sums);
    for (uint32_t k = 1; k < FIXED_ORDERS && n > 8; k++)
        best = sums[k] < sums[best] ? k : best;
    *sum = sums[best];
    return best;
}

static inline void predict(const int32_t *s, uint32_t n, uint32_t order, int32_t *out)
{
    for (uint32_t i = order; i < n; i++) {
        const int32_t *x = s + i;
        switch (order) {
        case 0: out[i] = x[0]; break;
        case 1: out[i] = x[0] - x[-1]; break;
        case 2: out[i] = x[0] - 2 * x[-1] + x[-2]; break;
        case 3: out[i] = x[0] - 3 * x[-1] + 3 * x[-2] - x[-3]; break;
        default: out[i] = x[0] - 4 * x[-1] + 6 * x[-2] - 4 * x[-3] + x[-4]; break;
        }
    }
}

/* ---- a subframe ---- */

enum { SUBFRAME_CONSTANT = 0, SUBFRAME_VERBATIM = 1, SUBFRAME_FIXED = 8 };

/* How a channel is coded. type: 9.2.1 */
struct fixed_choice {
    uint32_t type, wasted;
    struct rice rice;
};

/* Takes the wasted bits out of the samples. */
static inline void choose(struct fixed *x, struct fixed_channel *c, uint32_t n, struct fixed_choice *f)
{
    uint32_t any = 0, differs = 0;
    uint64_t sum;
    *f = (struct fixed_choice){.type = SUBFRAME_CONSTANT};
    for (uint32_t i = 0; i < n; i++) {
        any |= (uint32_t)c->samples[i];
        differs |= (uint32_t)(c->samples[i] ^ c->samples[0]);
    }
    if (differs == 0)
        return;
    f->wasted = (uint32_t)__builtin_ctz(any);
    for (uint32_t i = 0; i < n && f->wasted > 0; i++)
        c->samples[i] >>= f->wasted;
    c->bits -= f->wasted;
    uint32_t order = best_order(c->samples, n, &sum);
    f->rice.first = order;
    predict(c->samples, n, order, x->residual);
    choose_partitions(x->residual, n, &f->rice);
    bool shorter = f->rice.bits + (uint64_t)order * c->bits < (uint64_t)n * c->bits;
    f->type = shorter ? SUBFRAME_FIXED + order : SUBFRAME_VERBATIM;
}

static inline void put_subframe(struct fixed *x, struct fixed_channel *c, uint32_t n, struct bit_writer *w)
{
    struct fixed_choice f;
    choose(x, c, n, &f);
    put_bits(w, f.type << 1 | (f.wasted > 0), 8);
    if (f.wasted > 0)
        put_bits(w, 1, f.wasted);
    uint32_t plain = f.type == SUBFRAME_CONSTANT ? 1 : f.type == SUBFRAME_VERBATIM ? n : f.rice.first;
    for (uint32_t i = 0; i < plain; i++)
        put_signed(w, c->samples[i], c->bits);
    if (f.type >= SUBFRAME_FIXED)
        put_residual(x->residual, n, &f.rice, w);
}

/* ---- a frame ---- */

/* 9.1.3: whether two channels go as they are, or as one of them and their difference, or as their mean and that. Returns the
 * code, and puts the two that it means first. */
static inline uint32_t choose_stereo(struct fixed *x, uint32_t n, struct fixed_channel *out[2])
{
    enum { LEFT, RIGHT, MID = FLAC_CHANNELS, SIDE };
    static const uint8_t ways[4][3] = {{LEFT, RIGHT, 1}, {LEFT, SIDE, 8}, {SIDE, RIGHT, 9}, {MID, SIDE, 10}};
    static const uint8_t all[4] = {LEFT, RIGHT, MID, SIDE};
    struct fixed_channel *c = x->channel;
    int best = 0;
    for (uint32_t i = 0; i < n; i++) {
        c[MID].samples[i] = (c[LEFT].samples[i] + c[RIGHT].samples[i]) >> 1;
        c[SIDE].samples[i] = c[LEFT].samples[i] - c[RIGHT].samples[i];
    }
    c[MID].bits = c[LEFT].bits;
    c[SIDE].bits = c[LEFT].bits + 1;
    for (int i = 0; i < 4; i++) {
        (void)best_order(c[all[i]].samples, n, &c[all[i]].sum);
        c[all[i]].sum += n; /* so that its logarithm exists, and is about a sample's bits */
    }
    for (int i = 1; i < 4; i++) { /* the product of two sums is least where their logarithms' sum is */
        double now = (double)c[ways[i][0]].sum * (double)c[ways[i][1]].sum;
        best = now < (double)c[ways[best][0]].sum * (double)c[ways[best][1]].sum ? i : best;
    }
    out[0] = &c[ways[best][0]];
    out[1] = &c[ways[best][1]];
    return ways[best][2];
}

/* 9.1.1, 9.1.2, 9.1.4: the codes of the header, and what follows its number. */
static inline void put_codes(struct frame *f, const struct flac_format *format, uint32_t stereo)
{
    static const uint32_t rates[12] = {0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000};
    uint32_t rate = 0, n = f->samples - 1, more = 0;
    for (uint32_t i = 1; i < 12; i++)
        rate = rates[i] == format->rate ? i : rate;
    if (rate == 0 && format->rate % 1000 == 0 && format->rate <= 255000)
        rate = 12, more = format->rate / 1000;
    else if (rate == 0 && format->rate <= 65535)
        rate = 13, more = format->rate;
    else if (rate == 0 && format->rate % 10 == 0 && format->rate <= 655350)
        rate = 14, more = format->rate / 10;
    f->codes[0] = 0xff;
    f->codes[1] = 0xf8;
    f->codes[2] = (uint8_t)((n < 256 ? 6u : 7u) << 4 | rate);
    f->codes[3] = (uint8_t)(stereo << 4 | (format->bits == 8 ? 1u : format->bits == 16 ? 4u : 6u) << 1);
    f->extra_size = 0;
    if (n >= 256)
        f->extra[f->extra_size++] = (uint8_t)(n >> 8);
    f->extra[f->extra_size++] = (uint8_t)n;
    if (rate > 12)
        f->extra[f->extra_size++] = (uint8_t)(more >> 8);
    if (rate >= 12)
        f->extra[f->extra_size++] = (uint8_t)more;
}

/* n samples, FIXED_MOST at most, of each channel; 8, 16 or 24 bits. False: memory is short. f->body is the caller's to free. */
static inline bool fixed_frame(struct fixed *x, const struct flac_format *format, const int32_t *samples, uint32_t n, struct frame *f)
{
    uint32_t channels = format->channels, stereo = channels - 1;
    struct fixed_channel *order[FLAC_CHANNELS];
    for (uint32_t k = 0; k < channels; k++) {
        order[k] = &x->channel[k];
        order[k]->bits = format->bits;
        for (uint32_t i = 0; i < n; i++)
            order[k]->samples[i] = samples[(size_t)i * channels + k];
    }
    if (channels == 2)
        stereo = choose_stereo(x, n, order);
    /* A Rice code that is chosen is shorter than verbatim, but for half a bit a sample. */
    size_t room = channels * ((size_t)n * (format->bits + 2) / 8 + 128);
    f->body = (uint8_t *)malloc(room);
    if (!f->body)
        return false;
    struct bit_writer w = {.to = f->body};
    for (uint32_t k = 0; k < channels; k++)
        put_subframe(x, order[k], n, &w);
    f->body_size = (uint32_t)(end_bits(&w) - f->body);
    f->samples = n;
    put_codes(f, format, stereo);
    f->shift = crc16_shift(f->body_size);
    f->body_crc = crc16_of(f->body, f->body_size);
    return true;
}

#endif
