/* SPDX-License-Identifier: MIT */
/* Text and times of data sets, against what PS3.5 annexes H to K print and ISO 8601 says; the elements' heads are in the samples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../../../plugins/medical/dicom_moments.h"
#include "../../../../plugins/medical/dicom_syntax.h"
#include "../../../../plugins/medical/dicom_text.h"

static struct repertoire of(const char *const *terms, size_t n)
{
    struct repertoire r = {.g0 = SET_ASCII};
    for (size_t i = 0; i < n; i++)
        assert_true(add_term(&r, adit_text_c(terms[i]), i));
    return r;
}
#define OF(...) of((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* The next part is this text, and ends at this delimiter. */
static void expect_part(struct scan *s, const char *delimiters, bool name, const char *text, char delimiter)
{
    char room[256];
    struct part p = scan_part(s, delimiters, name, room);
    assert_false(p.unread);
    assert_int_equal(p.delimiter, delimiter);
    assert_int_equal(p.text.size, strlen(text));
    assert_memory_equal(p.text.data, text, p.text.size);
}

static void expect_unread(struct scan *s, const char *delimiters, const char *raw, char delimiter)
{
    char room[256];
    struct part p = scan_part(s, delimiters, true, room);
    assert_true(p.unread);
    assert_int_equal(p.delimiter, delimiter);
    assert_int_equal(p.raw.size, strlen(raw));
    assert_memory_equal(p.raw.data, raw, p.raw.size);
}

static void test_single_bytes(void **state)
{
    (void)state;
    struct repertoire cyrillic = OF("ISO_IR 144"), latin = OF("ISO_IR 100"), romaji = OF("ISO_IR 13");
    struct scan s = scan_of(&cyrillic, ADIT_TEXT("\xbb\xde\xda")); /* U+041B U+043E U+043A by ISO 8859-5 */
    expect_part(&s, "\\", false, "\xd0\x9b\xd0\xbe\xd0\xba", '\0');
    s = scan_of(&latin, ADIT_TEXT("\xc4neas\\b"));
    expect_part(&s, "\\", false, "\xc3\x84neas", '\\');
    expect_part(&s, "\\", false, "b", '\0');
    s = scan_of(&romaji,
                ADIT_TEXT("\xd4\xcf\xc0\xde~")); /* PS3.5 H.3.2: half-width katakana; ~ is an overline in JIS X 0201 */
    expect_part(&s, "\\=", true, "\xef\xbe\x94\xef\xbe\x8f\xef\xbe\x80\xef\xbe\x9e\xe2\x80\xbe", '\0');
}

static void test_escapes(void **state)
{
    (void)state;
    struct repertoire greek = OF("", "ISO 2022 IR 126");
    struct scan s = scan_of(&greek, ADIT_TEXT("\x1b-F\xc4\xe9^\\\x1b-F\xc4"));
    expect_part(&s, "\\=", true, "\xce\x94\xce\xb9^", '\\');
    expect_part(&s, "\\=", true, "\xce\x94", '\0');
    s = scan_of(&greek, ADIT_TEXT("\x1b-F\xc4^\xc4")); /* behind ^ the first set is back, in which it is nothing */
    expect_unread(&s, "\\=", "\x1b-F\xc4^\xc4", '\0');
    s = scan_of(&greek, ADIT_TEXT("a\x1b-Zb")); /* no escape of C.12.1.1.2 */
    expect_unread(&s, "\\=", "a\x1b-Zb", '\0');
}

/* Bytes of wide characters are no delimiters: H.3.1's Yamada has 3B 33 45 44, and 0x5c, 0x3d and 0x5e may be among them, too. */
static void test_wide(void **state)
{
    (void)state;
    struct repertoire kanji = OF("", "ISO 2022 IR 87"), gbk = OF("GBK"), korean = OF("", "ISO 2022 IR 149");
    struct repertoire gb18030 = OF("GB18030"), chinese = OF("", "ISO 2022 IR 58"),
                      supplement = OF("", "ISO 2022 IR 159");
    struct scan s = scan_of(&kanji, ADIT_TEXT("Yamada=\x1b$B;3ED\x1b(B^x=y"));
    expect_part(&s, "\\=", true, "Yamada", '=');
    expect_part(&s, "\\=", true, "\xe5\xb1\xb1\xe7\x94\xb0^x", '=');
    expect_part(&s, "\\=", true, "y", '\0');
    s = scan_of(&kanji, ADIT_TEXT("\x1b$B\x30\x5c\x3d\x3d\x1b(B\\z"));
    expect_part(&s, "\\=", true, "\xe7\xa7\xbb\xe5\x8d\x81", '\\');
    expect_part(&s, "\\=", true, "z", '\0');
    s = scan_of(&gbk, ADIT_TEXT("\x81\x5c\\z"));
    expect_part(&s, "\\=", true, "\xe4\xb9\x97", '\\');
    expect_part(&s, "\\=", true, "z", '\0');
    s = scan_of(&korean, ADIT_TEXT("Hong=\x1b$)C\xfb\xf3^"));
    expect_part(&s, "\\=", true, "Hong", '=');
    expect_part(&s, "\\=", true, "\xe6\xb4\xaa^", '\0');
    s = scan_of(&korean, ADIT_TEXT("\x1b$)C\xfb")); /* half a character */
    expect_unread(&s, "\\=", "\x1b$)C\xfb", '\0');
    s = scan_of(&gb18030, ADIT_TEXT("\x94\x39\xfc\x36\xcd\xf5")); /* of four bytes, and of two */
    expect_part(&s, "\\=", true, "\xf0\x9f\x98\x80\xe7\x8e\x8b", '\0');
    s = scan_of(&chinese, ADIT_TEXT("Zhang=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=")); /* K.3 */
    expect_part(&s, "\\=", true, "Zhang", '=');
    expect_part(&s, "\\=", true, "\xe5\xbc\xa0^\xe5\xb0\x8f\xe4\xb8\x9c", '=');
    s = scan_of(&supplement, ADIT_TEXT("\x1b$(D\x30\x21\x1b(B."));
    expect_part(&s, "\\=", true, "\xe4\xb8\x82.", '\0');
}

