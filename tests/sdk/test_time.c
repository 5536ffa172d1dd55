/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include <adit/text.h>
#include <adit/time.h>

/* All members in one line, so that a difference shows itself. */
static const char *written(const struct adit_time *t)
{
    static char text[96];
    (void)snprintf(text, sizeof text, "%d-%u-%u %u:%u:%u.%u precision %u zone %d", t->year, t->month, t->day, t->hour,
                   t->minute, t->second, t->nanosecond, t->precision, t->zone);
    return text;
}

static void test_parse(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"2003", "2003-0-0 0:0:0.0 precision 1 zone -32768"},
        {"2003-10", "2003-10-0 0:0:0.0 precision 2 zone -32768"},
        {"2003:10:31", "2003-10-31 0:0:0.0 precision 3 zone -32768"},
        {"2003/10/31", "2003-10-31 0:0:0.0 precision 3 zone -32768"},
        {"2003.10.31 15:44", "2003-10-31 15:44:0.0 precision 4 zone -32768"},
        {"2003:10:31 15:44:19", "2003-10-31 15:44:19.0 precision 5 zone -32768"},
        {" 2003:10:31 15:44:19 \n", "2003-10-31 15:44:19.0 precision 5 zone -32768"},
        {"2003-10-31T15:44:19Z", "2003-10-31 15:44:19.0 precision 5 zone 0"},
        {"2003-10-31t15:44:19z", "2003-10-31 15:44:19.0 precision 5 zone 0"},
        {"2003-10-31T15:44:19.25+02:00", "2003-10-31 15:44:19.250000000 precision 6 zone 120"},
        {"2003-10-31T15:44:19,1234-0930", "2003-10-31 15:44:19.123400000 precision 7 zone -570"},
        {"2003-10-31T15:44:19.1234567 +01", "2003-10-31 15:44:19.123456700 precision 8 zone 60"},
        {"2003-10-31T15:44:19.12345678987", "2003-10-31 15:44:19.123456789 precision 8 zone -32768"},
        {"2003-10-31T15:44-00:00", "2003-10-31 15:44:0.0 precision 4 zone -32768"},
        {"2016-12-31T23:59:60Z", "2016-12-31 23:59:60.0 precision 5 zone 0"},
        {"2000-02-29", "2000-2-29 0:0:0.0 precision 3 zone -32768"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct adit_time t;
        if (!adit_time_parse(adit_text_c(cases[i].text), &t))
            fail_msg("\"%s\" was refused", cases[i].text);
        assert_string_equal(written(&t), cases[i].expected);
    }
}

static void test_refuse(void **state)
{
    static const char *const cases[] = {
        "",
        " ",
        "203",
        "2003-",
        "2003-1",
        "2003-13",
        "2003-02-29",
        "1900-02-29",
        "0000:00:00 00:00:00",
        "2003-10-31T",
        "2003-10-31T15",
        "2003-10-31T15:",
        "2003-10-31T25:00",
        "2003-10-31T15:60",
        "2003-10-31T15:44:61",
        "2003-10-31T15:44:19.",
        "2003-10-31 15:44:19x",
        "2003-10-31T15:44+24:00",
        "2003-10-31T15:44+02:60",
        "2003-10-31T15:44+2",
        "2003-10-31T15:44+02:",
        "31.10.2003",
    };
    struct adit_time t = {.year = 7};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (adit_time_parse(adit_text_c(cases[i]), &t))
            fail_msg("\"%s\" was taken for %s", cases[i], written(&t));
    assert_false(adit_time_parse(adit_text_of(NULL, 0), &t));
    assert_int_equal(t.year, 7); /* untouched */
}

static void test_dos(void **state)
{
    struct adit_time t;
    (void)state;
    assert_true(adit_time_from_dos(0x2f5f, 0x7d89, &t)); /* 2003-10-31 15:44:18 */
    assert_string_equal(written(&t), "2003-10-31 15:44:18.0 precision 5 zone -32768");
    assert_true(adit_time_from_dos(0x0021, 0, &t));
    assert_string_equal(written(&t), "1980-1-1 0:0:0.0 precision 5 zone -32768");
    assert_true(adit_time_from_dos(0xff9f, 0xbf7d, &t));
    assert_string_equal(written(&t), "2107-12-31 23:59:58.0 precision 5 zone -32768");
    assert_false(adit_time_from_dos(0, 0, &t));           /* no day, no month */
    assert_false(adit_time_from_dos(0x2f5f, 0xc000, &t)); /* hour 24 */
    assert_false(adit_time_from_dos(0x2f5f, 0x0780, &t)); /* minute 60 */
    assert_false(adit_time_from_dos(0x2f5f, 0x001f, &t)); /* second 62 */
}

