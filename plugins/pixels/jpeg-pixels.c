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

#include "jpeg_scale.h"
#include "limits.h"

enum { BLOCK = 64 * 1024, MAX_SCANS = 200 };

/* One image. libjpeg finds it by its own structs, which come first in theirs. */
struct decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf out; /* libjpeg must not return from an error */
    const struct adit_call *job;
    const struct limits *limits;
    struct adit_report report;
    uint64_t at;
    bool ended;   /* the file did, before the image */
    bool starved; /* and there was something left to decode */
    bool stopped;
    struct adit_pixels_writer writer;
    bool writing;
    uint8_t *row, *rgb;
    uint8_t buffer[BLOCK];
};

/* ---- what libjpeg calls ---- */

static void on_error(j_common_ptr c)
{
    longjmp(((struct decoder *)c->client_data)->out, 1);
}

/* level -1: a warning, the data are corrupt; otherwise a trace. */
static void on_message(j_common_ptr c, int level)
{
    struct decoder *d = (struct decoder *)c->client_data;
    char text[JMSG_LENGTH_MAX];
    if (level >= 0)
        return;
    if (c->err->msg_code == JWRN_HIT_MARKER && d->ended)
        d->starved = true;
    else if (c->err->msg_code != JWRN_JPEG_EOF) {
        c->err->format_message(c, text);
        adit_complain(&d->report, "before offset %llu: %s", (unsigned long long)(d->at - d->source.bytes_in_buffer),
                      text);
    }
}

static void no_operation(j_decompress_ptr jpeg)
{
    (void)jpeg;
}

/* More bytes; where there are none, an EOI, as libjpeg suggests. */
static boolean on_fill(j_decompress_ptr jpeg)
{
    static const JOCTET eoi[2] = {0xff, JPEG_EOI};
    struct decoder *d = (struct decoder *)jpeg->client_data;
    int64_t got = d->ended ? 0 : adit_read(d->job, ADIT_SOURCE_MAIN, d->at, d->buffer, sizeof d->buffer);
    if (got <= 0) {
        d->ended = true;
        d->source.next_input_byte = eoi;
        d->source.bytes_in_buffer = sizeof eoi;
        return TRUE;
    }
    d->at += (uint64_t)got;
    d->source.next_input_byte = d->buffer;
    d->source.bytes_in_buffer = (size_t)got;
    return TRUE;
}

static void on_skip(j_decompress_ptr jpeg, long count)
{
    struct decoder *d = (struct decoder *)jpeg->client_data;
    uint64_t n = count > 0 ? (uint64_t)count : 0;
    if (n < d->source.bytes_in_buffer) {
        d->source.next_input_byte += n;
        d->source.bytes_in_buffer -= n;
    } else {
        d->at += n - d->source.bytes_in_buffer;
        d->source.bytes_in_buffer = 0;
    }
}

/* Within long work: a progressive image may say thousands of times that it becomes better. */
static void on_progress(j_common_ptr c)
{
    struct decoder *d = (struct decoder *)c->client_data;
    if (d->jpeg.input_scan_number > MAX_SCANS) {
        adit_complain(&d->report, "before offset %llu: more than %d scans", (unsigned long long)d->at, MAX_SCANS);
        longjmp(d->out, 1);
    }
    if (!adit_progress(d->job, d->at, adit_size(d->job)))
        d->stopped = true;
    if (d->stopped)
        longjmp(d->out, 1);
}

static void begin(struct decoder *d, const struct adit_call *job, const struct limits *limits)
{
    d->job = job;
    d->limits = limits;
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

/* The status of a file that will not be decoded; ADIT_OK: go on. */
static int32_t check(struct decoder *d)
{
    struct jpeg_decompress_struct *j = &d->jpeg;
    uint64_t coefficients = 0;
    for (int i = 0; i < j->num_components; i++)
        coefficients += (uint64_t)j->comp_info[i].width_in_blocks * j->comp_info[i].height_in_blocks * DCTSIZE2;
    if (j->data_precision != 8 || j->num_components == 2 || j->num_components > 4) {
        adit_remark(&d->report, "%d bits, %d components: 8 bits and 1, 3 or 4 components are decoded",
                    j->data_precision, j->num_components);
        return ADIT_UNSUPPORTED;
    }
    if (jpeg_has_multiple_scans(j) && coefficients * sizeof(JCOEF) > d->limits->memory) {
        adit_remark(&d->report, "%u * %u in several scans needs %llu bytes at once; option memory gives %llu",
                    j->image_width, j->image_height, (unsigned long long)(coefficients * sizeof(JCOEF)),
                    (unsigned long long)d->limits->memory);
        return ADIT_UNSUPPORTED;
    }
    return ADIT_OK;
}

static void set_output(struct decoder *d)
{
    struct jpeg_decompress_struct *j = &d->jpeg;
    j->out_color_space = j->num_components == 1 ? JCS_GRAYSCALE : j->num_components == 4 ? JCS_CMYK : JCS_RGB;
    j->scale_num = 1;
    j->scale_denom = scale_for(j->image_width, j->image_height, d->limits->full_pixels);
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
    jpeg_calc_output_dimensions(j);
    struct adit_pixels is = {j->output_width, j->output_height, j->image_width, j->image_height,
                             j->num_components == 1 ? ADIT_PIXELS_GREY8 : ADIT_PIXELS_RGB8};
    d->row = (uint8_t *)malloc((size_t)j->output_width * 4);
    d->rgb = (uint8_t *)malloc((size_t)j->output_width * 3);
    if (!d->row || !d->rgb)
        return ADIT_FAILED;
    int error = adit_pixels_begin(&d->writer, d->job, &is, d->limits->most_pixels);
    if (error)
        return error == ADIT_E_UNWANTED ? ADIT_OK : ADIT_FAILED;
    d->writing = true;
    (void)jpeg_start_decompress(j);
    return write_rows(d);
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct decoder *volatile kept = (struct decoder *)calloc(1, sizeof *kept);
    volatile int32_t status;
    if (!kept)
        return ADIT_FAILED;
    begin(kept, job, (const struct limits *)state);
    if (setjmp(kept->out) == 0) {
        status = decode(kept);
    } else if (kept->errors.msg_code == JERR_OUT_OF_MEMORY) {
        status = ADIT_FAILED;
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
    free(kept);
    return status;
}

ADIT_PLUGIN(open_limits, run, NULL, close_limits)
