/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "result.h"

static void test_status_names(void **state)
{
    (void)state;
    static const char *const names[PART_STATUS_COUNT] = {
        "ok",       "declined", "malformed",     "unsupported", "failed",      "partial",
        "timeout",  "crashed",  "out-of-memory", "denied",      "quarantined", "missing-dependency",
        "cancelled"};
    for (int i = 0; i < PART_STATUS_COUNT; i++)
        assert_string_equal(part_status_name((enum part_status)i), names[i]);
    assert_string_equal(part_status_name(PART_STATUS_COUNT), "unknown");
}

static void test_failures_of_the_machine_are_not_cacheable(void **state)
{
    (void)state;
    static const enum part_status cacheable[] = {PART_OK, PART_DECLINED, PART_MALFORMED, PART_UNSUPPORTED,
                                                 PART_PARTIAL};
    size_t count = 0;
    for (int i = 0; i < PART_STATUS_COUNT; i++)
        count += part_status_is_cacheable((enum part_status)i);
    assert_int_equal(count, sizeof cacheable / sizeof *cacheable);
    for (size_t i = 0; i < count; i++)
        assert_true(part_status_is_cacheable(cacheable[i]));
    assert_false(part_status_is_cacheable(PART_STATUS_COUNT));
}

static void test_exit_status(void **state)
{
    (void)state;
    struct part parts[2] = {{.status = PART_OK}, {.status = PART_DECLINED}};
    struct result stream = {0}, r = {.parts = parts, .part_count = 2, .streams = &stream, .stream_count = 1};
    assert_int_equal(result_exit_status(&r), 0);
    parts[1].status = PART_UNSUPPORTED;
    assert_int_equal(result_exit_status(&r), 0);
    parts[1].status = PART_MALFORMED;
    assert_int_equal(result_exit_status(&r), 1);
    r.part_count = 1;
    struct part bad = {.status = PART_TIMEOUT};
    stream.parts = &bad;
    stream.part_count = 1;
    assert_int_equal(result_exit_status(&r), 1);
    assert_int_equal(result_exit_status(&(struct result){.error = RESULT_UNREADABLE}), 1);
    assert_int_equal(result_exit_status(&(struct result){.error = RESULT_VANISHED}), 1);
    assert_int_equal(result_exit_status(&(struct result){.error = RESULT_CHANGED}), 1);
    assert_int_equal(result_exit_status(&(struct result){.error = RESULT_NOT_REGULAR}), 0);
}

static char *text(const char *s)
{
    char *copy = strdup(s);
    assert_non_null(copy);
    return copy;
}

/* The original is freed before the copy is looked at. */
static void test_dup_is_deep(void **state)
{
    (void)state;
    struct arena arena = {0}, original = {0};
    struct result *r = arena_alloc(&original, sizeof *r);
    assert_non_null(r);
    char *words[8];
    for (size_t i = 0; i < 8; i++) {
        words[i] = text("word-0");
        words[i][5] = (char)('0' + i);
    }
    const char *warnings[] = {words[0], words[1]}, *artifacts[] = {words[2]};
    struct part part = {.plugin = words[3],
                        .version = words[4],
                        .status = PART_PARTIAL,
                        .reason = words[5],
                        .warnings = warnings,
                        .warning_count = 2,
                        .artifacts = artifacts,
                        .artifact_count = 1,
                        .fields = (const unsigned char *)words[6],
                        .fields_size = 6,
                        .fingerprint = {7, 8, 9}};
    struct dependency dependency = {.path = words[7], .stamp = {.inode = 5, .exists = true}};
    struct result inner = {.name = "a\0b",
                           .name_size = 3,
                           .media = words[0],
                           .detected = "",
                           .error_text = "",
                           .source_plugin = words[1],
                           .limit = "",
                           .offset = 12};
    *r = (struct result){.name = words[2],
                         .name_size = 6,
                         .media = words[3],
                         .detected = words[4],
                         .size = 1,
                         .mtime_ns = -2,
                         .error_text = "",
                         .limit = words[5],
                         .parts = &part,
                         .part_count = 1,
                         .streams = &inner,
                         .stream_count = 1,
                         .dependencies = &dependency,
                         .dependency_count = 1,
                         .offset = UINT64_MAX};
    struct result *copy = result_dup(&arena, r);
    assert_non_null(copy);
    for (size_t i = 0; i < 8; i++)
        free(words[i]);
    arena_release(&original);
    assert_string_equal(copy->name, "word-2");
    assert_string_equal(copy->media, "word-3");
    assert_string_equal(copy->limit, "word-5");
    assert_null(copy->source_plugin);
    assert_int_equal(copy->mtime_ns, -2);
    assert_string_equal(copy->parts[0].warnings[1], "word-1");
    assert_string_equal(copy->parts[0].artifacts[0], "word-2");
    assert_string_equal(copy->parts[0].plugin, "word-3");
    assert_memory_equal(copy->parts[0].fields, "word-6", 6);
    assert_int_equal(copy->parts[0].fingerprint[2], 9);
    assert_string_equal(copy->dependencies[0].path, "word-7");
    assert_int_equal(copy->dependencies[0].stamp.inode, 5);
    assert_memory_equal(copy->streams[0].name, "a\0b", 3);
    assert_string_equal(copy->streams[0].source_plugin, "word-1");
    assert_int_equal(copy->streams[0].offset, 12);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_status_names),
        cmocka_unit_test(test_failures_of_the_machine_are_not_cacheable),
        cmocka_unit_test(test_exit_status),
        cmocka_unit_test(test_dup_is_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
