/* SPDX-License-Identifier: MIT */
/* Any bytes as a stream of pixels: no row lies outside of it; and as rows that a decoder writes, at any size: what is read back is
 * what the head says. */
#include <stdint.h>
#include <stdlib.h>

#include <adit/pixels.h>

#include "../sdk/stream_job.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void read_all(const struct adit_call *call, uint64_t size)
{
    struct adit_pixels_view view;
    if (adit_pixels_open(call, &view) != ADIT_OK)
        return;
    size_t stride = adit_pixels_stride(&view.is);
    check(stride > 0 && view.rows <= view.is.height && ADIT_PIXELS_HEAD + (uint64_t)view.rows * stride <= size);
    uint8_t *rows = (uint8_t *)malloc(2 * stride), *luma = (uint8_t *)malloc(view.is.width);
    for (uint32_t y = 0; rows && luma && y < view.rows; y++) {
        int64_t got = adit_pixels_read(&view, y, 2, rows);
        check(got == (y + 1 < view.rows ? 2 : 1));
        adit_pixels_luma(&view.is, rows, y % 2, luma);
    }
    free(rows);
    free(luma);
}

/* The first bytes choose the picture, the others are its rows. */
static void write_and_read(const uint8_t *data, size_t size)
{
    static struct stream stream;
    struct adit_job job;
    struct adit_call call = stream_call(&job, &stream);
    struct adit_pixels_writer w;
    struct adit_pixels is = {data[0], data[1], data[0], data[1], data[2]};
    if (adit_pixels_begin(&w, &call, &is, data[3]))
        return;
    size_t stride = adit_pixels_stride(&is), at = 4;
    uint32_t rows = 0;
    for (; stride <= size - at; at += stride, rows++)
        if (adit_pixels_row(&w, data + at))
            break;
    (void)adit_pixels_end(&w);
    check(stream.size <= ADIT_PIXELS_HEAD + (size_t)w.is.width * w.is.height * adit_pixels_bytes(is.format));
    check(stream.truncated || rows >= w.is.height);
    job.data = stream.data;
    job.size = stream.size;
    read_all(&call, stream.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct stream stream;
    struct adit_job job;
    struct adit_call call = stream_call(&job, &stream);
    job.data = data;
    job.size = size;
    read_all(&call, size);
    if (size >= 4)
        write_and_read(data, size);
    return 0;
}
