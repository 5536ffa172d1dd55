/* SPDX-License-Identifier: MIT */
/* The blocks of a GIF up to its first image: sections 18 to 23. Part of gif-pixels.c. */
#ifndef PIXELS_GIF_BLOCKS_H
#define PIXELS_GIF_BLOCKS_H

#include "limits.h"
#include <adit/pixels.h>
#include <adit/report.h>
#include <string.h>

enum { EXTENSION = 0x21, IMAGE = 0x2c, TRAILER = 0x3b, GRAPHIC_CONTROL = 0xf9, MAX_BLOCKS = 100000 };

struct gif {
    const struct adit_call *job;
    const struct limits *limits;
    struct adit_report report;
    struct adit_cursor c;
    uint8_t palette[256][3];
    bool has_palette, interlaced;
    int transparent;                   /* index; -1: none */
    uint32_t left, top, width, height; /* of the image */
    struct adit_pixels is;             /* of the screen */
    uint8_t *screen;
    uint64_t done; /* pixels of the image */
    /* data sub-blocks (section 15), bits from the lowest */
    uint32_t block_left, bits, bit_count;
};

static void read_palette(struct gif *g, uint8_t packed)
{
    uint32_t count = 2u << (packed & 7);
    for (uint32_t i = 0; i < count; i++)
        for (int k = 0; k < 3; k++)
            g->palette[i][k] = adit_read_u8(&g->c);
    g->has_palette = true;
}

static void skip_blocks(struct gif *g)
{
    for (uint8_t size = adit_read_u8(&g->c); size > 0 && adit_ok(&g->c); size = adit_read_u8(&g->c))
        adit_skip(&g->c, size);
}

/* Section 23: behind the size (4) packed fields, a delay of two bytes, the index. */
static void read_graphic_control(struct gif *g)
{
    uint8_t size = adit_read_u8(&g->c), packed = adit_read_u8(&g->c);
    if (size >= 4) {
        adit_skip(&g->c, 2);
        uint8_t index = adit_read_u8(&g->c);
        g->transparent = packed & 1 ? index : -1;
        adit_skip(&g->c, size - 4u);
    } else if (size > 0) {
        adit_skip(&g->c, size - 1u);
    }
    if (size > 0)
        skip_blocks(g);
}

/* Goes on to the first image. False: there is none. */
static bool find_image(struct gif *g)
{
    for (int n = 0; n < MAX_BLOCKS && adit_ok(&g->c); n++) {
        uint8_t kind = adit_read_u8(&g->c);
        if (kind == EXTENSION && adit_read_u8(&g->c) == GRAPHIC_CONTROL)
            read_graphic_control(g);
        else if (kind == EXTENSION)
            skip_blocks(g);
        else if (kind == IMAGE)
            return adit_ok(&g->c);
        else if (kind != 0)
            return false;
    }
    return false;
}

static bool read_heads(struct gif *g)
{
    uint32_t screen_width = adit_read_u16le(&g->c), screen_height = adit_read_u16le(&g->c);
    uint8_t packed = adit_read_u8(&g->c);
    adit_skip(&g->c, 2);
    if (packed & 0x80)
        read_palette(g, packed);
    if (!find_image(g))
        return false;
    g->left = adit_read_u16le(&g->c);
    g->top = adit_read_u16le(&g->c);
    g->width = adit_read_u16le(&g->c);
    g->height = adit_read_u16le(&g->c);
    packed = adit_read_u8(&g->c);
    g->interlaced = packed & 0x40;
    if (packed & 0x80)
        read_palette(g, packed);
    for (uint32_t i = 0; i < 256 && !g->has_palette; i++)
        memset(g->palette[i], (int)i, 3);
    uint32_t right = g->left + g->width, bottom = g->top + g->height;
    g->is.width = g->is.full_width = right > screen_width ? right : screen_width;
    g->is.height = g->is.full_height = bottom > screen_height ? bottom : screen_height;
    bool covered = g->left == 0 && g->top == 0 && g->width == g->is.width && g->height == g->is.height;
    g->is.format = g->transparent >= 0 || !covered ? ADIT_PIXELS_RGBA8 : ADIT_PIXELS_RGB8;
    return adit_ok(&g->c) && g->is.width > 0 && g->is.height > 0;
}

#endif
