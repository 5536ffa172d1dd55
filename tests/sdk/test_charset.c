/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <adit/charset.h>

/* Converts with every size of room: what is written is always the beginning, in whole characters. */
static void check(enum adit_charset charset, const char *in, size_t size, const char *expected)
{
    size_t length = strlen(expected);
    char *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    memcpy(exact, in, size);
    struct adit_text text = adit_text_of(exact, size);
    assert_int_equal(adit_charset_to_utf8(charset, text, NULL, 0), length);
    assert_in_range(length, 0, ADIT_UTF8_BOUND(size));
    for (size_t room = 0; room <= length; room++) {
        char *out = malloc(room + 1);
        assert_non_null(out);
        memset(out, '~', room + 1);
        assert_int_equal(adit_charset_to_utf8(charset, text, out, room), length);
        size_t kept = 0;
        while (kept < room && out[kept] == expected[kept])
            kept++;
        assert_true(adit_utf8_valid(adit_text_of(out, kept)));
        assert_true(kept == room || out[kept] == '~');
        assert_int_equal(out[room], '~');
        free(out);
    }
    free(exact);
}
#define CHECK(charset, in, expected) check(ADIT_CHARSET_##charset, in, sizeof(in) - 1, expected)

static void test_single_bytes(void **state)
{
    (void)state;
    CHECK(LATIN1, "", "");
    CHECK(LATIN1, "plain", "plain");
    CHECK(LATIN1,
          "Gr\xfc\xdf"
          "e \xa9\xff",
          "Grüße ©ÿ");
    CHECK(LATIN1, "\x80", "\xc2\x80");
    CHECK(WINDOWS_1252, "\x80 \x93q\x94 \x8c \x81 \xe9", "€ “q” Œ \xc2\x81 é");
    CHECK(CP437, "\x80\x81 \xb0\xdb\xff \xe1\xe3 \x01", "Çü ░█\xc2\xa0 ßπ \x01");
}

static void test_utf16(void **state)
{
    (void)state;
    CHECK(UTF16LE, "a\0\xfc\0\xac\x20", "aü€");
    CHECK(UTF16BE, "\0a\0\xfc\x20\xac", "aü€");
    CHECK(UTF16BE, "\xd8\x3d\xde\x00", "😀");
    CHECK(UTF16LE, "\x3d\xd8\x00\xde", "😀");
    CHECK(UTF16BE, "\xd8\x3d\0a",
          "\xef\xbf\xbd"
          "a"); /* high without low */
    CHECK(UTF16BE, "\xde\x00\0a",
          "\xef\xbf\xbd"
          "a"); /* low without high */
    CHECK(UTF16BE, "\xd8\x3d\xd8\x3d\xde\x00", "\xef\xbf\xbd😀");
    CHECK(UTF16BE, "\xd8\x3d", "\xef\xbf\xbd");
    CHECK(UTF16BE, "\0a\0", "a\xef\xbf\xbd"); /* half a unit */
    CHECK(UTF16,
          "\xff\xfe"
          "a\0",
          "a");
    CHECK(UTF16, "\xfe\xff\0a", "a");
    CHECK(UTF16, "\0a", "a");
    CHECK(UTF16, "", "");
    CHECK(UTF16, "\xff", "\xef\xbf\xbd");
}

