/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "told_job.h"

static struct adit_job job;

static struct adit_call with(const char *const *options)
{
    struct adit_call call = told_call(&job, "", 0);
    told.options = options;
    return call;
}

static void test_words(void **state)
{
    struct adit_text rest = ADIT_TEXT(" ,one,two  three, "), none = adit_text_of(NULL, 0);
    (void)state;
    assert_true(adit_text_is(adit_option_word(&rest), "one"));
    assert_true(adit_text_is(adit_option_word(&rest), "two"));
    assert_true(adit_text_is(adit_option_word(&rest), "three"));
    assert_int_equal(adit_option_word(&rest).size, 0);
    assert_int_equal(adit_option_word(&rest).size, 0);
    assert_int_equal(adit_option_word(&none).size, 0);
}

static void test_real(void **state)
{
    static const char *const options[] = {"a", "0.25", "b", "-1e3", "c", "1x", "d", "", "e", "5", "f", "nan", NULL};
    struct adit_call call = with(options);
    double v = 7;
    (void)state;
    assert_true(adit_option_f64(&call, "absent", 0, 1, &v) && v == 7);
    assert_true(adit_option_f64(&call, "a", 0, 1, &v) && v == 0.25);
    assert_true(adit_option_f64(&call, "b", -1000, 1, &v) && v == -1000);
    assert_string_equal(told.lines, "");
    assert_false(adit_option_f64(&call, "c", 0, 1, &v));
    assert_false(adit_option_f64(&call, "d", 0, 1, &v));
    assert_false(adit_option_f64(&call, "f", 0, 1, &v));
    told.used = 0;
    assert_false(adit_option_f64(&call, "e", 0, 4.5, &v));
    assert_true(v == -1000);
    assert_string_equal(told.lines, "! option e: expected a number from 0 to 4.5, found \"5\"\n");
}

static void test_choice(void **state)
{
    static const char *const names[] = {"auto", "flac", "wav", NULL};
    static const char *const options[] = {"a", "wav", "b", "WAV", "c", "", "d", "flac auto", "e", "flac ogg", NULL};
    struct adit_call call = with(options);
    unsigned v = 1;
    uint32_t bits = 9;
    (void)state;
    assert_true(adit_option_choice(&call, "absent", names, &v) && v == 1);
    assert_true(adit_option_choice(&call, "a", names, &v) && v == 2);
    assert_true(adit_option_choices(&call, "absent", names, &bits) && bits == 9);
    assert_true(adit_option_choices(&call, "d", names, &bits) && bits == 3);
    assert_true(adit_option_choices(&call, "c", names, &bits) && bits == 0);
    assert_string_equal(told.lines, "");
    assert_false(adit_option_choice(&call, "c", names, &v));
    assert_false(adit_option_choices(&call, "e", names, &bits));
    assert_int_equal(bits, 0);
    told.used = 0;
    assert_false(adit_option_choice(&call, "b", names, &v));
    assert_int_equal(v, 2);
    assert_string_equal(told.lines, "! option b: expected auto, flac or wav, found \"WAV\"\n");
}

static void test_numbers(void **state)
{
    static const char *const options[] = {
        "none", "",    "blank", "   ", "a", "  2,0x10  4K ",        "b", "1",   "c", "4097", "d", "2 3 4 5",
        "e",    "2 x", "f",     "-2",  "g", "99999999999999999999", "h", "2 1", NULL};
    struct adit_call call = with(options);
    uint64_t out[3] = {0};
    size_t count = 9;
    (void)state;
    assert_true(adit_option_numbers(&call, "absent", 2, 4096, out, 3, &count));
    assert_int_equal(count, 0);
    assert_true(adit_option_numbers(&call, "none", 2, 4096, out, 3, &count));
    assert_true(adit_option_numbers(&call, "blank", 2, 4096, out, 3, &count));
    assert_int_equal(count, 0);
    assert_true(adit_option_numbers(&call, "a", 2, 4096, out, 3, &count));
    assert_int_equal(count, 3);
    assert_int_equal(out[0], 2);
    assert_int_equal(out[1], 16);
    assert_int_equal(out[2], 4096);
    assert_string_equal(told.lines, "");
    for (const char *key = "b\0c\0d\0e\0f\0g\0"; *key; key += 2) {
        count = 9;
        assert_false(adit_option_numbers(&call, key, 2, 4096, out, 3, &count));
        assert_int_equal(count, 0);
    }
    told.used = 0;
    assert_false(adit_option_numbers(&call, "h", 2, 4096, out, 3, &count));
    assert_string_equal(told.lines, "! option h: expected up to 3 numbers from 2 to 4096, found \"2 1\"\n");
}

static void test_charset(void **state)
{
    static const char *const options[] = {"a", "bytes", "b", "CP437", "c", "Shift_JIS", "d", "ebcdic", NULL};
    struct adit_call call = with(options);
    enum adit_charset c = ADIT_CHARSET_UTF8;
    (void)state;
    assert_true(adit_option_charset(&call, "absent", &c));
    assert_int_equal(c, 0);
    assert_true(adit_option_charset(&call, "b", &c));
    assert_int_equal(c, ADIT_CHARSET_CP437);
    assert_true(adit_option_charset(&call, "a", &c));
    assert_int_equal(c, 0);
    assert_true(adit_option_charset(&call, "c", &c));
    assert_int_equal(c, adit_charset_by_name(ADIT_TEXT("sjis")));
    assert_string_equal(told.lines, "");
    assert_false(adit_option_charset(&call, "d", &c));
    assert_int_equal(c, 0);
    assert_string_equal(told.lines, "! option d: expected bytes, or a charset such as windows-1252 or shift_jis, found "
                                    "\"ebcdic\"\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),   cmocka_unit_test(test_real),    cmocka_unit_test(test_choice),
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_charset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
