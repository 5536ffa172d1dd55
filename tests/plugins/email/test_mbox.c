/* SPDX-License-Identifier: MIT */
/* Where messages of a mailbox begin and end, against RFC 4155, appendix A, with offsets that are counted from the texts. */
#include "../image/plugin_test.h"

#define FROM "From alice@example.org Thu Jan  1 00:00:01 2015"
#define RUN(t, text) module_run((t), (text), sizeof(text) - 1)

/* The nth message lies so in the file. */
static void expect_message(struct module_test *t, unsigned nth, size_t offset, size_t size)
{
    char line[128];
    (void)snprintf(line, sizeof line, "stream message-%u message/rfc822 range %zu+%zu", nth, offset, size);
    expect_line(t, line);
}

static void expect_count(struct module_test *t, unsigned n)
{
    char line[64];
    (void)snprintf(line, sizeof line, "messages = %u", n);
    expect_line(t, line);
    (void)snprintf(line, sizeof line, "stream message-%u ", n + 1);
    expect_none(t, line);
}

/* "each message ... is immediately preceded by a separator line, and immediately followed by an empty line": neither is of it. */
static void test_bounds(void **state)
{
    static const char a[] = "Subject: a\n\nText.\n", b[] = "Subject: b\n\n",
                      file[] = FROM "\nSubject: a\n\nText.\n\n" FROM "\nSubject: b\n\n\n";
    struct module_test *t = *state;
    size_t from = sizeof FROM;
    RUN(t, file);
    assert_int_equal(t->status, ADIT_OK);
    expect_count(t, 2);
    expect_message(t, 1, from, sizeof a - 1);
    expect_message(t, 2, from + sizeof a - 1 + 1 + from, sizeof b - 1);
    expect_none(t, "warning");
}

/* Others end lines with CR LF, and the empty line has two bytes. */
static void test_crlf(void **state)
{
    static const char a[] = "Subject: a\r\n\r\nText.\r\n", b[] = "Subject: b\r\n\r\nx\r\n";
    struct module_test *t = *state;
    size_t from = sizeof FROM + 1;
    RUN(t, FROM "\r\nSubject: a\r\n\r\nText.\r\n\r\n" FROM "\r\nSubject: b\r\n\r\nx\r\n\r\n");
    assert_int_equal(t->status, ADIT_OK);
    expect_count(t, 2);
    expect_message(t, 1, from, sizeof a - 1);
    expect_message(t, 2, from + sizeof a - 1 + 2 + from, sizeof b - 1);
}

/* The last message goes on to the end of the file where no empty line ends it, and no line feed ends its last line. */
static void test_no_end(void **state)
{
    struct module_test *t = *state;
    size_t from = sizeof FROM;
    RUN(t, FROM "\nSubject: a\n\nno end");
    expect_message(t, 1, from, 18);
    RUN(t, FROM "\nSubject: a\n\none end\n");
    expect_message(t, 1, from, 20);
    RUN(t, FROM "\nSubject: a\n\ntwo ends\n\n");
    expect_message(t, 1, from, 21);
    RUN(t, FROM "\nSubject: a\n\nx\n\n" FROM); /* nothing of the second one is there */
    assert_int_equal(t->status, ADIT_OK);
    expect_message(t, 1, from, 14);
    expect_count(t, 2);
    expect_none(t, "stream message-2");
}

/* Lines that begin so and are none: quoted ones, those without an empty line before, without a time, folded header lines, and the
 * header field. */
static void test_no_separators(void **state)
{
    static const char *const texts[] = {
        "\n>" FROM "\n",
        "\n>>" FROM "\n",
        "\nText\n" FROM "\n",
        "\nFrom here on\n",
        "Subject: folded\n " FROM "\n\t" FROM "\n",
        "From: alice@example.org\n",
        "\n\nfrom alice@example.org Thu Jan  1 00:00:01 2015\n",
        "\n \n" FROM "\n", /* a blank is not nothing */
        "\n\nFrom alice@example.org Thu Feb 30 00:00:01 2015\n",
        "\n\nFrom alice@example.org Thu Jan  1 24:00:01 2015\n",
        "\n\nFrom alice@example.org 2015-01-01T00:00:01Z\n",
    };
    struct module_test *t = *state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char file[512];
        int n = snprintf(file, sizeof file, FROM "\n%send\n", texts[i]);
        module_run(t, file, (size_t)n);
        assert_int_equal(t->status, ADIT_OK);
        expect_count(t, 1);
        expect_message(t, 1, sizeof FROM, (size_t)n - sizeof FROM);
    }
}

