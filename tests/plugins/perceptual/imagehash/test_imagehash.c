/* SPDX-License-Identifier: MIT */
/* Hashes that the Python library gives (SOURCES beside this file; scripts/samples/pictures.py), and pictures whose hashes follow by
 * hand. */
#include "../../image/plugin_test.h"

#define SAMPLES "tests/plugins/perceptual/imagehash/"

/* A stream of grey pixels, each as `pixel` says. */
static void run_grey(struct module_test *t, uint8_t width, uint8_t height, uint8_t (*pixel)(int x, int y))
{
    static uint8_t stream[32 + 255 * 255] = "AditPix1";
    for (int i = 8; i < 24; i += 4)
        stream[i] = i % 8 ? height : width;
    stream[24] = 1;
    for (int i = 0; i < width * height; i++)
        stream[32 + i] = pixel(i % width, i / width);
    module_run(t, stream, 32 + (size_t)width * height);
}

/* Squares of a chessboard of 8 * 8, the first one black. */
static uint8_t chess(int x, int y)
{
    return (x / 8 + y / 8) % 2 ? 255 : 0;
}

static uint8_t brighter_to_the_right(int x, int y)
{
    (void)y;
    return (uint8_t)(x * 3);
}

static void test_library(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "rgb.pixels");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "average = fffffffef8700000");
    expect_line(t, "perceptual = 92b627495925e93b");
    expect_line(t, "difference = fdececfcf9e3e73f");
    expect_line(t, "wavelet = ff7f7f3e38300000");
}

static void test_by_hand(void **state)
{
    struct module_test *t = *state;
    run_grey(t, 64, 64, chess);
    expect_line(t, "average = 55aa55aa55aa55aa");
    expect_line(t, "wavelet = 55aa55aa55aa55aa");
    expect_line(t, "perceptual = 8000000000000000"); /* as the library has it; its frequencies cancel out */
    run_grey(t, 80, 16, brighter_to_the_right);
    expect_line(t, "average = 0f0f0f0f0f0f0f0f");
    expect_line(t, "difference = ffffffffffffffff");
    expect_line(t, "wavelet = 0f0f0f0f0f0f0f0f");
}

/* PDQ says nothing of less than 5 * 5. */
static void test_small(void **state)
{
    struct module_test *t = *state;
    run_grey(t, 4, 9, chess);
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "pdq = 0000000000000000000000000000000000000000000000000000000000000000");
    expect_line(t, "pdq_quality = 0");
    run_grey(t, 1, 1, chess);
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "average = 0000000000000000");
}

/* A picture of which a quarter of the sides is there, grey or coloured, brighter to the right. */
static void run_smaller(struct module_test *t, uint32_t width, uint32_t height, uint8_t format)
{
    uint32_t step = format == 3 ? 3 : 1, sides[4] = {width, height, width * 4, height * 4};
    size_t size = 32 + (size_t)width * height * step;
    uint8_t *stream = calloc(1, size);
    assert_non_null(stream);
    memcpy(stream, "AditPix1", 8);
    for (int i = 0; i < 16; i++)
        stream[8 + i] = (uint8_t)(sides[i / 4] >> 8 * (i % 4));
    stream[24] = format;
    for (size_t i = 0; i < (size_t)width * height * step; i++)
        stream[32 + i] = (uint8_t)(i / step % width * 255 / width);
    module_run(t, stream, size);
    free(stream);
}

/* Widths and heights around those of lanes, of halves, and of rows that are added at once; the same in grey and in colour. */
static void test_smaller(void **state)
{
    static const uint32_t widths[] = {17, 33, 511, 512, 513, 527, 1025, 1040}, heights[] = {16, 17, 512, 513, 514, 519};
    struct module_test *t = *state;
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
        for (size_t h = 0; h < sizeof heights / sizeof *heights; h++)
            for (uint8_t format = 1; format <= 3; format += 2) {
                run_smaller(t, widths[w], heights[h], format);
                assert_int_equal(t->status, ADIT_OK);
                expect_line(t, "average = 0f0f0f0f0f0f0f0f");
                expect_line(t, "difference = ffffffffffffffff");
                expect_line(t, "wavelet = 0f0f0f0f0f0f0f0f");
                expect_line(t, "smaller = true");
            }
}

static void test_option(void **state)
{
    struct module_test *t = *state;
    module_option(t, "hashes", "wavelet,  average");
    assert_int_equal(module_start(t), ADIT_OK);
    module_run_file(t, SAMPLES "rgb.pixels");
    expect_beginning(t, "average = ");
    expect_beginning(t, "wavelet = ");
    expect_none(t, "perceptual");
    expect_none(t, "pdq");
    module_option(t, "hashes", "average, avrage");
    assert_int_equal(module_start(t), ADIT_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_library), cmocka_unit_test(test_by_hand),
                                       cmocka_unit_test(test_small), cmocka_unit_test(test_smaller),
                                       cmocka_unit_test(test_option)};
    return module_tests("perceptual/imagehash", tests);
}
