/* SPDX-License-Identifier: MIT */
/* Rows of pixels from the lowest frequencies of a JPEG's blocks. T.81 A.3.3; T.871. */
#ifndef PIXELS_JPEG_ROWS_H
#define PIXELS_JPEG_ROWS_H

#include "jpeg_scan.h"

typedef float floats_4 __attribute__((vector_size(16)));
typedef int32_t integers_4 __attribute__((vector_size(16)));
typedef uint32_t lanes_4 __attribute__((vector_size(16)));
typedef int16_t integers_8 __attribute__((vector_size(16)));
typedef uint64_t pairs_2 __attribute__((vector_size(16)));
typedef uint8_t bytes_8 __attribute__((vector_size(8)));

/* Whole parts, cut to 0..255. */
static inline lanes_4 cut_4(floats_4 value)
{
    integers_4 whole = __builtin_convertvector(value, integers_4);
    return (lanes_4)((whole | (whole > 255)) & (whole > 0) & 255);
}

static inline lanes_4 lanes_of(const int16_t *values)
{
    lanes_4 lanes;
    memcpy(&lanes, values, sizeof lanes);
    return lanes;
}

/* The upper halves of lanes, which have a sign. */
static inline floats_4 floats_of(lanes_4 lanes)
{
    return __builtin_convertvector((integers_4)lanes >> 16, floats_4);
}

/* Pixels of four blocks, a lane each: `first` has the lowest frequency and above it the one across, `second` the one down and the one both
 * ways. pixels[0] becomes two of the upper row, pixels[1] of the lower one. */
static inline void luma_4(lanes_4 first, lanes_4 second, const float *by, float half, lanes_4 pixels[2])
{
    floats_4 mean = 128.5f + by[0] * (floats_of(first << 16) + half);
    floats_4 right = by[1] * floats_of(first);
    floats_4 down = by[2] * floats_of(second << 16);
    floats_4 both = by[3] * floats_of(second);
    pixels[0] = cut_4(mean + (right + down + both)) | cut_4(mean + (down - right - both)) << 8;
    pixels[1] = cut_4(mean + (right - down - both)) | cut_4(mean - (right + down - both)) << 8;
}

/* Two rows of brightness from a row of blocks: `values` are row_values() of it. Eight blocks at a time: all have room for more. A.3.3,
 * averaged over 4 * 4 samples: the lowest frequency adds an eighth of itself; with m = (cos(pi/16) + cos(3pi/16) + cos(5pi/16) +
 * cos(7pi/16)) / 4, the next ones m / sqrt(32), the fourth m * m / 4. */
static inline void quarter_luma(const struct quarter *q, const int16_t *values, uint8_t *upper, uint8_t *lower)
{
    const struct component *c = &q->components[0];
    const uint16_t *table = q->quantization[c->table];
    float by[KEPT] = {0.125f * table[0], 0.1132656f * table[1], 0.1132656f * table[2], 0.1026340f * table[4]};
    float half = c->open ? 0.5f : 0;
    for (uint32_t x = 0; x < c->width; x += 8, values += (size_t)8 * KEPT) {
        lanes_4 a = lanes_of(values), b = lanes_of(values + 8), d = lanes_of(values + 16), e = lanes_of(values + 24);
        lanes_4 first[2] = {__builtin_shufflevector(a, b, 0, 4, 2, 6), __builtin_shufflevector(d, e, 0, 4, 2, 6)};
        lanes_4 second[2] = {__builtin_shufflevector(a, b, 1, 5, 3, 7), __builtin_shufflevector(d, e, 1, 5, 3, 7)};
        lanes_4 even[2], odd[2]; /* blocks; pixels of both rows */
        luma_4(__builtin_shufflevector(first[0], first[1], 0, 1, 4, 5),
               __builtin_shufflevector(second[0], second[1], 0, 1, 4, 5), by, half, even);
        luma_4(__builtin_shufflevector(first[0], first[1], 2, 3, 6, 7),
               __builtin_shufflevector(second[0], second[1], 2, 3, 6, 7), by, half, odd);
        even[0] |= odd[0] << 16;
        even[1] |= odd[1] << 16;
        memcpy(upper + (size_t)2 * x, &even[0], sizeof even[0]);
        memcpy(lower + (size_t)2 * x, &even[1], sizeof even[1]);
    }
}

/* The lowest frequency of a block as a difference from the middle. */
static inline int32_t colour_of(const struct quarter *q, const struct component *c, int16_t value)
{
    int32_t step = q->quantization[c->table][0], mean = (value * step + (c->open ? step / 2 : 0) + 4) >> 3;
    return mean < -128 ? -128 : mean > 127 ? 127 : mean;
}

/* What a block's colours add to the brightness of its pixels: T.871, 7. */
struct tint {
    int16_t red, green, blue;
};

static inline struct tint tint_of(const struct quarter *q, int16_t blue, int16_t red)
{
    int32_t cb = colour_of(q, &q->components[1], blue), cr = colour_of(q, &q->components[2], red);
    return (struct tint){(int16_t)((91881 * cr + 32768) >> 16), (int16_t)((-22554 * cb - 46802 * cr + 32768) >> 16),
                         (int16_t)((116130 * cb + 32768) >> 16)};
}

/* The same for a row of `width` pixels: `stride` for red, then for green, then for blue. b and r are of the values of two colours, from the
 * row of blocks that has them. */