typedef bool parser(struct adit_text, struct adit_time *);

/* `expected` NULL: refused. */
static void check(parser *parse, const char *text, const char *expected)
{
    struct adit_time t;
    bool found = parse(adit_text_c(text), &t);
    if (found != (expected != NULL))
        fail_msg("\"%s\": %s", text, found ? written(&t) : "was refused");
    if (found)
        assert_string_equal(written(&t), expected);
}

static void test_mail(void **state)
{
    (void)state;
    check(adit_time_parse_mail, "Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21 9:55:6.0 precision 5 zone -360");
    check(adit_time_parse_mail, "21 Nov 97 09:55:06 GMT", "1997-11-21 9:55:6.0 precision 5 zone 0");
    check(
        adit_time_parse_mail,
        "Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 (Newfoundland Time)",
        "1969-2-13 23:32:0.0 precision 4 zone -210");
    check(adit_time_parse_mail, "1 Jan 2020 00:00:00 -0000", "2020-1-1 0:0:0.0 precision 5 zone -32768");
    check(adit_time_parse_mail, "1 Jan 2020 00:00:00 X", "2020-1-1 0:0:0.0 precision 5 zone -32768");
    check(adit_time_parse_mail, "Sunday, 06-Nov-94 08:49:37 EST", "1994-11-6 8:49:37.0 precision 5 zone -300");
    check(adit_time_parse_mail, "Fri, 21 Nov 1997 09(comment):   55  :  06 -0600",
          "1997-11-21 9:55:6.0 precision 5 zone -360");
    check(adit_time_parse_mail, "06 Nov 2004", "2004-11-6 0:0:0.0 precision 3 zone -32768");
    check(adit_time_parse_mail, "1 Jan 49 1:02", "2049-1-1 1:2:0.0 precision 4 zone -32768");
    check(adit_time_parse_mail, "31 Feb 2020 00:00", NULL);
    check(adit_time_parse_mail, "1 Foo 2020 00:00", NULL);
    check(adit_time_parse_mail, "1 Jan 2020 00:00 +0100 more", NULL);
    check(adit_time_parse_mail, "", NULL);
}

static void test_asctime(void **state)
{
    (void)state;
    check(adit_time_parse_asctime, "Sun Nov  6 08:49:37 1994\n", "1994-11-6 8:49:37.0 precision 5 zone -32768");
    check(adit_time_parse_asctime, "Sun Nov  6 08:49:37 UTC 1994", "1994-11-6 8:49:37.0 precision 5 zone 0");
    check(adit_time_parse_asctime, "Sun Nov  6 08:49:37 +0230 1994", "1994-11-6 8:49:37.0 precision 5 zone 150");
    check(adit_time_parse_asctime, "Sun Nov  6 08:49:37 1994 -0700", "1994-11-6 8:49:37.0 precision 5 zone -420");
    check(adit_time_parse_asctime, "Sun Nov  6 08:49:37 UTC 1994 +0100", NULL);
    check(adit_time_parse_asctime, "Nov  6 08:49:37 1994", NULL);
    check(adit_time_parse_asctime, "Sun Nov 31 08:49:37 1994", NULL);
}

