/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <adit/bits.h>

#include "memory_job.h"

static struct adit_job job;
static struct adit_call call;

static struct adit_cursor over(const void *data, size_t size)
{
    call = memory_call(&job, data, size);
    return adit_cursor(&call);
}

static void test_orders(void **state)
{
    (void)state;
    struct adit_cursor c = over("\xb4\x3c\x01", 3);
    struct adit_bits msb = adit_bits_msb(&c), lsb = adit_bits_lsb(&c);
    assert_int_equal(adit_read_bits(&msb, 3), 5); /* 101 10100 0011 1100 */
    assert_int_equal(adit_read_bits(&msb, 7), 0x50);
    assert_int_equal(adit_bits_tell(&msb), 10);
    assert_int_equal(adit_bits_left(&msb), 14);
    assert_int_equal(adit_read_bits(&msb, 14), 0x3c01);
    assert_int_equal(adit_read_bits(&lsb, 3), 4);
    assert_int_equal(adit_read_bits(&lsb, 7), 0x16);
    assert_int_equal(adit_read_bits(&lsb, 14), 0x4f);
    assert_true(adit_bits_ok(&msb) && adit_bits_ok(&lsb));
    assert_int_equal(adit_read_bits(&msb, 0), 0);
    assert_true(adit_bits_ok(&msb));
    assert_int_equal(adit_tell(&c), 0);
}

/* The sixth example of "Bitpacking Convention" in Vorbis I, 2.1.6: 12 in 4 bits, -1 in 3, 17 in 7, 6969 in 13. */
static void test_vorbis_example(void **state)
{
    (void)state;
    struct adit_cursor c = over("\xfc\x48\xce\x06", 4);
    struct adit_bits b = adit_bits_lsb(&c);
    assert_int_equal(adit_read_bits(&b, 4), 12);
    assert_int_equal(adit_read_signed_bits(&b, 3), -1);
    assert_int_equal(adit_read_bits(&b, 7), 17);
    assert_int_equal(adit_read_bits(&b, 13), 6969);
    assert_int_equal(adit_bits_left(&b), 5);
}

static void test_wide_and_signed(void **state)
{
    (void)state;
    struct adit_cursor c = over("\x08\x91\xa2\xb3\xc4\xd5\xe6\xf7\xf8", 9);
    struct adit_bits b = adit_bits_msb(&c);
    assert_int_equal(adit_read_bits(&b, 3), 0);
    assert_true(adit_read_bits(&b, 64) == 0x448d159e26af37bf);
    c = over("\xff\xff\xff\xff\xff\xff\xff\xfe\x80", 9);
    b = adit_bits_msb(&c);
    assert_true(adit_read_signed_bits(&b, 64) == -2);
    assert_true(adit_read_signed_bits(&b, 1) == -1);
    assert_true(adit_read_signed_bits(&b, 7) == 0);
    b = adit_bits_msb(&c);
    assert_int_equal(adit_read_bits(&b, 65), 0);
    assert_false(adit_bits_ok(&b));
}

static void test_failure_sticks(void **state)
{
    (void)state;
    struct adit_cursor c = over("\xff\xff", 2);
    struct adit_bits b = adit_bits_msb(&c);
    assert_int_equal(adit_read_bits(&b, 15), 0x7fff);
    assert_int_equal(adit_read_bits(&b, 2), 0);
    assert_false(adit_bits_ok(&b));
    assert_int_equal(adit_read_bits(&b, 1), 0);
    assert_int_equal(adit_bits_left(&b), 0);
    b = adit_bits_msb(&c);
    job.fail_at = 1;
    assert_int_equal(adit_read_bits(&b, 12), 0);
    assert_false(adit_bits_ok(&b));
}

static void test_skip_and_align(void **state)
{
    (void)state;
    struct adit_cursor c = over("\x01\x02\x03\x84\xff", 5);
    struct adit_bits b = adit_bits_msb(&c);
    adit_skip_bits(&b, 7);
    assert_true(adit_read_bit(&b));
    adit_skip_bits(&b, 16);
    assert_true(adit_read_bit(&b));
    adit_skip_bits(&b, 3);
    assert_int_equal(adit_bits_tell(&b), 28);
    adit_bits_align(&b);
    assert_int_equal(adit_bits_tell(&b), 32);
    adit_bits_align(&b);
    assert_int_equal(adit_read_bits(&b, 8), 0xff);
    adit_skip_bits(&b, 0);
    assert_true(adit_bits_ok(&b));
    adit_skip_bits(&b, 1);
    assert_false(adit_bits_ok(&b));
}

