/* SPDX-License-Identifier: MIT */
/* BMP as pixels: bitmaps of Windows (headers of 40, 52, 56, 64, 108 and 124 bytes) and OS/2 (12, 64), 1, 2, 4, 8, 16, 24 and 32 bits, plain,
 * run-length encoded and by masks. Sources: Microsoft, "Bitmap Storage", BITMAPFILEHEADER, BITMAPINFOHEADER, BITMAPV5HEADER,
 * "Bitmap Compression". Those that hold JPEG or PNG are not read. */
#include <adit/adit.h>
#include <adit/pixels.h>
#include <adit/report.h>
#include <stdlib.h>
#include <string.h>

ADIT_MODULE("bmp-pixels", "1.0.0")

#include "limits.h"

enum { BI_RGB = 0, BI_RLE8 = 1, BI_RLE4 = 2, BI_BITFIELDS = 3, BI_ALPHABITFIELDS = 6, OS2_HEADER = 12, MASK_COUNT = 4 };
enum { RLE_END_OF_LINE = 0, RLE_END = 1, RLE_DELTA = 2 };

struct bmp {
    const struct adit_call *job;
    const struct limits *limits;
    struct adit_report report;
    uint32_t bits, compression, header;
    bool top_down;
    uint64_t data;             /* offset of the pixels */
    uint32_t mask[MASK_COUNT]; /* red, green, blue, alpha; of 16 and 32 bits */
    uint8_t palette[256][3];
    struct adit_pixels is;
};

/* ---- heads ---- */

/* BGR, and in all headers but the oldest a fourth byte. What is missing is grey by its number. */
static void read_palette(struct bmp *b, struct adit_cursor *c, uint32_t count)
{
    uint32_t entry = b->header == OS2_HEADER ? 3 : 4, room = (uint32_t)(adit_left(c) / entry);
    if (count == 0 || count > 1u << b->bits)
        count = 1u << b->bits;
    if (b->data > adit_tell(c) && (b->data - adit_tell(c)) / entry < count)
        count = (uint32_t)((b->data - adit_tell(c)) / entry);
    for (uint32_t i = 0; i < 256; i++)
        memset(b->palette[i], (int)i, 3);
    for (uint32_t i = 0; i < count && i < room; i++) {
        b->palette[i][2] = adit_read_u8(c);
        b->palette[i][1] = adit_read_u8(c);
        b->palette[i][0] = adit_read_u8(c);
        adit_skip(c, entry - 3);
    }
}

static void read_masks(struct bmp *b, struct adit_cursor *c)
{
    static const uint32_t of_16[MASK_COUNT] = {0x7c00, 0x03e0, 0x001f, 0},
                          of_32[MASK_COUNT] = {0xff0000, 0xff00, 0xff, 0};
    memcpy(b->mask, b->bits == 16 ? of_16 : of_32, sizeof b->mask);
    if (b->compression != BI_BITFIELDS && b->compression != BI_ALPHABITFIELDS)
        return;
    uint32_t count = b->compression == BI_ALPHABITFIELDS || b->header >= 56 ? 4 : 3;
    for (uint32_t i = 0; i < count; i++)
        b->mask[i] = adit_read_u32le(c);
}

static bool read_heads(struct bmp *b)
{
    struct adit_cursor c = adit_cursor(b->job);
    if (!adit_match_literal(&c, "BM"))
        return false;
    adit_skip(&c, 8);
    b->data = adit_read_u32le(&c);
    b->header = adit_read_u32le(&c);
    int64_t width, height;
    uint32_t colours = 0;
    if (b->header == OS2_HEADER) {
        width = adit_read_u16le(&c);
        height = adit_read_u16le(&c);
        adit_skip(&c, 2);
        b->bits = adit_read_u16le(&c);
    } else {
        width = (int32_t)adit_read_u32le(&c);
        height = (int32_t)adit_read_u32le(&c);
        adit_skip(&c, 2);
        b->bits = adit_read_u16le(&c);
        b->compression = adit_read_u32le(&c);
        adit_skip(&c, 12);
        colours = adit_read_u32le(&c);
        adit_skip(&c, 4);
        read_masks(b, &c);
        if (b->header > 40)
            adit_seek(&c, 14 + (uint64_t)b->header);
    }
    b->top_down = height < 0;
    height = height < 0 ? -height : height;
    if (b->bits <= 8)
        read_palette(b, &c, colours);
    if (!adit_ok(&c) || b->header < OS2_HEADER || width <= 0 || height == 0 || width > ADIT_PIXELS_SIDE_MAX ||
        height > ADIT_PIXELS_SIDE_MAX) {
        adit_complain(&b->report, "head at offset 14: %lld * %lld pixels in a header of %u bytes of %llu",
                      (long long)width, (long long)height, b->header, (unsigned long long)adit_size(b->job));
        return false;
    }
    bool alpha = b->bits == 32 && b->mask[3];
    b->is = (struct adit_pixels){(uint32_t)width, (uint32_t)height, (uint32_t)width, (uint32_t)height,
                                 alpha ? ADIT_PIXELS_RGBA8 : ADIT_PIXELS_RGB8};
    return true;
}

/* ---- rows ---- */

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

/* The status of a file that will not be decoded; ADIT_OK: go on. */
static int32_t check(struct bmp *b)
{
    bool runs = b->compression == BI_RLE8 || b->compression == BI_RLE4;
    bool fits = b->compression == BI_RGB    ? b->bits == 1 || b->bits == 2 || b->bits == 4 || b->bits >= 8
                : b->compression == BI_RLE8 ? b->bits == 8
                : b->compression == BI_RLE4 ? b->bits == 4
                                            : (b->compression == BI_BITFIELDS || b->compression == BI_ALPHABITFIELDS) &&
                                                  (b->bits == 16 || b->bits == 32);
    if (!fits || (b->bits > 8 && b->bits != 16 && b->bits != 24 && b->bits != 32)) {
        adit_remark(&b->report, "compression %u with %u bits a pixel is not decoded", b->compression, b->bits);
        return ADIT_UNSUPPORTED;
    }
    if (runs && (uint64_t)b->is.width * b->is.height > b->limits->memory) {
        adit_remark(&b->report, "%u * %u in runs needs as many bytes at once; option memory gives %llu", b->is.width,
                    b->is.height, (unsigned long long)b->limits->memory);
        return ADIT_UNSUPPORTED;
    }
    return ADIT_OK;
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct bmp b = {.job = job, .limits = (const struct limits *)state, .report = adit_report(job)};
    struct adit_pixels_writer w;
    if (!read_heads(&b))
        return b.report.broken ? ADIT_MALFORMED : ADIT_DECLINED;
    int32_t status = check(&b);
    int error = status == ADIT_OK ? adit_pixels_begin(&w, job, &b.is, b.limits->most_pixels) : 0;
    if (status != ADIT_OK || error)
        return status != ADIT_OK ? status : error == ADIT_E_UNWANTED ? ADIT_OK : ADIT_FAILED;
    uint8_t *in = (uint8_t *)malloc((size_t)b.is.width * 4), *out = (uint8_t *)malloc((size_t)b.is.width * 4);
    if (!in || !out) {
        status = ADIT_FAILED;
    } else if (b.compression == BI_RLE8 || b.compression == BI_RLE4) {
        status = decode_runs(&b, &w, out);
    } else {
        read_plain(&b, &w, in, out);
        status = adit_verdict(&b.report);
    }
    (void)adit_pixels_end(&w);
    free(in);
    free(out);
    return status;
}

ADIT_PLUGIN(open_limits, run, NULL, close_limits)
