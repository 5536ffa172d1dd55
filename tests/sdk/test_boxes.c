/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <adit/boxes.h>

#include "memory_job.h"

static bool in_memory;

static struct adit_job job;
static struct adit_call call;

static struct adit_boxes over(const void *data, size_t size)
{
    call = memory_call(&job, data, size);
    struct adit_cursor c = memory_cursor(&call, in_memory);
    return adit_boxes(&c);
}
#define OVER(bytes) over(bytes, sizeof(bytes) - 1)

static void expect_box(struct adit_boxes *w, const char *name, uint64_t size, uint64_t head, uint64_t available)
{
    struct adit_box box;
    assert_true(adit_next_box(w, &box));
    assert_string_equal(box.name, name);
    assert_int_equal(box.size, size);
    assert_int_equal(box.data - box.offset, head);
    assert_int_equal(box.available, available);
}

static void expect_end(struct adit_boxes *w, const char *fault)
{
    struct adit_box box;
    assert_false(adit_next_box(w, &box));
    if (fault)
        assert_string_equal(w->fault, fault);
    else
        assert_null(w->fault);
}

static void test_sizes(void **state)
{
    struct adit_box box;
    (void)state;
    struct adit_boxes w = OVER("\0\0\0\x0c"
                               "ftypisom\0\0\0\1wide\0\0\0\0\0\0\0\x12xy\0\0\0\x19uuid0123456789abcdef!"
                               "\0\0\0\0mdatrest");
    expect_box(&w, "ftyp", 12, 8, 4);
    expect_box(&w, "wide", 18, 16, 2);
    assert_true(adit_next_box(&w, &box));
    assert_memory_equal(box.uuid, "0123456789abcdef", 16);
    assert_int_equal(box.data - box.offset, 24);
    assert_int_equal(box.available, 1);
    struct adit_cursor c = adit_box_cursor(&w, &box);
    assert_int_equal(adit_read_u8(&c), '!');
    expect_box(&w, "mdat", 12, 8, 4);
    expect_end(&w, NULL);
    w = OVER("");
    expect_end(&w, NULL);
}

static void test_faults(void **state)
{
    (void)state;
    struct adit_boxes w = OVER("\0\0\0\7free");
    expect_end(&w, "its size is less than that of its head");
    w = OVER("\0\0\0\1free\0\0\0\0\0\0\0\x0f....");
    expect_end(&w, "its size is less than that of its head");
    w = OVER("\0\0\0\1free\0\0\0\0\0\0\0");
    expect_end(&w, "its head is cut off");
    w = OVER("\0\0\0\x18uuid01234567");
    expect_end(&w, "its head is cut off");
    w = OVER("\0\0\0\x10"
             "freeab");
    expect_box(&w, "free", 16, 8, 2);
    expect_end(&w, "it is longer than what it is in");
    w = OVER("\0\0\0\1m\1at\xff\xff\xff\xff\xff\xff\xff\xff.");
    expect_box(&w, "m?at", UINT64_MAX, 16, 1);
    expect_end(&w, "it is longer than what it is in");
    w = OVER("\0\0\0\x08"
             "free\0\0");
    expect_box(&w, "free", 8, 8, 0);
    expect_end(&w, "expected the head of a box, 8 bytes, found fewer");
    w = OVER("\0\0\0\x08"
             "free\0\0\0\0"); /* QuickTime's end of a list */
    expect_box(&w, "free", 8, 8, 0);
    expect_end(&w, NULL);
}

/* The last box is still known when the walk has ended with a fault. */
static void test_last_box_is_kept(void **state)
{
    struct adit_box box;
    (void)state;
    struct adit_boxes w = OVER("\0\0\0\x10"
                               "freeab");
    while (adit_next_box(&w, &box))
        ;
    assert_string_equal(box.name, "free");
    struct adit_boxes inner = adit_box_enter(&w, &box, 4);
    assert_false(adit_next_box(&inner, &box));
    assert_non_null(inner.fault);
    assert_string_equal(box.name, "");
}

static void test_nesting(void **state)
{
    struct adit_box box;
    uint32_t flags = 0;
    (void)state;
    struct adit_boxes w = OVER("\0\0\0\x18meta\1\2\3\4\0\0\0\x0chdlrABCD\0\0\0\x08"
                               "free");
    assert_true(adit_next_box(&w, &box));
    struct adit_cursor c = adit_box_cursor(&w, &box);
    assert_int_equal(adit_read_full_box(&c, &flags), 1);
    assert_int_equal(flags, 0x020304);
    struct adit_boxes inner = adit_box_enter(&w, &box, 4);
    expect_box(&inner, "hdlr", 12, 8, 4);
    expect_end(&inner, NULL);
    inner = adit_box_enter(&w, &box, 17);
    expect_end(&inner, "it is too short for what it holds");
    expect_box(&w, "free", 8, 8, 0);
    expect_end(&w, NULL);
}

static void test_depth(void **state)
{
    enum { LEVELS = 40 };
    char nest[LEVELS * 8];
    struct adit_box box;
    int entered = 0;
    (void)state;
    for (int i = 0; i < LEVELS; i++)
        memcpy(nest + i * 8, (char[]){0, 0, 0, 0, 'm', 'o', 'o', 'v'}, 8);
    struct adit_boxes w = over(nest, sizeof nest);
    for (; adit_next_box(&w, &box); entered++)
        w = adit_box_enter(&w, &box, 0);
    assert_int_equal(entered, ADIT_BOXES_DEPTH + 1);
    assert_string_equal(w.fault, "boxes are nested too deep; what is in it is not read");
}

static void test_count(void **state)
{
    size_t size = 8 * (ADIT_BOXES_MAX + 10);
    uint8_t *many = malloc(size);
    struct adit_box box;
    uint32_t n = 0;
    (void)state;
    assert_non_null(many);
    for (size_t i = 0; i < size; i += 8)
        memcpy(many + i,
               "\0\0\0\x08"
               "free",
               8);
    struct adit_boxes w = over(many, size);
    while (adit_next_box(&w, &box))
        n++;
    free(many);
    assert_int_equal(n, ADIT_BOXES_MAX);
    assert_non_null(w.fault);
}

/* All of it once more, over bytes in memory. */
static void test_in_memory(void **state)
{
    in_memory = true;
    test_sizes(state);
    test_faults(state);
    test_last_box_is_kept(state);
    test_nesting(state);
    test_depth(state);
    test_count(state);
    in_memory = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),    cmocka_unit_test(test_faults), cmocka_unit_test(test_last_box_is_kept),
        cmocka_unit_test(test_nesting),  cmocka_unit_test(test_depth),  cmocka_unit_test(test_count),
        cmocka_unit_test(test_in_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
