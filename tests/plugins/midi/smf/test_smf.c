/* SPDX-License-Identifier: MIT */
#include "../../image/plugin_test.h"

#define SAMPLES "tests/plugins/midi/smf/"

static void test_song(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "song.mid");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "title = Adit test");
    expect_line(t, "lyrics = été");
    expect_line(t, "duration = 2.5");
    expect_line(t, "notes.count = 5");
    expect_line(t, "notes.overlapping = 1");
    expect_line(t, "notes.unended = 1");
    expect_line(t, "sysex.continued = 2");
    expect_line(t, "alien_chunks = 1");
    expect_none(t, "note_list");
}

/* 0.6 s a quarter note up to tick 960, 0.3 s to 1440, then 1 s: the tempo of every track counts for all. */
static void test_note_list(void **state)
{
    struct module_test *t = *state;
    module_option(t, "notes", "yes");
    module_option(t, "rates", "44100 384000");
    assert_int_equal(module_start(t), ADIT_OK);
    module_run_file(t, SAMPLES "song.mid");
    expect_line(t, "note_list.samples = 13230"); /* tick 240 */
    expect_line(t, "note_list.samples = 115200");
    expect_line(t, "note_list.samples = 66150"); /* tick 1440 */
    expect_line(t, "note_list.end_samples = 77175");
    expect_line(t, "note_list.end_tick = 480"); /* of the older of two that overlap */
    expect_line(t, "note_list.unended = true");
    module_run_file(t, SAMPLES "frames29.rmi");
    expect_line(t, "note_list.end = 1.001");
    expect_line(t, "note_list.end_samples = 44144"); /* 44144.1 */
    module_run_file(t, SAMPLES "patterns.mid");
    expect_line(t, "note_list.samples = 11025");
    expect_line(t, "note_list.samples = 22050");
    module_option(t, "rates", "44100 fast");
    assert_int_equal(module_start(t), ADIT_FAILED);
    assert_string_equal(t->reason, "option rates: expected up to 8 numbers from 1 to 4294967295, found \"44100 fast\"");
    module_option(t, "rates", "44100");
    module_option(t, "charset", "ebcdic");
    assert_int_equal(module_start(t), ADIT_FAILED);
    assert_string_equal(t->reason,
                        "option charset: expected bytes, or a charset such as windows-1252 or shift_jis, found \"ebcdic\"");
    module_option(t, "charset", "windows-1252");
    assert_int_equal(module_start(t), ADIT_OK);
}

/* RP-017: {@JP} says that lyrics are in Shift-JIS, {@LATIN} that they are in Latin-1; else the option does. */
static void test_charsets(void **state)
{
    static const char tagged[] = "MThd\0\0\0\6\0\0\0\1\0\140MTrk\0\0\0\054"
                                 "\0\377\5\013{@JP}\203e\203X\203g"
                                 "\0\377\5\2\203e"
                                 "\0\377\5\012{@LATIN}\351t"
                                 "\0\377\1\1\351"
                                 "\0\377\57\0";
    static const char plain[] = "MThd\0\0\0\6\0\0\0\1\0\140MTrk\0\0\0\026"
                                "\0\377\1\2\203e"
                                "\0\377\1\010\033$B%F\033(B"
                                "\0\377\57\0";
    struct module_test *t = *state;
    module_option(t, "charset", "bytes");
    assert_int_equal(module_start(t), ADIT_OK);
    module_run(t, tagged, sizeof tagged - 1);
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "lyrics = {@JP}テスト");
    expect_line(t, "lyrics = テ");
    expect_line(t, "lyrics = {@LATIN}ét");
    expect_line(t, "text = é");
    module_run(t, plain, sizeof plain - 1);
    expect_line(t, "text = \203e"); /* as it is */
    module_option(t, "charset", "Shift_JIS");
    assert_int_equal(module_start(t), ADIT_OK);
    module_run(t, plain, sizeof plain - 1);
    expect_line(t, "text = テ");
    module_option(t, "charset", "iso-2022-jp");
    assert_int_equal(module_start(t), ADIT_OK);
    module_run(t, plain, sizeof plain - 1);
    expect_line(t, "text = テ"); /* of ASCII bytes alone */
    module_option(t, "charset", "bytes");
    assert_int_equal(module_start(t), ADIT_OK);
}

static void test_damage(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "odd.mid");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning track 1: no event at offset 53");
    expect_line(t, "notes.count = 3");
    module_run_file(t, SAMPLES "no-division.mid");
    assert_int_equal(t->status, ADIT_MALFORMED);
    static const char longer[] = "MThd\0\0\0\x50\0\0\0\1\0\x60MTrk\0\0\0\4\0\xff\x2f";
    module_run(t, longer, sizeof longer);
    assert_int_equal(t->status, ADIT_OK);
    expect_beginning(t, "warning header chunk of 80 bytes");
    static const char later[] = "MThd\0\0\0\x08\0\0\0\1\0\x60??MTrk\0\0\0\4\0\xff\x2f"; /* longer headers may come */
    module_run(t, later, sizeof later);
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    module_run(t, "MThd\0\0\0\6\0\3\0\1\0\x60", 14);
    assert_int_equal(t->status, ADIT_UNSUPPORTED);
    module_run(t, "RIFF\4\0\0\0RMID", 12);
    assert_int_equal(t->status, ADIT_MALFORMED);
    module_run(t, "no MIDI", 7);
    assert_int_equal(t->status, ADIT_DECLINED);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_song),
        cmocka_unit_test(test_charsets), cmocka_unit_test(test_damage),
        cmocka_unit_test(test_note_list),
    };
    return module_tests("midi/smf", tests);
}
