/* SPDX-License-Identifier: MIT */
/* host/base/arena: zeroed and aligned memory, overflow refused, reset and reuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static void assert_zeroed(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i])
            fail_msg("byte %zu is %u, expected 0", i, p[i]);
}

static void test_alignment_and_zeros(void **state)
{
    (void)state;
    struct arena a = {0};
    for (size_t round = 0; round < 3; round++) { /* after a reset memory is dirty, and must be zeroed again */
        for (size_t size = 0; size < 300; size++) {
            unsigned char *p = arena_alloc(&a, size);
            assert_non_null(p);
            assert_int_equal((uintptr_t)p % 16, 0);
            assert_zeroed(p, size);
            memset(p, 0xff, size);
        }
        arena_reset(&a);
        assert_int_equal(a.used, 0);
    }
    arena_release(&a);
    arena_release(&a);
}

static void test_sizes_around_a_block(void **state)
{
    (void)state;
    struct arena a = {0};
    static const size_t sizes[] = {16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 1, 1 << 20, 16, 17};
    unsigned char *p[7];
    for (size_t i = 0; i < 7; i++) {
        p[i] = arena_alloc(&a, sizes[i]);
        assert_non_null(p[i]);
        memset(p[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < 7; i++)
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(p[i][k], i + 1);
    arena_reset(&a);
    assert_non_null(arena_alloc(&a, 1));
    arena_release(&a);
    assert_null(a.head);
}

static void test_distinct_pointers_for_nothing(void **state)
{
    (void)state;
    struct arena a = {0};
    const void *p = arena_alloc(&a, 0), *q = arena_alloc(&a, 0);
    assert_non_null(p);
    assert_true(p != q);
    arena_release(&a);
}

static void test_overflow_is_refused(void **state)
{
    (void)state;
    struct arena a = {0};
    assert_null(arena_alloc(&a, SIZE_MAX));
    assert_null(arena_alloc(&a, SIZE_MAX - 15));
    assert_null(arena_array(&a, SIZE_MAX / 2, 3));
    assert_null(arena_array(&a, 2, SIZE_MAX / 2 + 1));
    assert_null(arena_strndup(&a, "", SIZE_MAX));
    arena_reserve(&a, SIZE_MAX);
    arena_reserve(&a, 0);
    assert_int_equal(a.used, 0);
    assert_non_null(arena_array(&a, 0, 8));
    assert_non_null(arena_array(&a, 8, 0));
    arena_release(&a);
}

static void test_copies(void **state)
{
    (void)state;
    struct arena a = {0};
    char text[] = "abc";
    char *copy = arena_strdup(&a, text), *part = arena_strndup(&a, text, 2), *none = arena_strndup(&a, NULL, 0);
    const char *raw = arena_dup(&a, "\0x\0", 3);
    text[0] = 'z';
    assert_string_equal(copy, "abc");
    assert_string_equal(part, "ab");
    assert_string_equal(none, "");
    assert_memory_equal(raw, "\0x\0", 3);
    assert_non_null(arena_dup(&a, NULL, 0));
    assert_string_equal(arena_printf(&a, "%s-%d", "x", 7), "x-7");
    char big[3000];
    memset(big, 'b', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    assert_string_equal(arena_printf(&a, "%s", big), big);
    assert_string_equal(arena_printf(&a, "%s", ""), "");
    arena_release(&a);
}

static void test_reserve_is_used(void **state)
{
    (void)state;
    struct arena a = {0};
    arena_reserve(&a, 1 << 20);
    const struct arena_block *block = a.head;
    assert_non_null(block);
    for (size_t i = 0; i < 100; i++)
        assert_non_null(arena_alloc(&a, 8000));
    assert_ptr_equal(a.head, block);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alignment_and_zeros), cmocka_unit_test(test_sizes_around_a_block),
        cmocka_unit_test(test_distinct_pointers_for_nothing), cmocka_unit_test(test_overflow_is_refused),
        cmocka_unit_test(test_copies), cmocka_unit_test(test_reserve_is_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
