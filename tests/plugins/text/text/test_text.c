/* SPDX-License-Identifier: MIT */
#include "../../image/plugin_test.h"

#define SAMPLES "tests/plugins/text/text/"
#define RUN(t, literal) module_run((t), (literal), sizeof(literal) - 1)

static void test_counts(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "lines.txt");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "encoding = US-ASCII");
    expect_line(t, "line_ending = LF");
    expect_line(t, "line_count = 6");
    expect_line(t, "blank_lines = 2");
    expect_line(t, "longest_line = 19");
    expect_line(t, "word_count = 11");
    expect_line(t, "character_count = 62");
    expect_line(t, "tab_indented_lines = 1");
    expect_line(t, "space_indented_lines = 2");
    expect_line(t, "trailing_whitespace_lines = 2");
    expect_line(t, "final_line_ending = true");
}

static void test_ends(void **state)
{
    struct module_test *t = *state;
    RUN(t, "a\r\nb\nc\rd\r");
    expect_line(t, "line_ending = mixed");
    expect_line(t, "crlf_count = 1");
    expect_line(t, "lf_count = 1");
    expect_line(t, "cr_count = 2");
    expect_line(t, "line_count = 4");
    RUN(t, "");
    expect_line(t, "line_count = 0");
    expect_line(t, "line_ending = none");
    RUN(t, "no end");
    expect_line(t, "line_count = 1");
    expect_line(t, "final_line_ending = false");
    RUN(t, "\0\x01\x7f\n");
    expect_line(t, "nul_count = 1");
    expect_line(t, "control_count = 3");
}

static void test_encodings(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *encoding;
        int32_t status;
    } texts[] = {
        {"\xc3\xa9\n", 3, "encoding = UTF-8", ADIT_OK},
        {"\xe9\n", 2, "encoding = unknown-8bit", ADIT_OK},
        {"\xc0\xaf", 2, "encoding = unknown-8bit", ADIT_OK},         /* overlong */
        {"\xed\xa0\x80", 3, "encoding = unknown-8bit", ADIT_OK},     /* a surrogate */
        {"\xf4\x90\x80\x80", 4, "encoding = unknown-8bit", ADIT_OK}, /* beyond U+10FFFF */
        {"\xf0\x9f\x94\x94", 4, "encoding = UTF-8", ADIT_OK},
        {"a\xc3", 2, "encoding = unknown-8bit", ADIT_OK}, /* cut within a character */
        {"\xef\xbb\xbfx", 4, "encoding = UTF-8", ADIT_OK},
        {"\xef\xbb\xbf\xff", 4, "encoding = UTF-8", ADIT_MALFORMED},
        {"\xff\xfex\0", 4, "encoding = UTF-16LE", ADIT_OK},
        {"\xfe\xff\xd8\x3d\xde\x00", 6, "encoding = UTF-16BE", ADIT_OK},
        {"\xfe\xff\xd8\x3d\0x", 6, "encoding = UTF-16BE", ADIT_MALFORMED}, /* half a pair */
        {"\xfe\xff\0x\0", 5, "encoding = UTF-16BE", ADIT_MALFORMED},       /* half a unit */
        {"\xff\xfe\0\0x\0\0\0", 8, "encoding = UTF-32LE", ADIT_OK},
        {"\0\0\xfe\xff\0\x11\0\0", 8, "encoding = UTF-32BE", ADIT_MALFORMED},
    };
    struct module_test *t = *state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        module_run(t, texts[i].bytes, texts[i].size);
        expect_line(t, texts[i].encoding);
        assert_int_equal(t->status, texts[i].status);
    }
    module_run_file(t, SAMPLES "utf16.txt");
    expect_line(t, "line_count = 2");
    expect_line(t, "character_count = 16"); /* the bell is one */
    expect_line(t, "line_ending = CRLF");
}

static void test_bound(void **state)
{
    struct module_test *t = *state;
    module_option(t, "max_bytes", "8");
    RUN(t, "one\ntwo\nthree\n");
    expect_line(t, "line_count = 2");
    expect_line(t, "examined_size = 8");
    expect_beginning(t, "warning only the first 8 of 14 bytes were examined (option max_bytes)");
    expect_none(t, "final_line_ending");
    module_option(t, "max_bytes", "64M");
}

/* What was told, less what depends on the encoding. */
static void keep_counts(struct module_test *t, char *out, size_t room)
{
    static const char *const others[] = {"encoding", "byte_order_mark", "longest_line"};
    char *line = strtok((char *)(uintptr_t)buf_cstr(&t->lines), "\n");
    size_t n = 0;
    for (; line; line = strtok(NULL, "\n")) {
        bool other = false;
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            other = other || strncmp(line, others[i], strlen(others[i])) == 0;
        if (!other)
            n += (size_t)snprintf(out + n, room - n, "%s\n", line);
    }
    assert_true(n > 0 && n < room);
}

/* Plain stretches are counted 64 bytes at a time; the same text in UTF-16 never is. */
static void test_blocks(void **state)
{
    static const char *const alphabets[] = {"abcde fgh\n",        "a  \t\n",  "ab \r\n", "a\n", "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLM.,\n",
                                            "a b\n\v\f\001\177", "ab c~\r"};
    struct module_test *t = *state;
    uint32_t seed = 1;
    for (size_t round = 0; round < 400; round++) {
        const char *alphabet = alphabets[round % 7];
        char narrow[1024], wide[2 * sizeof narrow + 2] = {'\xff', '\xfe'}, expected[1024], found[1024];
        size_t size = 60 + round * 2;
        for (size_t i = 0; i < size; i++) {
            seed = seed * 1103515245 + 12345;
            bool after_cr = i > 0 && narrow[i - 1] == '\r' && round % 7 == 2;
            narrow[i] = after_cr ? '\n' : alphabet[(seed >> 16) % strlen(alphabet)];
            wide[2 + 2 * i] = narrow[i];
            wide[3 + 2 * i] = '\0';
        }
        module_run(t, wide, 2 + 2 * size);
        keep_counts(t, expected, sizeof expected);
        module_run(t, narrow, size);
        keep_counts(t, found, sizeof found);
        assert_string_equal(found, expected);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_blocks),
    };
    return module_tests("text/text", tests);
}
