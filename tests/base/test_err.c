/* SPDX-License-Identifier: MIT */
/* host/base/err: messages are cut, never overrun; codes come through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

static char long_text[3000];

static void test_set(void **state)
{
    (void)state;
    struct err e = {0};
    assert_int_equal(err_set(&e, -EINVAL, "%s %d", "line", 3), -EINVAL);
    assert_int_equal(e.code, -EINVAL);
    assert_string_equal(e.text, "line 3");
    assert_int_equal(err_set(NULL, -ENOENT, "%d", 1), -ENOENT);
    assert_int_equal(err_set(&e, -ENOMEM, "%s", long_text), -ENOMEM);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
}

static void test_errno(void **state)
{
    (void)state;
    struct err e = {0};
    errno = EACCES;
    assert_int_equal(err_errno(&e, "cannot open %s", "x"), -EACCES);
    assert_string_equal(e.text, "cannot open x: Permission denied");
    errno = ENOENT;
    assert_int_equal(err_errno(NULL, "x"), -ENOENT);
    errno = EIO;
    assert_int_equal(err_errno(&e, "%s", long_text), -EIO);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
}

static void test_prefix(void **state)
{
    (void)state;
    struct err e = {0};
    (void)err_set(&e, -EINVAL, "bad key");
    assert_int_equal(err_prefix(&e, "%s:%d: ", "a.conf", 4), -EINVAL);
    assert_string_equal(e.text, "a.conf:4: bad key");
    assert_int_equal(err_prefix(&e, "%s", long_text), -EINVAL);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
    (void)err_set(&e, -EINVAL, "%s", long_text);
    assert_int_equal(err_prefix(&e, "ab"), -EINVAL);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
    assert_memory_equal(e.text, "abLLLL", 6);
}

int main(void)
{
    memset(long_text, 'L', sizeof long_text - 1);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_set), cmocka_unit_test(test_errno), cmocka_unit_test(test_prefix)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
