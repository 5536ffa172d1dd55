/* SPDX-License-Identifier: MIT */
/* libraries: libjpeg */
/* JPEG as pixels, by libjpeg-turbo: ITU-T T.81 (baseline, extended and progressive, Huffman and arithmetic, 8 bits), T.871 (JFIF);
 * CMYK and YCCK as Adobe writes them. Of several pictures in a file, the first. */
#include <adit/adit.h>
#include <adit/pixels.h>
#include <adit/report.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jerror.h>
#include <jpeglib.h>

ADIT_MODULE("jpeg-pixels", "1.0.0")

#include "limits.h"

#include "jpeg_quarter.h"
#include "jpeg_rows.h"

enum { BLOCK = 64 * 1024, MAX_SCANS = 200, QUARTER = 4, VALUES_KEPT = 16 << 20 };

struct state {
    struct limits limits;
    struct room *room; /* from image to image; NULL: none was at a quarter yet */
};

/* One image. libjpeg finds it by its own structs, which come first in theirs. */
struct decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf out; /* libjpeg must not return from an error */
    const struct adit_call *job;
    struct state *state;
    struct adit_report report;
    uint64_t at;
    bool ended;   /* the file did, before the image */
    bool starved; /* and there was something left to decode */
    bool stopped;
    struct adit_pixels_writer writer;
    bool writing;
    uint8_t *row, *rgb;
    struct rows rows; /* at a quarter */
    uint8_t buffer[BLOCK];
};

#include "jpeg_calls.h"

static void begin(struct decoder *d, const struct adit_call *job, struct state *state)
{
    d->job = job;
    d->state = state;
    d->report = adit_report(job);
    d->jpeg.err = jpeg_std_error(&d->errors);
    d->jpeg.client_data = d;
    d->errors.error_exit = on_error;
    d->errors.emit_message = on_message;
}

static void set_source(struct decoder *d)
{
    d->source.init_source = no_operation;
    d->source.term_source = no_operation;
    d->source.fill_input_buffer = on_fill;
    d->source.skip_input_data = on_skip;
    d->source.resync_to_restart = jpeg_resync_to_restart;
    d->jpeg.src = &d->source;
    d->progress.progress_monitor = on_progress;
    d->jpeg.progress = &d->progress;
}

/* ---- the image ---- */

/* Adobe's CMYK is inverted: 255 is no ink. */
static void cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, uint32_t width)
{
    for (uint32_t x = 0; x < width; x++, cmyk += 4, rgb += 3)
        for (int i = 0; i < 3; i++) {
            uint32_t ink = 255u - cmyk[i], light = cmyk[3], product = ink * light + 128;
            uint32_t dark = ((product >> 8) + product) >> 8;
            rgb[i] = (uint8_t)(light > dark ? light - dark : 0);
        }
}

/* libjpeg decodes all frequencies of all scans, or of a sequential image at least their codes. What is most common goes without. */
static bool is_quarter(const struct decoder *d)
{
    const struct jpeg_decompress_struct *j = &d->jpeg;
    return (uint64_t)j->image_width * j->image_height > d->state->limits.full_pixels && !j->arith_code &&
           (j->jpeg_color_space == JCS_GRAYSCALE || j->jpeg_color_space == JCS_YCbCr);
}

/* Bytes for the coefficients that have to be there at once. */
static uint64_t memory_for(struct decoder *d)
{
    struct jpeg_decompress_struct *j = &d->jpeg;
    uint64_t kept = 0, all = 0;
    for (int i = 0; i < j->num_components; i++) {
        uint64_t blocks =
            ((uint64_t)j->comp_info[i].width_in_blocks + 4) * ((uint64_t)j->comp_info[i].height_in_blocks + 4);
        kept += blocks * (i ? 1 : KEPT) * sizeof(int16_t);
        all += blocks * DCTSIZE2 * sizeof(JCOEF);
    }
    return !jpeg_has_multiple_scans(j) ? 0 : is_quarter(d) ? kept : all;
}

/* The status of a file that will not be decoded; ADIT_OK: go on. */
static int32_t check(struct decoder *d)
{
    struct jpeg_decompress_struct *j = &d->jpeg;
    uint64_t bytes = memory_for(d);
    if (j->data_precision != 8 || j->num_components == 2 || j->num_components > 4) {
        adit_remark(&d->report, "%d bits, %d components: 8 bits and 1, 3 or 4 components are decoded",
                    j->data_precision, j->num_components);
        return ADIT_UNSUPPORTED;
    }
    if (bytes > d->state->limits.memory) {
        adit_remark(&d->report, "%u * %u needs %llu bytes at once; option memory gives %llu", j->image_width,
                    j->image_height, (unsigned long long)bytes, (unsigned long long)d->state->limits.memory);
        return ADIT_UNSUPPORTED;
    }
    return ADIT_OK;
}

/* Larger images come at a quarter of their sides. */
static void set_output(struct decoder *d)
{
    struct jpeg_decompress_struct *j = &d->jpeg;
    j->out_color_space = j->num_components == 1 ? JCS_GRAYSCALE : j->num_components == 4 ? JCS_CMYK : JCS_RGB;
    j->scale_num = 1;
    j->scale_denom = (uint64_t)j->image_width * j->image_height > d->state->limits.full_pixels ? QUARTER : 1;
    jpeg_calc_output_dimensions(j);
}

