/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nearest.h"
#include "version.h"

static void parses(void **state)
{
    (void)state;
    struct conf_version v;
    const char *bad;
    assert_int_equal(version_parse("1", 1, &v, &bad), 1);
    assert_int_equal(version_parse("1.20", 4, &v, &bad), 2);
    assert_int_equal(v.minor, 20);
    assert_int_equal(v.patch, 0);
    assert_int_equal(version_parse("0.0.4294967295", 14, &v, &bad), 3);
    assert_int_equal(v.patch, UINT32_MAX);
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t at;
    } bad_ones[] = {
        {"", 0},        {"x", 0},        {"1.", 2},         {"1..2", 2}, {"01", 0}, {"1.01", 2},
        {"1.2.3.4", 5}, {"1.2.3-rc", 5}, {"4294967296", 0}, {"-1", 0},   {"1 ", 1},
    };
    for (size_t i = 0; i < sizeof bad_ones / sizeof *bad_ones; i++) {
        struct conf_version v = {7, 7, 7};
        const char *bad = NULL;
        assert_int_equal(version_parse(bad_ones[i].text, strlen(bad_ones[i].text), &v, &bad), -EINVAL);
        assert_int_equal(bad - bad_ones[i].text, bad_ones[i].at);
        assert_int_equal(v.major, 7); /* untouched */
    }
}

static void ranges(void **state)
{
    (void)state;
    struct conf_version v = {1, 2, 3};
    static const struct {
        enum conf_compare op;
        struct conf_version bound;
        bool within;
    } cases[] = {
        {CONF_ANY, {9, 9, 9}, true}, {CONF_EQ, {1, 2, 3}, true},   {CONF_EQ, {1, 2, 4}, false},
        {CONF_GE, {1, 2, 3}, true},  {CONF_GE, {1, 10, 0}, false}, {CONF_GT, {1, 2, 3}, false},
        {CONF_GT, {1, 2, 2}, true},  {CONF_LE, {1, 2, 3}, true},   {CONF_LE, {1, 2, 2}, false},
        {CONF_LT, {2, 0, 0}, true},  {CONF_LT, {1, 2, 3}, false},  {CONF_LT, {0, 9, 9}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(version_within(v, (struct conf_bound){cases[i].op, cases[i].bound}), cases[i].within);
    char text[VERSION_TEXT];
    assert_string_equal(version_text(v, text), "1.2.3");
    assert_string_equal(version_compare_text(CONF_GE), ">=");
}

static const char *nearest(const char *word)
{
    static const char *const known[] = {"magic", "media", "glob", "priority", "parent", NULL};
    struct nearest n = {.word = word};
    for (size_t i = 0; known[i]; i++)
        nearest_offer(&n, known[i]);
    return n.best;
}

static void suggestions(void **state)
{
    (void)state;
    assert_string_equal(nearest("magci"), "magic");
    assert_string_equal(nearest("prioritty"), "priority");
    assert_string_equal(nearest("globs"), "glob");
    assert_null(nearest("zzzzzz"));
    char long_word[200];
    memset(long_word, 'a', sizeof long_word - 1);
    long_word[sizeof long_word - 1] = '\0';
    assert_null(nearest(long_word));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses),
        cmocka_unit_test(refuses),
        cmocka_unit_test(ranges),
        cmocka_unit_test(suggestions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
