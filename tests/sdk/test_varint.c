/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <adit/varint.h>

#include "memory_job.h"

static struct adit_job job;
static struct adit_call call;

static struct adit_cursor over(const void *data, size_t size)
{
    call = memory_call(&job, data, size);
    return adit_cursor(&call);
}

/* Reads once; the number takes all of the bytes, and none of their beginnings is one. */
#define READS(read, bytes, expected)                                                                                   \
    do {                                                                                                               \
        struct adit_cursor c = over(bytes, sizeof(bytes) - 1);                                                         \
        assert_true(read(&c) == (expected));                                                                           \
        assert_true(adit_ok(&c));                                                                                      \
        assert_int_equal(adit_left(&c), 0);                                                                            \
        for (size_t n = 0; n < sizeof(bytes) - 1; n++) {                                                               \
            c = over(bytes, n);                                                                                        \
            assert_true(read(&c) == 0);                                                                                \
            assert_false(adit_ok(&c));                                                                                 \
        }                                                                                                              \
    } while (0)
#define FAILS(read, bytes)                                                                                             \
    do {                                                                                                               \
        struct adit_cursor c = over(bytes, sizeof(bytes) - 1);                                                         \
        assert_true(read(&c) == 0);                                                                                    \
        assert_false(adit_ok(&c));                                                                                     \
    } while (0)

/* The table of RP-001. */
static void test_vlq(void **state)
{
    (void)state;
    READS(adit_read_vlq, "\x00", 0);
    READS(adit_read_vlq, "\x40", 0x40);
    READS(adit_read_vlq, "\x7f", 0x7f);
    READS(adit_read_vlq, "\x81\x00", 0x80);
    READS(adit_read_vlq, "\xc0\x00", 0x2000);
    READS(adit_read_vlq, "\xff\x7f", 0x3fff);
    READS(adit_read_vlq, "\x81\x80\x00", 0x4000);
    READS(adit_read_vlq, "\xff\xff\x7f", 0x1fffff);
    READS(adit_read_vlq, "\x81\x80\x80\x00", 0x200000);
    READS(adit_read_vlq, "\xff\xff\xff\x7f", 0x0fffffff);
    FAILS(adit_read_vlq, "\xff\xff\xff\xff\x7f");
    FAILS(adit_read_vlq, "\x80\x80\x80\x80\x00");
}

/* The tables of DWARF 5, 7.6, and the ends of 64 bits. */
static void test_leb128(void **state)
{
    (void)state;
    READS(adit_read_uleb128, "\x02", 2);
    READS(adit_read_uleb128, "\x7f", 127);
    READS(adit_read_uleb128, "\x80\x01", 128);
    READS(adit_read_uleb128, "\xb9\x64", 12857);
    READS(adit_read_uleb128, "\x82\x80\x00", 2);
    READS(adit_read_uleb128, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", UINT64_MAX);
    FAILS(adit_read_uleb128, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x03");
    FAILS(adit_read_uleb128, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00");
    READS(adit_read_sleb128, "\x02", 2);
    READS(adit_read_sleb128, "\x7e", -2);
    READS(adit_read_sleb128, "\xff\x00", 127);
    READS(adit_read_sleb128, "\x81\x7f", -127);
    READS(adit_read_sleb128, "\x80\x01", 128);
    READS(adit_read_sleb128, "\x80\x7f", -128);
    READS(adit_read_sleb128, "\xff\x7e", -129);
    READS(adit_read_sleb128, "\xfe\xff\x7f", -2);
    READS(adit_read_sleb128, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f", INT64_MIN);
    READS(adit_read_sleb128, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00", INT64_MAX);
    READS(adit_read_sleb128, "\x80\x80\x80\x80\x80\x80\x80\x80\x40", -0x4000000000000000);
    FAILS(adit_read_sleb128, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01");
    FAILS(adit_read_sleb128, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00");
}

static void test_zigzag(void **state)
{
    (void)state;
    assert_true(adit_zigzag(0) == 0);
    assert_true(adit_zigzag(UINT64_MAX) == INT64_MIN);
    assert_true(adit_zigzag(UINT64_MAX - 1) == INT64_MAX);
    READS(adit_read_zigzag, "\x00", 0);
    READS(adit_read_zigzag, "\x01", -1);
    READS(adit_read_zigzag, "\x02", 1);
    READS(adit_read_zigzag, "\x03", -2);
    READS(adit_read_zigzag, "\xff\xff\xff\xff\x0f", INT32_MIN);
}

static void test_syncsafe(void **state)
{
    (void)state;
    READS(adit_read_syncsafe, "\x00\x00\x00\x00", 0);
    READS(adit_read_syncsafe, "\x00\x00\x02\x01", 257);
    READS(adit_read_syncsafe, "\x7f\x7f\x7f\x7f", 0x0fffffff);
    FAILS(adit_read_syncsafe, "\x00\x00\x80\x01");
    FAILS(adit_read_syncsafe, "\x80\x00\x00\x01");
    assert_true(adit_is_syncsafe(0x7f7f7f7f));
    assert_false(adit_is_syncsafe(0x00800000));
    assert_int_equal(adit_from_syncsafe(0x01000000), 1 << 21);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vlq), cmocka_unit_test(test_leb128),
                                       cmocka_unit_test(test_zigzag), cmocka_unit_test(test_syncsafe)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
