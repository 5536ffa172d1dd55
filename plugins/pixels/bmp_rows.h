/* SPDX-License-Identifier: MIT */
/* The rows of a BMP: plain, by masks, in runs. Source: "Bitmap Compression". Part of bmp-pixels.c. */
#ifndef PIXELS_BMP_ROWS_H
#define PIXELS_BMP_ROWS_H

#include "bmp_head.h"

enum { RLE_END_OF_LINE = 0, RLE_END = 1, RLE_DELTA = 2 };

/* The bits of a mask as 8 bits. */
static uint8_t masked(uint32_t pixel, uint32_t mask)
{
    if (!mask)
        return 0;
    uint32_t shift = (uint32_t)__builtin_ctz(mask), most = mask >> shift;
    return (uint8_t)(((uint64_t)(pixel & mask) >> shift) * 255 / most);
}

static void expand(const struct bmp *b, const uint8_t *in, uint8_t *out)
{
    uint32_t samples = adit_pixels_bytes(b->is.format);
    for (uint32_t x = 0; x < b->is.width; x++, out += samples) {
        if (b->bits <= 8) {
            uint32_t at = x * b->bits, index = (uint32_t)in[at / 8] >> (8 - b->bits - at % 8) & ((1u << b->bits) - 1);
            memcpy(out, b->palette[index], 3);
        } else if (b->bits == 24) {
            out[0] = in[3 * x + 2], out[1] = in[3 * x + 1], out[2] = in[3 * x];
        } else {
            const uint8_t *p = in + x * (b->bits / 8);
            uint32_t pixel = p[0] | (uint32_t)p[1] << 8;
            if (b->bits == 32)
                pixel |= (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
            for (uint32_t i = 0; i < samples; i++)
                out[i] = masked(pixel, b->mask[i]);
        }
    }
}

/* Rows are stored from the bottom, and padded to four bytes. */
static void read_plain(struct bmp *b, struct adit_pixels_writer *w, uint8_t *in, uint8_t *out)
{
    size_t stored = ((size_t)b->is.width * b->bits + 31) / 32 * 4, used = ((size_t)b->is.width * b->bits + 7) / 8;
    for (uint32_t y = 0; y < b->is.height; y++) {
        uint64_t at = b->data + (uint64_t)(b->top_down ? y : b->is.height - 1 - y) * stored;
        if (adit_read(b->job, ADIT_SOURCE_MAIN, at, in, used) != (int64_t)used) {
            adit_complain(&b->report, "row %u of %u at offset %llu is not there", y, b->is.height,
                          (unsigned long long)at);
            return;
        }
        expand(b, in, out);
        if (adit_pixels_row(w, out))
            return;
        if (y % 64 == 0 && !adit_progress(b->job, y, b->is.height))
            return;
    }
}

/* "Bitmap Compression": pairs of a count and an index (of 4 bits: two, in turns); after a count of 0 an escape. */
static void read_runs(struct bmp *b, struct adit_cursor *c, uint8_t *indexes)
{
    uint32_t x = 0, y = 0, width = b->is.width, height = b->is.height;
    bool nibbles = b->compression == BI_RLE4;
    while (y < height && adit_left(c) >= 2) {
        uint32_t count = adit_read_u8(c), value = adit_read_u8(c);
        if (count == 0 && value == RLE_END)
            return;
        if (count == 0 && value == RLE_END_OF_LINE) {
            x = 0;
            y++;
        } else if (count == 0 && value == RLE_DELTA) {
            x += adit_read_u8(c);
            y += adit_read_u8(c);
        } else {
            bool absolute = count == 0;
            count = absolute ? value : count;
            for (uint32_t i = 0; i < count; i++) {
                if (absolute && (!nibbles || i % 2 == 0))
                    value = adit_read_u8(c);
                uint32_t index = !nibbles ? value : i % 2 ? value & 15 : value >> 4;
                if (x < width)
                    indexes[(size_t)y * width + x++] = (uint8_t)index;
            }
            if (absolute)
                adit_skip(c, (nibbles ? (count + 1) / 2 : count) & 1); /* to a word's end */
        }
    }
    if (y < height && (y + 1 < height || x < width))
        adit_complain(&b->report, "runs end at offset %llu, in row %u of %u", (unsigned long long)c->at, y, height);
}

static int32_t decode_runs(struct bmp *b, struct adit_pixels_writer *w, uint8_t *out)
{
    struct adit_cursor c = adit_cursor_at(b->job, ADIT_SOURCE_MAIN, b->data, adit_size(b->job));
    uint8_t *indexes = (uint8_t *)calloc(b->is.height, b->is.width);
    if (!indexes)
        return ADIT_FAILED;
    read_runs(b, &c, indexes);
    b->bits = 8;
    for (uint32_t y = 0; y < b->is.height; y++) {
        uint32_t stored = b->top_down ? y : b->is.height - 1 - y;
        expand(b, indexes + (size_t)stored * b->is.width, out);
        if (adit_pixels_row(w, out))
            break;
    }
    free(indexes);
    return adit_verdict(&b->report);
}

#endif
