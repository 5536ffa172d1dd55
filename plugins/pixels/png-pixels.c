/* SPDX-License-Identifier: MIT */
/* libraries: libpng */
/* PNG (3rd edition) as pixels, by libpng: palettes as colours, fewer than 8 bits a sample as 8, 16 bits as their high byte but for grey
 * without alpha, which stays 16; alpha, and what tRNS makes of it, beside the colours. Of an animation, the still image. */
#include "png_calls.h"
#include <setjmp.h>
#include <stdlib.h>

ADIT_MODULE("png-pixels", "1.0.0")

/* Table 11.1, as formats of pixels. Returns how many passes an interlaced image has; 1: it is none. */
static int choose_format(struct decoder *d)
{
    static const uint32_t formats[] = {0, ADIT_PIXELS_GREY8, ADIT_PIXELS_GREY_ALPHA8, ADIT_PIXELS_RGB8,
                                       ADIT_PIXELS_RGBA8};
    bool deep_grey =
        png_get_color_type(d->png, d->info) == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(d->png, d->info) == 16;
    if (deep_grey) {
        png_set_swap(d->png); /* little-endian */
    } else {
        png_set_expand(d->png);
        png_set_strip_16(d->png);
    }
    int passes = png_set_interlace_handling(d->png);
    png_read_update_info(d->png, d->info);
    d->is.format = deep_grey ? (uint32_t)ADIT_PIXELS_GREY16 : formats[png_get_channels(d->png, d->info)];
    return passes;
}

static void write_row(struct decoder *d, const uint8_t *row)
{
    if (adit_pixels_row(&d->writer, row))
        d->stopped = true; /* as much as is wanted; the host tells */
    else if (d->writer.rows % 64 == 0 && !adit_progress(d->job, d->at, adit_size(d->job)))
        d->stopped = true;
}

static int32_t read_rows(struct decoder *d, int passes)
{
    size_t stride = adit_pixels_stride(&d->is), step = passes > 1 ? stride : 0;
    if (png_get_rowbytes(d->png, d->info) != stride)
        return ADIT_FAILED;
    for (int pass = 0; pass < passes; pass++)
        for (uint32_t y = 0; y < d->is.height && !d->stopped; y++) {
            png_read_row(d->png, d->rows + y * step, NULL);
            if (pass == passes - 1)
                write_row(d, d->rows + y * step);
        }
    return adit_verdict(&d->report);
}

static int32_t decode(struct decoder *d)
{
    png_set_read_fn(d->png, d, on_read);
    png_set_user_limits(d->png, ADIT_PIXELS_SIDE_MAX, ADIT_PIXELS_SIDE_MAX);
    png_set_crc_action(d->png, PNG_CRC_WARN_USE, PNG_CRC_WARN_USE);
    png_set_chunk_cache_max(d->png, 1000);
    png_set_chunk_malloc_max(d->png, 8u << 20);
    png_read_info(d->png, d->info);
    d->is.width = d->is.full_width = png_get_image_width(d->png, d->info);
    d->is.height = d->is.full_height = png_get_image_height(d->png, d->info);
    int passes = choose_format(d);
    uint64_t bytes = adit_pixels_stride(&d->is) * (uint64_t)(passes > 1 ? d->is.height : 1);
    if (bytes > d->limits->memory) {
        adit_remark(&d->report, "%u * %u interlaced needs %llu bytes at once; option memory gives %llu", d->is.width,
                    d->is.height, (unsigned long long)bytes, (unsigned long long)d->limits->memory);
        return ADIT_UNSUPPORTED;
    }
    int error = adit_pixels_begin(&d->writer, d->job, &d->is, d->limits->most_pixels);
    if (error)
        return error == ADIT_E_UNWANTED ? ADIT_OK : ADIT_FAILED;
    d->writing = true;
    d->rows = (uint8_t *)malloc((size_t)bytes);
    if (!d->rows)
        return ADIT_FAILED;
    return read_rows(d, passes);
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct decoder *volatile d = (struct decoder *)calloc(1, sizeof *d);
    volatile int32_t status = ADIT_FAILED;
    if (!d)
        return ADIT_FAILED;
    d->job = job;
    d->limits = (const struct limits *)state;
    d->report = adit_report(job);
    d->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, d, on_error, on_warning);
    d->info = d->png ? png_create_info_struct(d->png) : NULL;
    if (d->info)
        status = setjmp(png_jmpbuf(d->png)) == 0 ? decode(d) : ADIT_MALFORMED;
    if (d->writing)
        (void)adit_pixels_end(&d->writer);
    png_destroy_read_struct((png_structp *)&d->png, (png_infop *)&d->info, NULL);
    free(d->rows);
    free(d);
    return status;
}

ADIT_PLUGIN(open_limits, run, NULL, close_limits)
