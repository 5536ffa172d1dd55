/* SPDX-License-Identifier: MIT */
#include "../../image/plugin_test.h"

struct plugins {
    struct module_test *photo, *exif, *jpeg, *png;
};

static struct job_need need_of(struct module_test *t)
{
    return (struct job_need){t->plugin.name, strlen(t->plugin.name), (const uint8_t *)buf_cstr(&t->fields),
                             t->fields.size};
}

static void test_jpeg_with_exif(void **state)
{
    struct plugins *p = *state;
    module_run_file(p->jpeg, "tests/plugins/image/jpeg/segments.jpg");
    module_run_file(p->exif, "tests/plugins/meta/exif/little.exif");
    const struct job_need needs[] = {need_of(p->exif), need_of(p->jpeg)};
    module_run_needs(p->photo, "", 0, needs, 2);
    assert_int_equal(p->photo->status, ADIT_OK);
    static const char *const lines[] = {
        "taken = 2021-03-04T20:30:15.250+11:00",
        "digitized = 2021-03-04T20:30:16",
        "modified = 2021-03-05T01:02:03+11:00",
        "camera_make = Adit",
        "camera_model = One",
        "lens_model = 24-70mm f/2.8",
        "exposure_time = 0.004",
        "f_number = 2.8",
        "iso = 102400",
        "focal_length = 50",
        "focal_length_35mm = 75",
        "exposure_compensation = -0.6666666667",
        "flash_fired = true",
        "latitude = -33.85705833",
        "longitude = 151.21",
        "altitude = -12.5",
        "orientation = 6",
        "width = 16",
        "height = 16",
        "title = Hafen bei Nacht — süd",
        "description = A harbour",
        "comment = Größe",
        "keywords = sea",
        "keywords = night",
        "creator = A. Author",
        "copyright = A. Author",
        "software = scripts/samples",
        "rating = 4",
        "position_time = 2021-03-04T09:30:15.500Z",
        "direction = 270.5",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        expect_line(p->photo, lines[i]);
}

static void test_png_alone(void **state)
{
    struct plugins *p = *state;
    module_run_file(p->png, "tests/plugins/image/png/chunks.png");
    const struct job_need needs[] = {need_of(p->png)};
    module_run_needs(p->photo, "", 0, needs, 1);
    assert_int_equal(p->photo->status, ADIT_OK);
    expect_line(p->photo, "taken = 2021-03-04T20:30:15+11:00"); /* from a text */
    expect_line(p->photo, "modified = 2021-03-04T09:30:15Z");
    expect_line(p->photo, "width = 8");
    expect_line(p->photo, "title = Grüße");
    expect_line(p->photo, "comment = one");
    expect_line(p->photo, "creator = Jürgen");
    expect_line(p->photo, "description = Ein Bild");
    expect_none(p->photo, "iso");
}

/* APEX values stand in for plain ones; a value that says nothing does not. */
static void test_stand_ins(void **state)
{
    struct plugins *p = *state;
    struct buf fields = BUF_INIT;
    struct adit_value apex_time = {.kind = ADIT_KIND_F64, .as.f64 = 3}, apex_f = {.kind = ADIT_KIND_F64, .as.f64 = 4},
                      blank = {.kind = ADIT_KIND_STRING, .as.text = {"  ", 2}};
    field_put_value(&fields, "ShutterSpeedValue", 17, &apex_time);
    field_put_value(&fields, "ApertureValue", 13, &apex_f);
    field_put_value(&fields, "ImageDescription", 16, &blank);
    const struct job_need needs[] = {{"exif", 4, (const uint8_t *)fields.data, fields.size}};
    module_run_needs(p->photo, "", 0, needs, 1);
    expect_line(p->photo, "exposure_time = 0.125");
    expect_line(p->photo, "f_number = 4");
    expect_none(p->photo, "description");
    expect_none(p->photo, "taken");
    buf_release(&fields);
}

static void test_nothing_needed(void **state)
{
    struct plugins *p = *state;
    module_run_needs(p->photo, "", 0, NULL, 0);
    assert_int_equal(p->photo->status, ADIT_DECLINED);
}

static int setup(void **state)
{
    static struct plugins plugins;
    plugins = (struct plugins){module_open("mapper/photo"), module_open("meta/exif"), module_open("image/jpeg"),
                               module_open("image/png")};
    *state = &plugins;
    return 0;
}

static int teardown(void **state)
{
    struct plugins *p = *state;
    module_close(p->photo);
    module_close(p->exif);
    module_close(p->jpeg);
    module_close(p->png);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jpeg_with_exif),
        cmocka_unit_test(test_png_alone),
        cmocka_unit_test(test_stand_ins),
        cmocka_unit_test(test_nothing_needed),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
