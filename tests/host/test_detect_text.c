/* SPDX-License-Identifier: MIT */
/* What text without a magic looks like: encodings, and the shapes HTML, JSON, NDJSON, CSV, TSV. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text_guess.h"

/* A copy of exactly the bytes, so that reading past them shows. */
static unsigned char *copy_of(const void *data, size_t size)
{
    unsigned char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    if (size)
        memcpy(copy, data, size);
    return copy;
}

static enum text_encoding encoding(const void *data, size_t size, bool cut)
{
    unsigned char *copy = copy_of(data, size);
    enum text_encoding e = text_encoding_of(copy, size, cut);
    free(copy);
    return e;
}

static enum text_shape shape(const void *data, size_t size, bool cut)
{
    unsigned char *copy = copy_of(data, size);
    enum text_shape s = text_shape_of(copy, size, cut);
    free(copy);
    return s;
}

#define ENCODING(text, want) assert_int_equal(encoding(text, sizeof(text) - 1, false), want)
#define SHAPE(text, want) assert_int_equal(shape(text, sizeof(text) - 1, false), want)
#define CUT_SHAPE(text, want) assert_int_equal(shape(text, sizeof(text) - 1, true), want)

static void test_ascii_and_controls(void **state)
{
    (void)state;
    ENCODING("", TEXT_ASCII);
    ENCODING("plain words, longer than a word of eight\r\n\t\x1b[0m\f", TEXT_ASCII);
    for (int c = 0; c < 128; c++) {
        char text[20] = "0123456789abcdefghi";
        text[c % 19] = (char)c;
        bool allowed = (c >= 7 && c <= 13) || c == 27 || (c >= 32 && c < 127);
        assert_int_equal(encoding(text, 19, false), allowed ? TEXT_ASCII : TEXT_BINARY);
    }
}

static void test_utf8(void **state)
{
    (void)state;
    ENCODING("na\xc3\xafve", TEXT_UTF8);
    ENCODING("\xf0\x9f\x8e\xb5", TEXT_UTF8);
    ENCODING("\xef\xbb\xbf" "mark", TEXT_UTF8);
    /* overlong, surrogate, above U+10FFFF, lone continuation: not UTF-8 but, with ASCII around, legacy text */
    ENCODING("abc \xc0\x80 def", TEXT_LEGACY);
    ENCODING("abc \xed\xa0\x80 def", TEXT_LEGACY);
    ENCODING("abc \xf4\x90\x80\x80 def", TEXT_LEGACY);
    ENCODING("abc \x80 def", TEXT_LEGACY);
    ENCODING("caf\xe9 au lait", TEXT_LEGACY);
    ENCODING("\x80\x81\x82\x83\x84\x85\x86\x87\x88", TEXT_BINARY);
    ENCODING("caf\xe9\x01", TEXT_BINARY);
    /* a cut head may end within a character, a whole file may not */
    static const char cut[] = "words \xf0\x9f\x8e\xb5";
    for (size_t n = 7; n < sizeof cut - 1; n++) {
        assert_int_equal(encoding(cut, n, true), TEXT_UTF8);
        assert_int_equal(encoding(cut, n, false), TEXT_LEGACY);
    }
}

static void test_wide(void **state)
{
    (void)state;
    ENCODING("\xff\xfeh\0i\0", TEXT_UTF16);
    ENCODING("\xfe\xff\0h\0i", TEXT_UTF16);
    ENCODING("\xff\xfe\0\0h\0\0\0", TEXT_UTF32);
    ENCODING("\0\0\xfe\xff\0\0\0h", TEXT_UTF32);
    ENCODING("\xff\xfeh\0\x01\0", TEXT_BINARY);
    ENCODING("\xff\xfeh\0i", TEXT_BINARY); /* half a code unit at the end of a whole file */
    assert_int_equal(encoding("\xff\xfeh\0i", 5, true), TEXT_UTF16);
    ENCODING("h\0i\0", TEXT_BINARY); /* no mark */
}

static void test_html(void **state)
{
    (void)state;
    SHAPE("<!DOCTYPE html>\n<p>", TEXT_HTML);
    SHAPE("  \n<!-- a --> <!-- b --><HTML>", TEXT_HTML);
    SHAPE("\xef\xbb\xbf<html lang=en>", TEXT_HTML);
    SHAPE("<?xml version='1.0'?><html>", TEXT_HTML);
    SHAPE("<table border=1>", TEXT_HTML);
    SHAPE("<a href=x>", TEXT_HTML);
    SHAPE("<abbr>", TEXT_PLAIN);
    SHAPE("<htmlx>", TEXT_PLAIN);
    SHAPE("<html", TEXT_PLAIN);
    SHAPE("<!-- never ended <html>", TEXT_PLAIN);
    SHAPE("words <html>", TEXT_PLAIN);
    bool firm = false;
    assert_true(text_is_html((const unsigned char *)"<body>", 6, &firm));
    assert_true(firm);
    assert_true(text_is_html((const unsigned char *)"<br>", 4, &firm));
    assert_false(firm);
}

