/* SPDX-License-Identifier: MIT */
#include "../../image/plugin_test.h"

#define SAMPLES "tests/plugins/audio/mp3/"

static void test_headers(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "xing.mp3");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "mpeg_version = 1");
    expect_line(t, "channel_mode = joint stereo");
    expect_line(t, "bit_rate_mode = VBR");
    expect_line(t, "vbr.frames = 6");
    expect_line(t, "encoder = LAME3.100");
    expect_line(t, "lame.vbr_method_name = VBR mtrh");
    expect_line(t, "lame.lowpass = 17000");
    expect_line(t, "lame.peak = 0.5");
    expect_line(t, "lame.track_gain = -5");
    expect_line(t, "lame.mp3gain = -2");
    expect_line(t, "encoder_delay = 576");
    expect_line(t, "encoder_padding = 1104");
    expect_line(t, "duration = 0.216");
    expect_line(t, "trimmed_duration = 0.1635");
    expect_line(t, "bit_rate = 80000");
    expect_line(t, "stream ID3v2 application/x-id3 range 0+27");
    expect_line(t, "stream ID3v1 application/x-id3 range 2475+128");
    module_run_file(t, SAMPLES "vbri.mp3");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "vbr.header = VBRI");
    expect_line(t, "frames = 500");
    expect_line(t, "duration = 18");
    expect_line(t, "encoder_delay = 1105");
}

/* The header's frame is smaller than those of sound, and its tag does not tell whether the rate is constant: its name does. */
static void test_constant_with_header(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "info.mp3");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "vbr.header = Info");
    expect_line(t, "bit_rate_mode = CBR");
    expect_line(t, "first_bit_rate = 64000");
    expect_line(t, "bit_rate = 128000");
    expect_line(t, "samples_per_frame = 1152");
    expect_line(t, "audio_size = 2592");
    expect_line(t, "info_frame_size = 288");
    expect_line(t, "encoder = Lavc57.64");
    expect_line(t, "ancillary_encoder = LAME3.99.5");
}

static void test_frames_alone(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "constant.mp3");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "bit_rate_mode = CBR");
    expect_line(t, "bit_rate = 32000");
    expect_line(t, "frames = 12");
    expect_line(t, "duration = 0.432");
    expect_line(t, "duration_is_estimated = false");
    module_run_file(t, SAMPLES "layer1.mp3");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "layer = 1");
    expect_line(t, "frames = 3");
    expect_line(t, "emphasis = 50/15 microseconds");
    expect_line(t, "warning frame 4 at offset 288: has 96 bytes, 20 are there");
    module_run_file(t, SAMPLES "layer2.mp3");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "layer = 2");
    expect_line(t, "skipped = 28");
    expect_line(t, "duration = 0.18");
    module_run_file(t, SAMPLES "free.mp3");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "first_bit_rate = 0");
    expect_line(t, "frames = 4");
    expect_line(t, "duration = 0.144");
}

static void test_tags(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "mpeg2.mp3");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "mpeg_version = 2");
    expect_line(t, "samples = 2304");
    expect_line(t, "stream ID3v1 application/x-id3 range 290+128");
    expect_line(t, "stream Lyrics3v2 application/x-lyrics3 range 254+36");
    expect_line(t, "stream APEv2 application/x-apetag range 222+32");
    module_run_file(t, SAMPLES "flac-in-id3.mp3");
    assert_int_equal(t->status, ADIT_DECLINED);
    expect_line(t, "refine audio/flac");
    expect_none(t, "stream");
}

static void test_none(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "none.mp3");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning offset 30: expected frames of MPEG audio, found none in 480 bytes");
    module_run(t, "ID3\4\0\0\0\0\0\0", 10);
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "mpeg_version");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_frames_alone),
        cmocka_unit_test(test_constant_with_header),
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_none),
    };
    return module_tests("audio/mp3", tests);
}
