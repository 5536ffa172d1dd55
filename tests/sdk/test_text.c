/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <adit/text.h>

static const char *const none[] = {"",    "+",   "-",   " 1",  "1 ",    "1a",  "0x10",  "--1",
                                   "+-1", "1e",  "1e+", "e5",  ".",     "-.",  ".e1",   "1.2.",
                                   "inf", "nan", "1,5", "1_0", "1e1.5", "INF", "0x1p3", "1e5 "};

static void test_integers(void **state)
{
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {
        {"0", 0},
        {"-0", 0},
        {"+7", 7},
        {"007", 7},
        {"-12", -12},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
        {"00000000000000000000000000001", 1},
    };
    static const char *const beyond[] = {"9223372036854775808", "-9223372036854775809", "18446744073709551616", "1.0",
                                         "1e3"};
    int64_t i = 42;
    uint64_t u = 42;
    (void)state;
    for (size_t k = 0; k < sizeof good / sizeof *good; k++) {
        assert_true(adit_text_to_i64(adit_text_c(good[k].text), &i));
        assert_true(i == good[k].value);
        bool fits = good[k].text[0] != '-';
        assert_int_equal(adit_text_to_u64(adit_text_c(good[k].text), &u), fits);
        assert_true(!fits || u == (uint64_t)good[k].value);
    }
    assert_true(adit_text_to_u64(ADIT_TEXT("18446744073709551615"), &u));
    assert_true(u == UINT64_MAX);
    i = 42, u = 42;
    for (size_t k = 0; k < sizeof beyond / sizeof *beyond; k++)
        assert_false(adit_text_to_i64(adit_text_c(beyond[k]), &i));
    for (size_t k = 0; k < sizeof none / sizeof *none; k++) {
        assert_false(adit_text_to_i64(adit_text_c(none[k]), &i));
        assert_false(adit_text_to_u64(adit_text_c(none[k]), &u));
    }
    assert_false(adit_text_to_u64(ADIT_TEXT("18446744073709551616"), &u));
    assert_false(adit_text_to_i64(adit_text_of(NULL, 0), &i));
    assert_true(i == 42 && u == 42);                              /* as they were */
    assert_true(adit_text_to_i64(adit_text_of("123456", 3), &i)); /* nothing beyond the slice is read */
    assert_true(i == 123);
}

static void test_reals(void **state)
{
    static const char *const good[] = {"0",
                                       "-0",
                                       "1",
                                       "-1.5",
                                       ".5",
                                       "5.",
                                       "+1e3",
                                       "1E-3",
                                       "0.1",
                                       "1e22",
                                       "1e23",
                                       "1e-22",
                                       "1e-23",
                                       "123456789012345",
                                       "1234567890123456",
                                       "0.1234567890123456789",
                                       "4.9e-324",
                                       "1e-400",
                                       "1e-99999999999999999999",
                                       "1.7976931348623157e308",
                                       "9007199254740993",
                                       "0000000000000000000001.5",
                                       "18446744073709551616",
                                       "36893488147419103232",
                                       "0e99999",
                                       "2.2250738585072011e-308"};
    static const char *const beyond[] = {"1e309", "-1e400", "1e99999999999999999999"};
    double d = 42;
    (void)state;
    for (size_t k = 0; k < sizeof good / sizeof *good; k++) {
        double expected = strtod(good[k], NULL);
        assert_true(adit_text_to_f64(adit_text_c(good[k]), &d));
        assert_memory_equal(&d, &expected, sizeof d);
    }
    d = 42;
    for (size_t k = 0; k < sizeof none / sizeof *none; k++)
        assert_false(adit_text_to_f64(adit_text_c(none[k]), &d));
    for (size_t k = 0; k < sizeof beyond / sizeof *beyond; k++)
        assert_false(adit_text_to_f64(adit_text_c(beyond[k]), &d));
    assert_true(d == 42);
    char longest[200];
    memset(longest, '1', sizeof longest);
    assert_true(adit_text_to_f64(adit_text_of(longest, 127), &d));
    assert_false(adit_text_to_f64(adit_text_of(longest, 128), &d));
    assert_true(adit_text_to_f64(adit_text_of("1.25e1", 4), &d));
    assert_true(d == 1.25);
}