static inline void quarter_colours(const struct quarter *q, const int16_t *b, const int16_t *r, int16_t *add,
                                   uint32_t width, uint32_t stride)
{
    uint32_t blue = q->components[1].across, red = q->components[2].across, side = 2 * q->most_across;
    if (blue == red && side == 4 * blue) { /* what is most common: four pixels a block */
        for (uint32_t x = 0; x < width; x += 4) {
            struct tint t = tint_of(q, *b++, *r++);
            uint64_t four[3] = {(uint16_t)t.red, (uint16_t)t.green, (uint16_t)t.blue};
            for (uint32_t k = 0; k < 3; k++) {
                four[k] *= 0x0001000100010001;
                memcpy(add + (size_t)k * stride + x, &four[k], sizeof *four);
            }
        }
        return;
    }
    for (uint32_t x = 0, in_blue = 0, in_red = 0; x < width;) { /* of `side` parts of a block */
        struct tint t = tint_of(q, *b, *r);
        for (; x < width && in_blue < side && in_red < side; x++, in_blue += blue, in_red += red) {
            add[x] = t.red;
            add[stride + x] = t.green;
            add[2 * stride + x] = t.blue;
        }
        b += in_blue >= side;
        r += in_red >= side;
        in_blue -= in_blue >= side ? side : 0;
        in_red -= in_red >= side ? side : 0;
    }
}

/* Eight samples of a colour. */
static inline integers_8 coloured_8(integers_8 grey, const int16_t *add)
{
    integers_8 value;
    memcpy(&value, add, sizeof value);
    value += grey;
    return (value | (value > 255)) & (value > 0) & 255;
}

/* Two lanes of two pixels each, without what lies between them. */
static inline void put_pairs(integers_8 lanes, uint8_t *rgb)
{
    pairs_2 pair = (pairs_2)lanes;
    pair = (pair & 0xffffff) | (pair >> 8 & 0xffffff000000);
    uint64_t first = pair[0], second = pair[1];
    memcpy(rgb, &first, sizeof first);
    memcpy(rgb + 6, &second, sizeof second);
}

/* Eight pixels at a time; all rows have room for a multiple of it, and for two bytes more. */
static inline void quarter_rgb(const uint8_t *luma, const int16_t *add, uint32_t width, uint32_t stride, uint8_t *rgb)
{
    for (uint32_t x = 0; x < width; x += sizeof(bytes_8), rgb += 3 * sizeof(bytes_8)) {
        bytes_8 bytes;
        memcpy(&bytes, luma + x, sizeof bytes);
        integers_8 grey = __builtin_convertvector(bytes, integers_8), red = coloured_8(grey, add + x),
                   green = coloured_8(grey, add + stride + x), blue = coloured_8(grey, add + (size_t)2 * stride + x);
        red |= green << 8; /* two bytes of each pixel; with the third, a lane of four */
        put_pairs(__builtin_shufflevector(red, blue, 0, 8, 1, 9, 2, 10, 3, 11), rgb);
        put_pairs(__builtin_shufflevector(red, blue, 4, 12, 5, 13, 6, 14, 7, 15), rgb + 12);
    }
}

/* Rows in the making. */
struct rows {
    uint32_t width; /* pixels */
    uint8_t *luma;  /* two rows of `stride` */
    uint32_t stride;
    int16_t *colours; /* what three colours add: 3 * stride */
    uint8_t *rgb;
};

static inline void rows_free(struct rows *r)
{
    free(r->luma);
    free(r->colours);
    free(r->rgb);
}

/* Each has 32 more. False: short of memory. */
static inline bool rows_make(struct rows *r, uint32_t width)
{
    *r = (struct rows){.width = width, .stride = width + 64};
    r->luma = (uint8_t *)calloc(r->stride, 2);
    r->colours = (int16_t *)calloc(3 * (size_t)r->stride, sizeof *r->colours);
    r->rgb = (uint8_t *)malloc(3 * (size_t)width + 32);
    return r->luma && r->colours && r->rgb;
}

/* The rows of pixels of a row of MCUs, from the top: `each` gets them, and returns false where it wants no more. */
static inline bool quarter_rows(const struct quarter *q, uint32_t mcu_row, struct rows *r,
                                bool (*each)(void *context, const uint8_t *row), void *context)
{
    const struct component *c = q->components, *blue = c + 1, *red = c + 2;
    uint32_t made = UINT32_MAX, most = 2 * q->most_down;
    for (uint32_t y = 0; y < most; y++) {
        uint8_t *row = r->luma + y % 2 * r->stride;
        if (y % 2 == 0)
            quarter_luma(q, row_values(q, c, mcu_row) + (size_t)(y / 2) * c->width * KEPT, r->luma,
                         r->luma + r->stride);
        if (q->count > 1) {
            uint32_t of_blue = y * blue->down / most, of_red = y * red->down / most;
            if (of_blue << 8 != (made & 0xff00) || of_red != (made & 0xff))
                quarter_colours(q, row_values(q, blue, mcu_row) + (size_t)of_blue * blue->width,
                                row_values(q, red, mcu_row) + (size_t)of_red * red->width, r->colours, r->width,
                                r->stride);
            made = of_blue << 8 | of_red;
            quarter_rgb(row, r->colours, r->width, r->stride, r->rgb);
        }
        if (!each(context, q->count > 1 ? r->rgb : row))
            return false;
    }
    return true;
}

#endif
