/* SPDX-License-Identifier: MIT */
/* What stands before the pixels of a BMP: file header, information header, masks, palette. Sources: BITMAPFILEHEADER, BITMAPCOREHEADER,
 * BITMAPINFOHEADER, BITMAPV5HEADER. Part of bmp-pixels.c. */
#ifndef PIXELS_BMP_HEAD_H
#define PIXELS_BMP_HEAD_H

#include "limits.h"
#include <adit/pixels.h>
#include <adit/record.h>
#include <adit/report.h>
#include <string.h>

enum { BI_RGB = 0, BI_RLE8 = 1, BI_RLE4 = 2, BI_BITFIELDS = 3, BI_ALPHABITFIELDS = 6, OS2_HEADER = 12, MASK_COUNT = 4 };

struct bmp {
    const struct adit_call *job;
    const struct limits *limits;
    struct adit_report report;
    uint32_t bits, compression, header, colours; /* header: its bytes */
    int64_t width, height;                       /* height: negative where rows come from the top */
    bool top_down;
    uint64_t data;             /* offset of the pixels */
    uint32_t mask[MASK_COUNT]; /* red, green, blue, alpha; of 16 and 32 bits */
    uint8_t palette[256][3];
    struct adit_pixels is;
};

#define KEEP(member) ADIT_KEEP(struct bmp, member)

static const struct adit_row file_header[] = {
    ADIT_MAGIC("BM"),
    ADIT_SKIP(8), /* the file's size, which writers get wrong */
    ADIT_U32LE(NULL, KEEP(data)),
    ADIT_U32LE(NULL, KEEP(header)),
};
static const struct adit_row core_header[] = {
    ADIT_U16LE(NULL, KEEP(width)),
    ADIT_U16LE(NULL, KEEP(height)),
    ADIT_SKIP(2), /* planes */
    ADIT_U16LE(NULL, KEEP(bits)),
};
static const struct adit_row info_header[] = {
    ADIT_I32LE(NULL, KEEP(width)),
    ADIT_I32LE(NULL, KEEP(height)),
    ADIT_SKIP(2),
    ADIT_U16LE(NULL, KEEP(bits)),
    ADIT_U32LE(NULL, KEEP(compression)),
    ADIT_SKIP(12), /* bytes of the image, resolution */
    ADIT_U32LE(NULL, KEEP(colours)),
    ADIT_SKIP(4),
};

/* BGR, and in all headers but the oldest a fourth byte. What is missing is grey by its number. */
static void read_palette(struct bmp *b, struct adit_cursor *c)
{
    uint32_t entry = b->header == OS2_HEADER ? 3 : 4, room = (uint32_t)(adit_left(c) / entry), count = b->colours;
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

/* ADIT_OK: there may be pixels. */
static int32_t read_heads(struct bmp *b)
{
    struct adit_cursor c = adit_cursor(b->job);
    if (adit_record(&c, ADIT_ROWS(file_header), b) == ADIT_DECLINED)
        return ADIT_DECLINED;
    if (b->header == OS2_HEADER) {
        (void)adit_record(&c, ADIT_ROWS(core_header), b);
    } else {
        (void)adit_record(&c, ADIT_ROWS(info_header), b);
        read_masks(b, &c);
        if (b->header > 40)
            adit_seek(&c, 14 + (uint64_t)b->header);
    }
    b->top_down = b->height < 0;
    b->height = b->height < 0 ? -b->height : b->height;
    if (b->bits <= 8)
        read_palette(b, &c);
    if (!adit_ok(&c) || b->header < OS2_HEADER || b->width <= 0 || b->height == 0 || b->width > ADIT_PIXELS_SIDE_MAX ||
        b->height > ADIT_PIXELS_SIDE_MAX) {
        adit_complain(&b->report, "head at offset 14: %lld * %lld pixels in a header of %u bytes of %llu",
                      (long long)b->width, (long long)b->height, b->header, (unsigned long long)adit_size(b->job));
        return ADIT_MALFORMED;
    }
    uint32_t width = (uint32_t)b->width, height = (uint32_t)b->height;
    bool alpha = b->bits == 32 && b->mask[3];
    b->is = (struct adit_pixels){width, height, width, height, alpha ? ADIT_PIXELS_RGBA8 : ADIT_PIXELS_RGB8};
    return ADIT_OK;
}

#endif
