/* SPDX-License-Identifier: MIT */
#include "../../image/plugin_test.h"

#define SAMPLES "tests/plugins/meta/vorbiscomment/"

static void test_comments(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "full.vorbiscomment");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "vendor = adit samples 1.0");
    expect_line(t, "comments.ARTIST = Erste");
    expect_line(t, "comments.ARTIST = Zweite");
    expect_line(t, "comments.EMPTY = ");
    expect_line(t, "comments.COMMENT = a=b");
    assert_int_equal(t->stream.size, 114);
    assert_memory_equal(t->stream.data, "\0\0\0\4\0\0\0\x09image/png", 17);
    assert_memory_equal((char *)t->stream.data + 110, "\xae\x42\x60\x82", 4);
}

static void test_broken(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "broken.vorbiscomment");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "comments.KEPT = yes");
    module_run_file(t, SAMPLES "cut.vorbiscomment");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "comments.TITLE = Drei Stufen");
    module_run(t, "\xff\xff\xff\xff", 4);
    assert_int_equal(t->status, ADIT_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_comments), cmocka_unit_test(test_broken)};
    return module_tests("meta/vorbiscomment", tests);
}
