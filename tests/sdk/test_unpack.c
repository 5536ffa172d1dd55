/* SPDX-License-Identifier: MIT */
/* libraries: zlib */
/* A codec of a module's own, what is written to a stream, and check sums. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <adit/check.h>
#include <adit/inflate.h>

#include "told_job.h"

/* Runs: pairs of a count and a byte; a count of 0 ends them, one of 255 is a fault. `variant` is added to each byte. */
struct runs {
    uint8_t count, byte, plus;
    bool counted;
};

static unsigned begun, ended;

static bool begin(void *state, int variant)
{
    struct runs *r = state;
    assert_int_equal(r->count, 0);
    r->plus = (uint8_t)variant;
    begun++;
    return variant >= 0;
}

static enum adit_inflate_result step(void *state, struct adit_codec_buffers *b, bool *last, const char **message)
{
    struct runs *r = state;
    while (b->out_left > 0 && r->plus != 99) { /* 99: stuck */
        if (r->count > 0 && !r->counted) {
            *b->out++ = (uint8_t)(r->byte + r->plus);
            b->out_left--;
            r->count--;
            continue;
        }
        if (b->in_left == 0)
            return ADIT_INFLATE_DONE;
        uint8_t byte = *b->in++;
        b->in_left--;
        if (r->counted) {
            r->byte = byte;
        } else if (byte == 255) {
            *message = "a count of 255";
            return ADIT_INFLATE_CORRUPT;
        } else {
            r->count = byte;
            *last = byte == 0;
            if (*last)
                return ADIT_INFLATE_DONE;
        }
        r->counted = !r->counted;
    }
    return ADIT_INFLATE_DONE;
}

static void end(void *state)
{
    (void)state;
    ended++;
}

static const struct adit_codec codec = {sizeof(struct runs), begin, step, end};

static void test_codec(void **state)
{
    static const char packed[] = "??\003a\002b\0behind";
    struct adit_job job;
    struct adit_call call = told_call(&job, packed, sizeof packed - 1);
    struct adit_inflate z = adit_unpack(&call, 2, UINT64_MAX, &codec, 1);
    char room[16];
    (void)state;
    assert_int_equal(adit_inflate_into(&z, room, sizeof room), ADIT_INFLATE_DONE);
    assert_int_equal(z.produced, 5);
    assert_int_equal(z.consumed, 5);
    assert_memory_equal(room, "bbbcc", 5);
    z = adit_unpack(&call, 2, 4, &codec, 0);
    assert_int_equal(adit_inflate_into(&z, room, sizeof room), ADIT_INFLATE_TRUNCATED);
    assert_memory_equal(room, "aaabb", 5);
    z = adit_unpack(&call, 0, UINT64_MAX, &codec, -1);
    assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_FAILED); /* begin said no: there is nothing to end */
    assert_int_equal(begun, ended + 1);
    z = adit_unpack(&call, 2, UINT64_MAX, &codec, 99);
    assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_CORRUPT);
    call = told_call(&job, "\001x\377", 3);
    z = adit_unpack(&call, 0, 3, &codec, 0);
    assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_CORRUPT);
    assert_string_equal(z.message, "a count of 255");
    assert_int_equal(z.produced, 1);
    enum adit_inflate_result result;
    call = told_call(&job, packed, sizeof packed - 1);
    z = adit_unpack(&call, 2, UINT64_MAX, &codec, 0);
    struct adit_reader *r = adit_inflate_open(&z, &result);
    assert_non_null(r);
    assert_int_equal(adit_read_next(r, room, 4), 4);
    assert_int_equal(adit_read_next(r, room + 4, 4), 1);
    assert_int_equal(adit_read_next(r, room, 4), 0);
    assert_memory_equal(room, "aaabb", 5);
    adit_inflate_close(r);
}

static void test_write(void **state)
{
    struct adit_job job;
    struct adit_call call = told_call(&job, "\011-\0", 3);
    struct adit_inflate z = adit_unpack(&call, 0, 3, &codec, '4');
    (void)state;
    z.check = adit_crc32;
    assert_int_equal(adit_inflate_write(&z), ADIT_INFLATE_DONE); /* nine times '-' + '4' = 'a' */
    assert_int_equal(told.size, 9);
    assert_memory_equal(told.written, "aaaaaaaaa", 9);
    assert_int_equal(z.sum, adit_crc32(0, "aaaaaaaaa", 9));
    told.room = 12;
    assert_int_equal(adit_inflate_write(&z), ADIT_INFLATE_STOPPED); /* the quota */
    assert_int_equal(told.size, 12);
    call = told_call(&job, "\011-\0", 3);
    told.calls_left = 0;
    assert_int_equal(adit_inflate_write(&z), ADIT_INFLATE_STOPPED); /* time to stop */
}

/* The check value of every catalogue of CRCs: that of "123456789" is cbf43926. */
static void test_check(void **state)
{
    static char many[100000];
    struct adit_job job;
    struct adit_call call = told_call(&job, "..123456789..", 13);
    uint32_t sum = 7;
    (void)state;
    assert_int_equal(adit_crc32(0, "123456789", 9), 0xcbf43926);
    assert_int_equal(adit_crc32(adit_crc32(0, "1234", 4), "56789", 5), 0xcbf43926);
    assert_true(adit_crc32_range(&call, ADIT_SOURCE_MAIN, 2, 9, &sum));
    assert_int_equal(sum, 0xcbf43926);
    assert_true(adit_crc32_range(&call, ADIT_SOURCE_MAIN, 50, 0, &sum));
    assert_int_equal(sum, 0);
    assert_false(adit_crc32_range(&call, ADIT_SOURCE_MAIN, 5, 9, &sum));
    for (size_t i = 0; i < sizeof many; i++)
        many[i] = (char)(i * i >> 3);
    call = told_call(&job, many, sizeof many);
    assert_true(adit_crc32_range(&call, ADIT_SOURCE_MAIN, 1, sizeof many - 1, &sum));
    assert_int_equal(sum, adit_crc32(0, many + 1, sizeof many - 1));
    job.fail_at = 70000;
    assert_false(adit_crc32_range(&call, ADIT_SOURCE_MAIN, 1, sizeof many - 1, &sum));
}

static void test_ranges(void **state)
{
    struct adit_job job;
    struct adit_call call = told_call(&job, "0123456789", 10);
    (void)state;
    assert_true(adit_write_range(&call, ADIT_SOURCE_MAIN, 3, 4));
    assert_true(adit_write_zeroes(&call, 2));
    assert_true(adit_write_range(&call, ADIT_SOURCE_MAIN, 9, 0));
    assert_int_equal(told.size, 6);
    assert_memory_equal(told.written, "3456\0\0", 6);
    assert_false(adit_write_range(&call, ADIT_SOURCE_MAIN, 8, 3)); /* the source ends before */
    told.room = 8;
    assert_false(adit_write_zeroes(&call, UINT64_MAX)); /* the quota */
    assert_int_equal(told.size, 8);
    told.room = sizeof told.written;
    told.calls_left = 0;
    assert_false(adit_write_zeroes(&call, 1));
    assert_int_equal(adit_close_as(&call, true), 0);
    assert_int_equal(adit_close_as(&call, false), 0);
    assert_string_equal(told.lines, "closed whole\nclosed truncated\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codec),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