static void test_json(void **state)
{
    (void)state;
    SHAPE("{}", TEXT_JSON);
    SHAPE("[]\n", TEXT_JSON);
    SHAPE("\xef\xbb\xbf {\"a\": [1, -2.5e+3, true, false, null, \"\\u00e9\\n\"], \"b\": {}}\n", TEXT_JSON);
    SHAPE("[[[[]]], {\"x\": [{}]}]", TEXT_JSON);
    SHAPE("{\"a\": 1,}", TEXT_PLAIN);
    SHAPE("[1 2]", TEXT_PLAIN);
    SHAPE("[,]", TEXT_PLAIN);
    SHAPE("{\"a\"}", TEXT_PLAIN);
    SHAPE("{a: 1}", TEXT_PLAIN);
    SHAPE("[01]", TEXT_PLAIN);
    SHAPE("[1.]", TEXT_PLAIN);
    SHAPE("[1]]", TEXT_PLAIN);
    SHAPE("[section]\nkey = value\n", TEXT_PLAIN);
    SHAPE("{\"a\": 1", TEXT_PLAIN); /* the whole file, and not complete */
    SHAPE("[\"a\nb\"]", TEXT_PLAIN);
    SHAPE("\"a string alone\"", TEXT_PLAIN);
    SHAPE("12", TEXT_PLAIN);
    static const char whole[] = "{\"a\": [1, -2.5e+3, true, false, null, \"\\u00e9\\n\"], \"b\": {}}";
    for (size_t n = 1; n < sizeof whole - 1; n++) {
        assert_int_equal(shape(whole, n, true), TEXT_JSON);
        assert_int_equal(shape(whole, n, false), TEXT_PLAIN);
    }
    char deep[2000];
    memset(deep, '[', sizeof deep);
    assert_int_equal(shape(deep, sizeof deep, false), TEXT_JSON);
}

static void test_ndjson(void **state)
{
    (void)state;
    SHAPE("{\"a\": 1}\n{\"a\": 2}\n", TEXT_NDJSON);
    SHAPE("[1]\r\n[2]", TEXT_NDJSON);
    SHAPE("{} {}", TEXT_PLAIN);
    SHAPE("{}\nwords\n", TEXT_PLAIN);
    SHAPE("{}\n{", TEXT_PLAIN);
    CUT_SHAPE("{}\n{\"a", TEXT_NDJSON);
}

static void test_tables(void **state)
{
    (void)state;
    SHAPE("a,b,c\n1,2,3\n", TEXT_CSV);
    SHAPE("a,b\n1,2\n", TEXT_PLAIN); /* two lines with one comma each may be prose */
    SHAPE("a,b\n1,2\n3,4", TEXT_CSV);
    SHAPE("a;b;c\r\n1;2;3\r\n", TEXT_CSV);
    SHAPE("\"a,\"\"x\"\"\",b,c\n1,\"two\nlines\",3\n", TEXT_CSV);
    SHAPE("a,b,c\n1,2\n", TEXT_PLAIN);
    SHAPE("a,b,c\n", TEXT_PLAIN);
    SHAPE("a,\"b\" x,c\n1,2,3\n", TEXT_PLAIN);
    SHAPE("a,\"b,c\n1,2,3\n", TEXT_PLAIN);
    SHAPE("a\tb\n1\t2\n", TEXT_TSV);
    SHAPE("a\tb\tc\n1\t\t\n", TEXT_TSV);
    SHAPE("Well, this is prose, as you see.\nIt has commas, now and then.\nNot so here.\n", TEXT_PLAIN);
    SHAPE("words alone\nand more\n", TEXT_PLAIN);
    CUT_SHAPE("a,b,c\n1,2,3\n4,", TEXT_CSV);
    CUT_SHAPE("a,b,c\n1,2", TEXT_PLAIN);
    CUT_SHAPE("a,b,c\n1,2,3\n4,\"cut", TEXT_CSV);
}

static void test_noise(void **state)
{
    (void)state;
    static const char LETTERS[] = "{}[]\",:\\\n\t <>-!1e.tfn;/\xc3\xa9\r";
    uint32_t seed = 7;
    char text[64];
    for (int round = 0; round < 20000; round++) {
        size_t n = (size_t)(round % 64);
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1664525 + 1013904223;
            text[i] = LETTERS[(seed >> 16) % (sizeof LETTERS - 1)];
        }
        (void)shape(text, n, round & 1);
        (void)encoding(text, n, round & 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ascii_and_controls), cmocka_unit_test(test_utf8),   cmocka_unit_test(test_wide),
        cmocka_unit_test(test_html),               cmocka_unit_test(test_json),   cmocka_unit_test(test_ndjson),
        cmocka_unit_test(test_tables),             cmocka_unit_test(test_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
