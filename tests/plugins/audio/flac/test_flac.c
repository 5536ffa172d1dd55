/* SPDX-License-Identifier: MIT */
#include "../../image/plugin_test.h"

#define SAMPLES "tests/plugins/audio/flac/"

static void test_all_blocks(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "steps.flac");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "sample_rate = 8000");
    expect_line(t, "total_samples = 484");
    expect_line(t, "duration = 0.0605");
    expect_line(t, "cuesheet.tracks.isrc = ZZADT2400001");
    expect_line(t, "first_frame.channel_assignment = left/side");
    expect_line(t, "stream VORBIS_COMMENT application/x-vorbis-comment range 104+301");
    expect_line(t, "stream PICTURE application/x-flac-picture range 953+139");
    expect_line(t, "stream adit application/x-flac-application range 1100+4");
}

static void test_id3_around(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "id3.flac");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "stream ID3v1 application/x-id3 range 88+128");
    expect_line(t, "audio_size = 46");
    size_t size;
    char *flac = read_whole(SAMPLES "id3.flac", &size), tagged[512];
    memcpy(tagged, "ID3\4\0\0\0\0\0\5.....", 15);
    memcpy(tagged + 15, flac, size);
    module_run(t, tagged, 15 + size);
    free(flac);
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "stream ID3 application/x-id3 range 0+15");
    expect_line(t, "audio_offset = 57");
    module_run(t, "ID3\4\0\0\0\0\0\1.OggS", 15);
    assert_int_equal(t->status, ADIT_DECLINED);
}

static void test_broken(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "damaged.flac");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning SEEKTABLE: has 37 bytes; expected a multiple of 18");
    expect_line(t, "warning metadata block of type 9 at offset 83: not one that RFC 9639 defines");
    module_run_file(t, SAMPLES "cut.flac");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "sample_rate = 8000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_blocks), cmocka_unit_test(test_id3_around),
                                       cmocka_unit_test(test_broken)};
    return module_tests("audio/flac", tests);
}
