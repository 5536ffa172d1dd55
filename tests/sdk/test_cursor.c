/* SPDX-License-Identifier: MIT */
/* Every read twice: over a source, through the window, and over the same bytes in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <adit/bits.h>
#include <adit/cursor.h>
#include <adit/guid.h>
#include <adit/varint.h>

#include "memory_job.h"

enum { SOURCE, MEMORY, KINDS };

static struct adit_job job;
static struct adit_call call;

static struct adit_cursor over(int kind, const void *data, size_t size)
{
    call = memory_call(&job, data, size);
    return kind == MEMORY ? adit_cursor_memory(data, size) : adit_cursor(&call);
}

static void test_numbers(void **state)
{
    static const uint8_t bytes[] = {0x01, 0xfe, 0x02, 0x03, 0xfd, 0xfc, 0xfb, 0xfa, 0x80, 0xff, 0x7f, 0x00,
                                    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xc0, 0x3f, 0x00, 0x00, 0x00, 0x00,
                                    0x00, 0x00, 0xf8, 0xbf, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08};
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        struct adit_cursor c = over(kind, bytes, sizeof bytes), d = c;
        assert_int_equal(adit_length(&c), 36);
        assert_int_equal(adit_read_u8(&c), 1);
        assert_int_equal(adit_read_i8(&c), -2);
        assert_int_equal(adit_read_u24be(&c), 0x0203fd);
        assert_int_equal(adit_read_u24le(&c), 0xfafbfc);
        assert_int_equal(adit_read_i16(&c), -128); /* little endian, where nobody says otherwise */
        assert_int_equal(adit_read_u16be(&c), 0x7f00);
        adit_skip(&c, 4);
        assert_true(adit_read_f32(&c) == 1.5f);
        assert_true(adit_read_f64(&c) == -1.5);
        assert_int_equal(adit_tell(&c), 28);
        assert_true(adit_read_u64be(&c) == 0x0102030405060708u);
        assert_int_equal(adit_left(&c), 0);
        assert_true(adit_ok(&c));
        adit_seek(&d, 28);
        assert_true(adit_read_u64le(&d) == 0x0807060504030201u);
        d.big_endian = true;
        adit_seek(&d, 29);
        assert_int_equal(adit_read_u32(&d), 0x02030405);
        assert_int_equal(adit_read_i16(&d), 0x0607);
        assert_true(adit_ok(&d));
    }
}

/* A failure sticks, and reads nothing beyond the range: under AddressSanitizer the bytes end where the cursor does. */
static void test_failure_sticks(void **state)
{
    (void)state;
    uint8_t *bytes = (uint8_t *)malloc(7);
    assert_non_null(bytes);
    memset(bytes, 0x41, 7);
    for (int kind = 0; kind < KINDS; kind++) {
        struct adit_cursor c = over(kind, bytes, 7), d = c, e = c, f = c;
        uint8_t copy[8];
        assert_int_equal(adit_read_u32be(&c), 0x41414141);
        assert_int_equal(adit_read_u32be(&c), 0);
        assert_false(adit_ok(&c));
        assert_int_equal(adit_left(&c), 0);
        assert_int_equal(adit_read_u8(&c), 0);
        assert_null(adit_read_bytes(&c, 1).data);
        memset(copy, 1, sizeof copy);
        assert_false(adit_read_exact(&d, copy, 8));
        assert_memory_equal(copy, "\0\0\0\0\0\0\0\0", 8);
        assert_false(adit_ok(&d));
        assert_null(adit_read_bytes(&e, 8).data);
        assert_false(adit_ok(&e));
        assert_null(adit_read_string(&f, 100).data);
        assert_false(adit_ok(&f));
        f = over(kind, bytes, 7);
        adit_skip(&f, UINT64_MAX);
        assert_false(adit_ok(&f));
        f = over(kind, bytes, 7);
        adit_seek(&f, 7);
        assert_true(adit_ok(&f));
        adit_seek(&f, 8);
        assert_false(adit_ok(&f));
    }
    free(bytes);
}

static void test_bytes_and_text(void **state)
{
    static const char bytes[] = "RIFFab\0cd\0\0ef";
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        struct adit_cursor c = over(kind, bytes, sizeof bytes - 1);
        char copy[2];
        assert_false(adit_match_literal(&c, "RIFX"));
        assert_int_equal(adit_tell(&c), 0);
        assert_true(adit_match_literal(&c, "RIFF"));
        assert_true(adit_match(&c, "", 0));
        assert_true(adit_text_is(adit_read_string(&c, 2), "ab"));
        assert_true(adit_text_is(adit_read_string(&c, 100), "cd"));
        assert_true(adit_text_is(adit_read_string(&c, 100), ""));
        assert_true(adit_text_is(adit_read_bytes(&c, 0), ""));
        assert_true(adit_read_exact(&c, copy, 2));
        assert_memory_equal(copy, "ef", 2);
        assert_false(adit_match_literal(&c, "g"));
        assert_true(adit_ok(&c));
    }
}

