/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <adit/data_uri.h>

static void expect(const char *text, const char *media, const char *content)
{
    for (size_t room = 1; room < 20; room += 6) {
        struct adit_data_uri uri;
        char seen[256], piece[20];
        size_t used = 0, n;
        assert_true(adit_data_uri(adit_text_c(text), &uri));
        assert_true(adit_text_is(uri.media, media));
        while ((n = adit_data_uri_read(&uri, piece, room)) > 0) {
            assert_true(n <= room && used + n < sizeof seen);
            memcpy(seen + used, piece, n);
            used += n;
        }
        seen[used] = '\0';
        assert_string_equal(seen, content);
    }
}

/* The first two are RFC 2397's own, clause 4. */
static void test_data(void **state)
{
    (void)state;
    expect("data:,A%20brief%20note", "", "A brief note");
    expect("data:text/plain;charset=iso-8859-7,%be%fg%be", "text/plain", "\xbe%fg\xbe");
    expect("data:text/plain;charset=utf-8;base64,SGFsbG8sIFdlbHQh", "text/plain", "Hallo, Welt!");
    expect("DATA:image/svg+xml ; BASE64,SGFs\n bG8=", "image/svg+xml", "Hallo");
    expect("data:a/b;base64,SGFsbG8%3D", "a/b", "Hallo");
    expect("data:a/b;base64,??SG??FsbG8", "a/b", "Hallo");
    expect("data:a/b;base64,", "a/b", "");
    expect("data:a/b,x;base64,y", "a/b", "x;base64,y");
    expect("data:,%2", "", "%2");
}

static void test_none(void **state)
{
    static const char *const none[] = {"", "data", "data:", "data:image/png;base64", "http://x/,", "xdata:,y"};
    struct adit_data_uri uri;
    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(adit_data_uri(adit_text_c(none[i]), &uri));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_data), cmocka_unit_test(test_none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
