/* SPDX-License-Identifier: MIT */
#include "../../image/plugin_test.h"

struct plugins {
    struct module_test *smf, *hits;
};

static void run(struct plugins *p, const char *path)
{
    module_run_file(p->smf, path);
    const struct job_need need = {"smf", 3, (const uint8_t *)buf_cstr(&p->smf->fields), p->smf->fields.size};
    module_run_needs(p->hits, "", 0, &need, 1);
}

static void test_kit(void **state)
{
    struct plugins *p = *state;
    run(p, "tests/plugins/midi/drum-hits/kit.mid");
    assert_int_equal(p->hits->status, ADIT_OK);
    static const char *const lines[] = {
        "hits.td11 = HH Closed (Edge)", "hits.gm = Bass Drum 1", "three.kick = 3",       "three.hihat = 7", "three.snare = 6",
        "eight.tom = 3",                "eight.bell = 2",        "eight.clave = 1",      "nine.bass = 3",   "nine.closed-hihat = 2",
        "nine.open-hihat = 1",          "nine.high-tom = 1",     "nine.high-floor-tom = 2", "unknown = 1",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        expect_line(p->hits, lines[i]);
    expect_none(p->hits, "hits.pitch = 60"); /* channel 1 */
}

static void test_channels(void **state)
{
    struct plugins *p = *state;
    run(p, "tests/plugins/midi/drum-hits/piano.mid");
    assert_int_equal(p->hits->status, ADIT_DECLINED);
    module_option(p->hits, "channels", "1 16");
    assert_int_equal(module_start(p->hits), ADIT_OK);
    run(p, "tests/plugins/midi/drum-hits/piano.mid");
    expect_line(p->hits, "hits.gm = Hi Bongo");
    module_option(p->hits, "channels", "17");
    assert_int_equal(module_start(p->hits), ADIT_FAILED);
    assert_string_equal(p->hits->reason, "option channels: expected up to 16 numbers from 1 to 16, found \"17\"");
    module_option(p->hits, "channels", " ");
    assert_int_equal(module_start(p->hits), ADIT_FAILED);
    assert_string_equal(p->hits->reason, "option channels: expected all, or numbers from 1 to 16, found none");
    module_option(p->hits, "channels", "10");
    assert_int_equal(module_start(p->hits), ADIT_OK);
}

static int setup(void **state)
{
    static struct plugins p;
    p.smf = module_open("midi/smf");
    p.hits = module_open("midi/drum-hits");
    assert_int_equal(module_start(p.smf), ADIT_OK);
    assert_int_equal(module_start(p.hits), ADIT_OK);
    *state = &p;
    return 0;
}

static int teardown(void **state)
{
    struct plugins *p = *state;
    module_close(p->smf);
    module_close(p->hits);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_kit), cmocka_unit_test(test_channels)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