static void test_unary(void **state)
{
    (void)state;
    struct adit_cursor c = over("\x90\x00\x10", 3);
    struct adit_bits b = adit_bits_msb(&c);
    assert_int_equal(adit_read_unary(&b, 100), 0);
    assert_int_equal(adit_read_unary(&b, 2), 2);
    struct adit_bits again = b;
    assert_int_equal(adit_read_unary(&b, 15), 15);
    assert_true(adit_bits_ok(&b));
    assert_int_equal(adit_read_unary(&again, 14), 0);
    assert_false(adit_bits_ok(&again));
    assert_int_equal(adit_read_unary(&b, 100), 0); /* the end comes first */
    assert_false(adit_bits_ok(&b));
}

/* H.264, tables 9-2 and 9-3: 1 010 011 00100 00101 00110 00111 0001000 are 0..7, and 0, 1, -1, 2, -2, 3, -3, 4. */
static void test_exp_golomb(void **state)
{
    static const int32_t expected[] = {0, 1, -1, 2, -2, 3, -3, 4};
    (void)state;
    struct adit_cursor c = over("\xa6\x42\x98\xe2\x00", 5);
    struct adit_bits ue = adit_bits_msb(&c), se = ue;
    for (uint32_t i = 0; i < 8; i++) {
        assert_int_equal(adit_read_ue(&ue), i);
        assert_int_equal(adit_read_se(&se), expected[i]);
    }
    c = over("\x00\x00\x00\x01\xff\xff\xff\xfe\x00\x00\x00\x00\x80\x00\x00\x00\x00", 17);
    ue = adit_bits_msb(&c);
    assert_true(adit_read_ue(&ue) == UINT32_MAX - 1);
    assert_int_equal(adit_bits_tell(&ue), 63);
    (void)adit_read_bit(&ue);
    se = ue;
    assert_true(adit_read_ue(&ue) == UINT32_MAX);
    assert_true(adit_bits_ok(&ue));
    (void)adit_read_se(&se); /* 2^31 */
    assert_false(adit_bits_ok(&se));
}

/* H.264, 7.3.1: of 00 00 03 the last is stepped over, also where it ends the unit or a number goes across it; 00 00 00 03 cannot
 * be in one, and 03 after one zero is data. */
static void test_nal(void **state)
{
    (void)state;
    struct adit_cursor c = over("\x00\x00\x03\x01\x00\x03\x00\x00\x03\x00\x00\x03\x03\x80", 14);
    struct adit_bits b = adit_bits_nal(&c), skip = b;
    assert_int_equal(adit_read_bits(&b, 24), 0x000001);
    assert_int_equal(adit_read_bits(&b, 12), 0x000);
    assert_true(adit_read_bits(&b, 52) == UINT64_C(0x3000000000380));
    assert_true(adit_bits_ok(&b));
    assert_int_equal(adit_bits_left(&b), 0);
    adit_skip_bits(&skip, 44);
    assert_int_equal(adit_read_bits(&skip, 36), 0x3);
    assert_int_equal(adit_read_bits(&skip, 8), 0x80);
    c = over("\x00\x00\x03", 3);
    b = adit_bits_nal(&c);
    assert_int_equal(adit_read_bits(&b, 16), 0);
    assert_int_equal(adit_read_bits(&b, 8), 0);
    assert_false(adit_bits_ok(&b));
    c = over("\x00\x00\x03\x01", 4);
    b = adit_bits_nal(&c);
    adit_skip_bits(&b, 32);
    assert_false(adit_bits_ok(&b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orders),          cmocka_unit_test(test_vorbis_example),
        cmocka_unit_test(test_wide_and_signed), cmocka_unit_test(test_failure_sticks),
        cmocka_unit_test(test_skip_and_align),  cmocka_unit_test(test_unary),
        cmocka_unit_test(test_exp_golomb),      cmocka_unit_test(test_nal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
