/* SPDX-License-Identifier: MIT */
#include "../pixels_test.h"

#define SAMPLES "tests/plugins/pixels/png-pixels/"

/* The sums are those of what Pillow 9.4 decodes. */
static void test_pixels(void **state)
{
    struct module_test *t = *state;
    expect_pixels(t, SAMPLES "colours.png", 37, 21, ADIT_PIXELS_RGB8, 0x757e31da);
    expect_pixels(t, SAMPLES "grey16.png", 9, 7, ADIT_PIXELS_GREY16, 0xda6519e1);
    expect_pixels(t, SAMPLES "interlaced.png", 11, 9, ADIT_PIXELS_RGB8, 0x19958ea9);
    expect_pixels(t, SAMPLES "palette.png", 30, 20, ADIT_PIXELS_RGBA8, 0xa22963dd);
    expect_pixels(t, SAMPLES "two-bits.png", 8, 4, ADIT_PIXELS_GREY8, 0x07270ff1);
}

/* What is wrong is told; what can be decoded comes all the same. */
static void test_broken(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "crc.png");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_beginning(t, "warning before offset 1");
    assert_int_equal(pixels_sum(t), 0x757e31da);
    module_run_file(t, SAMPLES "cut.png");
    assert_int_equal(t->status, ADIT_MALFORMED);
    module_run(t, "\x89PNG\r\n\x1a\n", 8);
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning before offset 8: the file ends before the image");
}

/* An interlaced image is there only when all of it is. */
static void test_memory(void **state)
{
    struct module_test *t = *state;
    module_option(t, "memory", "200");
    assert_int_equal(module_start(t), ADIT_OK);
    expect_pixels(t, SAMPLES "colours.png", 37, 21, ADIT_PIXELS_RGB8, 0x757e31da);
    module_run_file(t, SAMPLES "interlaced.png");
    assert_int_equal(t->status, ADIT_UNSUPPORTED);
    expect_line(t, "warning 11 * 9 interlaced needs 297 bytes at once; option memory gives 200");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pixels), cmocka_unit_test(test_broken),
                                       cmocka_unit_test(test_memory)};
    return module_tests("pixels/png-pixels", tests);
}
