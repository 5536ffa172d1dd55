/* SPDX-License-Identifier: MIT */
/* [match] field = …: which plugins run, by what another one says of the file. */
#include "e2e.h"

#define SAMPLE "tests/plugins/dicom/dicom-patient/ct.dcm"
#define UNSUPPORTED "tests/plugins/medical/dicom/too-deep.dcm" /* dicom gives it up, and says some of it before */

/* What dicom says of the sample, and whether a plugin runs that asks so. */
static const struct {
    const char *match;
    bool runs;
} cases[] = {
    {"field = dicom.sop_class = 1.2.840.10008.5.1.4.1.1.2\n", true},
    {"field = dicom.sop_class = 1.2.840.10008.5.1.4.1.1.2*\n", true},
    {"field = dicom.sop_class = *.1.1.*\n", true},
    {"field = dicom.sop_class = 1.2.840.10008.5.1.4.1.1\n", false},
    {"field = dicom.sop_class != 1.2.840*\n", false},
    {"field = dicom.sop_class != 1.3*\n", true},
    {"field = dicom.modules = ct-image\n", true}, /* any element of a list */
    {"field = dicom.modules = ct\n", false},
    {"field = dicom.modules != patient\n", false}, /* none of them may be */
    {"field = dicom.modules != mr-image\n", true},
    {"field = dicom.Rows = 2\n", true},
    {"field = dicom.Rows != 2\n", false},
    {"field = dicom.PixelSpacing = 0.5\n", true},
    {"field = dicom.StudyDate = 2024-02-29\n", true},
    {"field = dicom.PatientName.Alphabetic = M*\n", true},
    {"field = dicom.OtherPatientNames.Alphabetic = Miller*\n", true}, /* objects in a list */
    {"field = dicom.PatientName = M*\n", false},                      /* an object has no value */
    {"field = dicom.Rows\n", true},
    {"field = dicom.NoSuchElement\n", false},
    {"field = dicom.NoSuchElement != 2\n", false}, /* it must be there to be another one */
    {"field = dicom.Rows = 2\nfield = dicom.Columns = 4\n", true},
    {"field = dicom.Rows = 2\nfield = dicom.Columns = 5\n", false},
};
enum { CASES = sizeof cases / sizeof *cases, MANY = 40 /* more than one message to a worker has */ };

static void put_plugin(const struct user *u, const char *name, const char *match)
{
    char conf[1024], file[64];
    (void)snprintf(conf, sizeof conf,
                   "[plugin]\nname = %s\nversion = 1.0.0\nkind = extractor\nmodule = medical/dicom-module.so\ndomain = mine\n"
                   "[match]\ntype = application/dicom\n%s[fields]\n* = any\n[options]\nattributes = PatientID:1 StudyID:2\n",
                   name, match);
    (void)snprintf(file, sizeof file, "%s.conf", name);
    put_conf(user_path(u, "config/adit/conf.d"), file, conf);
}

static char *extract(const struct user *u, const char *file, int status)
{
    char cwd[512], sample[1024];
    assert_non_null(getcwd(cwd, sizeof cwd));
    (void)snprintf(sample, sizeof sample, "%s/%s", cwd, file);
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", "--no-cache", sample, NULL);
    assert_status(&o, status);
    assert_one_object(&o);
    char *out = strdup(o.out);
    assert_non_null(out);
    outcome_release(&o);
    return out;
}

/* Has the plugin run, and been given the fields that it needs? */
static void expect_run(const char *out, const char *name, bool runs, const char *match)
{
    char path[64];
    (void)snprintf(path, sizeof path, "plugins/%s/fields/PatientID", name);
    char *found = json_at(out, strlen(out), path);
    if (runs != (found != NULL) || (found && strcmp(found, "\"P-1\"") != 0))
        fail_msg("%s: %s, expected %s, of\n%s", name, found ? found : "has not run", runs ? "P-1" : "nothing", match);
    free(found);
}

static void test_predicates(void **state)
{
    const struct user *u = *state;
    char name[32];
    for (size_t i = 0; i < CASES; i++) {
        (void)snprintf(name, sizeof name, "asks-%zu", i);
        put_plugin(u, name, cases[i].match);
    }
    char *out = extract(u, SAMPLE, 0);
    for (size_t i = 0; i < CASES; i++) {
        (void)snprintf(name, sizeof name, "asks-%zu", i);
        expect_run(out, name, cases[i].runs, cases[i].match);
    }
    free(out);
}

/* Plugins that need the same fields are given them together; those that need others are not among them. */
static void test_many_that_need_the_same(void **state)
{
    const struct user *u = *state;
    char name[32];
    for (size_t i = 0; i < MANY; i++) {
        (void)snprintf(name, sizeof name, "same-%zu", i);
        put_plugin(u, name, i % 2 ? "field = dicom.modules = patient\n" : "field = dicom.modules = mr-image\n");
    }
    put_plugin(u, "other", "field = dicom.modules = patient\nfield = same-1.PatientID = P-1\n");
    char *out = extract(u, SAMPLE, 0);
    for (size_t i = 0; i < MANY; i++) {
        (void)snprintf(name, sizeof name, "same-%zu", i);
        expect_run(out, name, i % 2, "patient, or mr-image");
    }
    expect_run(out, "other", true, "same-1");
    free(out);
}

/* Who asks for a field of a plugin that has none is not needed, rather than missing something. */
static void test_nobody_to_ask(void **state)
{
    const struct user *u = *state;
    put_plugin(u, "asks", "field = dicom.sop_class = 1.2*\n");
    char *out = extract(u, UNSUPPORTED, 0);
    assert_json(out, "plugins/dicom/status", "\"unsupported\"");
    assert_json(out, "plugins/asks", NULL);
    assert_null(strstr(out, "missing-dependency"));
    free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_predicates, user_setup, user_teardown),
        cmocka_unit_test_setup_teardown(test_many_that_need_the_same, user_setup, user_teardown),
        cmocka_unit_test_setup_teardown(test_nobody_to_ask, user_setup, user_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
