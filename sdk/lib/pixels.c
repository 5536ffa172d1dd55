/* SPDX-License-Identifier: MIT */
#include <adit/cursor.h>
#include <adit/emit.h>
#include <adit/pixels.h>
#include <stdlib.h>
#include <string.h>

static bool is_possible(const struct adit_pixels *p)
{
    return p->width > 0 && p->height > 0 && p->full_width <= ADIT_PIXELS_SIDE_MAX &&
           p->full_height <= ADIT_PIXELS_SIDE_MAX && p->full_width >= p->width && p->full_height >= p->height &&
           adit_pixels_bytes(p->format) > 0;
}

static uint32_t samples_of(uint32_t format)
{
    return format == ADIT_PIXELS_GREY16 ? 1 : format;
}

enum { SHRINK_MAX = 256 }; /* so that 2^16 samples of 16 bits fit the sum of a square */

/* The side of the squares that become a pixel, so that `most` pixels are enough. What does not fill a square is left out. */
static uint32_t shrink_to(const struct adit_pixels *p, uint64_t most)
{
    uint32_t shrink = 1, least = p->width < p->height ? p->width : p->height;
    if (least > SHRINK_MAX)
        least = SHRINK_MAX;
    while (most > 0 && shrink < least && (uint64_t)(p->width / shrink) * (p->height / shrink) > most)
        shrink++;
    return shrink;
}

static int write_head(struct adit_pixels_writer *w)
{
    uint8_t head[ADIT_PIXELS_HEAD] = {0};
    memcpy(head, ADIT_PIXELS_MAGIC, 8);
    adit_put_number(head + 8, w->is.width, 4, false);
    adit_put_number(head + 12, w->is.height, 4, false);
    adit_put_number(head + 16, w->is.full_width, 4, false);
    adit_put_number(head + 20, w->is.full_height, 4, false);
    head[24] = (uint8_t)w->is.format;
    return adit_write(w->job, head, sizeof head);
}

enum {
    HELD = 32 * 1024
}; /* bytes that are written at once: rows of their own would each be a system call of the host */

static int write_held(struct adit_pixels_writer *w)
{
    int error = w->held_size > 0 ? adit_write(w->job, w->held, w->held_size) : 0;
    w->held_size = 0;
    return error;
}

static int write_row(struct adit_pixels_writer *w, const void *row, size_t n)
{
    int error = w->held_size + n > HELD ? write_held(w) : 0;
    if (error || !w->held || n > HELD)
        return error ? error : adit_write(w->job, row, n);
    memcpy(w->held + w->held_size, row, n);
    w->held_size += n;
    return 0;
}

int adit_pixels_begin(struct adit_pixels_writer *w, const struct adit_call *job, const struct adit_pixels *source,
                      uint64_t most)
{
    struct adit_pixels_writer fresh = {job, *source, *source, 1, 0, NULL, NULL, NULL, 0, 0};
    if (!is_possible(source))
        return ADIT_E_USAGE;
    int error = adit_open_stream(job, ADIT_TEXT("pixels"), ADIT_PIXELS_MEDIA);
    if (error)
        return error;
    fresh.shrink = shrink_to(source, most);
    if (fresh.shrink > 1) {
        fresh.is.width /= fresh.shrink;
        fresh.is.height /= fresh.shrink;
        fresh.sums = (uint32_t *)calloc(fresh.is.width, samples_of(source->format) * sizeof *fresh.sums);
        fresh.line = (uint8_t *)malloc(adit_pixels_stride(&fresh.is));
        if (!fresh.sums || !fresh.line)
            error = ADIT_E_LIMIT;
    }
    fresh.held = (uint8_t *)malloc(HELD);
    *w = fresh;
    if (!error)
        error = write_head(w);
    if (error) {
        w->error = error;
        (void)adit_pixels_end(w);
    }
    return error;
}

/* Adds a row to the sums of its squares. */
static void add_row(struct adit_pixels_writer *w, const uint8_t *row)
{
    uint32_t samples = samples_of(w->is.format), *sum = w->sums;
    for (uint32_t x = 0; x < w->is.width; x++, sum += samples)
        for (uint32_t i = 0; i < w->shrink; i++)
            for (uint32_t s = 0; s < samples; s++, row++) {
                sum[s] += *row;
                if (w->is.format == ADIT_PIXELS_GREY16)
                    sum[s] += (uint32_t) * ++row << 8;
            }
}

