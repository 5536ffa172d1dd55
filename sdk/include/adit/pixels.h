/* SPDX-License-Identifier: MIT */
/*
 * Decoded images between plugins: streams of the type application/x-adit-pixels [run]. One plugin decodes, any number look at
 * the pixels. In libadit-sdk.
 *
 * The stream: a head of 32 bytes, then `height` rows from the top, without padding, each of `width` pixels from the left.
 * Numbers are little-endian.
 *
 *     offset 0   8 bytes  "AditPix1"
 *     offset 8   u32      width       pixels of a row, 1..full_width
 *     offset 12  u32      height      rows, 1..full_height
 *     offset 16  u32      full_width  of the image as its file says, up to ADIT_PIXELS_SIDE_MAX
 *     offset 20  u32      full_height
 *     offset 24  u8       format      enum adit_pixels_format
 *     offset 25  u8       0
 *     offset 26  u16      0
 *     offset 28  u32      0
 *
 * Samples are what the file has: without colour management, gamma untouched, rows as stored (EXIF's orientation is not
 * applied). A stream that ends early has the first rows of its image; the others could not be decoded.
 */
#ifndef ADIT_PIXELS_H
#define ADIT_PIXELS_H

#include <adit/abi.h>
#include <adit/source.h>
#include <adit/stream.h>

#define ADIT_PIXELS_MEDIA "application/x-adit-pixels"
#define ADIT_PIXELS_MAGIC "AditPix1"
enum { ADIT_PIXELS_HEAD = 32, ADIT_PIXELS_SIDE_MAX = 1 << 20 };

enum adit_pixels_format {
    ADIT_PIXELS_GREY8 = 1,       /* 1 byte */
    ADIT_PIXELS_GREY_ALPHA8 = 2, /* 2 bytes; alpha is not multiplied in */
    ADIT_PIXELS_RGB8 = 3,        /* 3 bytes: red, green, blue */
    ADIT_PIXELS_RGBA8 = 4,       /* 4 bytes; alpha is not multiplied in */
    ADIT_PIXELS_GREY16 = 5,      /* 2 bytes, little-endian */
};

struct adit_pixels {
    uint32_t width, height;           /* of the pixels of the stream */
    uint32_t full_width, full_height; /* of the image */
    uint32_t format;                  /* enum adit_pixels_format */
};

/* Bytes a pixel; 0: there is no such format. */
static inline uint32_t adit_pixels_bytes(uint32_t format)
{
    return format == ADIT_PIXELS_GREY16 ? 2 : format >= ADIT_PIXELS_GREY8 && format <= ADIT_PIXELS_RGBA8 ? format : 0;
}

/* Bytes a row. */
static inline size_t adit_pixels_stride(const struct adit_pixels *p)
{
    return (size_t)p->width * adit_pixels_bytes(p->format);
}

#ifdef __cplusplus
extern "C" {
#endif

/* ---- a decoder's side ---- */

struct adit_pixels_writer {
    const struct adit_call *job;
    struct adit_pixels is;     /* what goes into the stream */
    struct adit_pixels source; /* the rows that come in; width and height are those of the decoder */
    uint32_t shrink;           /* squares of shrink * shrink pixels become one: their mean */
    uint32_t rows;             /* that came in */
    uint32_t *sums;            /* of the squares of the row in the making; NULL where shrink is 1 */
    uint8_t *line;
    uint8_t *held; /* rows that are not written yet; NULL where each is written by itself */
    size_t held_size;
    int error; /* of the first write that failed; 0: none */
};

/* Opens a stream for rows of the form that `source` has. Where these are more than `most` pixels in all (0: no bound), it makes fewer
 * of them, by whole numbers of pixels a side (256 at most). Results: 0; ADIT_E_UNWANTED (nobody looks at pixels: do not decode), ADIT_E_LIMIT
 * (short of memory, too large, too deep), ADIT_E_USAGE (no such format, a side of 0). Only after 0 is there something to finish. */
int adit_pixels_begin(struct adit_pixels_writer *w, const struct adit_call *job, const struct adit_pixels *source,
                      uint64_t most);

/* The next row: adit_pixels_stride(&w->source) bytes. Rows beyond the height are left out. Results: 0, ADIT_E_LIMIT ([limits] stream
 * is reached: stop). Small rows are written several at a time, so that this may be said of an earlier one. */
int adit_pixels_row(struct adit_pixels_writer *w, const void *row);

/* Closes the stream, and gives back what the writer took. Where rows are missing, it counts as truncated. Result: that of the first
 * write that failed. */
int adit_pixels_end(struct adit_pixels_writer *w);

/* ---- an analyser's side ---- */

struct adit_pixels_view {
    const struct adit_call *job;
    struct adit_pixels is;
    uint32_t rows; /* that are there: fewer than is.height where decoding ended early */
};

/* Reads the head of the job's source. ADIT_OK; ADIT_DECLINED: it does not begin as such a stream; ADIT_MALFORMED: its head says what
 * cannot be (warned). Nothing is kept open. */
int32_t adit_pixels_open(const struct adit_call *job, struct adit_pixels_view *view);

/* Copies `count` rows from row `first` into `buffer`, which has room for them: count * adit_pixels_stride(&view->is) bytes.
 * Returns how many rows it read: fewer only at the end. Negative: enum adit_error. */
int64_t adit_pixels_read(const struct adit_pixels_view *view, uint32_t first, uint32_t count, void *buffer);

/* One row as brightness, a byte a pixel: `luma` has room for is.width. ITU-R BT.601-7, 2.5.1, in 16 bits of fixed point, rounded:
 * (19595 R + 38470 G + 7471 B + 32768) / 65536. Alpha is left aside; 16 bits are cut at 255 where `clip`, else divided by 256. */
void adit_pixels_luma(const struct adit_pixels *is, const void *row, bool clip, uint8_t *luma);

#ifdef __cplusplus
}
#endif

#endif
