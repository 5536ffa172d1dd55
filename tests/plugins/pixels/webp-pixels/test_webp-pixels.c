/* SPDX-License-Identifier: MIT */
#include "../pixels_test.h"

#define SAMPLES "tests/plugins/pixels/webp-pixels/"

/* The sums are those of what Pillow 9.4 decodes. */
static void test_pixels(void **state)
{
    struct module_test *t = *state;
    expect_pixels(t, SAMPLES "lossy.webp", 40, 30, ADIT_PIXELS_RGB8, 0xcd0c713b);
    expect_pixels(t, SAMPLES "lossless.webp", 24, 18, ADIT_PIXELS_RGB8, 0xa8e258bb);
    expect_pixels(t, SAMPLES "alpha.webp", 24, 18, ADIT_PIXELS_RGBA8, 0x5e88300a);
    expect_pixels(t, SAMPLES "animation.webp", 24, 18, ADIT_PIXELS_RGB8, 0x5a105809);
}

static void test_broken(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "cut.webp");
    assert_int_equal(t->status, ADIT_MALFORMED);
    module_run_file(t, SAMPLES "broken.webp");
    assert_int_equal(t->status, ADIT_UNSUPPORTED);
    expect_line(t, "warning 16383 * 16383 needs 3220832520 bytes at once; option memory gives 201326592");
    module_run(t, "RIFF", 4);
    assert_int_equal(t->status, ADIT_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pixels), cmocka_unit_test(test_broken)};
    return module_tests("pixels/webp-pixels", tests);
}