/* Nothing is copied: what is given lies in the memory, however long it is. */
static void test_memory_is_viewed(void **state)
{
    enum { SIZE = 6 << 20 }; /* more than adit_view gives at once */
    char *bytes = (char *)calloc(SIZE, 1);
    (void)state;
    assert_non_null(bytes);
    bytes[SIZE - 1] = 'z';
    struct adit_cursor c = adit_cursor_memory(bytes, SIZE);
    struct adit_text all = adit_read_bytes(&c, SIZE - 1);
    assert_ptr_equal(all.data, bytes);
    assert_int_equal(all.size, SIZE - 1);
    assert_int_equal(adit_read_u8(&c), 'z');
    adit_seek(&c, 0);
    assert_ptr_equal(adit_cursor_take(&c, ADIT_CURSOR_WINDOW + 44), bytes);
    assert_ptr_equal(adit_cursor_take(&c, 1), bytes + 300);
    free(bytes);
}

static void test_nothing_at_all(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        char none;
        struct adit_cursor c = adit_cursor_memory(i ? "" : NULL, 0);
        assert_int_equal(adit_left(&c), 0);
        assert_true(adit_read_exact(&c, &none, 0) && adit_ok(&c));
        assert_non_null(adit_read_bytes(&c, 0).data);
        assert_true(adit_ok(&c));
        assert_false(adit_match_literal(&c, "a"));
        assert_int_equal(adit_read_u8(&c), 0);
        assert_false(adit_ok(&c));
    }
}

/* Ranges of a range, and what is built on cursors. */
static void test_subs(void **state)
{
    uint8_t bytes[600];
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i % 251);
    for (int kind = 0; kind < KINDS; kind++) {
        struct adit_cursor c = over(kind, bytes, sizeof bytes);
        c.big_endian = true;
        adit_skip(&c, 10);
        struct adit_cursor sub = adit_sub(&c, 400), in = adit_sub_at(&sub, 300, 4), bad = adit_sub_at(&sub, 398, 3);
        assert_int_equal(adit_tell(&c), 410);
        assert_int_equal(adit_read_u16(&c), (410 % 251) << 8 | 411 % 251);
        assert_int_equal(adit_read_u16(&sub), 10 << 8 | 11);
        assert_int_equal(adit_tell(&sub), 2);
        assert_int_equal(adit_read_u32(&in), 0x3b3c3d3e); /* 310 - 251 = 0x3b */
        assert_int_equal(adit_read_u8(&in), 0);
        assert_false(adit_ok(&in));
        assert_false(adit_ok(&bad));
        assert_int_equal(adit_length(&bad), 0);
        struct adit_bits bits = adit_bits_msb(&sub);
        assert_int_equal(adit_read_bits(&bits, 12), 12 << 4);
        assert_int_equal(adit_read_uleb128(&sub), 12);
        static const uint8_t guid[17] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15, 0};
        struct adit_cursor g = over(kind, guid, sizeof guid);
        struct adit_guid id = adit_read_guid(&g);
        assert_true(adit_guid_is(&id, "00010203-0405-0607-0809-0a0b0c0d0e0f"));
        assert_int_equal(adit_left(&g), 1);
    }
}

static void test_plain_numbers(void **state)
{
    uint8_t bytes[9] = {0};
    (void)state;
    adit_put_number(bytes, 0x0102030405060708u, 8, true);
    assert_memory_equal(bytes, "\1\2\3\4\5\6\7\10\0", 9);
    assert_true(adit_number(bytes, 8, true) == 0x0102030405060708u);
    assert_true(adit_number(bytes, 8, false) == 0x0807060504030201u);
    adit_put_number(bytes + 1, 0xaabbccu, 3, false);
    assert_memory_equal(bytes, "\1\xcc\xbb\xaa\5\6\7\10\0", 9);
    assert_int_equal(adit_number(bytes + 1, 3, false), 0xaabbcc);
    assert_int_equal(adit_number(bytes, 0, true), 0);
}

/* What a source promises and does not give. */
static void test_failing_source(void **state)
{
    static const uint8_t bytes[300];
    (void)state;
    call = memory_call(&job, bytes, sizeof bytes);
    job.fail_at = 260;
    struct adit_cursor c = adit_cursor(&call), d = c;
    uint8_t copy[280];
    (void)adit_read_u64le(&c);
    adit_seek(&c, 250);
    assert_int_equal(adit_read_u16le(&c), 0);
    assert_true(adit_ok(&c)); /* the window that was read first */
    adit_seek(&c, 256);
    (void)adit_read_u16le(&c);
    assert_false(adit_ok(&c));
    assert_false(adit_read_exact(&d, copy, sizeof copy));
    assert_false(adit_ok(&d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),        cmocka_unit_test(test_failure_sticks),
        cmocka_unit_test(test_bytes_and_text), cmocka_unit_test(test_memory_is_viewed),
        cmocka_unit_test(test_nothing_at_all), cmocka_unit_test(test_subs),
        cmocka_unit_test(test_plain_numbers),  cmocka_unit_test(test_failing_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
