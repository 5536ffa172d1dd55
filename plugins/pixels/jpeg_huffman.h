/* SPDX-License-Identifier: MIT */
/* Entropy-coded segments of JPEG whose high frequencies nobody wants: T.81 annex F.2.2, G.2. Bits are looked at LOOK at a time, and as many
 * whole coefficients as lie in them are stepped over at once. */
#ifndef PIXELS_JPEG_HUFFMAN_H
#define PIXELS_JPEG_HUFFMAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    LOOK = 12,
    LOOKED = 1 << LOOK,
    KEPT = 4,      /* values of a block: those of zigzag 0, 1, 2 and 4 */
    LAST_KEPT = 4, /* in the zigzag */
};

/* ---- bits ---- */

/* Of `count` the six lowest bits count: what else comes into it does no harm, and need not be taken out. */
struct bits {
    const uint8_t *at; /* what is not in the window yet */
    uint64_t window;   /* the next `count` bits, from the highest */
    uint32_t count;
};

/* At least 56 bits. The few below them are those that the next refill puts there again. */
static inline void refill(struct bits *b)
{
    uint64_t next;
    memcpy(&next, b->at, sizeof next);
    b->window |= __builtin_bswap64(next) >> (b->count & 63);
    b->at += ~b->count >> 3 & 7;
    b->count |= 56;
}

static inline struct bits bits_at(const uint8_t *at)
{
    struct bits b = {at, 0, 0};
    refill(&b);
    return b;
}

static inline uint32_t peek(const struct bits *b, uint32_t n)
{
    return (uint32_t)(b->window >> (64 - n));
}

/* The six lowest bits of n. */
static inline void drop(struct bits *b, uint32_t n)
{
    b->window <<= n & 63;
    b->count -= n;
}

/* The first byte of which no bit was taken. */
static inline const uint8_t *bits_end(const struct bits *b)
{
    return b->at - (b->count & 63) / 8;
}

/* F.2.2.1, RECEIVE and EXTEND. */
static inline int32_t extended(uint32_t value, uint32_t n)
{
    return n && value < 1u << (n - 1) ? (int32_t)value - (1 << n) + 1 : (int32_t)value;
}

static inline uint32_t take_bits(struct bits *b, uint32_t n)
{
    uint32_t value = n ? peek(b, n) : 0;
    drop(b, n);
    return value;
}

static inline int32_t take_value(struct bits *b, uint32_t n)
{
    return extended(take_bits(b, n), n);
}

/* ---- codes ---- */

/* Steps through the zigzag. Their bits are the lowest six, how far they go the next eight. */
enum {
    STEP_FAR = 6,
    STEP_END = 64,      /* and the block ends */
    STEP_UNKNOWN = 192, /* more bits are needed, or there is no such code */
};

struct huffman {
    bool there;
    uint8_t symbols[256];
    int32_t last[17]; /* the largest code of each length; -1: none (F.2.2.3) */
    int32_t offset[17];
    /* By the next LOOK bits. */
    uint16_t look[LOOKED];  /* length << 8 | symbol; 0: the code is longer, or there is none */
    int32_t one[LOOKED];    /* a coefficient: value << 16 | step; of an end, how many blocks end; of DC as look */
    uint16_t steps[LOOKED]; /* as many coefficients as there are, one behind the other */
    uint64_t start[LOOKED]; /* the same at the first of a scan's frequencies: what huffman_make_start() makes */
};

/* C.2: codes by their counts. False: there are more than fit. */
static inline bool huffman_make(struct huffman *h, const uint8_t counts[16], const uint8_t *symbols, size_t n)
{
    int32_t code = 0, index = 0;
    memset(h->look, 0, sizeof h->look);
    memcpy(h->symbols, symbols, n);
    for (int length = 1; length <= 16; length++, code <<= 1) {
        h->offset[length] = index - code;
        for (int i = 0; i < counts[length - 1]; i++, code++, index++)
            for (int32_t rest = 0; length <= LOOK && code < 1 << length && rest < 1 << (LOOK - length); rest++)
                h->look[(code << (LOOK - length)) + rest] = (uint16_t)(length << 8 | symbols[index]);
        h->last[length] = counts[length - 1] ? code - 1 : -1;
        if (code > 1 << length)
            return false;
    }
    h->there = true;
    return true;
}