/* A row of means, each rounded; the sums begin anew. */
static int write_means(struct adit_pixels_writer *w)
{
    uint32_t samples = samples_of(w->is.format), count = w->shrink * w->shrink;
    uint8_t *out = w->line;
    for (size_t i = 0; i < (size_t)w->is.width * samples; i++) {
        uint32_t mean = (uint32_t)(((uint64_t)w->sums[i] + count / 2) / count);
        *out++ = (uint8_t)mean;
        if (w->is.format == ADIT_PIXELS_GREY16)
            *out++ = (uint8_t)(mean >> 8);
        w->sums[i] = 0;
    }
    return write_row(w, w->line, adit_pixels_stride(&w->is));
}

int adit_pixels_row(struct adit_pixels_writer *w, const void *row)
{
    if (w->error || w->rows >= w->is.height * w->shrink)
        return w->error;
    w->rows++;
    if (w->shrink == 1) {
        w->error = write_row(w, row, adit_pixels_stride(&w->is));
        return w->error;
    }
    add_row(w, (const uint8_t *)row);
    if (w->rows % w->shrink == 0)
        w->error = write_means(w);
    return w->error;
}

int adit_pixels_end(struct adit_pixels_writer *w)
{
    if (!w->error)
        w->error = write_held(w);
    bool whole = !w->error && w->rows >= w->is.height * w->shrink;
    (void)(whole ? adit_close(w->job) : adit_close_truncated(w->job));
    free(w->sums);
    free(w->line);
    free(w->held);
    w->sums = NULL;
    w->line = w->held = NULL;
    return w->error;
}

int32_t adit_pixels_open(const struct adit_call *job, struct adit_pixels_view *view)
{
    struct adit_cursor c = adit_cursor(job);
    if (adit_left(&c) < ADIT_PIXELS_HEAD || !adit_match(&c, ADIT_PIXELS_MAGIC, 8))
        return ADIT_DECLINED;
    view->job = job;
    view->is.width = adit_read_u32le(&c);
    view->is.height = adit_read_u32le(&c);
    view->is.full_width = adit_read_u32le(&c);
    view->is.full_height = adit_read_u32le(&c);
    view->is.format = adit_read_u8(&c);
    if (!is_possible(&view->is) || adit_read_u24le(&c) || adit_read_u32le(&c)) {
        adit_warnf(job,
                   "pixels: %u * %u (of %u * %u) in format %u: sides are 1 to %d and not more than the image has, "
                   "formats 1 to 5, the rest of the head is 0",
                   view->is.width, view->is.height, view->is.full_width, view->is.full_height, view->is.format,
                   ADIT_PIXELS_SIDE_MAX);
        return ADIT_MALFORMED;
    }
    uint64_t rows = (adit_size(job) - ADIT_PIXELS_HEAD) / adit_pixels_stride(&view->is);
    view->rows = rows < view->is.height ? (uint32_t)rows : view->is.height;
    return ADIT_OK;
}

int64_t adit_pixels_read(const struct adit_pixels_view *view, uint32_t first, uint32_t count, void *buffer)
{
    size_t stride = adit_pixels_stride(&view->is);
    if (first >= view->rows)
        return 0;
    if (count > view->rows - first)
        count = view->rows - first;
    int64_t got =
        adit_read(view->job, ADIT_SOURCE_MAIN, ADIT_PIXELS_HEAD + (uint64_t)first * stride, buffer, count * stride);
    return got < 0 ? got : got / (int64_t)stride;
}

void adit_pixels_luma(const struct adit_pixels *is, const void *row, bool clip, uint8_t *luma)
{
    const uint8_t *p = (const uint8_t *)row;
    uint32_t step = adit_pixels_bytes(is->format);
    switch (is->format) {
    case ADIT_PIXELS_GREY8:
        memcpy(luma, row, is->width);
        break;
    case ADIT_PIXELS_GREY_ALPHA8:
        for (uint32_t x = 0; x < is->width; x++)
            luma[x] = p[2 * x];
        break;
    case ADIT_PIXELS_GREY16:
        for (uint32_t x = 0; x < is->width; x++)
            luma[x] = clip && p[2 * x + 1] ? 255 : p[2 * x + !clip];
        break;
    default:
        for (uint32_t x = 0; x < is->width; x++, p += step)
            luma[x] = (uint8_t)((p[0] * 19595u + p[1] * 38470u + p[2] * 7471u + 0x8000u) >> 16);
    }
}
