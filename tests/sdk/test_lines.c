/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "memory_job.h"
#include <adit/lines.h>

struct expected {
    const char *line;
    enum adit_line_end ended;
};

/* Scans `text` with every capacity from 1 on, and compares lines (as far as the room goes), lengths, offsets and ends. */
static void check(const char *text, size_t size, const struct expected *expected, size_t count)
{
    struct adit_job memory;
    struct adit_call job = memory_call(&memory, text, size);
    for (size_t capacity = 1; capacity <= size + 2; capacity++) {
        char *room = malloc(capacity); /* exact, so that ASan sees a step beyond */
        assert_non_null(room);
        struct adit_lines l = adit_lines(&job, 0, UINT64_MAX, room, capacity);
        uint64_t offset = 0;
        for (size_t i = 0; i < count; i++) {
            size_t length = strlen(expected[i].line);
            assert_true(adit_next_line(&l));
            assert_int_equal(l.number, i + 1);
            assert_int_equal(l.offset, offset);
            assert_int_equal(l.length, length);
            assert_int_equal(l.line.size, length < capacity ? length : capacity);
            assert_memory_equal(l.line.data, expected[i].line, l.line.size);
            assert_int_equal(adit_line_is_cut(&l), length > capacity);
            assert_int_equal(l.ended, expected[i].ended);
            offset += length + (l.ended == ADIT_LINE_END_CRLF ? 2 : l.ended == ADIT_LINE_END_NONE ? 0 : 1);
        }
        assert_false(adit_next_line(&l));
        assert_false(adit_next_line(&l));
        assert_false(l.failed);
        assert_int_equal(offset, size);
        free(room);
    }
}
#define CHECK(text, ...)                                                                                               \
    do {                                                                                                               \
        static const struct expected lines[] = {__VA_ARGS__};                                                          \
        check(text, sizeof(text) - 1, lines, sizeof lines / sizeof *lines);                                            \
    } while (0)

static void test_ends(void **state)
{
    (void)state;
    check("", 0, NULL, 0);
    CHECK("a", {"a", ADIT_LINE_END_NONE});
    CHECK("a\n", {"a", ADIT_LINE_END_LF});
    CHECK("\n", {"", ADIT_LINE_END_LF});
    CHECK("\r", {"", ADIT_LINE_END_CR});
    CHECK("\r\n", {"", ADIT_LINE_END_CRLF});
    CHECK("one\ntwo\r\nthree\rfour", {"one", ADIT_LINE_END_LF}, {"two", ADIT_LINE_END_CRLF},
          {"three", ADIT_LINE_END_CR}, {"four", ADIT_LINE_END_NONE});
    CHECK("\n\r\n\n\r\r\n", {"", ADIT_LINE_END_LF}, {"", ADIT_LINE_END_CRLF}, {"", ADIT_LINE_END_LF},
          {"", ADIT_LINE_END_CR}, {"", ADIT_LINE_END_CRLF});
    CHECK("end\r", {"end", ADIT_LINE_END_CR});
}

static void test_range(void **state)
{
    (void)state;
    static const char text[] = "ab\r\ncd\r\nef";
    struct adit_job memory;
    struct adit_call job = memory_call(&memory, text, sizeof text - 1);
    char room[4];
    struct adit_lines l = adit_lines(&job, 1, 2, room, sizeof room); /* "b\r": the LF is outside */
    assert_true(adit_next_line(&l));
    assert_int_equal(l.offset, 1);
    assert_int_equal(l.ended, ADIT_LINE_END_CR);
    assert_false(adit_next_line(&l));
    l = adit_lines(&job, 100, UINT64_MAX, room, sizeof room);
    assert_false(adit_next_line(&l));
}

static void test_long_lines(void **state)
{
    (void)state;
    enum { SIZE = 20000 };
    char *text = malloc(SIZE);
    assert_non_null(text);
    memset(text, 'x', SIZE);
    text[9999] = '\r';
    text[10000] = '\n';
    text[SIZE - 1] = '\n';
    struct adit_job memory;
    struct adit_call job = memory_call(&memory, text, SIZE);
    char room[16];
    struct adit_lines l = adit_lines(&job, 0, UINT64_MAX, room, sizeof room);
    assert_true(adit_next_line(&l));
    assert_int_equal(l.length, 9999);
    assert_int_equal(l.ended, ADIT_LINE_END_CRLF);
    assert_true(adit_line_is_cut(&l));
    assert_true(adit_next_line(&l));
    assert_int_equal(l.offset, 10001);
    assert_int_equal(l.length, 9998);
    assert_int_equal(l.ended, ADIT_LINE_END_LF);
    assert_false(adit_next_line(&l));
    free(text);
}

static void test_unreadable(void **state)
{
    (void)state;
    static const char text[] = "one\ntwo\nthree\n";
    struct adit_job memory;
    struct adit_call job = memory_call(&memory, text, sizeof text - 1);
    memory.fail_at = 9;
    char room[4];
    struct adit_lines l = adit_lines(&job, 0, UINT64_MAX, room, sizeof room);
    assert_true(adit_next_line(&l));
    assert_true(adit_next_line(&l));
    while (adit_next_line(&l))
        assert_true(l.number < 5);
    assert_true(l.failed);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_range),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_unreadable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
