/* SPDX-License-Identifier: MIT */
/* The data of an image: LZW codes in sub-blocks (section 22, appendix F), rows in four passes (appendix E). Part of gif-pixels.c. */
#ifndef PIXELS_GIF_LZW_H
#define PIXELS_GIF_LZW_H

#include "gif_blocks.h"

enum { MAX_CODES = 4096 };

/* The next code; -1: the data end. */
static int next_code(struct gif *g, uint32_t size)
{
    while (g->bit_count < size) {
        if (g->block_left == 0)
            g->block_left = adit_read_u8(&g->c);
        if (g->block_left == 0 || !adit_ok(&g->c))
            return -1;
        g->bits |= (uint32_t)adit_read_u8(&g->c) << g->bit_count;
        g->bit_count += 8;
        g->block_left--;
    }
    uint32_t code = g->bits & ((1u << size) - 1);
    g->bits >>= size;
    g->bit_count -= size;
    return (int)code;
}

/* Appendix E: rows come in four passes. */
static uint32_t row_of(const struct gif *g, uint32_t n)
{
    static const uint32_t first[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
    for (uint32_t pass = 0; g->interlaced && pass < 4; pass++) {
        uint32_t rows = g->height > first[pass] ? (g->height - first[pass] + step[pass] - 1) / step[pass] : 0;
        if (n < rows)
            return first[pass] + n * step[pass];
        n -= rows;
    }
    return n;
}

static void put(struct gif *g, uint8_t index)
{
    if (g->done < (uint64_t)g->width * g->height) {
        uint32_t x = (uint32_t)(g->done % g->width), y = row_of(g, (uint32_t)(g->done / g->width));
        g->screen[(size_t)(g->top + y) * g->is.width + g->left + x] = index;
        g->done++;
    }
}

static void read_image(struct gif *g)
{
    uint16_t prefix[MAX_CODES];
    uint8_t last[MAX_CODES], stack[MAX_CODES + 1];
    uint32_t least = adit_read_u8(&g->c);
    if (least < 1 || least > 11) {
        adit_complain(&g->report, "offset %llu: codes of %u bits; expected 1 to 11", (unsigned long long)g->c.at,
                      least);
        return;
    }
    uint32_t clear = 1u << least, end = clear + 1, size = least + 1, next = end + 1;
    int before = -1, code;
    uint8_t first = 0;
    while (g->done < (uint64_t)g->width * g->height && (code = next_code(g, size)) >= 0 && (uint32_t)code != end) {
        if ((uint32_t)code == clear) {
            size = least + 1;
            next = end + 1;
            before = -1;
            continue;
        }
        if ((uint32_t)code > next || ((uint32_t)code == next && before < 0) ||
            (before < 0 && (uint32_t)code >= clear)) {
            adit_complain(&g->report, "offset %llu: code %d; the next one is %u", (unsigned long long)g->c.at, code,
                          next);
            return;
        }
        uint32_t at = (uint32_t)code, depth = 0;
        if (at == next) {
            stack[depth++] = first; /* what was before, and its first again */
            at = (uint32_t)before;
        }
        for (; at > end; at = prefix[at])
            stack[depth++] = last[at];
        stack[depth++] = first = (uint8_t)at;
        while (depth > 0)
            put(g, stack[--depth]);
        if (before >= 0 && next < MAX_CODES) {
            prefix[next] = (uint16_t)before;
            last[next++] = first;
            if (next == 1u << size && size < 12)
                size++;
        }
        before = code;
    }
}

#endif
