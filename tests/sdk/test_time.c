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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_refuse),
        cmocka_unit_test(test_dos),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
