/* SPDX-License-Identifier: MIT */
#include "../../image/plugin_test.h"

#define SAMPLES "tests/plugins/audio/sndfile/"

/* libsndfile 1.2 and its codecs lose a few bytes where opening fails half-way. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libsndfile.so\nleak:libvorbis.so\nleak:libFLAC.so\nleak:libmpg123.so\nleak:libopus.so\nleak:libogg."
           "so\n";
}

static void test_broadcast(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "broadcast.wav");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "container = WAV");
    expect_line(t, "subtype = PCM_16");
    expect_line(t, "frames = 500");
    expect_line(t, "duration = 0.0625");
    expect_line(t, "title = Noon");
    expect_line(t, "bext.TimeReference = 345600000");
    expect_line(t, "bext.LoudnessValue = -23");
    expect_none(t, "bext.MaxShortTermLoudness"); /* 0x7fff: not told */
    expect_line(t, "cart.CutID = C-17");
    expect_line(t, "cart.PostTimer.Usage = SEG1");
    expect_line(t, "cues.name = second");
    expect_line(t, "cues.sample_offset = 250");
    expect_line(t, "instrument.basenote = 60");
    expect_line(t, "instrument.loops.mode = forward");
    expect_line(t, "loop.bpm = 120");
    expect_line(t, "stream bext application/x-bext range 44+643");
    expect_line(t, "stream iXML application/xml range 2762+34");
}

static void test_containers(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "float.rf64");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "container = RF64");
    expect_line(t, "channel_map = CENTER");
    module_run_file(t, SAMPLES "tones.aiff");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "endianness = big");
    expect_line(t, "title = Two tones");
    module_run_file(t, SAMPLES "silent.au");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "frames = 0");
}

static void test_measure(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "float.rf64");
    expect_none(t, "measured");
    module_option(t, "measure", "yes");
    module_run_file(t, SAMPLES "float.rf64");
    expect_line(t, "measured.frames = 20");
    expect_line(t, "measured.peak = 0.5");
    expect_line(t, "measured.not_finite = 1");
    module_run_file(t, SAMPLES "silent.au");
    expect_line(t, "measured.frames = 0");
    expect_none(t, "measured.peak");
    module_option(t, "measure", "no");
}

/* AIFF with CHAN before COMM, and with a layout of fewer channels than COMM: libsndfile would read beyond its memory. */
static void test_channel_layout(void **state)
{
    static const char early[] = "FORM\0\0\0\x5c"
                                "AIFF"
                                "CHAN\0\0\0\x0c\0\x73\0\4\0\0\0\0\0\0\0\0"
                                "COMM\0\0\0\x12\0\4\0\0\0\2\0\x10\x40\x0b\xfa\0\0\0\0\0\0\0"
                                "SSND\0\0\0\x18\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\x8\1\2\3\4\5\6\7\x8";
    static const char few[] = "FORM\0\0\0\x5c"
                              "AIFF"
                              "COMM\0\0\0\x12\0\4\0\0\0\2\0\x10\x40\x0b\xfa\0\0\0\0\0\0\0"
                              "CHAN\0\0\0\x0c\0\x65\0\2\0\0\0\0\0\0\0\0"
                              "SSND\0\0\0\x18\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\x8\1\2\3\4\5\6\7\x8";
    struct module_test *t = *state;
    const struct {
        const char *bytes;
        size_t size;
    } files[] = {{early, sizeof early - 1}, {few, sizeof few - 1}};
    for (size_t i = 0; i < 2; i++) {
        module_run(t, files[i].bytes, files[i].size);
        assert_int_equal(t->status, ADIT_OK);
        expect_line(t, "channels = 4");
        expect_none(t, "channel_map");
    }
}

static void test_damage(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "cut.wav");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning chunk data at offset 3052: expected 1000 bytes, found 300");
    expect_line(t, "frames = 150");
    module_run_file(t, SAMPLES "no-data.wav");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "stream bext application/x-bext range 44+643");
    module_run(t, "nothing that it knows", 21);
    assert_int_equal(t->status, ADIT_UNSUPPORTED);
}

/* What libsndfile does not open is told by its chunks, and what it does not tell of the others. */
static void test_headers(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "camera.wav");
    assert_true(t->status == ADIT_UNSUPPORTED || t->status == ADIT_MALFORMED);
    expect_line(t, "format.bits_per_sample = 45");
    expect_line(t, "format.byte_rate = 144000");
    expect_line(t, "sample_rate = 8000");
    expect_line(t, "channels = 3");
    expect_line(t, "fact_samples = 2");
    expect_line(t, "title = A name");
    expect_line(t, "engineer = An engineer");
    expect_line(t, "exif.Make = A maker");
    expect_line(t, "exif.ExifVersion = 0220");
    expect_line(t, "smpl.manufacturer = 65");
    expect_line(t, "smpl.smpte_format = 25");
    expect_line(t, "smpl.data_size = 2");
    expect_line(t, "bext.TimeReference = 345600000");
    expect_line(t, "bext.CodingHistory = A=PCM,F=8000,W=16,M=mono,T=made by hand\r");
    module_run_file(t, SAMPLES "comments.aifc");
    expect_line(t, "format.frames = 11554");
    expect_line(t, "format.compression = fl32");
    expect_line(t, "sample_rate = 22050");
    expect_line(t, "comments.text = ding.wa");
    expect_line(t, "comments.marker = 3");
    expect_line(t, "title = A name");
    expect_line(t, "copyright = 2004");
    module_run_file(t, SAMPLES "broadcast.wav");
    expect_line(t, "format.tag = 1");
    module_run_file(t, SAMPLES "float.rf64");
    expect_line(t, "ds64_samples = 20");
    expect_line(t, "format.sub_format = 00000003-0000-0010-8000-00aa00389b71");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_broadcast),      cmocka_unit_test(test_containers), cmocka_unit_test(test_measure),
        cmocka_unit_test(test_channel_layout), cmocka_unit_test(test_damage),     cmocka_unit_test(test_headers),
    };
    return module_tests("audio/sndfile", tests);
}
