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
    module_run(t, "<Dummy>", 7);
    assert_int_equal(t->status, ADIT_DECLINED);
    expect_none(t, "warning");
}

/* What needs more memory than there may be does not come. */
static void test_memory(void **state)
{
    struct module_test *t = *state;
    module_option(t, "memory", "3000");
    assert_int_equal(module_start(t), ADIT_OK);
    expect_pixels(t, SAMPLES "photo.jpg", 40, 30, ADIT_PIXELS_RGB8, 0xcc306ef7);
    module_run_file(t, SAMPLES "progressive.jpg");
    assert_int_equal(t->status, ADIT_UNSUPPORTED);
    expect_beginning(t, "warning 33 * 25 needs ");
    assert_int_equal(t->stream.size, 0);
    module_option(t, "memory", "128M");
    assert_int_equal(module_start(t), ADIT_OK);
}

/* ---- a quarter of the sides ---- */

static const char *const quartered[] = {"photo.jpg",    "progressive.jpg", "grey.jpg",
                                        "restarts.jpg", "separate.jpg",    "wide.jpg"};
enum { QUARTERED = sizeof quartered / sizeof *quartered };

static void set_full_pixels(struct module_test *t, const char *value)
{
    module_option(t, "full_pixels", value);
    assert_int_equal(module_start(t), ADIT_OK);
}

/* The mean difference between each pixel and the mean of its 4 * 4 ones, in brightness. */
static double difference(const uint8_t *small, const uint8_t *full, uint32_t width, uint32_t height, uint32_t samples)
{
    static const double part[] = {0.299, 0.587, 0.114};
    uint32_t across = (width + 3) / 4, down = (height + 3) / 4;
    double sum = 0;
    for (uint32_t y = 0; y < down; y++)
        for (uint32_t x = 0; x < across; x++) {
            double mean = 0, here = 0;
            uint32_t count = 0;
            for (uint32_t v = 4 * y; v < 4 * y + 4 && v < height; v++)
                for (uint32_t h = 4 * x; h < 4 * x + 4 && h < width; h++, count++)
                    for (uint32_t s = 0; s < samples; s++)
                        mean += full[((size_t)v * width + h) * samples + s] * (samples == 1 ? 1 : part[s]);
            for (uint32_t s = 0; s < samples; s++)
                here += small[((size_t)y * across + x) * samples + s] * (samples == 1 ? 1 : part[s]);
            double away = here - mean / count;
            sum += away < 0 ? -away : away;
        }
    return sum / (across * down);
}

/* From the lowest frequencies alone, and yet what the whole image has. */
static void test_quarter(void **state)
{
    struct module_test *t = *state;
    for (size_t i = 0; i < QUARTERED; i++) {
        char path[256];
        (void)snprintf(path, sizeof path, SAMPLES "%s", quartered[i]);
        set_full_pixels(t, "1000000");
        module_run_file(t, path);
        assert_int_equal(t->status, ADIT_OK);
        size_t size = t->stream.size;
        uint8_t *full = malloc(size);
        assert_non_null(full);
        memcpy(full, t->stream.data, size);
        uint32_t width = full[8] | (uint32_t)full[9] << 8, height = full[12] | (uint32_t)full[13] << 8;
        uint32_t samples = full[24] == ADIT_PIXELS_GREY8 ? 1 : 3;
        set_full_pixels(t, "1");
        module_run_file(t, path);
        assert_int_equal(t->status, ADIT_OK);
        expect_none(t, "warning");
        const uint8_t *small = (const uint8_t *)t->stream.data;
        assert_int_equal(t->stream.size, ADIT_PIXELS_HEAD + (size_t)((width + 3) / 4) * ((height + 3) / 4) * samples);
        assert_memory_equal(small + 16, full + 8, 8); /* of the whole image */
        assert_int_equal(small[24], full[24]);
        double away = difference(small + ADIT_PIXELS_HEAD, full + ADIT_PIXELS_HEAD, width, height, samples);
        if (away > 6)
            fail_msg("%s: brightness differs by %.2f in the mean", path, away);
        free(full);
    }
    set_full_pixels(t, "4000000");
}

/* Cut anywhere, or with any byte changed: whatever comes of it, it comes to an end, and rows are whole. */
static void test_quarter_broken(void **state)
{
    struct module_test *t = *state;
    set_full_pixels(t, "1");
    for (size_t i = 0; i < QUARTERED; i++) {
        char path[256];
        size_t size;
        (void)snprintf(path, sizeof path, SAMPLES "%s", quartered[i]);
        char *data = read_whole(path, &size);
        for (size_t cut = 3; cut < size; cut += 3) {
            module_run(t, data, cut);
            if (t->status != ADIT_MALFORMED && cut + 4 < size) /* the last bits may be no more than filled up */
                fail_msg("%s: %zu of %zu bytes are enough", path, cut, size);
        }
        for (size_t at = 2; at < size; at++)
            for (int bit = 0; bit < 8; bit += 3) {
                data[at] = (char)(data[at] ^ 1 << bit);
                module_run(t, data, size);
                assert_in_range(t->status, ADIT_OK, ADIT_UNSUPPORTED);
                data[at] = (char)(data[at] ^ 1 << bit);
            }
        free(data);
    }
    set_full_pixels(t, "4000000");
}

/* The most that an MCU may take: 48 blocks of 64 zeros in 16 bits, each with 15 of a value. Its data end at once: what is read then are the
 * zeros that are put behind them, and no more. */
static void test_largest_mcu(void **state)
{
    struct module_test *t = *state;
    static const uint8_t counts[16] = {[15] = 1};
    static const uint8_t frame[] = {0xff, 0xc0, 0, 17, 8, 0, 64, 0, 64, 3, 1, 0x44, 0, 2, 0x44, 0, 3, 0x44, 0};
    static const uint8_t scan[] = {0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0, 0, 0xff, 0xd9};
    uint8_t data[256] = {0xff, 0xd8, 0xff, 0xdb, 0, 67};
    size_t n = 6 + 65;
    for (size_t i = 7; i < n; i++)
        data[i] = 1;
    for (uint8_t ac = 0; ac < 2; ac++) {
        const uint8_t head[] = {0xff, 0xc4, 0, 20, (uint8_t)(ac << 4)};
        memcpy(data + n, head, sizeof head);
        memcpy(data + n + sizeof head, counts, sizeof counts);
        data[n + sizeof head + sizeof counts] = 15;
        n += sizeof head + sizeof counts + 1;
    }
    memcpy(data + n, frame, sizeof frame);
    memcpy(data + n + sizeof frame, scan, sizeof scan);
    n += sizeof frame + sizeof scan;
    set_full_pixels(t, "1");
    module_run(t, (const char *)data, n);
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning offset 149: the data of a scan end before the image");
    set_full_pixels(t, "4000000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pixels),         cmocka_unit_test(test_what_ends),
                                       cmocka_unit_test(test_memory),         cmocka_unit_test(test_quarter),
                                       cmocka_unit_test(test_quarter_broken), cmocka_unit_test(test_largest_mcu)};
    return module_tests("pixels/jpeg-pixels", tests);
}
