/* SPDX-License-Identifier: MIT */
#include "../../image/plugin_test.h"

#define SAMPLES "tests/plugins/video/isobmff/"

static void test_movie(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "movie.mp4");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "major_brand = mp42");
    expect_line(t, "movie.duration = 5");
    expect_line(t, "movie.creation_time = 2024-02-29T12:00:00Z");
    expect_line(t, "tracks.rotation = 90");
    expect_line(t, "tracks.language = deu");
    expect_line(t, "tracks.formats.codec_string = avc1.64001f");
    expect_line(t, "tracks.formats.codec_string = mp4a.40.2");
    expect_line(t, "tracks.formats.pixel_aspect_horizontal = 4");
    expect_line(t, "tracks.formats.full_range = true");
    expect_line(t, "tracks.frame_rate = 25");
    expect_line(t, "tracks.sample_bytes = 20250");
    expect_line(t, "tracks.bit_rate = 139496");
    expect_line(t, "tracks.edits.media_time = -1");
    expect_line(t, "media_data.size = 30");
}

static void test_tags(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "movie.mp4");
    expect_line(t, "title = Müde Möwe");
    expect_line(t, "artist = Zweite");
    expect_line(t, "track = 3");
    expect_line(t, "track_total = 12");
    expect_line(t, "genre = Rock");
    expect_line(t, "bpm = 120");
    expect_line(t, "freeform.name = MOOD");
    expect_line(t, "freeform.value = tired");
    expect_line(t, "other_tags.value = -2");
    expect_line(t, "chapters.start = 2.5");
    expect_line(t, "chapters.title = Ende");
    expect_line(t, "user_data.text = 3GPP title");
    expect_line(t, "stream covr  range 1853+19");
    expect_line(t, "stream covr  range 1888+15");
}

static void test_quicktime(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "quicktime.mov");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "user_data.text = Möwe");
    expect_line(t, "tracks.handler_name = Apple Sound Media Handler");
    expect_line(t, "tracks.balance = -0.5");
    expect_line(t, "tracks.formats.channels = 6");
    expect_line(t, "tracks.formats.sample_rate = 96000");
    expect_line(t, "keys.key = com.example.number");
    expect_line(t, "keys.value = 70000");
    expect_line(t, "keys.value = 0.5");
}

static void test_fragments(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "fragments.mp4");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "fragments.count = 2");
    expect_line(t, "fragments.first_sequence = 4");
    expect_line(t, "fragments.tracks.samples = 28");
    expect_line(t, "fragments.tracks.duration = 1.046875");
    expect_line(t, "tracks.formats.codec_string = hvc1.1.6.L93.90");
}

static void test_chapters(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "chapters.m4a");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "chapters.title = Erstes");
    expect_line(t, "chapters.start = 1");
    expect_line(t, "chapters.title = Zweites");
    expect_line(t, "chapters.start = 2");
    expect_line(t, "chapters.title = Drittes");
}

static void test_pictures(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "picture.heic");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "width = 480");
    expect_line(t, "height = 640");
    expect_line(t, "items.rotation = 90");
    expect_line(t, "items.mirror = left-right");
    expect_line(t, "items.clean_aperture = -0.5");
    expect_line(t, "items.auxiliary_type = urn:mpeg:mpegB:cicp:systems:auxiliary:alpha");
    expect_line(t, "items.content_type = application/rdf+xml");
    expect_line(t, "stream Exif application/x-exif range 659+26");
    expect_line(t, "stream mime application/rdf+xml range 589+37");
    module_run_file(t, SAMPLES "picture.avif");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "items.codec_string = av01.1.05M.10");
    expect_line(t, "items.chroma_format = 4:2:0");
}

static void test_broken(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "broken.mp4");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "tracks.id = 1");
    expect_line(t, "media_data.size = 4");
    expect_line(t, "warning box mdia at offset 236: its size is less than that of its head");
    module_run_file(t, SAMPLES "cut.mp4");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "tracks.formats.codec_string = avc1.64001f");
    module_run_file(t, SAMPLES "empty.mp4");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "compatible_brands = isom");
    module_run(t, "\0\0\0\x08\0\0\0\0", 8);
    assert_int_equal(t->status, ADIT_DECLINED);
}

static int setup(void **state)
{
    *state = module_open("video/isobmff");
    return 0;
}

static int teardown(void **state)
{
    module_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_movie),     cmocka_unit_test(test_tags),
                                       cmocka_unit_test(test_quicktime), cmocka_unit_test(test_fragments),
                                       cmocka_unit_test(test_chapters),  cmocka_unit_test(test_pictures),
                                       cmocka_unit_test(test_broken)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
