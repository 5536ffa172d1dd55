/* SPDX-License-Identifier: MIT */
#include "../../image/plugin_test.h"

#define SAMPLES "tests/plugins/meta/id3/"

static void test_v24(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "full-24.id3");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "title = Grüße");
    expect_line(t, "artist = Zweite");
    expect_line(t, "band = Maße");
    expect_line(t, "band = €");
    expect_line(t, "album = Zwölf");
    expect_line(t, "genre_name = Rock");
    expect_line(t, "recording_time = 2024-02-29T12:30:05Z");
    expect_line(t, "tagging_time = 2024-03-01T07:00Z");
    expect_line(t, "user_text.description = replaygain_track_gain");
    expect_line(t, "lyrics.text = la la");
    expect_line(t, "chapters.title = Anfang");
    expect_line(t, "chapters.user_url.url = https://example.org/1");
    expect_line(t, "relative_volumes.channels.adjustment = -1");
    expect_line(t, "synchronized_lyrics.lines.time = 1000");
    expect_line(t, "original_filename = ÿàfile");
    expect_line(t, "comments.text = compressed again again");
    expect_line(t, "stream APIC  range 438+33");
    expect_line(t, "other_frames.id = XABC");
}

static void test_unsynchronised(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "unsynchronised-23.id3");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "title = Müde Ж");
    expect_line(t, "comments.text = ÿà in the text");
    expect_line(t, "recorded = 2003-03-29T07:15");
    expect_line(t, "relative_volume.left = -128");
    assert_int_equal(t->stream.size, 33);
    assert_memory_equal(t->stream.data, "\x89PNG\r\n\x1a\n\xff\xe0\xff\0\xff\xffnot a", 19);
}

static void test_v22(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "short-22.id3");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "title = Drei Buchstaben");
    expect_line(t, "pictures.media_type = PNG");
    expect_line(t, "stream PIC  range 74+33");
    expect_line(t, "relative_volume.right = 16384");
}

static void test_v1(void **state)
{
    struct module_test *t = *state;
    static const char v1[128] = "TAGStille\0\0\0garbage";
    module_run(t, v1, 128);
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "version = 1.0");
    expect_line(t, "title = Stille");
    expect_line(t, "genre_name = Blues");
    expect_none(t, "track");
    module_run(t, v1, 127);
    assert_int_equal(t->status, ADIT_MALFORMED);
    module_run(t, "neither", 7);
    assert_int_equal(t->status, ADIT_DECLINED);
}

static void test_broken(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "broken.id3");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "album = kept");
    expect_line(t, "warning frame TIT2: text encoding 7; expected 0 to 3");
    module_run_file(t, SAMPLES "plain-sizes.id3");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "album = after it");
    module_run_file(t, SAMPLES "cut.id3");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "title = Grüße");
    module_run(t, "ID3\5\0\0\0\0\0\0", 10);
    assert_int_equal(t->status, ADIT_UNSUPPORTED);
    module_run(t, "ID3\4\0\0\0\0\x80\0", 10);
    assert_int_equal(t->status, ADIT_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_v24), cmocka_unit_test(test_unsynchronised),
                                       cmocka_unit_test(test_v22), cmocka_unit_test(test_v1),
                                       cmocka_unit_test(test_broken)};
    return module_tests("meta/id3", tests);
}
