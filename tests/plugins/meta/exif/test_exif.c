/* SPDX-License-Identifier: MIT */
#include "../../image/plugin_test.h"

#define SAMPLES "tests/plugins/meta/exif/"

static void expect_all(struct module_test *t)
{
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "ImageDescription = A harbour");
    expect_line(t, "Orientation = 6");
    expect_line(t, "Orientation_name = Rotate 90 CW");
    expect_line(t, "Copyright = A. Author");
    expect_line(t, "CopyrightEditor = An Editor");
    expect_line(t, "XPKeywords = sea;night");
    expect_line(t, "ExposureTime = 0.004");
    expect_line(t, "PhotographicSensitivity = 65535");
    expect_line(t, "RecommendedExposureIndex = 102400");
    expect_line(t, "ExifVersion = 0300");
    expect_line(t, "ExposureBiasValue = -0.6666666667");
    expect_line(t, "Flash_name = Auto, fired");
    expect_line(t, "SubjectArea = 30");
    expect_none(t, "SubjectDistance"); /* infinite */
    expect_line(t, "UserComment = Größe");
    expect_line(t, "LensSpecification = nan");
    expect_line(t, "ImageTitle = Hafen bei Nacht — süd");
    expect_line(t, "InteroperabilityIndex = R98");
    expect_line(t, "unknown_tags.tag = 43981");
    expect_line(t, "stream MakerNote application/x-makernote range 826+9");
}

static void test_both_orders(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "little.exif");
    expect_line(t, "ByteOrder = II");
    expect_all(t);
    module_run_file(t, SAMPLES "big.exif");
    expect_line(t, "ByteOrder = MM");
    expect_all(t);
}

static void test_times(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "little.exif");
    expect_line(t, "DateTime = 2021-03-05T01:02:03+11:00");
    expect_line(t, "DateTimeOriginal = 2021-03-04T20:30:15.250+11:00");
    expect_line(t, "DateTimeDigitized = 2021-03-04T20:30:16"); /* no offset: the zone is not known */
    expect_line(t, "GPSDateTime = 2021-03-04T09:30:15.500Z");
}

static void test_position(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "little.exif");
    expect_line(t, "GPSLatitude = -33.85705833");
    expect_line(t, "GPSLatitudeRef = S");
    expect_line(t, "GPSLongitude = 151.21");
    expect_line(t, "GPSAltitude = -12.5");
    expect_line(t, "GPSProcessingMethod = GPS");
}

static void test_thumbnail(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "little.exif");
    expect_line(t, "thumbnail.Compression = 6");
    expect_line(t, "stream thumbnail image/jpeg range 1312+137");
    module_run_file(t, SAMPLES "big.exif");
    expect_none(t, "thumbnail");
}

static void test_broken(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "broken.exif");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "Make = Loop");
    expect_line(t, "warning 0th directory: Orientation at offset 34: expected an integer, found type ASCII");
    expect_line(
        t,
        "warning 0th directory: Model (ASCII, 24 values) points to offset 78, outside of the 94 bytes that there are");
    expect_line(t, "warning Exif directory: its offset 8 is that of a directory read before");
    expect_line(t, "warning 1st directory: its offset 8 is that of a directory read before");
    module_run(t, "no TIFF", 7);
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning offset 0: expected a TIFF header (II 2A 00 or MM 00 2A)");
}

/* Text of one tag in the 0th directory, as a little-endian TIFF. */
static void run_tag(struct module_test *t, unsigned tag, unsigned type, const char *value, unsigned size)
{
    unsigned char data[512] = "II*\0\x08\0\0\0\1\0";
    const unsigned words[] = {size, 26};
    data[10] = (unsigned char)tag;
    data[11] = (unsigned char)(tag >> 8);
    data[12] = (unsigned char)type;
    for (unsigned i = 0; i < 8; i++)
        data[14 + i] = (unsigned char)(words[i / 4] >> (i % 4 * 8));
    memcpy(data + 26, value, size);
    module_run(t, data, 26 + size);
}

static void test_unknown_times(void **state)
{
    struct module_test *t = *state;
    run_tag(t, 0x0132, 2, "0000:00:00 00:00:00", 20);
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "DateTime");
    run_tag(t, 0x0132, 2, "    :  :     :  :  ", 20);
    assert_int_equal(t->status, ADIT_OK);
    run_tag(t, 0x0132, 2, "2021:02:30 00:00:00", 20);
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning DateTime: expected a time such as 2003:10:31 15:44:19, found \"2021:02:30 00:00:00\"");
}

/* Values where a directory is: told, and read all the same. */
static void test_overlap(void **state)
{
    struct module_test *t = *state;
    static const char tiff[] = "II*\0\x08\0\0\0\1\0\x0f\1\2\0\x08\0\0\0\x04\0\0\0\0\0\0";
    module_run(t, tiff, sizeof tiff);
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning 0th directory: Make lies at offset 4, 8 bytes, where the directory at offset 8 is");
    expect_beginning(t, "Make = ");
}

static void test_comments(void **state)
{
    struct module_test *t = *state;
    run_tag(t, 0x9286, 7, "ASCII\0\0\0plain  \0\0", 17);
    expect_line(t, "UserComment = plain");
    run_tag(t, 0x9286, 7, "\0\0\0\0\0\0\0\0unsaid", 14);
    expect_line(t, "UserComment = unsaid");
    run_tag(t, 0x9286, 7, "UNICODE\0\0a\0b\0 ", 14); /* big endian in a little-endian file */
    expect_line(t, "UserComment = ab");
    run_tag(t, 0x9286, 7,
            "UNICODE\0\xff\xfe"
            "a\0b\0",
            14);
    expect_line(t, "UserComment = ab");
    run_tag(t, 0x9286, 7, "JIS\0\0\0\0\0\x1b$B", 11);
    expect_beginning(t, "warning 0th directory: UserComment is in JIS X 0208");
    run_tag(t, 0x9286, 7, "no charset at all", 17);
    expect_line(t, "UserComment = no charset at all");
}

/* The fields that the .conf declares are those of the tables. */
static void test_declared(void **state)
{
    (void)state;
    assert_int_equal(system("scripts/exif-fields --check"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_orders), cmocka_unit_test(test_times),   cmocka_unit_test(test_position),
        cmocka_unit_test(test_thumbnail),   cmocka_unit_test(test_broken),  cmocka_unit_test(test_unknown_times),
        cmocka_unit_test(test_comments),    cmocka_unit_test(test_overlap), cmocka_unit_test(test_declared),
    };
    return module_tests("meta/exif", tests);
}
