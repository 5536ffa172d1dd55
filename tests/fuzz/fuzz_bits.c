/* SPDX-License-Identifier: MIT */
/* Bits and varints of any bytes: against a reader that looks at one bit at a time, and against their own definition. */
#include <stdint.h>
#include <stdlib.h>

#include <adit/bits.h>
#include <adit/varint.h>

#include "../sdk/memory_job.h"

static bool bit_at(const uint8_t *data, uint64_t at, bool lsb_first)
{
    return data[at / 8] >> (lsb_first ? at % 8 : 7 - at % 8) & 1;
}

/* The first byte of `steps` at a time says how many bits to read, and how. */
static void check_bits(const struct adit_cursor *c, const uint8_t *data, size_t size, bool lsb_first)
{
    struct adit_bits b = lsb_first ? adit_bits_lsb(c) : adit_bits_msb(c);
    uint64_t at = 0;
    for (size_t i = 0; i < size && at <= size * 8; i++) {
        unsigned n = data[i] % 65;
        if (data[i] & 0x80) {
            adit_skip_bits(&b, n);
        } else {
            uint64_t expected = 0;
            for (unsigned k = 0; k < n && at + n <= size * 8; k++) {
                uint64_t bit = bit_at(data, at + k, lsb_first);
                expected = lsb_first ? expected | bit << k : expected << 1 | bit;
            }
            if (adit_read_bits(&b, n) != expected)
                abort();
        }
        at += n;
        if (adit_bits_ok(&b) != (at <= size * 8) || adit_bits_left(&b) != (adit_bits_ok(&b) ? size * 8 - at : 0))
            abort();
    }
    (void)adit_read_se(&b);
}

/* A NAL unit: against the bytes without those that were put in. */
static void check_nal(const struct adit_cursor *c, const uint8_t *data, size_t size)
{
    struct adit_bits b = adit_bits_nal(c), skip = b;
    unsigned zeros = 0;
    for (size_t i = 0; i < size; i++) {
        if (zeros == 2 && data[i] == 3) {
            zeros = 0;
            if (++i == size)
                break;
        }
        zeros = data[i] ? 0 : zeros < 2 ? zeros + 1 : 2;
        if (i % 3 == 0)
            adit_skip_bits(&b, 8);
        else if (adit_read_bits(&b, 8) != data[i])
            abort();
        adit_skip_bits(&skip, 5);
        if (adit_read_bits(&skip, 3) != (data[i] & 7u) || !adit_bits_ok(&b))
            abort();
    }
    (void)adit_read_bits(&b, 8);
    if (adit_bits_ok(&b))
        abort();
}

static void check_varints(const struct adit_call *call, uint64_t size)
{
    struct adit_cursor c = adit_cursor(call), u = c, s = c;
    while (adit_left(&c) > 0 && adit_read_vlq(&c) <= 0x0fffffff)
        ;
    if (adit_tell(&c) > size)
        abort();
    while (adit_left(&u) > 0 && adit_left(&s) > 0) {
        uint64_t a = adit_read_uleb128(&u);
        int64_t b = adit_read_sleb128(&s);
        /* Both take the same bytes, and differ in the sign alone. */
        uint64_t difference = a - (uint64_t)b;
        if (adit_ok(&u) && adit_ok(&s) && (adit_tell(&u) != adit_tell(&s) || (difference & (difference - 1)) != 0))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct adit_job job;
    struct adit_call call = memory_call(&job, data, size);
    struct adit_cursor c = adit_cursor(&call);
    check_bits(&c, data, size, false);
    check_bits(&c, data, size, true);
    check_nal(&c, data, size);
    check_varints(&call, size);
    return 0;
}
