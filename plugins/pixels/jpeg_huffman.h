/* SPDX-License-Identifier: MIT */
/* Entropy-coded segments of JPEG whose high frequencies nobody wants: T.81 annex F.2.2, G.2. Bits are looked at 11 at a time, and as many
 * whole coefficients as lie in them are stepped over at once. */
#ifndef PIXELS_JPEG_HUFFMAN_H
#define PIXELS_JPEG_HUFFMAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { LOOK = 11, LOOKED = 1 << LOOK, LAST_KEPT = 4, END_OF_BLOCK = 64 };

/* ---- bits ---- */

struct bits {
    const uint8_t *at; /* what is not in the window yet */
    uint64_t window;   /* the next `count` bits, from the highest */
    int count;
};

enum { PAD = 512 }; /* zeros behind the data of a scan: more than a block can take */

/* At least 56 bits. The few below them are those that the next refill puts there again. */
static inline void refill(struct bits *b)
{
    uint64_t next;
    memcpy(&next, b->at, sizeof next);
    b->window |= __builtin_bswap64(next) >> b->count;
    b->at += (63 - b->count) >> 3;
    b->count |= 56;
}

static inline struct bits bits_at(const uint8_t *at)
{
    struct bits b = {at, 0, 0};
    refill(&b);
    return b;
}

static inline uint32_t peek(const struct bits *b, int n)
{
    return (uint32_t)(b->window >> (64 - n));
}

static inline void drop(struct bits *b, int n)
{
    b->window <<= n;
    b->count -= n;
}

/* F.2.2.1, RECEIVE and EXTEND. */
static inline int32_t extended(uint32_t value, int n)
{
    return n && value < 1u << (n - 1) ? (int32_t)value - (1 << n) + 1 : (int32_t)value;
}

static inline int32_t take_value(struct bits *b, int n)
{
    uint32_t value = n ? peek(b, n) : 0;
    drop(b, n);
    return extended(value, n);
}

/* B.1.1.5: the data up to the next marker, FF00 made FF. Returns how many bytes; *at is left at the marker. */
static inline size_t unstuff(const uint8_t **at, const uint8_t *end, uint8_t *out)
{
    uint8_t *begin = out;
    const uint8_t *p = *at;
    while (p < end) {
        const uint8_t *ff = (const uint8_t *)memchr(p, 0xff, (size_t)(end - p));
        size_t n = (size_t)((ff ? ff : end) - p);
        memcpy(out, p, n);
        out += n;
        p += n;
        if (!ff || end - ff < 2 || (ff[1] != 0 && ff[1] != 0xff))
            break;
        if (ff[1] == 0)
            *out++ = 0xff;
        p += ff[1] == 0 ? 2 : 1; /* FF before FF fills */
    }
    *at = p;
    memset(out, 0, PAD);
    return (size_t)(out - begin);
}

/* ---- codes ---- */

enum { STEP_BITS = 31, STEP_ENDS = 1 << 14 };

struct huffman {
    bool there;
    uint8_t symbols[256];
    int32_t last[17]; /* the largest code of each length; -1: none (F.2.2.3) */
    int32_t offset[17];
    /* By the next LOOK bits; 0: the code, or its value, is longer, or there is none. */
    uint16_t look[LOOKED]; /* length << 8 | symbol */
    int32_t one[LOOKED];   /* a coefficient: value << 16 | run << 8 | bits; run 64: the block ends */
    uint16_t skip[LOOKED]; /* as many coefficients as there are: STEP_ENDS | advance << 8 | bits */
};

/* C.2: codes by their counts. False: there are more than fit. */
static inline bool huffman_make(struct huffman *h, const uint8_t counts[16], const uint8_t *symbols, size_t n)
{
    int32_t code = 0, index = 0;
    memset(h, 0, sizeof *h);
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

/* Codes with their values, as far as both lie in LOOK bits: of DC (F.2.2.1) or AC coefficients (F.2.2.2). In a progressive scan an
 * ended block is not found here: its code may end others, too. */
static inline void huffman_make_values(struct huffman *h, bool dc, bool progressive)
{
    for (uint32_t look = 0; look < LOOKED; look++) {
        uint32_t entry = h->look[look], length = entry >> 8, size = dc ? entry & 255 : entry & 15,
                 run = dc ? 0 : entry >> 4 & 15;
        bool ends = !dc && size == 0 && run < 15;
        h->one[look] = 0;
        if (!entry || length + size > LOOK || (ends && progressive))
            continue;
        uint32_t value = size ? (look >> (LOOK - length - size)) & ((1u << size) - 1) : 0;
        h->one[look] =
            extended(value, (int)size) * 65536 + (int32_t)((ends ? END_OF_BLOCK : run) << 8 | (length + size));
    }
}

/* After that: as many AC coefficients as lie in LOOK bits, one behind the other. */
static inline void huffman_make_steps(struct huffman *h)
{
    for (uint32_t look = 0; look < LOOKED; look++) {
        uint32_t used = 0, advance = 0, ends = 0;
        while (!ends) {
            int32_t entry = h->one[look << used & (LOOKED - 1)];
            uint32_t bits = (uint32_t)entry & 255, run = (uint32_t)entry >> 8 & 255;
            if (!bits || used + bits > LOOK || (run < END_OF_BLOCK && advance + run + 1 > 62))
                break;
            used += bits;
            ends = run == END_OF_BLOCK;
            advance += ends ? 0 : run + 1;
        }
        h->skip[look] = (uint16_t)((ends ? STEP_ENDS : 0) | advance << 8 | used);
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
    for (int length = LOOK + 1; length <= 16; length++) {
        int32_t code = (int32_t)peek(b, length);
        if (h->last[length] >= 0 && code <= h->last[length] && code + h->offset[length] >= 0) {
            drop(b, length);
            return h->symbols[(code + h->offset[length]) & 255];
        }
    }
    return -1;
}

#endif