static int32_t write_rows(struct decoder *d)
{
    struct jpeg_decompress_struct *j = &d->jpeg;
    bool cmyk = j->out_color_space == JCS_CMYK;
    while (j->output_scanline < j->output_height && !d->starved) {
        (void)jpeg_read_scanlines(j, &d->row, 1);
        if (cmyk)
            cmyk_to_rgb(d->row, d->rgb, j->output_width);
        if (d->starved && !j->progressive_mode)
            break; /* what libjpeg makes up where nothing is left */
        if (adit_pixels_row(&d->writer, cmyk ? d->rgb : d->row))
            return ADIT_OK; /* as much as is wanted; the host tells */
    }
    (void)adit_pixels_end(&d->writer);
    d->writing = false;
    if (d->starved)
        adit_complain(&d->report, "the image ends at offset %llu, in row %u of %u", (unsigned long long)d->at,
                      j->output_scanline, j->output_height);
    return adit_verdict(&d->report);
}

/* ---- at a quarter ---- */

static int64_t read_file(void *context, uint64_t at, void *buffer, size_t n)
{
    struct decoder *d = (struct decoder *)context;
    return adit_read(d->job, ADIT_SOURCE_MAIN, at, buffer, n);
}

static bool write_row(void *context, const uint8_t *row)
{
    struct decoder *d = (struct decoder *)context;
    return adit_pixels_row(&d->writer, row) == 0;
}

static bool write_mcus(void *context, const struct quarter *q, uint32_t mcu_row)
{
    struct decoder *d = (struct decoder *)context;
    return adit_progress(d->job, mcu_row, q->mcus_down) && quarter_rows(q, mcu_row, &d->rows, write_row, d);
}

static int32_t decode_quarter(struct decoder *d)
{
    struct state *s = d->state;
    struct quarter q;
    if (!s->room)
        s->room = (struct room *)calloc(1, sizeof *s->room);
    if (!s->room || !rows_make(&d->rows, d->writer.source.width))
        return ADIT_FAILED;
    quarter_open(&q, s->room, read_file, d, adit_size(d->job));
    q.row = write_mcus;
    bool whole = quarter_read(&q, s->limits.memory);
    (void)adit_pixels_end(&d->writer);
    d->writing = false;
    if (q.in->failed)
        return ADIT_FAILED;
    if (!whole)
        adit_complain(&d->report, "offset %llu: %s", (unsigned long long)input_offset(q.in), q.fault);
    return adit_verdict(&d->report);
}

static int32_t decode(struct decoder *d)
{
    struct jpeg_decompress_struct *j = &d->jpeg;
    jpeg_create_decompress(j);
    set_source(d);
    if (jpeg_read_header(j, TRUE) != JPEG_HEADER_OK)
        return ADIT_MALFORMED;
    int32_t status = check(d);
    if (status != ADIT_OK)
        return status;
    set_output(d);
    struct adit_pixels is = {j->output_width, j->output_height, j->image_width, j->image_height,
                             j->num_components == 1 ? ADIT_PIXELS_GREY8 : ADIT_PIXELS_RGB8};
    d->row = (uint8_t *)malloc((size_t)j->output_width * 4 + 64);
    d->rgb = (uint8_t *)malloc((size_t)j->output_width * 3);
    if (!d->row || !d->rgb)
        return ADIT_FAILED;
    int error = adit_pixels_begin(&d->writer, d->job, &is, d->state->limits.most_pixels);
    if (error)
        return error == ADIT_E_UNWANTED ? ADIT_OK : ADIT_FAILED;
    d->writing = true;
    if (is_quarter(d))
        return decode_quarter(d);
    (void)jpeg_start_decompress(j);
    return write_rows(d);
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct decoder *volatile kept = (struct decoder *)calloc(1, sizeof *kept);
    volatile int32_t status;
    if (!kept)
        return ADIT_FAILED;
    begin(kept, job, (struct state *)state);
    if (setjmp(kept->out) == 0) {
        status = decode(kept);
    } else if (kept->errors.msg_code == JERR_OUT_OF_MEMORY) {
        status = ADIT_FAILED;
    } else if (kept->errors.msg_code == JERR_NO_SOI) {
        status = ADIT_DECLINED; /* whatever a container says that it is */
    } else if (kept->stopped) {
        status = ADIT_OK;
    } else {
        char text[JMSG_LENGTH_MAX];
        kept->errors.format_message((j_common_ptr)&kept->jpeg, text);
        bool variant = kept->errors.msg_code == JERR_SOF_UNSUPPORTED || kept->errors.msg_code == JERR_BAD_PRECISION ||
                       kept->errors.msg_code == JERR_CONVERSION_NOTIMPL;
        adit_complain(&kept->report, "before offset %llu: %s", (unsigned long long)kept->at, text);
        status = variant ? ADIT_UNSUPPORTED : ADIT_MALFORMED;
    }
    if (kept->writing)
        (void)adit_pixels_end(&kept->writer);
    jpeg_destroy_decompress(&kept->jpeg);
    free(kept->row);
    free(kept->rgb);
    rows_free(&kept->rows);
    if (kept->state->room && kept->state->room->value_bytes > VALUES_KEPT)
        room_release(kept->state->room);
    free(kept);
    return status;
}

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    struct state *made = (struct state *)calloc(1, sizeof *made);
    if (!made)
        return ADIT_FAILED;
    made->limits = read_limits(job);
    *state = made;
    return ADIT_OK;
}

static void close_plugin(void *state)
{
    struct state *made = (struct state *)state;
    if (made->room)
        room_release(made->room);
    free(made->room);
    free(made);
}

ADIT_PLUGIN(open_plugin, run, NULL, close_plugin)
