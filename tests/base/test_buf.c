/* SPDX-License-Identifier: MIT */
/* host/base/buf and vec: growth, overflow, failure that stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/vec.h"

static void test_contents(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    assert_string_equal(buf_cstr(&b), "");
    for (size_t i = 0; i < 1000; i++) {
        buf_putc(&b, (char)('a' + i % 26));
        buf_add(&b, "12", 2);
        buf_add(&b, NULL, 0);
        buf_adds(&b, "-");
    }
    assert_int_equal(b.size, 4000);
    assert_false(b.failed);
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(b.data[4 * i], 'a' + (int)(i % 26));
        assert_memory_equal(b.data + 4 * i + 1, "12-", 3);
    }
    assert_int_equal(strlen(buf_cstr(&b)), 4000);
    assert_int_equal(b.size, 4000);
    buf_reset(&b);
    assert_string_equal(buf_cstr(&b), "");
    buf_release(&b);
    buf_release(&b);
}

/* Formatted text of every length around the room that is there at first, and around the capacity. */
static void test_format_at_every_length(void **state)
{
    (void)state;
    char text[600];
    for (size_t before = 0; before < 260; before += 13) {
        for (size_t n = 0; n < sizeof text - 1; n += 7) {
            struct buf b = BUF_INIT;
            for (size_t i = 0; i < before; i++)
                buf_putc(&b, '<');
            memset(text, 'x', n);
            text[n] = '\0';
            buf_addf(&b, "%s%s", text, "!");
            assert_int_equal(b.size, before + n + 1);
            assert_int_equal(b.data[b.size - 1], '!');
            assert_memory_equal(b.data + before, text, n);
            buf_release(&b);
        }
    }
}

static void test_failure_stays(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    buf_adds(&b, "kept");
    assert_null(buf_reserve(&b, SIZE_MAX));
    assert_true(b.failed);
    buf_adds(&b, "more");
    buf_putc(&b, 'c');
    buf_addf(&b, "%d", 1);
    assert_int_equal(b.size, 4);
    assert_string_equal(buf_cstr(&b), "");
    buf_reset(&b);
    assert_false(b.failed);
    buf_adds(&b, "again");
    assert_string_equal(buf_cstr(&b), "again");
    buf_release(&b);
}

static void test_no_memory(void **state)
{
    (void)state;
#ifndef ADIT_SANITIZED /* AddressSanitizer aborts on a size that no allocator can serve */
    struct buf b = BUF_INIT;
    assert_null(buf_reserve(&b, (size_t)PTRDIFF_MAX - 100));
    assert_true(b.failed);
    buf_release(&b);
#else
    (void)state;
#endif
}

static void test_vec(void **state)
{
    (void)state;
    struct { uint16_t *items; size_t count, capacity; } v = {NULL, 0, 0};
    for (unsigned i = 0; i < 1000; i++)
        assert_true(vec_push(&v, (uint16_t)i));
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(v.items[i], i);
    const uint16_t *items = v.items;
    size_t capacity = v.capacity;
    assert_false(vec_grow(&v.items, &v.capacity, SIZE_MAX, sizeof *v.items));
    assert_false(vec_grow(&v.items, &v.capacity, SIZE_MAX / 2 + 2, sizeof *v.items));
    assert_ptr_equal(v.items, items);
    assert_int_equal(v.capacity, capacity);
    assert_true(vec_grow(&v.items, &v.capacity, 1000, sizeof *v.items));
    free(v.items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contents),  cmocka_unit_test(test_format_at_every_length),
        cmocka_unit_test(test_failure_stays), cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_vec),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
