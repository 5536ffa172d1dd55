/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <adit/der.h>

static struct adit_der_item item;

static struct adit_der over(const char *bytes, size_t n)
{
    return adit_der(adit_text_of(bytes, n));
}
#define OVER(bytes) over(bytes, sizeof(bytes) - 1)

static void expect_item(struct adit_der *d, uint32_t tag, bool constructed, size_t content, size_t whole)
{
    assert_true(adit_der_next(d, &item));
    assert_int_equal(item.tag, tag);
    assert_int_equal(item.constructed, constructed);
    assert_int_equal(item.content.size, content);
    assert_int_equal(item.whole.size, whole);
}

static void test_items(void **state)
{
    (void)state;
    struct adit_der d = OVER(
        "\x30\x03\x02\x01\x05\x05\x00\xa3\x02\x01\x00\x9f\x81\x01\x01x\x5f\x1f\x00\x04\x81\x01y\x04\x83\x00\x00\x01z");
    expect_item(&d, ADIT_DER_SEQUENCE, true, 3, 5);
    struct adit_der in = adit_der(item.content);
    expect_item(&in, ADIT_DER_INTEGER, false, 1, 3);
    assert_false(adit_der_next(&in, &item));
    assert_null(in.fault);
    expect_item(&d, ADIT_DER_NULL, false, 0, 2);
    expect_item(&d, ADIT_DER_CONTEXT(3), true, 2, 4);
    expect_item(&d, ADIT_DER_CONTEXT(129), false, 1, 5);
    expect_item(&d, ADIT_DER_APPLICATION(31), false, 0, 3);
    expect_item(&d, ADIT_DER_OCTET_STRING, false, 1, 4); /* lengths longer than need be: BER */
    expect_item(&d, ADIT_DER_OCTET_STRING, false, 1, 6);
    assert_false(adit_der_next(&d, &item));
    assert_null(d.fault);
}

static void test_expected(void **state)
{
    (void)state;
    struct adit_der d = OVER("\x02\x01\x05\x05\x00");
    assert_false(adit_der_optional(&d, ADIT_DER_NULL, &item));
    assert_true(adit_der_optional(&d, ADIT_DER_INTEGER, &item));
    assert_true(adit_der_expect(&d, ADIT_DER_NULL, &item));
    assert_false(adit_der_optional(&d, ADIT_DER_NULL, &item));
    assert_null(d.fault);
    assert_false(adit_der_expect(&d, ADIT_DER_NULL, &item));
    assert_string_equal(d.fault, "an item is missing");
    d = OVER("\x02\x01\x05");
    assert_false(adit_der_expect(&d, ADIT_DER_NULL, &item));
    assert_non_null(strstr(d.fault, "another type"));
}

static void test_indefinite(void **state)
{
    static char deep[2 * (ADIT_DER_MAX_DEPTH + 1)];
    (void)state;
    struct adit_der d = OVER("\x30\x80\x24\x80\x04\x01x\x00\x00\x02\x01\x07\x00\x00\x05\x00");
    expect_item(&d, ADIT_DER_SEQUENCE, true, 10, 14);
    struct adit_der in = adit_der(item.content);
    expect_item(&in, ADIT_DER_OCTET_STRING, true, 3, 7);
    expect_item(&in, ADIT_DER_INTEGER, false, 1, 3);
    expect_item(&d, ADIT_DER_NULL, false, 0, 2);
    d = OVER("\x30\x80\x02\x01\x07\x00");
    assert_false(adit_der_next(&d, &item));
    assert_non_null(d.fault);
    d = OVER("\x04\x80xx\x00\x00");
    assert_false(adit_der_next(&d, &item));
    assert_non_null(strstr(d.fault, "indefinite"));
    for (size_t i = 0; i < sizeof deep; i++)
        deep[i] = i % 2 ? (char)0x80 : 0x30;
    d = over(deep, sizeof deep);
    assert_false(adit_der_next(&d, &item));
    assert_non_null(strstr(d.fault, "too deep"));
}

static void test_faults(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *fault;
    } cases[] = {
        {"\x30", 1, "within its head"},
        {"\x30\x05\x02\x01", 4, "goes on beyond"},
        {"\x1f\x81", 2, "within its tag"},
        {"\x1f\xff\xff\xff\xff\x7f\x00", 7, "30 bits"},
        {"\x04\x84\x00\x00", 4, "within its length"},
        {"\x04\x89\x01\0\0\0\0\0\0\0\0", 11, "64 bits"},
        {"\x04\x88\xff\xff\xff\xff\xff\xff\xff\xff", 10, "goes on beyond"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct adit_der d = over(cases[i].bytes, cases[i].n);
        assert_false(adit_der_next(&d, &item));
        if (!d.fault || !strstr(d.fault, cases[i].fault))
            fail_msg("expected \"%s\", found \"%s\"", cases[i].fault, d.fault ? d.fault : "no fault");
    }
}

