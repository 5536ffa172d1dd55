/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "memory_job.h"
#include "pieces.h"
#include <adit/json.h>

/* The document as events: key=value, {…}, […]. */
static enum adit_json_result write_out(const char *text, size_t size, size_t piece, bool many, char *out, size_t room)
{
    struct pieces d = pieces_of(text, size, piece);
    char value[64];
    struct adit_json j = adit_json(&d.reader, value, sizeof value);
    size_t n = 0;
    j.many = many;
    out[0] = '\0';
    while (adit_json_next(&j)) {
        if (j.key.data)
            n += (size_t)snprintf(out + n, room - n, "%.*s=", (int)j.key.size, j.key.data);
        static const char *const marks[] = {"?", "{", "[", "end ", "", "", "", "null "};
        n += (size_t)snprintf(out + n, room - n, "%s", marks[j.kind]);
        if (j.kind == ADIT_JSON_STRING)
            n += (size_t)snprintf(out + n, room - n, "'%.*s'%s ", (int)j.text.size, j.text.data, j.cut ? "cut" : "");
        else if (j.kind == ADIT_JSON_NUMBER && j.integer)
            n += (size_t)snprintf(out + n, room - n, "%lld ", (long long)j.i64);
        else if (j.kind == ADIT_JSON_NUMBER)
            n += (size_t)snprintf(out + n, room - n, "%g(%s) ", j.number, j.text.data);
        else if (j.kind == ADIT_JSON_BOOL)
            n += (size_t)snprintf(out + n, room - n, "%s ", j.boolean ? "true" : "false");
    }
    assert_false(adit_json_next(&j));
    return j.result;
}

static void check(const char *text, size_t size, enum adit_json_result result, const char *expected)
{
    for (size_t piece = 1; piece < 12; piece++) {
        char out[1024];
        enum adit_json_result found = write_out(text, size, piece, false, out, sizeof out);
        if (found != result || strcmp(out, expected) != 0)
            fail_msg("\"%s\": %d, %s", text, found, out);
    }
}
#define CHECK(text, result, expected) check(text, sizeof(text) - 1, result, expected)

static void test_values(void **state)
{
    (void)state;
    CHECK("null", ADIT_JSON_OK, "null ");
    CHECK(" true ", ADIT_JSON_OK, "true ");
    CHECK("\xef\xbb\xbf[]", ADIT_JSON_OK, "[end ");
    CHECK("{}", ADIT_JSON_OK, "{end ");
    CHECK("{\"a\":[1,-2,3.5,-0,1e2,1E+2,1.5e-3],\"b\":{\"c\":false}}", ADIT_JSON_OK,
          "{a=[1 -2 3.5(3.5) 0 100(1e2) 100(1E+2) 0.0015(1.5e-3) end b={c=false end end ");
    CHECK("9223372036854775807", ADIT_JSON_OK, "9223372036854775807 ");
    CHECK("9223372036854775808", ADIT_JSON_OK, "9.22337e+18(9223372036854775808) ");
    CHECK("[\"\", \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\"]", ADIT_JSON_OK, "['' '\"\\/\b\f\n\r\tA\xc3\xa9' end ");
}

