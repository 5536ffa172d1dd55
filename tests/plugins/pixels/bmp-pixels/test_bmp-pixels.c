/* SPDX-License-Identifier: MIT */
#include "../pixels_test.h"

#define SAMPLES "tests/plugins/pixels/bmp-pixels/"

/* The sums are those of what Pillow 9.4 decodes. */
static void test_pixels(void **state)
{
    struct module_test *t = *state;
    expect_pixels(t, SAMPLES "colours.bmp", 21, 13, ADIT_PIXELS_RGB8, 0x49417fd3);
    expect_pixels(t, SAMPLES "palette.bmp", 21, 13, ADIT_PIXELS_RGB8, 0x499e7f65);
    expect_pixels(t, SAMPLES "top-down.bmp", 6, 4, ADIT_PIXELS_RGB8, 0x23fa2523);
    expect_pixels(t, SAMPLES "masks.bmp", 5, 3, ADIT_PIXELS_RGB8, 0x0b1414a1);
    expect_pixels(t, SAMPLES "one-bit.bmp", 21, 13, ADIT_PIXELS_RGB8, 0x210d7e90);
}

/* By hand, from the runs that scripts/samples/pictures.py writes: index i of the palette is (5i, 255 - 9i, 15i), rows from the
 * bottom. */
static void expect_indexes(struct module_test *t, const char *path, size_t count, const char *indexes)
{
    module_run_file(t, path);
    assert_int_equal(t->status, ADIT_OK);
    assert_int_equal(t->stream.size, ADIT_PIXELS_HEAD + 3 * count);
    const uint8_t *p = (const uint8_t *)t->stream.data + ADIT_PIXELS_HEAD;
    for (size_t i = 0; i < count; i++, p += 3) {
        int index = indexes[i] <= '9' ? indexes[i] - '0' : indexes[i] - 'a' + 10;
        assert_int_equal(p[0], 5 * index);
        assert_int_equal(p[1], 255 - 9 * index);
        assert_int_equal(p[2], 15 * index);
    }
}

static void test_runs(void **state)
{
    expect_indexes(*state, SAMPLES "runs.bmp", 24,
                   "007777"
                   "000000"
                   "999999"
                   "555124");
    expect_indexes(*state, SAMPLES "nibbles.bmp", 18,
                   "777777"
                   "123450"
                   "2a2a20");
}

static void test_broken(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "cut.bmp");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning row 0 of 13 at offset 822 is not there");
    module_run_file(t, SAMPLES "broken.bmp");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning head at offset 14: -5 * 13 pixels in a header of 40 bytes of 886");
    module_run(t, "BMW", 3);
    assert_int_equal(t->status, ADIT_MALFORMED);
    module_run(t, "MB", 2);
    assert_int_equal(t->status, ADIT_DECLINED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pixels), cmocka_unit_test(test_runs),
                                       cmocka_unit_test(test_broken)};
    return module_tests("pixels/bmp-pixels", tests);
}
