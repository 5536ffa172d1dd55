/* SPDX-License-Identifier: MIT */
#include "../plugin_test.h"

#define SAMPLES "tests/plugins/image/png/"

static void test_numbers(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "chunks.png");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "width = 8");
    expect_line(t, "height = 4");
    expect_line(t, "color_type_name = Truecolor");
    expect_line(t, "gamma = 0.45455");
    expect_line(t, "chromaticities.white_point_x = 0.3127");
    expect_line(t, "cicp.color_primaries = 9");
    expect_line(t, "cicp.transfer_function_name = SMPTE ST 2084 (PQ)");
    expect_line(t, "cicp.video_full_range = true");
    expect_line(t, "mastering_display_chromaticities.red_x = 0.68");
    expect_line(t, "mastering_display_luminance.minimum = 0.005");
    expect_line(t, "content_light_level.maximum_frame_average = 400");
    expect_line(t, "significant_bits = 6");
    expect_line(t, "rendering_intent_name = Perceptual");
    expect_line(t, "histogram = 4");
    expect_line(t, "background.green = 2");
    expect_line(t, "transparency.blue = 6");
    expect_line(t, "pixels_per_unit_x = 2835");
    expect_line(t, "offset.x = -5");
    expect_line(t, "calibration.parameters = 15");
    expect_line(t, "calibration.parameters = -0.25");
    expect_line(t, "scale.pixel_height = 0.002");
    expect_line(t, "stereo_mode = diverging-fuse");
    expect_line(t, "canvas.y = -20");
    expect_line(t, "suggested_palettes.entries = 2");
    expect_line(t, "last_modified = 2021-03-04T09:30:15Z");
    expect_line(t, "image_data_size = 12");
    expect_line(t, "trailing_size = 13");
}

static void test_texts(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "chunks.png");
    expect_line(t, "text.Title = Grüße");
    expect_line(t, "text.Comment = one"); /* the same keyword, twice */
    expect_line(t, "text.Comment = two");
    expect_line(t, "text.Author = Jürgen");
    expect_line(t, "text.Description = Ein Bild");
    expect_line(t, "international_text.language = de");
    expect_line(t, "international_text.translated_keyword = Autor");
    expect_line(t, "international_text.text = Jürgen");
}

static void test_streams(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "chunks.png");
    expect_line(t, "stream eXIf application/x-exif range 678+1264");
    expect_line(t, "stream iCCP application/vnd.iccprofile 128");
    expect_line(t, "stream XML:com.adobe.xmp application/rdf+xml range 2241+37");
    expect_line(t, "stream Raw profile type exif application/x-exif 32");
    expect_line(t, "stream Raw profile type iptc application/x-photoshop-irb 12");
    expect_line(t, "stream Raw profile type xmp application/rdf+xml 37");
    expect_line(t, "stream Raw profile type icc application/vnd.iccprofile 16");
    expect_line(t, "stream trailer  range 2616+13");
    assert_int_equal(t->stream.size, 128 + 32 + 12 + 37 + 16);
    for (size_t i = 0; i < 128; i++)
        assert_int_equal((unsigned char)t->stream.data[i], i);
    assert_memory_equal(t->stream.data + 128, "Exif\0\0II*\0", 10);
    assert_memory_equal(t->stream.data + 160, "8BIM", 4);
    assert_memory_equal(t->stream.data + 172, "<x:xmpmeta", 10);
}

static void test_animation(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "animation.png");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "refine image/apng");
    expect_line(t, "num_frames = 2");
    expect_line(t, "animation.frames = 2");
    expect_line(t, "animation.duration = 0.2");
    expect_line(t, "default_image_is_first_frame = true");
}

static void test_broken(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "broken.png");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning IHDR at offset 8: colour type 3 with 3 bits is not possible");
    expect_line(t, "warning gAMA at offset 56: CRC is 12345678, computed from its bytes 0bfc6105");
    expect_line(t, "warning gAMA at offset 56: must come before the first IDAT");
    expect_line(t, "gamma = 0.45455");
    expect_line(t, "warning pHYs at offset 72: has 3 bytes; expected 9 to 9");
    expect_line(t, "warning tIME at offset 87: 2021-13-4 9:30:15 is no time");
    expect_line(t, "warning tEXt at offset 106: its 6 bytes are too few for what it says");
    expect_line(t, "text.Comment = text that is cu");
    expect_line(t, "warning iCCP at offset 163: compression method 7; expected 0");
    expect_line(t, "warning ABCD at offset 181: is a critical chunk of a type that PNG does not have");
    expect_line(t, "warning IDAT at offset 193: IDAT chunks must follow one another");
    expect_line(t, "warning tEXt at offset 205: says it has 1000 bytes, but the file ends after 11");
}

/* The CRC of image data costs reading them: only where the option asks for it. */
static void test_crc_option(void **state)
{
    struct module_test *t = *state;
    size_t size;
    char *data = read_whole(SAMPLES "animation.png", &size);
    for (size_t i = 0; i + 8 < size; i++)
        if (memcmp(data + i, "IDAT", 4) == 0)
            data[i + 6] = (char)(data[i + 6] ^ 1);
    module_run(t, data, size);
    assert_int_equal(t->status, ADIT_OK);
    module_option(t, "crc", "all");
    module_run(t, data, size);
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_beginning(t, "warning IDAT at offset 91: CRC is ");
    module_option(t, "crc", "none");
    module_run_file(t, SAMPLES "broken.png");
    expect_none(t, "warning gAMA at offset 56: CRC");
    module_option(t, "crc", "metadata");
    free(data);
}

static void test_not_png(void **state)
{
    struct module_test *t = *state;
    module_run(t, "GIF89a", 6);
    assert_int_equal(t->status, ADIT_DECLINED);
    module_run(t, "\x89PNG\r\n\x1a\n", 8);
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning data at offset 8: expected a chunk of 12 bytes or more, found 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),   cmocka_unit_test(test_texts),  cmocka_unit_test(test_streams),
        cmocka_unit_test(test_animation), cmocka_unit_test(test_broken), cmocka_unit_test(test_crc_option),
        cmocka_unit_test(test_not_png),
    };
    return module_tests("image/png", tests);
}