static void test_numbers(void **state)
{
    uint64_t u;
    int64_t i;
    char out[64], small[5];
    (void)state;
    assert_true(adit_der_u64(ADIT_TEXT("\x00\xff\xff\xff\xff\xff\xff\xff\xff"), &u) && u == UINT64_MAX);
    assert_false(adit_der_u64(ADIT_TEXT("\x01\0\0\0\0\0\0\0\0"), &u));
    assert_false(adit_der_u64(ADIT_TEXT("\xff"), &u));
    assert_false(adit_der_u64(ADIT_TEXT(""), &u));
    assert_true(adit_der_i64(ADIT_TEXT("\xff\x7f"), &i) && i == -129);
    assert_true(adit_der_i64(ADIT_TEXT("\x00\x80"), &i) && i == 128);
    assert_false(adit_der_i64(ADIT_TEXT("\0\0\0\0\0\0\0\0\1"), &i));
    assert_int_equal(adit_der_hex(ADIT_TEXT("\x00\xde\xad"), out, sizeof out), 4);
    assert_string_equal(out, "DEAD");
    assert_int_equal(adit_der_hex(ADIT_TEXT("\x00\xde\xad"), small, 4), 0);
    assert_int_equal(adit_der_hex(ADIT_TEXT("\x00"), out, sizeof out), 2);
    assert_int_equal(adit_der_decimal(ADIT_TEXT("\x00"), out, sizeof out), 1);
    assert_string_equal(out, "0");
    assert_int_equal(adit_der_decimal(ADIT_TEXT("\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), out, sizeof out), 39);
    assert_string_equal(out, "340282366920938463463374607431768211456"); /* 2^128 */
    assert_int_equal(adit_der_decimal(ADIT_TEXT("\x3b\x9a\xca\x00"), out, sizeof out), 10);
    assert_string_equal(out, "1000000000");
    assert_int_equal(adit_der_decimal(ADIT_TEXT("\x80"), out, sizeof out), 0);
    assert_int_equal(adit_der_bit_length(ADIT_TEXT("\x00\x80\x01")), 16);
    assert_int_equal(adit_der_bit_length(ADIT_TEXT("\x01\x00")), 9);
    assert_int_equal(adit_der_bit_length(ADIT_TEXT("\x00")), 0);
}

static void test_bits(void **state)
{
    struct adit_text bytes;
    unsigned unused;
    (void)state;
    assert_true(adit_der_bits(ADIT_TEXT("\x01\x06"), &bytes, &unused));
    assert_int_equal(unused, 1);
    assert_true(adit_der_bit(ADIT_TEXT("\x01\x06"), 5) && adit_der_bit(ADIT_TEXT("\x01\x06"), 6));
    assert_false(adit_der_bit(ADIT_TEXT("\x01\x07"), 7)); /* unused */
    assert_false(adit_der_bit(ADIT_TEXT("\x01\x06"), 0));
    assert_false(adit_der_bits(ADIT_TEXT("\x08\x06"), &bytes, &unused));
    assert_false(adit_der_bits(ADIT_TEXT("\x01"), &bytes, &unused));
    assert_false(adit_der_bits(ADIT_TEXT(""), &bytes, &unused));
}

static void test_identifiers(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *text;
    } cases[] = {
        {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", 9, "1.2.840.113549.1.1.11"},
        {"\x55\x1d\x11", 3, "2.5.29.17"},
        {"\x88\x37\x03", 3, "2.999.3"},
        {"\x00", 1, "0.0"},
        {"\x78", 1, "2.40"},
        {"\x69\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10, "2.25.9223372036854775807"},
        {"\x2a\x86", 2, ""},
        {"\x2a\x80\x01", 3, ""},
        {"\x69\x84\x80\x80\x80\x80\x80\x80\x80\x80\x00", 11, ""}, /* 2^65 */
        {"", 0, ""},
    };
    char out[64], small[9];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = adit_der_oid(adit_text_of(cases[i].bytes, cases[i].n), out, sizeof out);
        assert_int_equal(n, strlen(cases[i].text));
        if (n)
            assert_string_equal(out, cases[i].text);
    }
    assert_int_equal(adit_der_oid(ADIT_TEXT("\x55\x1d\x11"), small, 9), 0);
}

static bool time_of(uint32_t tag, const char *text, struct adit_time *out)
{
    item = (struct adit_der_item){tag, false, adit_text_c(text), adit_text_c(text)};
    return adit_der_time(&item, out);
}

static void expect_time(uint32_t tag, const char *text, const int expected[9])
{
    struct adit_time t;
    if (!time_of(tag, text, &t))
        fail_msg("\"%s\" was refused", text);
    const int found[9] = {t.year, t.month, t.day, t.hour, t.minute, t.second, (int)t.nanosecond, t.precision, t.zone};
    for (int i = 0; i < 9; i++)
        if (found[i] != expected[i])
            fail_msg("\"%s\": member %d is %d; expected %d", text, i, found[i], expected[i]);
}

static void test_times(void **state)
{
    struct adit_time t;
    (void)state;
    expect_time(ADIT_DER_UTC_TIME, "491231235959Z", (int[9]){2049, 12, 31, 23, 59, 59, 0, ADIT_TIME_SECOND, 0});
    expect_time(ADIT_DER_UTC_TIME, "500101000000Z", (int[9]){1950, 1, 1, 0, 0, 0, 0, ADIT_TIME_SECOND, 0});
    expect_time(ADIT_DER_UTC_TIME, "0102030405-0130", (int[9]){2001, 2, 3, 4, 5, 0, 0, ADIT_TIME_MINUTE, -90});
    expect_time(ADIT_DER_GENERALIZED_TIME, "99991231235959Z",
                (int[9]){9999, 12, 31, 23, 59, 59, 0, ADIT_TIME_SECOND, 0});
    expect_time(ADIT_DER_GENERALIZED_TIME, "20010203040506.25+0200",
                (int[9]){2001, 2, 3, 4, 5, 6, 250000000, ADIT_TIME_MILLISECOND, 120});
    expect_time(ADIT_DER_GENERALIZED_TIME, "20010203040506",
                (int[9]){2001, 2, 3, 4, 5, 6, 0, ADIT_TIME_SECOND, ADIT_ZONE_UNKNOWN});
    assert_false(time_of(ADIT_DER_UTC_TIME, "011301000000Z", &t));
    assert_false(time_of(ADIT_DER_UTC_TIME, "0102", &t));
    assert_false(time_of(ADIT_DER_UTC_TIME, "010203040506X", &t));
    assert_false(time_of(ADIT_DER_UTC_TIME, "010203040506+9900", &t));
    assert_false(time_of(ADIT_DER_INTEGER, "010203040506Z", &t));
}

static void expect_text(uint32_t tag, struct adit_text content, const char *expected)
{
    char out[32];
    item = (struct adit_der_item){tag, false, content, content};
    size_t n = adit_der_text(&item, out, sizeof out);
    assert_int_equal(n, strlen(expected));
    assert_memory_equal(out, expected, n);
    assert_int_equal(adit_der_is_text(&item), tag != ADIT_DER_INTEGER);
}

static void test_texts(void **state)
{
    char out[3];
    (void)state;
    expect_text(ADIT_DER_UTF8_STRING, ADIT_TEXT("gr\xc3\xbc\xc3\x9f"), "grüß");
    expect_text(ADIT_DER_PRINTABLE_STRING, ADIT_TEXT("US"), "US");
    expect_text(ADIT_DER_T61_STRING, ADIT_TEXT("M\xfcnchen"), "München");
    expect_text(ADIT_DER_BMP_STRING, ADIT_TEXT("\0a\x20\xac"), "a€");
    expect_text(ADIT_DER_UNIVERSAL_STRING, ADIT_TEXT("\0\0\0a\0\1\xf6\0"), "a\xf0\x9f\x98\x80");
    expect_text(ADIT_DER_INTEGER, ADIT_TEXT("a"), "");
    item = (struct adit_der_item){ADIT_DER_UNIVERSAL_STRING, false, ADIT_TEXT("\0\0\0a\0\0\x20\xac\0\0\0b"),
                                  ADIT_TEXT("")};
    assert_int_equal(adit_der_text(&item, out, sizeof out), 5); /* whole characters, and the beginning alone */
    assert_int_equal(out[0], 'a');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_items),       cmocka_unit_test(test_expected), cmocka_unit_test(test_indefinite),
        cmocka_unit_test(test_faults),      cmocka_unit_test(test_numbers),  cmocka_unit_test(test_bits),
        cmocka_unit_test(test_identifiers), cmocka_unit_test(test_times),    cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
