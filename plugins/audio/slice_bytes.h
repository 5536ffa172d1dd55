/* SPDX-License-Identifier: MIT */
/* Bytes that grow, and samples packed into them as files have them: little-endian PCM, IEEE 754 floats of 16 or 32 bits. */
#ifndef PLUGINS_AUDIO_SLICE_BYTES_H
#define PLUGINS_AUDIO_SLICE_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
    uint8_t *data;
    size_t size, room;
    bool failed; /* memory was short once: what is there is not whole */
};

/* n bytes more, to be filled in; NULL: memory is short. */
static inline uint8_t *bytes_more(struct bytes *b, size_t n)
{
    if (n > b->room - b->size) {
        size_t room = b->size + n + b->size / 2;
        uint8_t *data = (uint8_t *)realloc(b->data, room);
        if (!data) {
            b->failed = true;
            return NULL;
        }
        b->data = data;
        b->room = room;
    }
    b->size += n;
    return b->data + b->size - n;
}

static inline void bytes_add(struct bytes *b, const void *data, size_t n)
{
    uint8_t *to = bytes_more(b, n);
    if (to && n > 0)
        memcpy(to, data, n);
}

static inline void bytes_le(struct bytes *b, uint64_t value, unsigned n)
{
    uint8_t *to = bytes_more(b, n);
    for (unsigned i = 0; to && i < n; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

static inline void bytes_free(struct bytes *b)
{
    free(b->data);
    *b = (struct bytes){0};
}

/* IEEE 754-2008, 3.6: binary32 to binary16, to the nearest, halves to even. */
static inline uint16_t half_of(float value)
{
    uint32_t bits, sign;
    memcpy(&bits, &value, sizeof bits);
    sign = bits >> 16 & 0x8000;
    bits &= 0x7fffffff;
    if (bits >= 0x47800000) /* 65536 and above, infinity, NaN */
        return (uint16_t)(sign | (bits > 0x7f800000 ? 0x7e00 : 0x7c00));
    if (bits < 0x33000001) /* rounds to 0 */
        return (uint16_t)sign;
    uint32_t shift = bits < 0x38800000 ? 126 - (bits >> 23) : 13; /* below 2^-14 without a leading one */
    uint32_t mantissa = bits < 0x38800000 ? (bits & 0x7fffff) | 0x800000 : bits - 0x38000000;
    uint32_t half = mantissa >> shift, rest = mantissa & ((1u << shift) - 1), middle = 1u << (shift - 1);
    half += rest > middle || (rest == middle && (half & 1));
    return (uint16_t)(sign | half);
}

/* How a sample stands in a file. */
enum pack { PACK_U8, PACK_S8, PACK_S16, PACK_S24, PACK_S32, PACK_F32, PACK_F16 };

static inline unsigned pack_size(enum pack p)
{
    static const uint8_t sizes[] = {1, 1, 2, 3, 4, 4, 2};
    return sizes[p];
}

/* A few at a time: compilers make vectors of loops whose length they know. */
enum { AT_ONCE = 16 };

static inline void shift_down(int32_t *samples, size_t n, uint32_t by)
{
    size_t i = 0;
    for (; i + AT_ONCE <= n; i += AT_ONCE)
        for (size_t k = 0; k < AT_ONCE; k++)
            samples[i + k] >>= by;
    for (; i < n; i++)
        samples[i] >>= by;
}

static inline size_t pack_16(const int32_t *in, size_t n, uint8_t *out)
{
    size_t i = 0;
    for (; i + AT_ONCE <= n; i += AT_ONCE) {
        uint16_t some[AT_ONCE];
        for (size_t k = 0; k < AT_ONCE; k++)
            some[k] = (uint16_t)in[i + k];
        memcpy(out + 2 * i, some, sizeof some);
    }
    return i;
}

static inline void pack_integers(enum pack p, const int32_t *in, size_t n, uint8_t *out)
{
    for (size_t i = p == PACK_S16 ? pack_16(in, n, out) : 0; i < n; i++) {
        uint32_t v = (uint32_t)in[i];
        switch (p) {
        case PACK_U8: out[i] = (uint8_t)(v + 128); break;
        case PACK_S8: out[i] = (uint8_t)v; break;
        case PACK_S16: memcpy(out + 2 * i, (uint16_t[1]){(uint16_t)v}, 2); break;
        case PACK_S24: memcpy(out + 3 * i, (uint8_t[3]){(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16)}, 3); break;
        default: memcpy(out + 4 * i, &v, 4); break;
        }
    }
}

static inline void pack_floats(enum pack p, const float *in, size_t n, uint8_t *out)
{
    if (p == PACK_F32)
        memcpy(out, in, n * sizeof *in);
    for (size_t i = 0; i < n && p == PACK_F16; i++) {
        uint16_t half = half_of(in[i]);
        memcpy(out + 2 * i, &half, 2);
    }
}

#endif
