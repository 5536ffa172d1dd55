/* SPDX-License-Identifier: MIT */
/* GIF as pixels: the first image of a GIF87a or GIF89a on its logical screen; where it is transparent or missing, alpha is 0. Source:
 * CompuServe, "Graphics Interchange Format, Version 89a" (1990), sections 18 to 23, appendices E and F. */
#include <adit/adit.h>
#include <adit/pixels.h>
#include <adit/report.h>
#include <stdlib.h>
#include <string.h>

ADIT_MODULE("gif-pixels", "1.0.0")

#include "limits.h"

enum { EXTENSION = 0x21, IMAGE = 0x2c, TRAILER = 0x3b, GRAPHIC_CONTROL = 0xf9, MAX_CODES = 4096, MAX_BLOCKS = 100000 };

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

/* ---- blocks ---- */

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

/* ---- LZW (appendix F) ---- */

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

static void write_rows(struct gif *g, struct adit_pixels_writer *w, uint8_t *row)
{
    uint32_t step = adit_pixels_bytes(g->is.format);
    uint32_t rows = g->width ? (uint32_t)(g->done / g->width) : 0; /* that are whole */
    bool short_of_some = g->done < (uint64_t)g->width * g->height;
    for (uint32_t y = 0; y < g->is.height; y++) {
        if (short_of_some && (g->interlaced || y >= g->top + rows))
            break;
        for (uint32_t x = 0; x < g->is.width; x++) {
            uint8_t index = g->screen[(size_t)y * g->is.width + x];
            bool inside = x >= g->left && x - g->left < g->width && y >= g->top && y - g->top < g->height;
            memcpy(row + (size_t)x * step, g->palette[index], 3);
            if (step == 4)
                row[4 * x + 3] = inside && index != g->transparent ? 255 : 0;
        }
        if (adit_pixels_row(w, row))
            return;
    }
    if (short_of_some)
        adit_complain(&g->report, "the image ends at offset %llu, in row %u of %u", (unsigned long long)g->c.at, rows,
                      g->height);
}

static int32_t decode(struct gif *g)
{
    struct adit_pixels_writer w;
    uint64_t pixels = (uint64_t)g->is.width * g->is.height;
    if (pixels > g->limits->memory) {
        adit_remark(&g->report, "a screen of %u * %u needs as many bytes; option memory gives %llu", g->is.width,
                    g->is.height, (unsigned long long)g->limits->memory);
        return ADIT_UNSUPPORTED;
    }
    int error = adit_pixels_begin(&w, g->job, &g->is, g->limits->most_pixels);
    if (error)
        return error == ADIT_E_UNWANTED ? ADIT_OK : ADIT_FAILED;
    uint8_t *row = (uint8_t *)malloc((size_t)g->is.width * 4);
    g->screen = (uint8_t *)malloc((size_t)pixels);
    int32_t status = ADIT_FAILED;
    if (row && g->screen) {
        memset(g->screen, g->transparent >= 0 ? g->transparent : 0, (size_t)pixels);
        read_image(g);
        write_rows(g, &w, row);
        status = adit_verdict(&g->report);
    }
    (void)adit_pixels_end(&w);
    free(g->screen);
    free(row);
    return status;
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct gif g = {.job = job, .limits = (const struct limits *)state, .report = adit_report(job), .transparent = -1};
    g.c = adit_cursor(job);
    if (!adit_match_literal(&g.c, "GIF87a") && !adit_match_literal(&g.c, "GIF89a"))
        return ADIT_DECLINED;
    if (!read_heads(&g)) {
        adit_complain(&g.report, "there is no image before offset %llu", (unsigned long long)g.c.at);
        return ADIT_MALFORMED;
    }
    return decode(&g);
}

ADIT_PLUGIN(open_limits, run, NULL, close_limits)