/* What is one all the same: senders with blanks, zones, "remote from" as UUCP wrote it, a sender of more than a line. */
static void test_separators(void **state)
{
    static const char *const lines[] = {
        "From alice Thu Jan  1 00:00:01 2015",
        "From \"bob smith\"@example.org Thu Jan  1 00:00:01 2015",
        "From alice@example.org Thu Jan  1 00:00:01 +0000 2015",
        "From alice@example.org Thu Jan 01 00:00:01 2015",
        "From alice Thu Jan  1 00:00:01 2015 remote from example",
        "From MAILER-DAEMON Thu Jan  1 00:00:01 2015",
    };
    struct module_test *t = *state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char file[512];
        int first = snprintf(file, sizeof file, "%s\n\n", lines[i]);
        int n = first + snprintf(file + first, sizeof file - (size_t)first, "\n%s\n\nb\n", lines[i]);
        module_run(t, file, (size_t)n);
        assert_int_equal(t->status, ADIT_OK);
        expect_count(t, 2);
        expect_message(t, 2, (size_t)n - 3, 3);
        expect_beginning(t, "first_delivery = 2015-01-01T00:00:01");
        expect_beginning(t, "last_delivery = 2015-01-01T00:00:01");
    }
}

/* Messages are in the order of delivery mostly; the times told are the earliest and the latest wherever they stand. */
static void test_times(void **state)
{
    struct module_test *t = *state;
    RUN(t, "From a Tue Feb 29 12:00:00 2000\n\n\nFrom b Sat Jan  3 01:05:34 1996\n\n\nFrom c Fri Dec 31 23:59:59 "
           "1999\n\n");
    expect_count(t, 3);
    expect_beginning(t, "first_delivery = 1996-01-03T01:05:34");
    expect_beginning(t, "last_delivery = 2000-02-29T12:00:00");
}

/* A first line without a time begins a message, and is told. */
static void test_first_line(void **state)
{
    struct module_test *t = *state;
    RUN(t, "From somebody, some day\nSubject: a\n\nText.\n");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_count(t, 1);
    expect_beginning(t, "warning line 1: ");
    expect_none(t, "first_delivery");
    static const char *const none[] = {"F", "From", "From:", "From: a\n\n", "\n" FROM "\n", "from a"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        module_run(t, none[i], strlen(none[i]));
        assert_int_equal(t->status, ADIT_DECLINED);
        expect_none(t, "stream");
    }
}

/* Of any length a file may be cut at, what is told lies in it, and no message goes away. */
static void test_cut(void **state)
{
    static const char file[] = FROM "\nSubject: a\n\nText.\n\n" FROM "\nSubject: b\n\nmore\n\n" FROM "\n\nc\n";
    struct module_test *t = *state;
    unsigned before = 0;
    for (size_t n = 5; n < sizeof file; n++) {
        module_run(t, file, n);
        unsigned long long count = 0, offset = 0, size = 0;
        unsigned streams = 0;
        for (const char *at = buf_cstr(&t->lines); at && *at; at = strchr(at, '\n'), at += at != NULL) {
            (void)sscanf(at, "messages = %llu", &count);
            if (sscanf(at, "stream message-%*u message/rfc822 range %llu+%llu", &offset, &size) == 2) {
                assert_true(size > 0 && offset + size <= n);
                streams++;
            }
        }
        assert_true(count >= streams && streams + 1 >= count && streams >= before);
        before = streams;
    }
    assert_int_equal(before, 3);
}

static void test_most(void **state)
{
    struct module_test *t = *state;
    module_option(t, "messages", "1");
    RUN(t, FROM "\n\na\n\n" FROM "\n\nb\n\n" FROM "\n\nc\n\n");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "messages = 3");
    expect_message(t, 1, sizeof FROM, 3);
    expect_none(t, "stream message-2");
    expect_beginning(t, "warning only the first 1 of 3 messages");
    module_option(t, "messages", "1000");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds),        cmocka_unit_test(test_crlf),       cmocka_unit_test(test_no_end),
        cmocka_unit_test(test_no_separators), cmocka_unit_test(test_separators), cmocka_unit_test(test_times),
        cmocka_unit_test(test_first_line),    cmocka_unit_test(test_cut),        cmocka_unit_test(test_most),
    };
    return module_tests("email/mbox", tests);
}