static void test_utf8(void **state)
{
    static const char *const good[] = {
        "", "a", "é", "€", "😀", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf", "\xc2\x80"};
    static const char *const bad[] = {
        "\x80",     "\xc3",         "\xc0\xaf",         "\xc1\xbf",         "\xe0\x9f\xbf",
        "\xe2\x82", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf5\x80\x80\x80", "\xf4\x90\x80\x80",
        "a\xff",    "\xe2\x28\xa1", "\xf0\x9f\x98"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(adit_utf8_valid(adit_text_c(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(adit_utf8_valid(adit_text_c(bad[i])));
    assert_true(adit_ascii_only(adit_text_c("plain")));
    assert_false(adit_ascii_only(adit_text_c("plain é")));
}

/* Every character of every charset comes out as UTF-8 that is valid. */
static void test_all_bytes(void **state)
{
    (void)state;
    for (int charset = ADIT_CHARSET_LATIN1; charset <= ADIT_CHARSET_UTF16; charset++)
        for (unsigned i = 0; i < 65536; i++) {
            const char in[2] = {(char)(i >> 8), (char)i};
            char out[6];
            size_t n = adit_charset_to_utf8((enum adit_charset)charset, adit_text_of(in, 2), out, sizeof out);
            assert_in_range(n, 0, sizeof out);
            assert_true(adit_utf8_valid(adit_text_of(out, n)));
        }
}

static size_t emitted, warned;
static char last[4];

static int take(struct adit_job *job, const char *name, size_t n, const struct adit_value *value)
{
    (void)job;
    assert_int_equal(n, 5);
    assert_memory_equal(name, "field", 5);
    assert_int_equal(value->kind, ADIT_KIND_STRING);
    assert_true(adit_utf8_valid(value->as.text));
    emitted = value->as.text.size;
    memcpy(last, value->as.text.data, emitted < sizeof last ? emitted : sizeof last);
    return 0;
}

static int take_warning(struct adit_job *job, const char *text, size_t n)
{
    (void)job, (void)text, (void)n;
    warned++;
    return 0;
}

static void test_emit(void **state)
{
    static const struct adit_host host = {.size = sizeof host, .emit = take, .warn = take_warning};
    struct adit_call call = {sizeof call, 0, &host, NULL};
    size_t size = 700 * 1024;
    char *text = malloc(size);
    (void)state;
    assert_non_null(text);
    memset(text, 0xe9, size);
    assert_int_equal(adit_emit_in_charset(&call, "field", ADIT_CHARSET_LATIN1, adit_text_of(text, 2)), 0);
    assert_int_equal(emitted, 4);
    assert_memory_equal(last, "éé", 4);
    assert_int_equal(warned, 0);
    assert_int_equal(adit_emit_in_charset(&call, "field", ADIT_CHARSET_LATIN1, adit_text_of(text, 500 * 1024)), 0);
    assert_int_equal(emitted, 1000 * 1024);
    assert_int_equal(warned, 0);
    assert_int_equal(adit_emit_in_charset(&call, "field", ADIT_CHARSET_LATIN1, adit_text_of(text, size)), 0);
    assert_int_equal(emitted, 1024 * 1024);
    assert_int_equal(warned, 1);
    free(text);
}

static void expect(enum adit_charset charset, const char *in, size_t size, const char *utf8)
{
    char out[64];
    size_t n = adit_charset_to_utf8(charset, adit_text_of(in, size), out, sizeof out);
    assert_int_equal(n, strlen(utf8));
    assert_memory_equal(out, utf8, n);
}

static void test_tables(void **state)
{
    (void)state;
    expect(ADIT_CHARSET_KOI8_R, "\xd0\xd2", 2, "\xd0\xbf\xd1\x80");
    expect(ADIT_CHARSET_WINDOWS_1251, "\xcf\xf0", 2, "\xd0\x9f\xd1\x80");
    expect(ADIT_CHARSET_ISO_8859_2, "\xb3", 1, "\xc5\x82");
    expect(ADIT_CHARSET_ISO_8859_15, "\xa4", 1, "\xe2\x82\xac");
    expect(ADIT_CHARSET_CP850, "\x81", 1, "\xc3\xbc");
    expect(ADIT_CHARSET_MACINTOSH, "\x8a", 1, "\xc3\xa4");
    expect(ADIT_CHARSET_WINDOWS_1253, "\xaa", 1, "\xef\xbf\xbd"); /* stands for nothing */
    expect(ADIT_CHARSET_WINDOWS_1252, "\x81", 1, "\xc2\x81");
    assert_int_equal(adit_charset_point(ADIT_CHARSET_UTF16, 0x80), UINT32_MAX);
    assert_int_equal(adit_charset_point((enum adit_charset)0, 'a'), 'a');
}

static void test_from_utf8(void **state)
{
    (void)state;
    expect(ADIT_CHARSET_UTF8,
           "\xef\xbb\xbf"
           "a\xc3\xa9\xf0\x9f\x98\x80",
           10, "a\xc3\xa9\xf0\x9f\x98\x80");
    expect(ADIT_CHARSET_UTF8, "a\xe9z\xc3", 4, "a\xef\xbf\xbdz\xef\xbf\xbd");
}

/* Converts as check() does, then a text with that one twice, and cut at every length: it never reads beyond. */
static void check_east(const char *name, const char *in, size_t size, const char *expected)
{
    enum adit_charset charset = adit_charset_by_name(adit_text_c(name));
    assert_int_not_equal(charset, 0);
    check(charset, in, size, expected);
    for (size_t n = 0; n < size; n++) {
        char *cut = malloc(n ? n : 1), out[256];
        assert_non_null(cut);
        memcpy(cut, in, n);
        size_t length = adit_charset_to_utf8(charset, adit_text_of(cut, n), out, sizeof out);
        assert_in_range(length, 0, sizeof out);
        assert_true(adit_utf8_valid(adit_text_of(out, length)));
        free(cut);
    }
}
#define CHECK_EAST(name, in, expected) check_east(name, in, sizeof(in) - 1, expected)
#define FFFD "\xef\xbf\xbd"

static void test_japan(void **state)
{
    (void)state;
    CHECK_EAST("shift_jis", "\x93\xfa\x96\x7b\x8c\xea \xb1\xdd\\ \x81\x5c~", "日本語 ｱﾝ\\ ―~");
    CHECK_EAST("cp932", "\x87\x40\xfa\x40\xed\x40\xf0\x40\xf9\xfc", "①ⅰ纊\xee\x80\x80\xee\x9d\x97");
    CHECK_EAST("shift_jis", "\x93/\xff\x93\xff\x85\x9f.\x93", FFFD "/" FFFD FFFD FFFD "." FFFD);
    CHECK_EAST("euc-jp", "\xc6\xfc\xcb\xdc\xb8\xec \x8e\xb1\x8f\xb0\xa1", "日本語 ｱ丂");
    CHECK_EAST("euc-jp", "\x8e/\xa9\xa1z\x8f\xa1\xff\xc6", FFFD "/" FFFD "z" FFFD FFFD FFFD);
    CHECK_EAST("iso-2022-jp", "a\x1b$BF|K\\8l\x1b(B\\ \x1b(J\\~\x1b(I1\x1b(B.", "a日本語\\ ¥‾ｱ.");
    CHECK_EAST("iso-2022-jp", "\x1b$BF|\nF|\x1b$@F|\x1b(Bx", "日\nF|日x");
}

static void test_china_and_korea(void **state)
{
    (void)state;
    CHECK_EAST("gb2312", "\xd6\xd0\xce\xc4", "中文");
    CHECK_EAST("gbk", "\x81\x40\x81\x7f", "丂" FFFD "\x7f");
    CHECK_EAST("gb18030", "\x81\x30\x81\x30\x81\x39\xef\x30\x94\x39\xfc\x36\xe3\x32\x9a\x35",
               "\xc2\x80㐁😀\xf4\x8f\xbf\xbf");
    CHECK_EAST("gb18030", "\xe3\x32\x9a\x36.\x81\x30\x81", FFFD "2" FFFD "6." FFFD "0" FFFD);
    CHECK_EAST("big5", "\xa4\xa4\xa4\xe5 \xf9\xd5\xa4", "中文 龘" FFFD);
    CHECK_EAST("big5", "\x80\x81\x40\xff\xff", FFFD FFFD "@" FFFD FFFD);
    CHECK_EAST("euc-kr", "\xc7\xd1\xb1\xdb \x81\x41\xc6\x52", "한글 갂힣");
    CHECK_EAST("euc-kr", "\xc7Z\x80\xc9\xa1", FFFD "Z" FFFD FFFD);
}

static void test_names(void **state)
{
    (void)state;
    assert_int_equal(adit_charset_by_name(ADIT_TEXT("ISO-8859-1")), ADIT_CHARSET_LATIN1);
    assert_int_equal(adit_charset_by_name(ADIT_TEXT("Windows-1250")), ADIT_CHARSET_WINDOWS_1250);
    assert_int_equal(adit_charset_by_name(ADIT_TEXT("US-ASCII")), ADIT_CHARSET_UTF8);
    assert_int_equal(adit_charset_by_name(ADIT_TEXT("866")), ADIT_CHARSET_CP866);
    assert_int_equal(adit_charset_by_name(ADIT_TEXT("iso-8859-16")), ADIT_CHARSET_ISO_8859_16);
    assert_int_equal(adit_charset_by_name(ADIT_TEXT("iso-8859-1 ")), 0);
    assert_int_equal(adit_charset_by_name(ADIT_TEXT("iso-8859")), 0);
    assert_int_equal(adit_charset_by_name(ADIT_TEXT("")), 0);
    assert_int_equal(adit_charset_by_name(ADIT_TEXT("euc-tw")), 0);
    assert_int_equal(adit_charset_by_name(ADIT_TEXT("GBK")), adit_charset_by_name(ADIT_TEXT("gb2312")));
    assert_int_equal(adit_charset_point(adit_charset_by_name(ADIT_TEXT("shift_jis")), 0xb1), UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_single_bytes),    cmocka_unit_test(test_utf16), cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_all_bytes),       cmocka_unit_test(test_emit),  cmocka_unit_test(test_tables),
        cmocka_unit_test(test_from_utf8),       cmocka_unit_test(test_names), cmocka_unit_test(test_japan),
        cmocka_unit_test(test_china_and_korea),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
