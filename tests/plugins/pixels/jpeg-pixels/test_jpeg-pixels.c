/* SPDX-License-Identifier: MIT */
#include "../pixels_test.h"

#define SAMPLES "tests/plugins/pixels/jpeg-pixels/"

/* The sums are those of Pillow 9.4 with libjpeg-turbo 2.1.5; CMYK as it converts that to RGB. */
static void test_pixels(void **state)
{
    struct module_test *t = *state;
    expect_pixels(t, SAMPLES "photo.jpg", 40, 30, ADIT_PIXELS_RGB8, 0xcc306ef7);
    expect_pixels(t, SAMPLES "progressive.jpg", 33, 25, ADIT_PIXELS_RGB8, 0xed417127);
    expect_pixels(t, SAMPLES "grey.jpg", 24, 24, ADIT_PIXELS_GREY8, 0xcda10eeb);
    expect_pixels(t, SAMPLES "cmyk.jpg", 16, 16, ADIT_PIXELS_RGB8, 0x1b9a6570);
}

static void test_what_ends(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "cut.jpg");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning the image ends at offset 945, in row 15 of 40");
    assert_int_equal((t->stream.size - ADIT_PIXELS_HEAD) % (40 * 3), 0);
    assert_in_range(t->stream.size, ADIT_PIXELS_HEAD + 120, ADIT_PIXELS_HEAD + 39 * 120);
    module_run(t, "\xff\xd8\xff\xd9", 4);
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_beginning(t, "warning before offset 4: JPEG datastream contains no image");
}

/* Larger ones come at a half or a quarter of their sides; what needs more memory than there may be does not come. */
static void test_options(void **state)
{
    struct module_test *t = *state;
    module_option(t, "full_pixels", "300");
    assert_int_equal(module_start(t), ADIT_OK);
    module_run_file(t, SAMPLES "photo.jpg");
    assert_memory_equal((const uint8_t *)t->stream.data + 8, "\24\0\0\0\17\0\0\0\50\0\0\0\36\0\0\0\3",
                        17); /* 20 * 15 of 40 * 30 */
    assert_int_equal(t->stream.size, ADIT_PIXELS_HEAD + 20 * 15 * 3);
    module_option(t, "full_pixels", "1");
    module_option(t, "memory", "3000");
    assert_int_equal(module_start(t), ADIT_OK);
    module_run_file(t, SAMPLES "photo.jpg");
    assert_memory_equal((const uint8_t *)t->stream.data + 8, "\12\0\0\0\10\0\0\0\50\0\0\0\36\0\0\0\3", 17); /* 10 * 8 */
    module_run_file(t, SAMPLES "progressive.jpg");
    assert_int_equal(t->status, ADIT_UNSUPPORTED);
    expect_beginning(t, "warning 33 * 25 in several scans needs ");
    assert_int_equal(t->stream.size, 0);
}

static int setup(void **state)
{
    *state = module_open("pixels/jpeg-pixels");
    assert_int_equal(module_start(*state), ADIT_OK);
    return 0;
}

static int teardown(void **state)
{
    module_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pixels), cmocka_unit_test(test_what_ends),
                                       cmocka_unit_test(test_options)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
