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
    expect_line(t, "tracks.formats.sample_format = signed");
    expect_line(t, "tracks.formats.endianness = big");
    expect_line(t, "tracks.formats.bits_per_sample = 24");
    expect_line(t, "tracks.formats.channel_layout = L R C LFE Ls Rs");
    expect_line(t, "tracks.formats.endianness = little");
    expect_line(t, "tracks.language = eng");
    expect_line(t, "tracks.language = deu");
    expect_line(t, "fast_start = false");
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
    expect_line(t, "fragments.tracks.sample_bytes = 178"); /* 25 of the default 7, and 3 of 1 */
    expect_line(t, "fragments.movie_duration = 1.047");
    expect_line(t, "fragments.tracks.frame_rate = 26.74626866");
    expect_line(t, "tracks.formats.codec_string = hvc1.1.6.L93.90");
}

/* What the parameter sets say, and the messages of encoders. Checked with ffmpeg's trace_headers (H.264, AV1) and mediainfo (sound). */
static void test_coded_pictures(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "coded.mp4");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "tracks.formats.profile_name = High 4:2:2 Intra");
    expect_line(t, "tracks.formats.level_name = 3.1");
    expect_line(t, "tracks.formats.chroma_depth = 9");
    expect_line(t, "tracks.formats.coded_height = 1088");
    expect_line(t, "tracks.formats.reference_frames = 3");
    expect_line(t, "tracks.formats.entropy_coding = CABAC");
    expect_line(t, "tracks.formats.progressive = false");
    expect_line(t, "tracks.formats.pixel_aspect_horizontal = 15");
    expect_line(t, "tracks.encoder = own264 - core 7 r2");
    expect_line(t, "tracks.frame_rate_mode = variable");
    expect_line(t, "tracks.min_frame_rate = 12.5");
    expect_line(t, "tracks.sample_bytes = 546");
    expect_line(t, "tracks.formats.profile_name = Main 10");
    expect_line(t, "tracks.formats.color_primaries_name = BT.2020, BT.2100");
    expect_line(t, "tracks.formats.transfer_characteristics_name = SMPTE ST 2084 (PQ)");
    expect_line(t, "tracks.encoder_settings = crf=28.0 wpp no-sao");
    expect_line(t, "tracks.formats.profile_name = Professional");
    expect_line(t, "tracks.formats.level_name = 5.1");
    expect_line(t, "tracks.formats.chroma_format = 4:2:2");
    expect_line(t, "tracks.formats.transfer_characteristics = 18");
    expect_line(t, "tracks.formats.profile_name = Advanced Simple");
    expect_line(t, "tracks.encoder = own4 1.2");
    expect_line(t, "tracks.formats.codec = PNG");
    expect_line(t, "tracks.formats.codec = VP9");
    expect_line(t, "tracks.formats.decoder_version = 3"); /* H.263 */
    expect_line(t, "tracks.formats.profile_name = Version 2 Interactive and Streaming Wireless");
    expect_line(t, "tracks.formats.level_name = 4.5");
}

static void test_coded_sound(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "coded.mp4");
    expect_line(t, "tracks.formats.codec_string = mp4a.40.5");
    expect_line(t, "tracks.formats.channel_layout = C L R Ls Rs LFE");
    expect_line(t, "tracks.formats.spectral_band_replication = true");
    expect_line(t, "tracks.formats.extended_sample_rate = 44100");
    expect_line(t, "tracks.formats.parametric_stereo = true");
    expect_line(t, "tracks.formats.samples_per_frame = 960");
    expect_line(t, "tracks.formats.codec = USAC");
    expect_line(t, "tracks.formats.codec = MPEG Audio");
    expect_line(t, "tracks.formats.codec = AMR-WB");
    expect_line(t, "tracks.formats.vendor = ours");
    expect_line(t, "tracks.formats.coded_channels = 1");
    expect_line(t, "tracks.formats.bits_per_sample = 13");
    expect_line(t, "tracks.formats.bits_per_sample = 14");
    expect_line(t, "tracks.formats.coded_bit_rate = 900000");
    expect_line(t, "tracks.formats.coded_sample_rate = 96000");
    expect_line(t, "tracks.formats.output_gain = -1");
    expect_line(t, "tracks.formats.pre_skip = 312");
    expect_line(t, "tracks.formats.md5 = 000102030405060708090a0b0c0d0e0f");
    expect_line(t, "tracks.formats.channel_layout = L R C LFE Ls Rs");
    expect_line(t, "tracks.formats.channel_layout = L C R Ls Rs LFE");
    expect_line(t, "tracks.formats.coded_bit_rate = 384000");
    expect_line(t, "tracks.formats.coded_bit_rate = 256000");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_movie),     cmocka_unit_test(test_tags),           cmocka_unit_test(test_quicktime),
        cmocka_unit_test(test_fragments), cmocka_unit_test(test_chapters),       cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_broken),    cmocka_unit_test(test_coded_pictures), cmocka_unit_test(test_coded_sound)};
    return module_tests("video/isobmff", tests);
}
