/* SPDX-License-Identifier: MIT */
/* Any calls of a cursor, on a source and on the same bytes in memory: both give the same, and neither leaves its range. The first half
 * of the input says what to call, the second is read. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <adit/cursor.h>

#include "../sdk/memory_job.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

static uint64_t read_number(struct adit_cursor *c, uint8_t kind)
{
    switch (kind % 8) {
    case 0:
        return adit_read_u8(c);
    case 1:
        return adit_read_u16(c);
    case 2:
        return adit_read_u24le(c);
    case 3:
        return adit_read_u24be(c);
    case 4:
        return adit_read_u32(c);
    case 5:
        return (uint64_t)adit_read_i32(c);
    case 6:
        return adit_read_u64(c);
    default:
        return (uint64_t)adit_read_i8(c);
    }
}

static void check_text(struct adit_text a, struct adit_text b, const uint8_t *data, size_t size)
{
    check(adit_text_equal(a, b) && !a.data == !b.data);
    check(!b.data || size == 0 || ((const uint8_t *)b.data >= data && (const uint8_t *)b.data + b.size <= data + size));
}

static void step(struct adit_cursor *a, struct adit_cursor *b, uint8_t what, uint64_t n, const uint8_t *data,
                 size_t size)
{
    uint8_t x[64], y[64];
    switch (what % 8) {
    case 0:
    case 1:
        check(read_number(a, (uint8_t)n) == read_number(b, (uint8_t)n));
        break;
    case 2:
        check_text(adit_read_bytes(a, n), adit_read_bytes(b, n), data, size);
        break;
    case 3:
        check_text(adit_read_string(a, n), adit_read_string(b, n), data, size);
        break;
    case 4:
        check(adit_read_exact(a, x, n % 65) == adit_read_exact(b, y, n % 65) && memcmp(x, y, n % 65) == 0);
        break;
    case 5:
        check(adit_match(a, "\0\1\2", n % 4) == adit_match(b, "\0\1\2", n % 4));
        break;
    case 6:
        adit_seek(a, n);
        adit_seek(b, n);
        break;
    default:
        *a = adit_sub_at(a, n / 4, n);
        *b = adit_sub_at(b, n / 4, n);
        a->big_endian = b->big_endian = n & 1;
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t half = size / 2; /* what is read is one byte at least, where there is any */
    uint8_t *bytes = (uint8_t *)malloc(size > 0 ? size - half : 1); /* of its own, so that a read beyond it shows */
    if (!bytes)
        return 0;
    memcpy(bytes, data + half, size - half);
    struct adit_job job;
    struct adit_call call = memory_call(&job, bytes, size - half);
    struct adit_cursor a = adit_cursor(&call), b = adit_cursor_memory(bytes, size - half);
    for (size_t i = 0; i + 2 < half; i += 3) {
        step(&a, &b, data[i], (uint64_t)data[i + 1] | (uint64_t)(data[i + 2] & 3) << 8, bytes, size - half);
        check(adit_ok(&a) == adit_ok(&b) && adit_left(&a) == adit_left(&b) && adit_tell(&a) == adit_tell(&b));
        check(adit_length(&a) == adit_length(&b) && adit_tell(&a) <= adit_length(&a));
    }
    free(bytes);
    return 0;
}
