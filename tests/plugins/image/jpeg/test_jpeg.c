/* SPDX-License-Identifier: MIT */
#include "../plugin_test.h"

#define SAMPLES "tests/plugins/image/jpeg/"

static void test_segments(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "segments.jpg");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "width = 16");
    expect_line(t, "process_name = Baseline DCT, Huffman coding");
    expect_line(t, "components.horizontal_sampling_factor = 2");
    expect_line(t, "subsampling = 4:2:0");
    expect_line(t, "restart_interval = 4");
    expect_line(t, "scans = 1");
    expect_line(t, "image_data_size = 6");
    expect_line(t, "jfif.version = 1.02");
    expect_line(t, "adobe.color_transform_name = YCbCr");
    expect_line(t, "ducky.quality = 60");
    expect_line(t, "picture_info.Shutter = 6460");
    expect_line(t, "graphicconverter_quality = 70");
    expect_line(t, "spiff.version = 1.2");
    expect_line(t, "comments = A comment");
    expect_line(t, "comments = Grüße");
    expect_line(t, "comments = Ein Schiff");
    expect_line(t, "segments.identifier = http://ns.adobe.com/xmp/extension/");
    expect_none(t, "warning");
}

static void test_streams(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "segments.jpg");
    expect_line(t, "stream JFXX thumbnail image/jpeg range 30+137");
    expect_line(t, "stream Exif application/x-exif range 177+1444");
    expect_line(t, "stream XMP application/rdf+xml range 1654+37");
    expect_line(t, "stream Extended XMP application/rdf+xml 148");
    expect_line(t, "stream ICC_PROFILE application/vnd.iccprofile 200");
    expect_line(t, "stream JUMBF application/x-jumbf 20");
    expect_line(t, "stream Photoshop 3.0 application/x-photoshop-irb 16");
    expect_line(t, "stream MPImage2 image/jpeg range 2771+137");
    expect_line(t, "stream trailer  range 2908+20");
    expect_line(t, "trailing_size = 157");
    /* Parts come out in their order, whatever the order of the segments: XMP, profile, JUMBF, Photoshop. */
    assert_int_equal(t->stream.size, 148 + 200 + 20 + 16);
    assert_memory_equal(t->stream.data, "<x:xmpmeta ", 11);
    for (size_t i = 0; i < 200; i++)
        assert_int_equal((unsigned char)t->stream.data[148 + i], i);
    assert_memory_equal(t->stream.data + 348, "\0\0\0\x14jumbfirst second", 20);
    assert_memory_equal(t->stream.data + 368, "8BIM\4\4\0\0\0\0\0\4rest", 16);
}

static void test_broken(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "broken.jpg");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "width = 16");
    expect_line(t, "warning offset 2233: multi-picture image 2: 137 bytes at offset 2771 are not in the file");
    expect_line(t, "warning offset 2015: ICC profile: part 2 of 2 stands where part 1 should");
    expect_line(t, "stream ICC_PROFILE application/vnd.iccprofile 200 truncated");
    expect_line(t, "warning offset 2767: the file ends before EOI, the marker FFD9");
    expect_none(t, "trailing_size");
}

static void test_not_jpeg(void **state)
{
    struct module_test *t = *state;
    module_run(t, "GIF89a", 6);
    assert_int_equal(t->status, ADIT_DECLINED);
    module_run(t, "\xff\xd8\xff\xd9", 4);
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning offset 0: there is no frame header (SOF): no image");
}

/* The mappers take the first EXIF that is found: that of the image itself, not of the further ones. */
static void test_own_metadata_first(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "segments.jpg");
    const char *all = buf_cstr(&t->lines), *exif = strstr(all, "stream Exif "), *thumbnail = strstr(all, "stream JFXX");
    assert_true(exif && thumbnail && exif < thumbnail && exif < strstr(all, "stream MPImage2"));
}

/* Two Adobe segments, with 0 and 1 as their transform: the first is told. */
static void test_twice(void **state)
{
    struct module_test *t = *state;
    static const char twice[] = "\xff\xd8"
                                "\xff\xee\0\x0e"
                                "Adobe\0\x64\0\0\0\0\0"
                                "\xff\xee\0\x0e"
                                "Adobe\0\x64\0\0\0\0\1"
                                "\xff\xd9";
    module_run(t, twice, sizeof twice - 1);
    expect_line(t, "adobe.color_transform = 0");
    expect_none(t, "adobe.color_transform = 1");
    expect_line(t, "warning offset 18: a further segment FFEE of the same kind is left out");
}

/* What is behind the limit of the search is not known: no scans, no end, no complaint that it is missing. */
static void test_scan_limit(void **state)
{
    struct module_test *t = *state;
    size_t size = 1 << 20, head;
    char *start = read_whole(SAMPLES "plain.jpg", &head), *data = calloc(1, size);
    assert_non_null(data);
    memcpy(data, start, head - 2);
    memcpy(data + size - 2, "\xff\xd9", 2);
    module_run(t, data, size);
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "scans = 1");
    module_option(t, "scan", "64K");
    module_run(t, data, size);
    module_option(t, "scan", "64M");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "width = 8");
    expect_none(t, "scans");
    expect_none(t, "warning");
    free(start);
    free(data);
}

/* A marker whose two bytes lie on both sides of the search's buffer, at every place. */
static void test_marker_across_buffers(void **state)
{
    struct module_test *t = *state;
    size_t head;
    char *start = read_whole(SAMPLES "plain.jpg", &head);
    size_t data_at = head - 3;
    for (size_t n = 32 * 1024 - 4; n < 32 * 1024 + 4; n++) {
        char *data = calloc(1, data_at + n + 2), expected[64];
        assert_non_null(data);
        memcpy(data, start, data_at);
        memcpy(data + data_at + n, "\xff\xd9", 2);
        module_run(t, data, data_at + n + 2);
        (void)snprintf(expected, sizeof expected, "image_data_size = %zu", n);
        assert_int_equal(t->status, ADIT_OK);
        expect_line(t, expected);
        free(data);
    }
    free(start);
}

/* B.2.5: a frame header of 0 lines, which DNL tells after the scan. */
static void test_lines_told_later(void **state)
{
    struct module_test *t = *state;
    static const char dnl[] = "\xff\xdc\0\4\1\2\xff\xd9";
    size_t size;
    char *data = read_whole(SAMPLES "plain.jpg", &size), *made = malloc(size + 6);
    assert_non_null(made);
    memcpy(made, data, size);
    memcpy(made + size - 2, dnl, 8);
    for (size_t i = 0; i + 8 < size; i++)
        if (memcmp(made + i, "\xff\xc0\0\x0b\x08\0\x08", 7) == 0)
            made[i + 6] = 0;
    module_run(t, made, size + 6);
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "height = 258");
    free(data);
    free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_segments),
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_not_jpeg),
        cmocka_unit_test(test_twice),
        cmocka_unit_test(test_own_metadata_first),
        cmocka_unit_test(test_scan_limit),
        cmocka_unit_test(test_marker_across_buffers),
        cmocka_unit_test(test_lines_told_later),
    };
    return module_tests("image/jpeg", tests);
}
