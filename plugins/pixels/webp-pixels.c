/* SPDX-License-Identifier: MIT */
/* libraries: libwebpdemux libwebp */
/* WebP as pixels, by libwebp: RFC 9649, lossy and lossless, with and without alpha; of an animation the first frame, on its
 * transparent canvas. libwebp wants the whole file, and gives the whole canvas: both are bounded. */
#include <adit/adit.h>
#include <adit/pixels.h>
#include <stdlib.h>
#include <webp/decode.h>
#include <webp/demux.h>

ADIT_MODULE("webp-pixels", "1.0.0")

#include "limits.h"

struct image {
    const struct adit_call *job;
    const struct limits *limits;
    uint8_t *file;
    size_t size;
    WebPBitstreamFeatures features;
    struct adit_pixels is;
};

/* rgba: full rows. Without alpha, every fourth byte is left out. */
static void write_rows(const struct image *image, struct adit_pixels_writer *w, const uint8_t *rgba, uint8_t *row)
{
    uint32_t width = image->is.width, step = adit_pixels_bytes(image->is.format);
    for (uint32_t y = 0; y < image->is.height; y++, rgba += (size_t)width * 4) {
        for (uint32_t x = 0; x < width; x++)
            for (uint32_t i = 0; i < step; i++)
                row[x * step + i] = rgba[4 * x + i];
        if (adit_pixels_row(w, row))
            return;
    }
}

static int32_t decode(const struct image *image)
{
    WebPAnimDecoderOptions options;
    struct adit_pixels_writer w;
    uint8_t *rgba = NULL, *row = NULL;
    int time;
    int error = adit_pixels_begin(&w, image->job, &image->is, image->limits->most_pixels);
    if (error)
        return error == ADIT_E_UNWANTED ? ADIT_OK : ADIT_FAILED;
    (void)WebPAnimDecoderOptionsInit(&options);
    options.color_mode = MODE_RGBA;
    options.use_threads = 0;
    WebPData data = {image->file, image->size};
    WebPAnimDecoder *decoder = WebPAnimDecoderNew(&data, &options);
    int32_t status = ADIT_MALFORMED;
    row = (uint8_t *)malloc((size_t)image->is.width * 4);
    if (!row)
        status = ADIT_FAILED;
    else if (decoder && WebPAnimDecoderGetNext(decoder, &rgba, &time)) {
        write_rows(image, &w, rgba, row);
        status = ADIT_OK;
    } else {
        adit_warnf(image->job, "the image of %u * %u cannot be decoded from %zu bytes", image->is.width,
                   image->is.height, image->size);
    }
    (void)adit_pixels_end(&w);
    WebPAnimDecoderDelete(decoder);
    free(row);
    return status;
}

/* The status of a file that will not be decoded; ADIT_OK: go on. */
static int32_t check(struct image *image)
{
    uint8_t head[64]; /* RIFF, VP8X and the head of what follows: RFC 9649, 2.7 */
    int64_t got = adit_read(image->job, ADIT_SOURCE_MAIN, 0, head, sizeof head);
    if (got <= 0 || WebPGetFeatures(head, (size_t)got, &image->features) != VP8_STATUS_OK) {
        adit_warnf(image->job, "its head is not that of a WebP image");
        return ADIT_MALFORMED;
    }
    uint32_t width = (uint32_t)image->features.width, height = (uint32_t)image->features.height;
    uint64_t bytes = adit_size(image->job) + (uint64_t)width * height * 12; /* two canvases, and a frame */
    if (bytes > image->limits->memory) {
        adit_warnf(image->job, "%u * %u needs %llu bytes at once; option memory gives %llu", width, height,
                   (unsigned long long)bytes, (unsigned long long)image->limits->memory);
        return ADIT_UNSUPPORTED;
    }
    bool alpha = image->features.has_alpha;
    image->is = (struct adit_pixels){width, height, width, height, alpha ? ADIT_PIXELS_RGBA8 : ADIT_PIXELS_RGB8};
    return ADIT_OK;
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct image image = {.job = job, .limits = (const struct limits *)state};
    int32_t status = check(&image);
    if (status != ADIT_OK)
        return status;
    image.size = (size_t)adit_size(job);
    image.file = (uint8_t *)malloc(image.size);
    bool whole = image.file && adit_read(job, ADIT_SOURCE_MAIN, 0, image.file, image.size) == (int64_t)image.size;
    status = whole ? decode(&image) : ADIT_FAILED;
    free(image.file);
    return status;
}

ADIT_PLUGIN(open_limits, run, NULL, close_limits)