/* The short way gives what strtod does, whatever the digits and the exponent. */
static void test_nearest(void **state)
{
    uint64_t seed = 88172645463325252u;
    (void)state;
    for (int k = 0; k < 200000; k++) {
        char text[64];
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        uint64_t digits = seed >> (seed % 60);
        (void)snprintf(text, sizeof text, k % 2 ? "%llue%d" : "%llu.%05de%d", (unsigned long long)digits,
                       k % 2 ? (int)(seed % 60) - 30 : (int)(seed % 100000), (int)(seed % 50) - 25);
        double expected = strtod(text, NULL), d = 0;
        assert_true(adit_text_to_f64(adit_text_c(text), &d));
        assert_memory_equal(&d, &expected, sizeof d);
    }
}

static void test_booleans(void **state)
{
    bool b = false;
    (void)state;
    assert_true(adit_text_to_bool(ADIT_TEXT("true"), &b) && b);
    assert_true(adit_text_to_bool(ADIT_TEXT("0"), &b) && !b);
    assert_true(adit_text_to_bool(ADIT_TEXT("1"), &b) && b);
    assert_true(adit_text_to_bool(ADIT_TEXT("false"), &b) && !b);
    b = true;
    assert_false(adit_text_to_bool(ADIT_TEXT("True"), &b));
    assert_false(adit_text_to_bool(ADIT_TEXT(""), &b));
    assert_false(adit_text_to_bool(ADIT_TEXT("01"), &b));
    assert_true(b);
}

static void test_lists(void **state)
{
    struct adit_text rest = ADIT_TEXT("a | bc |  | d"), empty = ADIT_TEXT("");
    (void)state;
    assert_true(adit_text_is(adit_text_next(&rest, " | "), "a"));
    assert_true(adit_text_is(adit_text_next(&rest, " | "), "bc"));
    assert_true(adit_text_is(adit_text_next(&rest, " | "), ""));
    assert_true(adit_text_is(adit_text_next(&rest, " | "), "d"));
    assert_int_equal(rest.size, 0);
    assert_int_equal(adit_text_next(&rest, ",").size, 0);
    assert_int_equal(adit_text_next(&empty, ",").size, 0);
    rest = ADIT_TEXT(",x,");
    assert_true(adit_text_is(adit_text_next(&rest, ","), ""));
    assert_true(adit_text_is(adit_text_next(&rest, ","), "x"));
    assert_int_equal(rest.size, 0);
}

static void test_keep(void **state)
{
    char room[8];
    (void)state;
    memset(room, 'x', sizeof room);
    assert_true(adit_text_is(adit_text_keep(ADIT_TEXT("abc"), room, 4), "abc"));
    assert_string_equal(room, "abc");
    assert_int_equal(room[4], 'x');
    assert_int_equal(adit_text_keep(ADIT_TEXT("abcdef"), room, 4).size, 3);
    assert_int_equal(adit_text_keep(ADIT_TEXT("ab\xc3\xa9"), room, 4).size, 2); /* not half of a character */
    assert_int_equal(adit_text_keep(ADIT_TEXT("ab\xc3\xa9"), room, 5).size, 4);
    assert_int_equal(adit_text_keep(adit_text_of(NULL, 0), room, 1).size, 0);
    assert_string_equal(room, "");
}

static void test_ends(void **state)
{
    struct adit_text empty = adit_text_of(NULL, 0);
    (void)state;
    assert_true(adit_text_begins(ADIT_TEXT("word/media/x"), "word/") && adit_text_begins(ADIT_TEXT("word/"), "word/"));
    assert_false(adit_text_begins(ADIT_TEXT("word"), "word/") || adit_text_begins(ADIT_TEXT("xword/"), "word/"));
    assert_true(adit_text_ends(ADIT_TEXT("a.bin"), ".bin") && adit_text_ends(ADIT_TEXT(".bin"), ".bin"));
    assert_false(adit_text_ends(ADIT_TEXT("bin"), ".bin") || adit_text_ends(ADIT_TEXT("a.bin "), ".bin"));
    assert_true(adit_text_begins(empty, "") && adit_text_ends(empty, ""));
    assert_false(adit_text_begins(empty, "a") || adit_text_ends(empty, "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers), cmocka_unit_test(test_reals), cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_booleans), cmocka_unit_test(test_lists), cmocka_unit_test(test_keep),
        cmocka_unit_test(test_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