/* Codes of DC coefficients (F.2.2.1) with their values, as far as both lie in LOOK bits. */
static inline void huffman_make_dc(struct huffman *h)
{
    for (uint32_t look = 0; look < LOOKED; look++) {
        uint32_t length = h->look[look] >> 8, size = h->look[look] & 255, bits = length + size;
        h->one[look] = 0;
        if (length && bits <= LOOK)
            h->one[look] = extended(look >> (LOOK - bits) & ((1u << size) - 1), size) * 65536 + (int32_t)bits;
    }
}

/* The same of AC coefficients (F.2.2.2), and of ends: in a progressive scan there are those of several blocks (G.1.2.2). */
static inline void huffman_make_ac(struct huffman *h, bool progressive)
{
    for (uint32_t look = 0; look < LOOKED; look++) {
        uint32_t length = h->look[look] >> 8, size = h->look[look] & 15, run = h->look[look] >> 4 & 15;
        bool ends = size == 0 && run < 15;
        uint32_t more = !ends ? size : progressive ? run : 0, bits = length + more;
        h->one[look] = STEP_UNKNOWN << STEP_FAR;
        if (!length || bits > LOOK)
            continue;
        uint32_t value = look >> (LOOK - bits) & ((1u << more) - 1), step = ends ? STEP_END : run + 1;
        int32_t says = ends ? (int32_t)(value + (1u << more)) : extended(value, more);
        h->one[look] = says * 65536 + (int32_t)(step << STEP_FAR | bits);
    }
}

/* After that: as many AC coefficients as lie in LOOK bits, and an end of one block. */
static inline void huffman_make_steps(struct huffman *h)
{
    for (uint32_t look = 0; look < LOOKED; look++) {
        uint32_t bits = 0, far = 0;
        while (far < STEP_END) {
            int32_t one = h->one[look << bits & (LOOKED - 1)];
            uint32_t more = (uint32_t)one & 63, step = (uint32_t)one >> STEP_FAR & 255;
            if (step == STEP_UNKNOWN || bits + more > LOOK || (step == STEP_END ? one >> 16 != 1 : far + step > 62))
                break;
            bits += more;
            far += step;
        }
        h->steps[look] = (uint16_t)((bits ? far : STEP_UNKNOWN) << STEP_FAR | bits);
    }
}

/* The value of frequency k, << low, where it is in the four of a block; 0: it is not kept. */
static inline uint64_t value_at(uint32_t k, int32_t value, uint32_t low)
{
    static const uint8_t shift[LAST_KEPT + 1] = {0, 16, 32, 64, 48};
    uint64_t bits = (uint16_t)((uint32_t)value << low);
    return k <= LAST_KEPT && shift[k] < 64 ? bits << shift[k] : 0;
}

/* How a block of brightness goes on from its DC coefficient, or in a progressive scan begins: as many coefficients up to one beyond `last`
 * as lie in LOOK bits, with their values, << low, in the upper 48 bits. Below these START_FIELDS: the bits, the next frequency,
 * how many blocks end. */
enum { START_BITS = 15, START_K = 4, START_ENDED = 11, START_K_MOST = 127, START_ENDED_MOST = 31 };

static inline void huffman_make_start(struct huffman *h, uint32_t first, uint32_t last, uint32_t low)
{
    for (uint32_t look = 0; look < LOOKED; look++) {
        uint32_t bits = 0, k = first, ended = 0;
        uint64_t four = 0;
        while (k <= last && !ended) {
            int32_t one = h->one[look << bits & (LOOKED - 1)], value = one >> 16;
            uint32_t more = (uint32_t)one & 63, step = (uint32_t)one >> STEP_FAR & 255;
            if (step == STEP_UNKNOWN || bits + more > LOOK || (step == STEP_END && value > START_ENDED_MOST))
                break;
            bits += more;
            ended = step == STEP_END ? (uint32_t)value : 0;
            k += ended ? 0 : step;
            four |= ended ? 0 : value_at(k - 1, value, low);
        }
        h->start[look] = four | bits | k << START_K | ended << START_ENDED;
    }
}

/* The next symbol; -1: no code begins so. */
static inline int next_symbol(struct bits *b, const struct huffman *h)
{
    uint16_t entry = h->look[peek(b, LOOK)];
    if (entry) {
        drop(b, entry >> 8);
        return entry & 255;
    }
    for (uint32_t length = LOOK + 1; length <= 16; length++) {
        int32_t code = (int32_t)peek(b, length);
        if (h->last[length] >= 0 && code <= h->last[length] && code + h->offset[length] >= 0) {
            drop(b, length);
            return h->symbols[(code + h->offset[length]) & 255];
        }
    }
    return -1;
}

#endif
