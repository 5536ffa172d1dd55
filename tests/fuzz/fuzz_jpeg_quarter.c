/* SPDX-License-Identifier: MIT */
/* Any bytes as a JPEG of which a quarter is made: what is read is in the file, what is written in the rows. */
#include <stdint.h>
#include <stdlib.h>

#include <adit/abi.h>

#include "../../plugins/pixels/jpeg_quarter.h"
#include "../../plugins/pixels/jpeg_rows.h"

static void make_rows(const struct quarter *q)
{
    uint32_t width = (q->width + 3) / 4, height = (q->height + 3) / 4, stride = q->components[0].width * 2 + 32;
    uint8_t *rows = (uint8_t *)calloc(stride, 2), *rgb = (uint8_t *)malloc((size_t)width * 3 + 64);
    int16_t *colours = (int16_t *)calloc(3 * (size_t)width + 32, sizeof *colours);
    for (uint32_t y = 0; rows && rgb && colours && y < height; y++) {
        if (y % 2 == 0)
            quarter_luma(q, y / 2, rows, rows + stride);
        if (q->count > 1) {
            quarter_colours(q, y, colours, width);
            quarter_rgb(rows + y % 2 * stride, colours, width, rgb);
        }
    }
    free(rows);
    free(rgb);
    free(colours);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scratch scratch[SCRATCHES] = {{NULL, 0}};
    struct quarter q;
    uint8_t *file = (uint8_t *)scratch_take(&scratch[FILE_BYTES], size ? size : 1);
    if (file) {
        memcpy(file, data, size);
        if (quarter_open(&q, scratch, size)) {
            bool whole = quarter_read(&q, 1 << 18);
            if (whole != !q.fault || q.at > q.end || q.mcu_rows > q.mcus_down)
                abort();
            if (q.count && q.components[0].has_dc)
                make_rows(&q);
        }
    }
    for (int i = 0; i < SCRATCHES; i++)
        scratch_release(&scratch[i], 0);
    return 0;
}
