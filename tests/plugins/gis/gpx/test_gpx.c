/* SPDX-License-Identifier: MIT */
#include "../../image/plugin_test.h"

#define SAMPLES "tests/plugins/gis/gpx/"

static void run_text(struct module_test *t, const char *text)
{
    module_run(t, text, strlen(text));
}

/* A degree of a great circle: 6,371,008.8 m * pi / 180 = 111,195.080 m. */
static void test_lengths(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "full.gpx");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "routes.length = 222390.1605"); /* two degrees */
    expect_line(t, "tracks.length = 222.3901605"); /* two thousandths; nothing from one segment to the next */
    expect_line(t, "tracks.climb = 10");
    expect_line(t, "tracks.descent = 5");
    expect_line(t, "tracks.ele_max = 300");
    expect_line(t, "tracks.start = 2003-10-31T15:00:00Z"); /* the second point */
    expect_line(t, "tracks.end = 2003-10-31T15:00:40.500Z");
    expect_line(t, "tracks.duration = 40");
    expect_line(t, "tracks.hr_mean = 115");
    expect_line(t, "tracks.points = 5");
    expect_line(t, "extent.lat_min = -33.8568"); /* of waypoints too */
}

static void test_first_version(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "old.gpx");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "author.name = B. Mensch");
    expect_line(t, "links = https://example.org/");
    expect_line(t, "tracks.duration = 0");
}

static void test_short_ones(void **state)
{
    struct module_test *t = *state;
    run_text(t, "<gpx><trk><trkseg><trkpt lat='90' lon='-180'/><trkpt lat='-90' lon='180'/></trkseg></trk></gpx>");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "tracks.length = 20015114.44"); /* half of a great circle */
    expect_none(t, "tracks.climb");
    expect_none(t, "tracks.start");
    run_text(t, "<gpx><wpt lat='1'/></gpx>");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_none(t, "extent");
    run_text(t, "<kml/>");
    assert_int_equal(t->status, ADIT_DECLINED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_first_version),
        cmocka_unit_test(test_short_ones),
    };
    return module_tests("gis/gpx", tests);
}
