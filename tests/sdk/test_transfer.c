/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <adit/transfer.h>

/* Decodes in pieces of every size; each gives the same. */
static void check_base64(const char *in, const char *expected, size_t size, uint64_t ignored)
{
    size_t n = strlen(in);
    for (size_t piece = 1; piece <= n + 1; piece++) {
        struct adit_base64 b = {0};
        char out[256];
        size_t written = 0;
        for (size_t at = 0; at < n; at += piece) {
            size_t now = n - at < piece ? n - at : piece;
            size_t got = adit_base64_decode(&b, in + at, now, out + written);
            assert_true(got <= ADIT_BASE64_BOUND(now));
            written += got;
        }
        assert_int_equal(written, size);
        assert_memory_equal(out, expected, size);
        assert_int_equal(b.ignored, ignored);
    }
}

static void test_base64(void **state)
{
    (void)state;
    check_base64("", "", 0, 0); /* RFC 4648, 10 */
    check_base64("Zg==", "f", 1, 0);
    check_base64("Zm8=", "fo", 2, 0);
    check_base64("Zm9v", "foo", 3, 0);
    check_base64("Zm9vYmFy", "foobar", 6, 0);
    check_base64(" Zm\r\n9v\tYg", "foob", 4, 0);
    check_base64("Zm9v-Y!g==", "foob", 4, 2);
    check_base64("Zg==Zg==", "ff", 2, 0);
    check_base64("Z", "", 0, 0);
    check_base64("+/+/", "\xfb\xff\xbf", 3, 0);
}

static void check_quoted(const char *in, const char *expected, uint64_t faults)
{
    size_t n = strlen(in);
    for (size_t piece = 1; piece <= n + 1; piece++) {
        struct adit_quoted q = {0};
        char out[1024];
        size_t written = 0;
        for (size_t at = 0; at < n; at += piece) {
            size_t now = n - at < piece ? n - at : piece;
            size_t got = adit_quoted_decode(&q, in + at, now, out + written);
            assert_true(got <= ADIT_QUOTED_BOUND(now));
            written += got;
        }
        written += adit_quoted_decode(&q, NULL, 0, out + written);
        assert_int_equal(written, strlen(expected));
        assert_memory_equal(out, expected, written);
        assert_int_equal(q.faults, faults);
    }
}

static void test_quoted(void **state)
{
    (void)state;
    check_quoted("", "", 0);
    check_quoted("a=3Db", "a=b", 0);
    check_quoted("caf=c3=A9", "caf\xc3\xa9", 0);
    check_quoted("soft=\r\nbreak=\nhere= \t\r\n.", "softbreakhere.", 0);
    check_quoted("trailing  \t\r\nnext \n", "trailing\r\nnext\n", 0);
    check_quoted("in  side=20\r\n", "in  side \r\n", 0);
    check_quoted("=", "=", 1);
    check_quoted("=A", "=A", 1);
    check_quoted("=XY=4", "=XY=4", 2);
    check_quoted("=4 x", "=4 x", 1);
    check_quoted("=\rx", "x", 0);
}

static void test_many_blanks(void **state)
{
    char in[300], out[ADIT_QUOTED_BOUND(300)];
    struct adit_quoted q = {0};
    (void)state;
    memset(in, ' ', sizeof in);
    in[299] = 'x';
    assert_int_equal(adit_quoted_decode(&q, in, sizeof in, out), 300);
    assert_memory_equal(in, out, 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_quoted),
        cmocka_unit_test(test_many_blanks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
