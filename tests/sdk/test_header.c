/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "memory_job.h"
#include <adit/header.h>

static void is(struct adit_text text, const char *expected)
{
    if (text.size != strlen(expected) || memcmp(text.data, expected, text.size) != 0)
        fail_msg("expected \"%s\", found \"%.*s\"", expected, (int)text.size, text.data);
}

static void test_fields(void **state)
{
    static const char mail[] =
        "Subject: a\r\n  folded\r\n\tvalue \r\nX-Empty:\nnot a field\nTo :x\rLast: y\n\nbody: no\n";
    struct adit_job memory;
    struct adit_call job = memory_call(&memory, mail, sizeof mail - 1);
    char room[256];
    (void)state;
    struct adit_headers h = adit_headers(&job, 0, UINT64_MAX, room, sizeof room);
    assert_true(adit_next_header(&h));
    is(h.name, "Subject");
    is(h.value, "a  folded\tvalue");
    assert_int_equal(h.offset, 0);
    assert_true(adit_next_header(&h));
    is(h.name, "X-Empty");
    is(h.value, "");
    assert_true(adit_next_header(&h));
    is(h.name, "To");
    is(h.value, "x");
    assert_true(adit_next_header(&h));
    is(h.name, "Last");
    is(h.value, "y");
    assert_false(adit_next_header(&h));
    assert_int_equal(h.faults, 1);
    assert_int_equal(h.body, strstr(mail, "body") - mail);
    assert_false(adit_next_header(&h));
}

/* Whatever the room: no byte beyond it, the true length, and the same number of fields. */
static void test_small_rooms(void **state)
{
    static const char mail[] = "A: 1234567890\n 1234567890\nB: x";
    struct adit_job memory;
    struct adit_call job = memory_call(&memory, mail, sizeof mail - 1);
    (void)state;
    for (size_t size = 12; size < 80; size++) {
        char *room = malloc(size);
        struct adit_headers h = adit_headers(&job, 0, UINT64_MAX, room, size);
        assert_true(adit_next_header(&h));
        is(h.name, "A");
        assert_int_equal(h.length, 22);
        assert_true(h.value.size <= size / 2 + 1);
        assert_true(adit_next_header(&h));
        is(h.name, "B");
        assert_false(adit_next_header(&h));
        assert_int_equal(h.body, sizeof mail - 1);
        free(room);
    }
}

static void check_decode(const char *in, const char *expected)
{
    char out[512];
    size_t n = adit_header_decode(adit_text_c(in), out, sizeof out);
    is(adit_text_of(out, n < sizeof out ? n : sizeof out), expected);
    for (size_t room = 0; room < n; room++) { /* cut, not overrun */
        char *exact = malloc(room + 1);
        exact[room] = '#';
        assert_int_equal(adit_header_decode(adit_text_c(in), exact, room), n);
        assert_memory_equal(exact, expected, room);
        assert_int_equal(exact[room], '#');
        free(exact);
    }
}

static void test_encoded_words(void **state)
{
    (void)state;
    check_decode("", "");
    check_decode("plain text", "plain text");
    check_decode("=?ISO-8859-1?Q?a?=", "a"); /* these seven: RFC 2047 8 */
    check_decode("=?ISO-8859-1?Q?a?= b", "a b");
    check_decode("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab");
    check_decode("=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=", "ab");
    check_decode("=?ISO-8859-1?Q?a_b?=", "a b");
    check_decode("=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b");
    check_decode("=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>", "Keith Moore <moore@cs.utk.edu>");
    check_decode("=?iso-8859-1?q?Andr=E9?= Pirard", "Andr\xc3\xa9 Pirard");
    check_decode("Re: =?utf-8?B?w6Q=?=!", "Re: \xc3\xa4!");
    check_decode("=?utf-8?B?4oI=?= =?UTF-8?b?rA==?=", "\xe2\x82\xac"); /* one character in two words */
    check_decode("=?koi8-r*ru?Q?=D0?=", "\xd0\xbf");
    check_decode("=?x-unknown?Q?a?= =?utf-8?Q", "=?x-unknown?Q?a?= =?utf-8?Q");
    check_decode("=?utf-8?X?a?=", "=?utf-8?X?a?=");
    check_decode("a=?utf-8?Q?b?=c", "abc");
    check_decode("=?utf-8?Q?=G0=4?=", "=G0=4");
}