static void test_utf8(void **state)
{
    (void)state;
    struct repertoire utf8 = OF("ISO_IR 192"), none = {.g0 = SET_ASCII};
    struct scan s = scan_of(&utf8, ADIT_TEXT("\xe7\x8e\x8b^\xe5\xb0\x8f\\\xe7\x8e"));
    expect_part(&s, "\\=", true, "\xe7\x8e\x8b^\xe5\xb0\x8f", '\\');
    expect_unread(&s, "\\=", "\xe7\x8e", '\0');
    s = scan_of(&none, ADIT_TEXT("\xe7"));
    expect_unread(&s, "\\=", "\xe7", '\0');
    assert_false(add_term(&utf8, ADIT_TEXT("ISO_IR 1000"), 0));
}

static void test_times(void **state)
{
    (void)state;
    struct adit_time t;
    char room[32];
    assert_true(read_da(ADIT_TEXT("20240229"), &t));
    assert_int_equal(t.year * 10000 + t.month * 100 + t.day, 20240229);
    assert_int_equal(t.precision, ADIT_TIME_DAY);
    assert_int_equal(t.zone, ADIT_ZONE_UNKNOWN);
    assert_true(read_da(ADIT_TEXT("1997.07.16"), &t));
    static const char *const days[] = {"20230229", "202402", "2024022", "20240229x", "2024-02-29", "", "20241301"};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++)
        assert_false(read_da(adit_text_c(days[i]), &t));
    static const char *const clocks[][2] = {{"07", "07:00"},
                                            {"0709", "07:09"},
                                            {"070907", "07:09:07"},
                                            {"070907.0705", "07:09:07.0705"},
                                            {"07:09:07", "07:09:07"},
                                            {"235960", "23:59:60"},
                                            {"10.5", NULL},
                                            {"240000", NULL},
                                            {"070960.1234567", "07:09:60.1234567"},
                                            {"1", NULL},
                                            {"12131a", NULL}};
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        struct adit_text text = adit_text_c(clocks[i][0]);
        assert_int_equal(read_tm(text, &t), clocks[i][1] != NULL);
        if (clocks[i][1])
            assert_true(adit_text_is(clock_text(&t, text, room), clocks[i][1]));
    }
    assert_true(read_dt(ADIT_TEXT("20030716153557.25-0430"), &t));
    assert_int_equal(t.zone, -270);
    assert_int_equal(t.nanosecond, 250000000);
    assert_int_equal(t.precision, ADIT_TIME_MILLISECOND);
    assert_true(read_dt(ADIT_TEXT("2003+0000"), &t));
    assert_int_equal(t.precision, ADIT_TIME_YEAR);
    assert_int_equal(t.zone, 0);
    assert_false(read_dt(ADIT_TEXT("20030716+2500"), &t));
    assert_false(read_dt(ADIT_TEXT("20030716153557 "), &t));
}

static void test_syntaxes(void **state)
{
    (void)state;
    assert_int_equal(syntax_of(ADIT_TEXT("1.2.840.10008.1.2"))->form, SYNTAX_IMPLICIT);
    assert_int_equal(syntax_of(ADIT_TEXT("1.2.840.10008.1.2.2"))->form, SYNTAX_BIG);
    assert_string_equal(syntax_of(ADIT_TEXT("1.2.840.10008.1.2.4.80"))->media, "image/jls");
    assert_null(syntax_of(ADIT_TEXT("1.2.840.113619.5.2")));
    assert_null(syntax_of(ADIT_TEXT("1.2.840.10008.1.2.4")));
    assert_null(syntax_of(ADIT_TEXT("")));
}

/* The .confs of the modules are what the tables say. */
static void test_modules(void **state)
{
    (void)state;
    assert_int_equal(system("scripts/dicom-modules --check"), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_single_bytes), cmocka_unit_test(test_escapes), cmocka_unit_test(test_wide),
        cmocka_unit_test(test_utf8),         cmocka_unit_test(test_times),   cmocka_unit_test(test_syntaxes),
        cmocka_unit_test(test_modules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
