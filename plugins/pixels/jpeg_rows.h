/* SPDX-License-Identifier: MIT */
/* Rows of pixels from the lowest frequencies of a JPEG's blocks. T.81 A.3.3; T.871. */
#ifndef PIXELS_JPEG_ROWS_H
#define PIXELS_JPEG_ROWS_H

#include "jpeg_scan.h"

typedef float floats_4 __attribute__((vector_size(16)));
typedef int32_t integers_4 __attribute__((vector_size(16)));
typedef int16_t integers_8 __attribute__((vector_size(16)));
typedef uint8_t bytes_8 __attribute__((vector_size(8)));

/* Two rows of brightness from a row of blocks. A.3.3, averaged over 4 * 4 samples: the lowest frequency adds an eighth of itself; with
 * m = (cos(pi/16) + cos(3pi/16) + cos(5pi/16) + cos(7pi/16)) / 4, the next ones m / sqrt(32), the fourth m * m / 4. */
static inline void quarter_luma(const struct quarter *q, uint32_t row, uint8_t *upper, uint8_t *lower)
{
    static const floats_4 right = {1, -1, 1, -1}, down = {1, 1, -1, -1}, both = {1, -1, -1, 1};
    const struct component *c = &q->components[0];
    const uint16_t *table = q->quantization[c->table];
    const int16_t *values = c->values + (size_t)row * c->width * KEPT;
    float by[KEPT] = {0.125f * table[0], 0.1132656f * table[1], 0.1132656f * table[2], 0.1026340f * table[4]};
    for (uint32_t x = 0; x < c->width; x++, values += KEPT) {
        float mean = 128.5f + by[0] * (values[0] + (c->open ? 0.5f : 0));
        floats_4 p = {mean, mean, mean, mean};
        p += by[1] * values[1] * right + by[2] * values[2] * down + by[3] * values[3] * both;
        integers_4 low = p > 0, high = p > 255;
        integers_4 cut = (__builtin_convertvector(p, integers_4) & low & ~high) | (high & 255);
        upper[2 * x] = (uint8_t)cut[0];
        upper[2 * x + 1] = (uint8_t)cut[1];
        lower[2 * x] = (uint8_t)cut[2];
        lower[2 * x + 1] = (uint8_t)cut[3];
    }
}

/* The row of blocks that has the colours of row y. */
static inline uint32_t quarter_colour_row(const struct quarter *q, uint32_t y)
{
    return y * q->components[1].down / (2 * q->most_down) << 8 | y * q->components[2].down / (2 * q->most_down);
}

/* The lowest frequency of a block as a difference from the middle. */
static inline int32_t colour_of(const struct quarter *q, const struct component *c, int16_t value)
{
    int32_t step = q->quantization[c->table][0], mean = (value * step + (c->open ? step / 2 : 0) + 4) >> 3;
    return mean < -128 ? -128 : mean > 127 ? 127 : mean;
}

/* What a row's colours add to the brightness of its pixels: `width` for red, then for green, then for blue. T.871, 7. */
static inline void quarter_colours(const struct quarter *q, uint32_t y, int16_t *add, uint32_t width)
{
    const struct component *blue = &q->components[1], *red = &q->components[2];
    const int16_t *b = blue->values + (size_t)(y * blue->down / (2 * q->most_down)) * blue->width;
    const int16_t *r = red->values + (size_t)(y * red->down / (2 * q->most_down)) * red->width;
    uint32_t in_blue = 0, in_red = 0, side = 2 * q->most_across; /* of `side` parts of a block */
    int32_t cb = colour_of(q, blue, *b), cr = colour_of(q, red, *r);
    for (uint32_t x = 0; x < width; x++) {
        add[x] = (int16_t)((91881 * cr + 32768) >> 16);
        add[width + x] = (int16_t)((-22554 * cb - 46802 * cr + 32768) >> 16);
        add[2 * width + x] = (int16_t)((116130 * cb + 32768) >> 16);
        if ((in_blue += blue->across) >= side && x + 1 < width) {
            in_blue -= side;
            cb = colour_of(q, blue, *++b);
        }
        if ((in_red += red->across) >= side && x + 1 < width) {
            in_red -= side;
            cr = colour_of(q, red, *++r);
        }
    }
}

/* Eight pixels at a time; all rows have room for a multiple of it. */
static inline void quarter_rgb(const uint8_t *luma, const int16_t *add, uint32_t width, uint8_t *rgb)
{
    for (uint32_t x = 0; x < width; x += sizeof(bytes_8)) {
        bytes_8 grey, plane[3];
        memcpy(&grey, luma + x, sizeof grey);
        for (uint32_t k = 0; k < 3; k++) {
            integers_8 value;
            memcpy(&value, add + k * width + x, sizeof value);
            value += __builtin_convertvector(grey, integers_8);
            integers_8 high = value > 255;
            plane[k] = __builtin_convertvector((value & (value > 0) & ~high) | (high & 255), bytes_8);
        }
        for (uint32_t i = 0; i < sizeof grey; i++, rgb += 3) {
            rgb[0] = plane[0][i];
            rgb[1] = plane[1][i];
            rgb[2] = plane[2][i];
        }
    }
}

#endif