static void test_unicode(void **state)
{
    (void)state;
    CHECK("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"", ADIT_JSON_OK, "'\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80' ");
    CHECK("\"\\ud83d\\ude00\"", ADIT_JSON_OK, "'\xf0\x9f\x98\x80' ");
    CHECK("\"\\ud83d\"", ADIT_JSON_OK, "'\xef\xbf\xbd' "); /* halves alone */
    CHECK("\"\\ude00x\\ud83dy\\ud83d\\u0041\"", ADIT_JSON_OK,
          "'\xef\xbf\xbdx\xef\xbf\xbdy\xef\xbf\xbd"
          "A' ");
    CHECK("\"\\ud83d\\n\"", ADIT_JSON_OK, "'\xef\xbf\xbd\n' ");
    CHECK("\"a\xe9z\xff\xc0\xaf\"", ADIT_JSON_OK, "'a\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd' ");
}

static void test_faults(void **state)
{
    static const char *const malformed[] = {"[1,]",  "{\"a\":1,}", "[1 2]", "{a:1}",    "{\"a\" 1}",   "01",
                                            "1.",    "[.5]",       "+1",    "nul1",     "\"\\x\"",     "\"\n\"",
                                            "[] []", "'a'",        "[1}",   "]",        "\"\\u12G4\"", "-",
                                            "1e",    "{\"a\":}",   "[,1]",  "Infinity", "\xef\xbb[]"};
    static const char *const truncated[] = {"",   " ",   "[",   "{",    "{\"a\"", "{\"a\":", "\"abc",
                                            "[1", "[1,", "tru", "\"\\", "\"\\u1", "[1."};
    char out[256];
    (void)state;
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        enum adit_json_result found = write_out(malformed[i], strlen(malformed[i]), 3, false, out, sizeof out);
        bool early =
            strcmp(malformed[i], "1.") == 0 || strcmp(malformed[i], "-") == 0 || strcmp(malformed[i], "1e") == 0;
        if (found != (early ? ADIT_JSON_TRUNCATED : ADIT_JSON_MALFORMED))
            fail_msg("%s: %d", malformed[i], found);
    }
    for (size_t i = 0; i < sizeof truncated / sizeof *truncated; i++)
        assert_int_equal(write_out(truncated[i], strlen(truncated[i]), 3, false, out, sizeof out), ADIT_JSON_TRUNCATED);
}

static void test_many(void **state)
{
    char out[256];
    (void)state;
    assert_int_equal(write_out("{\"a\":1}\n[2]\n3 4\n", 16, 2, true, out, sizeof out), ADIT_JSON_OK);
    assert_string_equal(out, "{a=1 end [2 end 3 4 ");
    assert_int_equal(write_out("", 0, 2, true, out, sizeof out), ADIT_JSON_OK);
    assert_int_equal(write_out("{} {", 4, 2, true, out, sizeof out), ADIT_JSON_TRUNCATED);
}

static void test_bounds(void **state)
{
    static char text[3000];
    char out[4096];
    (void)state;
    memset(text, '[', 600);
    assert_int_equal(write_out(text, 512, 100, false, out, sizeof out), ADIT_JSON_TRUNCATED);
    assert_int_equal(write_out(text, 513, 100, false, out, sizeof out), ADIT_JSON_LIMIT);
    text[0] = '"';
    memset(text + 1, 'x', 2000);
    text[100] = '\xc3';
    text[101] = '\xa9';
    text[2001] = '"';
    assert_int_equal(write_out(text, 2002, 100, false, out, sizeof out), ADIT_JSON_OK);
    assert_int_equal(strlen(out), 63 + 2 + 4);
    memcpy(text, "{\"", 2);
    memset(text + 2, 'k', 1000);
    memcpy(text + 1002, "\":1}", 4);
    assert_int_equal(write_out(text, 1006, 100, false, out, sizeof out), ADIT_JSON_OK);
    assert_int_equal(strlen(out), 1 + 256 + 1 + 2 + 4);
}

static void test_skip(void **state)
{
    static const char text[] = "{\"a\":{\"b\":[1,{}]},\"c\":2}";
    struct adit_job memory;
    struct adit_call job = memory_call(&memory, text, sizeof text - 1);
    struct adit_reader from = adit_reader(&job);
    char room[64];
    struct adit_json j = adit_json(&from, room, sizeof room);
    (void)state;
    assert_true(adit_json_next(&j) && adit_json_next(&j));
    assert_true(adit_text_is(j.key, "a") && j.depth == 1);
    assert_true(adit_json_skip(&j) && adit_json_next(&j));
    assert_true(adit_text_is(j.key, "c") && j.i64 == 2);
    memory.fail_at = 10;
    from = adit_reader(&job);
    j = adit_json(&from, room, sizeof room);
    while (adit_json_next(&j))
        continue;
    assert_int_equal(j.result, ADIT_JSON_UNREADABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values), cmocka_unit_test(test_unicode), cmocka_unit_test(test_faults),
        cmocka_unit_test(test_many),   cmocka_unit_test(test_bounds),  cmocka_unit_test(test_skip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
