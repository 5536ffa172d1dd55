/* SPDX-License-Identifier: MIT */
/* The inputs of `adit validate --run`: the same from the same seed, within their room, and what their names say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check_input.h"
#include "conform.h"

static uint8_t first[] = "A first sample of some length, for all that is cut, flipped, and changed in it.";
static uint8_t second[5000];
static uint8_t nothing[1];
static const struct check_sample samples[] = {
    {"first", 5, {"text/plain", 10}, first, sizeof first - 1},
    {"second", 6, {"", 0}, second, sizeof second},
    {"nothing", 7, {"", 0}, nothing, 0},
};
static const enum check_id kinds[] = {CHECK_INPUT_EMPTY,  CHECK_INPUT_RANDOM,    CHECK_INPUT_FOREIGN,
                                      CHECK_INPUT_SAMPLE, CHECK_INPUT_TRUNCATED, CHECK_INPUT_FLIPPED,
                                      CHECK_INPUT_GUARD,  CHECK_INPUT_FUZZ};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* A buffer of just the room that is promised: what goes beyond is seen by AddressSanitizer. */
static struct check_input make(const struct check_corpus *c, enum check_id check, uint64_t number)
{
    struct check_input in;
    memset(&in, 0, sizeof in);
    in.data = malloc(check_input_room(c));
    assert_non_null(in.data);
    check_input_make(c, check, number, &in);
    assert_true(in.size <= check_input_room(c));
    assert_true(in.what[0] != '\0' || in.size == 0);
    return in;
}

static void test_same_again(void **state)
{
    const struct check_corpus one = {samples, 3, 7, 300}, two = {samples, 3, 8, 300};
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        uint64_t n = check_input_count(&one, kinds[k]);
        size_t differ = 0;
        assert_true(n > 0);
        for (uint64_t i = 0; i < n; i++) {
            struct check_input a = make(&one, kinds[k], i), b = make(&one, kinds[k], i), c = make(&two, kinds[k], i);
            assert_int_equal(a.size, b.size);
            assert_memory_equal(a.data, b.data, a.size);
            differ += a.size != c.size || memcmp(a.data, c.data, a.size) != 0;
            free(a.data);
            free(b.data);
            free(c.data);
        }
        if (kinds[k] == CHECK_INPUT_RANDOM || kinds[k] == CHECK_INPUT_FUZZ)
            assert_true(differ > n / 2);
    }
}

static void test_without_samples(void **state)
{
    const struct check_corpus c = {NULL, 0, 1, 50};
    (void)state;
    for (size_t k = 0; k < 3; k++)
        for (uint64_t i = 0; i < check_input_count(&c, kinds[k]); i++)
            free(make(&c, kinds[k], i).data);
    for (size_t k = 3; k < KINDS; k++)
        assert_int_equal(check_input_count(&c, kinds[k]), 0);
}

/* A small sample is cut at every length (the shortest are those of run.input.empty). */
static void test_every_length(void **state)
{
    const struct check_corpus c = {samples, 1, 1, 400};
    bool seen[sizeof first] = {false};
    (void)state;
    for (uint64_t i = 0; i < check_input_count(&c, CHECK_INPUT_TRUNCATED); i++) {
        struct check_input in = make(&c, CHECK_INPUT_TRUNCATED, i);
        assert_memory_equal(in.data, first, in.size);
        seen[in.size] = true;
        free(in.data);
    }
    for (size_t n = 2; n < sizeof first; n++)
        assert_true(seen[n]);
}

static void test_one_bit(void **state)
{
    const struct check_corpus c = {samples, 1, 1, 64};
    (void)state;
    for (uint64_t i = 0; i < check_input_count(&c, CHECK_INPUT_FLIPPED); i++) {
        struct check_input in = make(&c, CHECK_INPUT_FLIPPED, i);
        int bits = 0;
        assert_int_equal(in.size, sizeof first - 1);
        for (size_t k = 0; k < in.size; k++)
            bits += __builtin_popcount((unsigned)(in.data[k] ^ first[k]));
        assert_int_equal(bits, 1);
        free(in.data);
    }
}

static void test_spread(void **state)
{
    size_t before = 0;
    (void)state;
    for (uint64_t i = 0; i < 100; i++) {
        size_t n = check_spread(i, 100, 100000);
        assert_true(i == 0 || n > before);
        assert_true(n < 100000);
        before = n;
    }
    assert_int_equal(check_spread(5, 100, 10), 5);
    assert_int_equal(check_spread(50, 100, 10), 10);
    assert_int_equal(check_spread(0, 0, 0), 0);
}

static void test_rules(void **state)
{
    (void)state;
    for (int i = 0; i < CHECK_COUNT; i++) {
        assert_non_null(check_rules[i].id);
        assert_memory_equal(check_rules[i].id, "run.", 4);
        assert_int_equal(check_rule_find(check_rules[i].id), i);
        assert_true(check_rules[i].title[0] && check_rules[i].mend[0]);
    }
    assert_int_equal(check_rule_find("run.nothing"), CHECK_COUNT);
}

static void test_seed(void **state)
{
    static const char *const bad[] = {"",    "x", ":1", "12:", "12:0", "12:x", "12:1x", "-1", "1 ", "fffffffffffffffff",
                                      "1:-1"};
    uint64_t seed = 0, input = 1;
    (void)state;
    assert_int_equal(conform_parse_seed("00000000000000ff", &seed, &input), 0);
    assert_true(seed == 255 && input == 0);
    assert_int_equal(conform_parse_seed("ff:12", &seed, &input), 0);
    assert_true(seed == 255 && input == 12);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_true(conform_parse_seed(bad[i], &seed, &input) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_again), cmocka_unit_test(test_without_samples), cmocka_unit_test(test_every_length),
        cmocka_unit_test(test_one_bit),    cmocka_unit_test(test_spread),          cmocka_unit_test(test_rules),
        cmocka_unit_test(test_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
