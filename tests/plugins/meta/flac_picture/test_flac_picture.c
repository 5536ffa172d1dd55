/* SPDX-License-Identifier: MIT */
#include "../../image/plugin_test.h"

#define SAMPLES "tests/plugins/meta/flac_picture/"

static void test_picture(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "cover.flacpicture");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "type_name = Front cover");
    expect_line(t, "width = 3");
    expect_line(t, "stream picture  range 66+73");
    module_run_file(t, SAMPLES "link.flacpicture");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "uri = https://example.org/cover.png");
    expect_none(t, "stream");
}

static void test_cut(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "cut.flacpicture");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "height = 2");
    expect_line(t, "stream picture  range 66+50");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_picture), cmocka_unit_test(test_cut)};
    return module_tests("meta/flac_picture", tests);
}
