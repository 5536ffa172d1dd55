/* SPDX-License-Identifier: MIT */
#include "../plugin_test.h"

#define SAMPLES "tests/plugins/image/svg/"

static void run_text(struct module_test *t, const char *text)
{
    module_run(t, text, strlen(text));
}

/* CSS Values 3, 5.2: 96 px to the inch. */
static void test_lengths(void **state)
{
    struct module_test *t = *state;
    run_text(t, "<svg width='2.54cm' height='72pt'/>");
    expect_line(t, "width_px = 96");
    expect_line(t, "height_px = 96");
    run_text(t, "<svg width='101.6Q' height='6pc'/>");
    expect_line(t, "width_px = 96");
    expect_line(t, "height_px = 96");
    run_text(t, "<svg width='100%' height='3em'/>");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "width_px");
    expect_none(t, "height_px");
    run_text(t, "<svg width='3 km'/>");
    assert_int_equal(t->status, ADIT_MALFORMED);
}

static void test_links(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "full.svg");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "links = https://example.org/");
    expect_line(t, "links = dach.png");
    expect_none(t, "links = #g");
    expect_beginning(t, "stream embedded-1 image/png");
    expect_beginning(t, "stream embedded-2 text/plain 5");
    assert_true(t->stream.size > 5 && memcmp(t->stream.data, "\x89PNG", 4) == 0);
    assert_memory_equal(t->stream.data + t->stream.size - 5, "a <b>", 5);
}

static void test_subjects(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "full.svg");
    expect_line(t, "subjects = Haus");
    expect_line(t, "subjects = Dach");
    expect_none(t, "subjects = HausDach");
    expect_line(t, "creators = A. Mensch");
    expect_line(t, "paths = 2");
    expect_none(t, "circles");
    run_text(t, "<html/>");
    assert_int_equal(t->status, ADIT_DECLINED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_subjects),
    };
    return module_tests("image/svg", tests);
}
