/* SPDX-License-Identifier: MIT */
/* Any bytes as a JPEG of which a quarter is made: what is read is in the file, what is written in the rows. */
#include <stdint.h>
#include <stdlib.h>

#include <adit/abi.h>

#include "../../plugins/pixels/jpeg_quarter.h"
#include "../../plugins/pixels/jpeg_rows.h"

struct file {
    const uint8_t *data;
    size_t size;
    struct rows rows;
    uint32_t next; /* row of MCUs */
};

static int64_t read_file(void *context, uint64_t at, void *buffer, size_t n)
{
    const struct file *f = (const struct file *)context;
    if (at > f->size)
        abort();
    n = n < f->size - at ? n : f->size - (size_t)at;
    if (n)
        memcpy(buffer, f->data + at, n);
    return (int64_t)n;
}

static bool see_row(void *context, const uint8_t *row)
{
    const struct file *f = (const struct file *)context;
    uint8_t last;
    memcpy(&last, row + f->rows.width - 1, sizeof last);
    return last != 0x5a; /* now and then no more is wanted */
}

static bool see_mcus(void *context, const struct quarter *q, uint32_t mcu_row)
{
    struct file *f = (struct file *)context;
    if (mcu_row != f->next++ || mcu_row >= q->mcus_down)
        abort();
    if (mcu_row == 0 && !rows_make(&f->rows, (q->width + 3) / 4))
        return false;
    return quarter_rows(q, mcu_row, &f->rows, see_row, f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct room *room = (struct room *)calloc(1, sizeof *room);
    struct file f = {.data = data, .size = size};
    struct quarter q;
    if (room) {
        quarter_open(&q, room, read_file, &f, size);
        q.row = see_mcus;
        bool whole = quarter_read(&q, 1 << 18);
        if (whole != !q.fault || input_offset(q.in) > size || q.mcu_rows > q.mcus_down)
            abort();
        room_release(room);
        rows_free(&f.rows);
    }
    free(room);
    return 0;
}