static void check_parameter(const char *value, const char *name, const char *expected)
{
    char out[256];
    int64_t n = adit_header_parameter(adit_text_c(value), name, out, sizeof out);
    if (!expected) {
        assert_int_equal(n, -1);
        return;
    }
    assert_true(n >= 0);
    is(adit_text_of(out, (size_t)n), expected);
}

static void test_parameters(void **state)
{
    (void)state;
    is(adit_header_token(ADIT_TEXT(" text/plain ; charset=x")), "text/plain");
    is(adit_header_token(ADIT_TEXT("text/plain")), "text/plain");
    check_parameter("text/plain; charset=us-ascii (Plain text)", "x", NULL);
    check_parameter("text/plain; CharSet = utf-8 ;b=c", "charset", "utf-8");
    check_parameter("a/b; boundary=\"x;y\\\"z\"; c=d", "boundary", "x;y\"z");
    check_parameter("a/b; boundary=\"x;y\\\"z\"; c=d", "c", "d");
    /* RFC 2231 3 and 4 */
    check_parameter("message/external-body; access-type=URL; URL*0=\"ftp://\"; URL*1=\"cs.utk.edu/\"", "url",
                    "ftp://cs.utk.edu/");
    check_parameter("application/x-stuff; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A", "title",
                    "This is ***fun***");
    check_parameter("a/b; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20;"
                    "title*2=\"isn't it!\"",
                    "title", "This is even more ***fun*** isn't it!");
    check_parameter("a/b; name=x; name*=iso-8859-1''%e4", "name", "\xc3\xa4");
    check_parameter("a/b; name=\"=?utf-8?Q?=C3=A4?=.txt\"", "name", "\xc3\xa4.txt");
    check_parameter("a/b; name", "name", NULL);
    check_parameter("", "name", NULL);
}

static void check_addresses(const char *list, const char *expected)
{
    char out[512] = "";
    struct adit_address a;
    memset(&a, 0, sizeof a);
    a.rest = adit_text_c(list);
    while (adit_next_address(&a)) {
        size_t n = strlen(out);
        (void)snprintf(out + n, sizeof out - n, "[%.*s|%.*s|%.*s]", (int)a.group.size, a.group.data ? a.group.data : "",
                       (int)a.name.size, a.name.data ? a.name.data : "", (int)a.address.size, a.address.data);
    }
    assert_string_equal(out, expected);
}

static void test_addresses(void **state)
{
    (void)state;
    check_addresses("a@b", "[||a@b]");
    check_addresses("Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
                    "[|Mary Smith|mary@x.test][||jdoe@example.org][|Who?|one@y.test]");
    check_addresses("\"Joe Q. Public, Jr.\" <john.q.public@example.com>",
                    "[|Joe Q. Public, Jr.|john.q.public@example.com]");
    check_addresses("A Group:Ed Jones <joe@where.test>,jdoe@one.test;, x@y",
                    "[A Group|Ed Jones|joe@where.test][A Group||jdoe@one.test][||x@y]");
    check_addresses("Undisclosed recipients:;", "");
    check_addresses("jdoe@test (John \\) Doe)", "[|John \\) Doe|jdoe@test]");
    check_addresses("<only@angle>", "[||only@angle]");
    check_addresses(" ,, a@b,", "[||a@b]");
    check_addresses("x <a@b", "[|x|a@b]");
    check_addresses("Mary <@machine.tld,@b:mary@example.net>", "[|Mary|mary@example.net]");
    check_addresses("", "");
}

static void test_text(void **state)
{
    struct adit_text key, value;
    (void)state;
    assert_true(adit_text_split(ADIT_TEXT(" KEY = a=b "), '=', &key, &value));
    is(key, "KEY");
    is(value, "a=b");
    assert_false(adit_text_split(ADIT_TEXT(" alone "), '=', &key, &value));
    is(key, "alone");
    is(adit_text_trim(ADIT_TEXT(" \r\n")), "");
    assert_true(adit_text_equals_ignoring_case(ADIT_TEXT("Content-TYPE"), "content-type"));
    assert_false(adit_text_equals_ignoring_case(ADIT_TEXT("Content"), "content-type"));
    assert_false(adit_text_equals_ignoring_case(ADIT_TEXT("content-type"), "content"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),     cmocka_unit_test(test_small_rooms), cmocka_unit_test(test_encoded_words),
        cmocka_unit_test(test_parameters), cmocka_unit_test(test_addresses),   cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
