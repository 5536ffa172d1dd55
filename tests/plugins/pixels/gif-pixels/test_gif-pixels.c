/* SPDX-License-Identifier: MIT */
#include "../pixels_test.h"

#define SAMPLES "tests/plugins/pixels/gif-pixels/"

/* The sums are those of what Pillow 9.4 decodes. */
static void test_pixels(void **state)
{
    struct module_test *t = *state;
    expect_pixels(t, SAMPLES "plain.gif", 40, 26, ADIT_PIXELS_RGB8, 0xbc239ae6);
    expect_pixels(t, SAMPLES "interlaced.gif", 40, 26, ADIT_PIXELS_RGB8, 0xbc239ae6);
}

/* 40 * 26 at (7, 3) of 50 * 30: what is around has no colour. */
static void test_placed(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "plain.gif");
    uint8_t plain[ADIT_PIXELS_HEAD + 40 * 26 * 3];
    assert_int_equal(t->stream.size, sizeof plain);
    memcpy(plain, t->stream.data, sizeof plain);
    module_run_file(t, SAMPLES "placed.gif");
    assert_int_equal(t->status, ADIT_OK);
    const uint8_t *placed = (const uint8_t *)t->stream.data + ADIT_PIXELS_HEAD;
    assert_int_equal(t->stream.size, ADIT_PIXELS_HEAD + 50 * 30 * 4);
    for (int y = 0; y < 30; y++)
        for (int x = 0; x < 50; x++, placed += 4) {
            bool inside = x >= 7 && x < 47 && y >= 3 && y < 29;
            assert_int_equal(placed[3], inside ? 255 : 0);
            if (inside)
                assert_memory_equal(placed, plain + ADIT_PIXELS_HEAD + ((y - 3) * 40 + x - 7) * 3, 3);
        }
}

/* Index 5 has no colour. */
static void test_transparent(void **state)
{
    struct module_test *t = *state;
    size_t clear = 0;
    module_run_file(t, SAMPLES "transparent.gif");
    assert_int_equal(t->stream.size, ADIT_PIXELS_HEAD + 40 * 26 * 4);
    for (size_t i = ADIT_PIXELS_HEAD + 3; i < t->stream.size; i += 4)
        clear += ((const uint8_t *)t->stream.data)[i] == 0;
    assert_int_equal(clear, 20);
}

static void test_broken(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "cut.gif");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning the image ends at offset 461, in row 20 of 26");
    assert_int_equal(t->stream.size, ADIT_PIXELS_HEAD + 20 * 40 * 3);
    module_run_file(t, SAMPLES "broken.gif");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning offset 123: code 511; the next one is 258");
    module_run(t, "GIF89a\1\0\1\0\0\0\0;", 14);
    assert_int_equal(t->status, ADIT_MALFORMED);
    module_run(t, "GIF88a", 6);
    assert_int_equal(t->status, ADIT_DECLINED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pixels), cmocka_unit_test(test_placed),
                                       cmocka_unit_test(test_transparent), cmocka_unit_test(test_broken)};
    return module_tests("pixels/gif-pixels", tests);
}
