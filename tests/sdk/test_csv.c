/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "memory_job.h"
#include <adit/csv.h>
#include <adit/sketch.h>

/* All rows as [a|b][c]. */
static const char *rows(const char *text, size_t size, char delimiter, bool backslash, uint64_t *faults)
{
    static char out[512];
    struct adit_job memory;
    struct adit_call job = memory_call(&memory, text, size);
    struct adit_reader from = adit_reader(&job);
    char room[128];
    struct adit_text cells[8];
    struct adit_csv c = adit_csv(&from, delimiter, room, sizeof room, cells, 8);
    c.backslash = backslash;
    size_t n = 0;
    out[0] = '\0';
    while (adit_next_row(&c)) {
        for (size_t i = 0; i < c.count; i++)
            n += (size_t)snprintf(out + n, sizeof out - n, "%s%.*s", i ? "|" : "[", (int)c.cells[i].size,
                                  c.cells[i].data);
        n += (size_t)snprintf(out + n, sizeof out - n, "]%s", c.unclosed ? "unclosed" : "");
    }
    *faults = c.faults;
    return out;
}
#define CHECK(text, delimiter, expected, expected_faults)                                                              \
    do {                                                                                                               \
        uint64_t odd;                                                                                                  \
        assert_string_equal(rows(text, sizeof(text) - 1, delimiter, false, &odd), expected);                           \
        assert_int_equal(odd, expected_faults);                                                                        \
    } while (0)

static void test_rfc4180(void **state)
{
    (void)state;
    CHECK("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n", ',', "[aaa|bbb|ccc][zzz|yyy|xxx]", 0);
    CHECK("aaa,bbb\nzzz,yyy", ',', "[aaa|bbb][zzz|yyy]", 0);
    CHECK("\"aaa\",\"b \r\nbb\",\"ccc\"\r\nzzz,yyy,xxx", ',', "[aaa|b \r\nbb|ccc][zzz|yyy|xxx]", 0);
    CHECK("\"aaa\",\"b\"\"bb\",\"ccc\"", ',', "[aaa|b\"bb|ccc]", 0);
    CHECK("", ',', "", 0);
    CHECK("\n", ',', "[]", 0);
    CHECK(",\n,", ',', "[|][|]", 0);
    CHECK("a\rb\r\n\r\nc", ',', "[a][b][][c]", 0);
    CHECK("\"\"", ',', "[]", 0);
}

static void test_dialects(void **state)
{
    uint64_t faults;
    (void)state;
    CHECK("a;b,c\td", ';', "[a|b,c\td]", 0);
    CHECK("a\tb", '\t', "[a|b]", 0);
    CHECK("5\" disk,x", ',', "[5\" disk|x]", 1);
    CHECK("\"a\"b,c", ',', "[ab|c]", 1);
    CHECK("\"a,b\nc", ',', "[a,b\nc]unclosed", 0);
    assert_string_equal(rows("a\\,b,\"c\\\"d\"", 11, ',', true, &faults), "[a,b|c\"d]");
    assert_int_equal(faults, 0);
}

/* Whatever does not fit is counted, and the next row is whole. */
static void test_bounds(void **state)
{
    static const char text[] = "1234567890,abc,\"x\ny\",z\n1,2\n";
    struct adit_job memory;
    struct adit_call job = memory_call(&memory, text, sizeof text - 1);
    (void)state;
    for (size_t capacity = 2; capacity < 20; capacity++)
        for (size_t max = 1; max < 6; max++) {
            struct adit_reader from = adit_reader(&job);
            char *room = malloc(capacity);
            struct adit_text *cells = malloc(max * sizeof *cells);
            struct adit_csv c = adit_csv(&from, ',', room, capacity, cells, max);
            assert_true(adit_next_row(&c));
            assert_int_equal(c.total, 4);
            assert_int_equal(c.count, max < 4 ? max : 4);
            size_t needed = (size_t[]){10, 13, 16, 17, 17}[max - 1];
            assert_int_equal(c.cut, capacity < needed);
            assert_true(adit_next_row(&c));
            assert_int_equal(c.total, 2);
            assert_memory_equal(c.cells[0].data, "1", 1);
            assert_false(c.cut);
            assert_false(adit_next_row(&c));
            free(room);
            free(cells);
        }
}

static void test_long(void **state)
{
    static char text[49995];
    struct adit_job memory;
    char room[64];
    struct adit_text cells[4];
    (void)state;
    memset(text, 'x', sizeof text);
    for (size_t i = 4; i < sizeof text; i += 5)
        text[i] = i % 2 ? ',' : '\n';
    struct adit_call job = memory_call(&memory, text, sizeof text);
    struct adit_reader from = adit_reader(&job);
    struct adit_csv c = adit_csv(&from, ',', room, sizeof room, cells, 4);
    uint64_t count = 0;
    for (; adit_next_row(&c); count++) {
        assert_int_equal(c.total, count == 0 ? 1 : 2);
        assert_int_equal(c.cells[c.count - 1].size, 4);
    }
    assert_int_equal(count, 5000);
    memory.fail_at = 20000;
    from = adit_reader(&job);
    c = adit_csv(&from, ',', room, sizeof room, cells, 4);
    while (adit_next_row(&c))
        continue;
    assert_true(c.failed);
}

static void test_distinct(void **state)
{
    (void)state;
    for (unsigned n = 0; n <= 100000; n = n ? n * 10 : 1) {
        struct adit_distinct d = {{0}};
        for (unsigned i = 0; i < n * 3; i++) {
            unsigned value = i % n;
            adit_distinct_add(&d, &value, sizeof value);
        }
        double estimate = adit_distinct_estimate(&d);
        assert_true(estimate >= n * 0.93 - 0.5 && estimate <= n * 1.07 + 0.5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc4180), cmocka_unit_test(test_dialects), cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_long),    cmocka_unit_test(test_distinct),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
