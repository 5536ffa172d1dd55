/* SPDX-License-Identifier: MIT */
/* The picture that is hashed: its rows, read once, as every hash that is asked for wants them. */
#ifndef PLUGINS_PERCEPTUAL_IMAGEHASH_PICTURE_H
#define PLUGINS_PERCEPTUAL_IMAGEHASH_PICTURE_H

#include <adit/adit.h>
#include <adit/pixels.h>

#include "pdq.h"
#include "resample.h"
#include "smaller.h"
#include "transform.h"

enum { AVERAGE = 1, PERCEPTUAL = 2, DIFFERENCE = 4, WAVELET = 8, PDQ = 16 };

struct picture {
    const struct adit_call *job;
    struct adit_pixels_view view;
    uint32_t wanted;
    bool is_smaller; /* than the image that it is of */
    uint8_t *luma;   /* width * height; of what is smaller, nothing */
    float *lines;    /* REDUCED rows of `stride` */
    uint32_t stride;
    float *plane; /* all of them, for PDQ, where they are few; NULL: they are not */
    struct pdq pdq;
    struct smaller smaller;
    uint8_t *rows; /* as the stream has them */
    uint32_t rows_at_once;
};

/* Brightness in fractions: what PDQ goes by, and all hashes of what was decoded smaller. The reference for PDQ adds in double
 * precision, also where all three are grey; where nothing can be met to the last bit, integers do. */
static inline void add_row(struct picture *p, uint32_t y, const uint8_t *row)
{
    const struct adit_pixels *is = &p->view.is;
    uint32_t step = adit_pixels_bytes(is->format), green = 0, blue = 0, width = is->width;
    float *line = p->lines + (size_t)(y % REDUCED) * p->stride;
    if (is->format == ADIT_PIXELS_RGB8 || is->format == ADIT_PIXELS_RGBA8)
        green = 1, blue = 2;
    if (is->format == ADIT_PIXELS_GREY16)
        row++; /* its high byte */
    if (p->is_smaller)
        smaller_brightness(row, step, green > 0, line, width);
    else
        for (uint32_t x = 0; x < width; x++, row += step)
            line[x] = (float)(row[0] * 0.299 + row[green] * 0.587 + row[blue] * 0.114);
    if (p->plane)
        memcpy(p->plane + (size_t)y * width, line, width * sizeof *line);
    else if ((p->wanted & PDQ) && (y % REDUCED == REDUCED - 1 || y + 1 == is->height))
        reduction_rows(&p->pdq.image, p->lines, y % REDUCED + 1);
    if (p->is_smaller)
        smaller_row(&p->smaller, line);
    if (p->is_smaller && y + 1 == is->height)
        smaller_flush(&p->smaller);
}

static inline int32_t read_rows(struct picture *p)
{
    const struct adit_pixels *is = &p->view.is;
    size_t stride = adit_pixels_stride(is);
    for (uint32_t y = 0; y < is->height;) {
        int64_t got = adit_pixels_read(&p->view, y, p->rows_at_once, p->rows);
        if (got <= 0) {
            adit_warnf(p->job, "pixels: row %u of %u could not be read", y, is->height);
            return ADIT_FAILED;
        }
        for (int64_t i = 0; i < got; i++, y++) {
            if (!p->is_smaller)
                adit_pixels_luma(is, p->rows + (size_t)i * stride, true, p->luma + (size_t)y * is->width);
            if (p->is_smaller || (p->wanted & PDQ))
                add_row(p, y, p->rows + (size_t)i * stride);
        }
        if (!adit_progress(p->job, y, is->height) && y < is->height)
            return ADIT_DECLINED;
    }
    return ADIT_OK;
}

#endif
