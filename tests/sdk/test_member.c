/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <adit/array.h>
#include <adit/hex.h>
#include <adit/member.h>
#include <adit/report.h>

#include "told_job.h"

static void test_octal(void **state)
{
    static const struct {
        const char *field;
        bool good;
        uint64_t value;
    } cases[] = {
        {"0000644", true, 0644},
        {"  17 ", true, 017},
        {"7", true, 7},
        {"644 junk", true, 0644},
        {"", false, 0},
        {"   ", false, 0},
        {"648", false, 0},
        {"-1", false, 0},
        {"6,", false, 0},
        {"0", true, 0},
        {"1777777777777777777777", true, UINT64_MAX},
        {"2000000000000000000000", false, 0},
    };
    uint64_t value;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        value = 1234;
        assert_int_equal(adit_octal(adit_text_c(cases[i].field), &value), cases[i].good);
        assert_true(value == (cases[i].good ? cases[i].value : 1234));
    }
    assert_true(adit_octal(adit_text_of("12\0 9", 5), &value) && value == 012);
    assert_false(adit_octal(adit_text_of(NULL, 0), &value));
}

static void test_told(void **state)
{
    struct adit_job job;
    struct adit_call call = told_call(&job, "", 0);
    static const uint8_t bytes[] = {0x00, 0x7f, 0xab, 0xff};
    uint8_t many[ADIT_HEX_MAX + 1] = {0};
    (void)state;
    adit_emit_octal(&call, "mode", 0644, 4);
    adit_emit_octal(&call, "none", 0, 0);
    adit_emit_octal(&call, "most", UINT64_MAX, 22);
    adit_emit_hex(&call, "hex", ADIT_HEX_ARRAY(bytes));
    adit_emit_hex_number(&call, "crc", 0x12ab, 8);
    adit_emit_hex_number(&call, "low", 0x1234567890abcdefu, 3);
    adit_emit_hex_number(&call, "all", 0x1234567890abcdefu, 99);
    assert_string_equal(told.lines, "mode 0644\nnone \nmost 1777777777777777777777\nhex 007fabff\ncrc 000012ab\n"
                                    "low def\nall 1234567890abcdef\n");
    told.used = 0;
    adit_emit_hex(&call, "", many, sizeof many);
    assert_int_equal(told.used, 2 * ADIT_HEX_MAX + 2);
    char text[300];
    struct adit_text none = adit_text_of(NULL, 0), some = adit_text_of(memset(text, 'x', 250), 250);
    (void)snprintf(text + 260, 40, "<%.*s>", ADIT_SHOW(none));
    assert_string_equal(text + 260, "<>");
    char shown[300];
    assert_int_equal(snprintf(shown, sizeof shown, "%.*s", ADIT_SHOW(some)), ADIT_SHOW_MAX);
}

static void test_numbers(void **state)
{
    uint64_t sum = UINT64_MAX - 1;
    (void)state;
    adit_add(&sum, 1);
    assert_true(sum == UINT64_MAX);
    adit_add(&sum, 9);
    assert_true(sum == UINT64_MAX);
    assert_true(adit_round_up(0, 512) == 0 && adit_round_up(1, 512) == 512 && adit_round_up(512, 512) == 512);
    assert_true(adit_round_up(UINT64_MAX - 1, 512) == UINT64_MAX - 511);
    assert_true(adit_round_up(13, 4) == 16 && adit_round_up(13, 1) == 13);
}

static void test_members(void **state)
{
    static const char *const options[] = {"max_members", "3", NULL};
    struct adit_job job;
    struct adit_call call = told_call(&job, "", 0);
    (void)state;
    assert_int_equal(adit_members(&call).most, 10000);
    told.options = options;
    struct adit_members m = adit_members(&call);
    assert_int_equal(m.most, 3);
    adit_members_add(&m, ADIT_FILE);
    adit_members_add(&m, ADIT_DIRECTORY);
    adit_members_add(&m, ADIT_FILE);
    adit_members_add(&m, ADIT_SYMLINK);
    adit_members_emit(&m);
    assert_string_equal(told.lines, "member_count 4\nfile_count 2\ndirectory_count 1\n");
}

static void test_grow(void **state)
{
    int *numbers = NULL;
    size_t room = 0, count = 0;
    (void)state;
    for (; count < 100; count++) {
        int *more = adit_grow(numbers, &room, count, sizeof *more, 100);
        assert_non_null(more);
        assert_true(room > count && room <= 100);
        numbers = more;
        numbers[count] = (int)count;
    }
    assert_null(adit_grow(numbers, &room, count, sizeof *numbers, 100)); /* enough */
    assert_int_equal(room, 100);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(numbers[i], i);
    free(numbers);
    room = 0;
    assert_null(adit_grow(NULL, &room, 0, SIZE_MAX / 2, SIZE_MAX)); /* beyond all memory */
    assert_null(adit_grow(NULL, &room, 0, 1, 0));
    assert_int_equal(room, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_octal),   cmocka_unit_test(test_told), cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_members), cmocka_unit_test(test_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