static void test_pdf(void **state)
{
    (void)state;
    check(adit_time_parse_pdf, "D:199812231952-08'00",
          "1998-12-23 19:52:0.0 precision 4 zone -480"); /* ISO 32000-1 7.9.4 */
    check(adit_time_parse_pdf, "D:20031031154419+02'30'", "2003-10-31 15:44:19.0 precision 5 zone 150");
    check(adit_time_parse_pdf, "D:20031031154419Z00'00'", "2003-10-31 15:44:19.0 precision 5 zone 0");
    check(adit_time_parse_pdf, "D:20031031154419Z07'46'", "2003-10-31 15:44:19.0 precision 5 zone 0");
    check(adit_time_parse_pdf, "20031031154419Z", "2003-10-31 15:44:19.0 precision 5 zone 0");
    check(adit_time_parse_pdf, "D:2003", "2003-0-0 0:0:0.0 precision 1 zone -32768");
    check(adit_time_parse_pdf, "D:200310", "2003-10-0 0:0:0.0 precision 2 zone -32768");
    check(adit_time_parse_pdf, "D:20031031", "2003-10-31 0:0:0.0 precision 3 zone -32768");
    check(adit_time_parse_pdf, "D:20031031154419+25'00'", NULL);
    check(adit_time_parse_pdf, "D:20031331", NULL);
    check(adit_time_parse_pdf, "D:2003103", NULL);
    check(adit_time_parse_pdf, "D:", NULL);
}

static void test_compare(void **state)
{
    struct adit_time a, b;
    (void)state;
    assert_true(adit_time_parse(ADIT_TEXT("2003-10-31T15:44:19"), &a) &&
                adit_time_parse(ADIT_TEXT("2003-10-31T15:44:19.5"), &b));
    assert_int_equal(adit_time_compare(&a, &b), -1);
    assert_int_equal(adit_time_compare(&b, &a), 1);
    assert_int_equal(adit_time_compare(&a, &a), 0);
}

static void test_iso(void **state)
{
    (void)state;
    check(adit_time_parse_iso, "2003-10-31T15:44:19.25+02:00", "2003-10-31 15:44:19.250000000 precision 6 zone 120");
    check(adit_time_parse_iso, "20031031T154419Z", "2003-10-31 15:44:19.0 precision 5 zone 0");
    check(adit_time_parse_iso, "20031031T1544+0130", "2003-10-31 15:44:0.0 precision 4 zone 90");
    check(adit_time_parse_iso, "20031031", "2003-10-31 0:0:0.0 precision 3 zone -32768");
    check(adit_time_parse_iso, "2003-304", "2003-10-31 0:0:0.0 precision 3 zone -32768");
    check(adit_time_parse_iso, "2004366T10:00", "2004-12-31 10:0:0.0 precision 4 zone -32768");
    check(adit_time_parse_iso, "2003-W44-5", "2003-10-31 0:0:0.0 precision 3 zone -32768");
    check(adit_time_parse_iso, "2009-W01-1", "2008-12-29 0:0:0.0 precision 3 zone -32768");
    check(adit_time_parse_iso, "2009W537", "2010-1-3 0:0:0.0 precision 3 zone -32768");
    check(adit_time_parse_iso, "2020-W53-5", "2021-1-1 0:0:0.0 precision 3 zone -32768");
    check(adit_time_parse_iso, "2010-W53-1", NULL);
    check(adit_time_parse_iso, "2003-366", NULL);
    check(adit_time_parse_iso, "2003-W44-8", NULL);
    check(adit_time_parse_iso, "2003-1031", NULL);
}

/* Against date(1): date -ud TEXT +%s */
static void test_to_unix(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2003-10-31T15:44:19Z", 1067615059},
        {"2003-10-31T15:44:19+02:00", 1067607859},
        {"2003-10-31T15:44:19", 1067615059},
        {"2000-02-29", 951782400},
        {"1969-12-31T23:59:59Z", -1},
        {"1900-03-01T00:00-01:30", -2203885800},
        {"0001-01-01", -62135596800},
        {"2004", 1072915200},
        {"2004-02", 1075593600},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct adit_time t;
        assert_true(adit_time_parse(adit_text_c(rows[i].text), &t));
        assert_true(adit_time_to_unix(&t) == rows[i].seconds);
    }
    for (int64_t s = -70000000000; s < 300000000000; s += 98765432101) { /* there and back */
        struct adit_time t = adit_time_from_unix(s, 0, ADIT_TIME_SECOND);
        assert_true(adit_time_to_unix(&t) == s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_to_unix), cmocka_unit_test(test_parse), cmocka_unit_test(test_refuse),
        cmocka_unit_test(test_dos),     cmocka_unit_test(test_mail),  cmocka_unit_test(test_asctime),
        cmocka_unit_test(test_pdf),     cmocka_unit_test(test_iso),   cmocka_unit_test(test_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
