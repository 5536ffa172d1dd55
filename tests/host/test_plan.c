/* SPDX-License-Identifier: MIT */
/* Plans: who runs on what, in which order and which process, under which selection. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf_tree.h"

static int begin(void **state)
{
    static struct conf_tree tree;
    conf_tree_make(&tree);
    *state = &tree;
    return 0;
}

static int end(void **state)
{
    conf_tree_remove(*state);
    return 0;
}

/* "domain[a b] other*[c]": stages, with a star where they wait for the streams. */
static const char *plan_text(const struct registry *r, struct planner *p, const char *media)
{
    static char text[1024];
    const struct plan *plan = planner_plan(p, media);
    assert_non_null(plan);
    size_t n = 0, job = 0;
    text[0] = '\0';
    for (size_t i = 0; i < plan->stage_count; i++) {
        const struct plan_stage *s = &plan->stages[i];
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s%s[", i ? " " : "", planner_domain_name(p, s->domain),
                              s->after_streams ? "*" : "");
        for (size_t k = 0; k < s->job_count; k++) {
            assert_int_equal(plan->plugins[job++], s->jobs[k]);
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", k ? " " : "", r->plugins[s->jobs[k]].conf.name);
        }
        n += (size_t)snprintf(text + n, sizeof text - n, "]");
    }
    assert_int_equal(job, plan->plugin_count);
    return text;
}

static void expect_with(const struct registry *r, const struct plan_selection *s, const char *media,
                        const char *expected)
{
    struct planner *p = NULL;
    struct err e = {0};
    int rc = planner_open(r, s, &p, &e);
    if (rc)
        print_message("%s\n", e.text);
    assert_int_equal(rc, 0);
    const char *text = plan_text(r, p, media);
    if (strcmp(text, expected) != 0)
        print_message("%s: %s\n", media, text);
    assert_string_equal(text, expected);
    planner_free(p);
}

static void expect(const struct registry *r, const char *media, const char *expected)
{
    expect_with(r, NULL, media, expected);
}

/* What a photograph needs: a container, a stream's reader, a mapper, and things beside them. */
static struct registry *photo_registry(const struct conf_tree *t)
{
    conf_tree_write(t, "conf.d/types.conf",
                    "[plugin]\nname = types\nversion = 1.0.0\nkind = types\nsummary = s\n"
                    "[type jpeg]\nmedia = image/jpeg\nalias = image/jpg\nmagic = 0 hex:ffd8ff\n"
                    "[type png]\nmedia = image/png\nmagic = 0 \"\\x89PNG\"\n"
                    "[type zip]\nmedia = application/zip\nmagic = 0 \"PK\\x03\\x04\"\n"
                    "[type exif]\nmedia = application/x-exif\nmagic = 0 \"Exif\"\nembedded = yes\n"
                    "[type rdf]\nmedia = application/rdf+xml\nglob = *.rdf\n"
                    "[type docx]\nmedia = application/x-docx\nparent = application/zip\nglob = *.docx\n");
    conf_tree_plugin(t, "jpeg",
                     "domain = bundled\n[match]\ntype = image/jpg\n[produces]\nstream = application/x-exif\n");
    conf_tree_plugin(t, "png",
                     "domain = bundled\n[match]\ntype = image/png\n[produces]\nstream = application/x-exif\nstream = "
                     "application/x-icc\n");
    conf_tree_plugin(t, "exif",
                     "domain = bundled\n[match]\ntype = application/x-exif\n[produces]\nstream = image/jpeg\nstream = "
                     "application/rdf+xml\n");
    conf_tree_plugin(t, "icc", "[match]\ntype = application/x-icc\n");
    conf_tree_plugin(
        t, "xmp",
        "domain = bundled\n[type xmp]\nmedia = application/rdf+xml\nglob = *.xmp\nembedded = yes\n[match]\ntype = "
        "application/rdf+xml\n");
    conf_tree_plugin(
        t, "photo",
        "kind = mapper\ndomain = bundled\n[match]\ntype = image/*\n[needs]\nplugin = exif\noptional = jpeg\n");
    conf_tree_plugin(t, "zip", "domain = bundled\n[match]\ntype = application/zip\n[produces]\nstream = *\n");
    conf_tree_plugin(t, "docx", "domain = bundled\n[match]\ntype = application/x-docx\n[needs]\nplugin = zip\n");
    conf_tree_plugin(t, "hashes", "domain = bundled\ndefault = no\n[match]\ntype = *\n");
    return conf_tree_open(t, NULL);
}

static void by_type(void **state)
{
    struct registry *r = photo_registry(*state);
    assert_int_equal(r->findings.count, 0);
    expect(r, "image/jpeg", "bundled[jpeg] bundled*[photo]");
    expect(r, "image/jpg", "bundled[jpeg] bundled*[photo]"); /* by its other name */
    expect(r, "application/x-exif", "bundled[exif]");
    expect(r, "application/zip", "bundled[zip]");
    expect(r, "application/x-docx", "bundled[zip docx]"); /* a parent's plugin, and needs first */
    expect(r, "text/plain", "");
    expect(r, "", "");
    registry_free(r);
}

static void selections(void **state)
{
    struct registry *r = photo_registry(*state);
    static const char *const hashes[] = {"hashes"}, *const photo[] = {"photo"}, *const zip[] = {"zip"},
                             *const icc[] = {"icc"}, *const docx[] = {"docx"}, *const xmp[] = {"xmp"};
    const struct plan_selection with = {.with = hashes, .with_count = 1};
    expect_with(r, &with, "image/jpeg", "bundled[hashes jpeg] bundled*[photo]");
    expect_with(r, &with, "text/plain", "bundled[hashes]");
    const struct plan_selection only_hashes = {.only = hashes, .only_count = 1};
    expect_with(r, &only_hashes, "image/jpeg", "bundled[hashes]");
    const struct plan_selection skip = {.skip = zip, .skip_count = 1};
    expect_with(r, &skip, "application/x-docx", ""); /* it cannot do without */
    expect_with(r, &skip, "image/png", "bundled[png] bundled*[photo]");
    /* What only occurs in streams brings along what emits them, and no more. */
    const struct plan_selection only_icc = {.only = icc, .only_count = 1};
    expect_with(r, &only_icc, "image/png", "bundled[png]");
    expect_with(r, &only_icc, "image/jpeg", "");
    expect_with(r, &only_icc, "application/x-icc", "icc (alone)[icc]");
    expect_with(r, &only_icc, "application/zip", "");
    static const char *const exif[] = {"exif"};
    const struct plan_selection only_exif = {.only = exif, .only_count = 1};
    expect_with(r, &only_exif, "image/jpeg", "bundled[jpeg]");
    expect_with(r, &only_exif, "image/png", "bundled[png]");
    expect_with(r, &only_exif, "application/x-exif", "bundled[exif]");
    static const char *const jpeg[] = {"jpeg"};
    /* A file may be XMP by itself, and elsewhere is declared as nothing else: it is looked for inside others all the same, and so is
     * what those are inside of. */
    const struct plan_selection only_xmp = {.only = xmp, .only_count = 1};
    expect_with(r, &only_xmp, "application/rdf+xml", "bundled[xmp]");
    expect_with(r, &only_xmp, "application/x-exif", "bundled[exif]");
    expect_with(r, &only_xmp, "image/jpeg", "bundled[jpeg]");
    expect_with(r, &only_xmp, "application/zip", "");
    const struct plan_selection only_jpeg = {.only = jpeg, .only_count = 1};
    expect_with(r, &only_jpeg, "image/jpeg", "bundled[jpeg]");
    expect_with(r, &only_jpeg, "application/x-exif",
                ""); /* thumbnails: JPEG is a type of files, so nothing comes along */
    const struct plan_selection only_photo = {.only = photo, .only_count = 1};
    expect_with(r, &only_photo, "image/jpeg", "bundled[jpeg] bundled*[photo]");
    expect_with(r, &only_photo, "application/x-exif", "bundled[exif]");
    expect_with(r, &only_photo, "application/x-docx", "");
    const struct plan_selection only_docx = {.only = docx, .only_count = 1};
    expect_with(r, &only_docx, "application/x-docx", "bundled[zip docx]");
    expect_with(r, &only_docx, "application/zip", ""); /* zip comes along where docx runs only */

    struct planner *p = NULL;
    assert_int_equal(planner_open(r, &only_icc, &p, NULL), 0);
    assert_true(planner_asked(p, registry_find(r, "icc")->index));
    assert_false(planner_asked(p, registry_find(r, "png")->index));
    assert_true(planner_wants_stream(p, "application/x-icc"));
    assert_false(planner_wants_stream(p, "application/x-exif"));
    assert_true(planner_wants_stream(p, ""));
    planner_free(p);
    registry_free(r);
}

static void names_that_do_not_exist(void **state)
{
    const struct conf_tree *t = *state;
    conf_tree_plugin(t, "exif", "[match]\ntype = *\n[fields]\nMake = string\ntags[].name = string\n");
    conf_tree_plugin(t, "off", "enabled = no\n");
    conf_tree_write(t, "conf.d/types.conf", "[plugin]\nname = types\nversion = 1.0.0\nkind = types\nsummary = s\n");
    struct registry *r = conf_tree_open(t, NULL);
    static const struct {
        const char *only, *skip, *says;
    } cases[] = {
        {"exfi", NULL, "--only exfi: there is no plugin exfi: did you mean exif?"},
        {NULL, "nothing-like-it",
         "--skip nothing-like-it: there is no plugin nothing-like-it; `adit plugins` lists them"},
        {"exif.Mak", NULL, "exif has no such field: did you mean Make?"},
        {"exif.qqqqqqq", NULL, "`adit plugins fields exif` lists them"},
        {"off", NULL, "it cannot run: enabled = no"},
        {"types", NULL, "only declares types"},
        {NULL, "exif.Make", "there is no plugin exif.Make"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct planner *p = NULL;
        struct err e = {0};
        const struct plan_selection s = {.only = &cases[i].only,
                                         .only_count = cases[i].only != NULL,
                                         .skip = &cases[i].skip,
                                         .skip_count = cases[i].skip != NULL};
        assert_int_equal(planner_open(r, &s, &p, &e), -EINVAL);
        if (!strstr(e.text, cases[i].says))
            print_message("%s\n", e.text);
        assert_non_null(strstr(e.text, cases[i].says));
    }
    static const char *const good[] = {"exif.Make", "exif.tags"};
    const struct plan_selection s = {.only = good, .only_count = 2};
    expect_with(r, &s, "image/png", "exif (alone)[exif]");
    registry_free(r);
}

/* As few changes of process as the needs allow; who is isolated is alone. */
static void stages(void **state)
{
    const struct conf_tree *t = *state;
    conf_tree_plugin(t, "a", "domain = one\n[match]\ntype = a/a\n");
    conf_tree_plugin(t, "b", "domain = two\n[match]\ntype = a/a\n");
    conf_tree_plugin(t, "c", "domain = one\n[match]\ntype = a/a\n[needs]\nplugin = b\n");
    conf_tree_plugin(t, "d", "domain = two\n[match]\ntype = a/b\n[needs]\nplugin = helper\n");
    conf_tree_plugin(t, "helper", "domain = two\n"); /* matches nothing: for others */
    conf_tree_plugin(t, "e", "domain = two\nisolation = plugin\n[match]\ntype = a/b\n");
    conf_tree_plugin(t, "f", "domain = two\n[match]\ntype = a/b\n[needs]\noptional = e\n");
    struct registry *r = conf_tree_open(t, NULL);
    assert_int_equal(r->findings.count, 0);
    expect(r, "a/a", "two[b] one[a c]");
    expect(r, "a/b", "e (alone)[e] two[helper d f]");
    struct planner *p = NULL;
    assert_int_equal(planner_open(r, NULL, &p, NULL), 0);
    assert_int_equal(planner_plan(p, "x/y")->id, planner_plan(p, "x/z")->id);
    assert_int_not_equal(planner_plan(p, "x/y")->id, planner_plan(p, "a/a")->id);
    assert_ptr_equal(planner_plan(p, "a/a"), planner_plan(p, "a/a"));
    assert_int_equal(planner_domain_count(p), 3); /* one, two, and e by itself */
    planner_free(p);
    registry_free(r);
}

/* Nobody gets into another's process by taking its name, be it that of a domain or of a plugin. */
static void no_uninvited_guests(void **state)
{
    const struct conf_tree *t = *state;
    conf_tree_plugin(t, "alone", "[match]\ntype = a/b\n");
    conf_tree_plugin(t, "guest", "domain = alone\n[match]\ntype = a/b\n");
    conf_tree_plugin(t, "shared", "domain = two\nisolation = plugin\n[match]\ntype = a/b\n");
    conf_tree_plugin(t, "two", "domain = shared\n[match]\ntype = a/b\n");
    struct registry *r = conf_tree_open(t, NULL);
    expect(r, "a/b", "alone (alone)[alone] alone[guest] shared (alone)[shared] shared[two]");
    r->least_isolation = CONF_ISOLATE_PLUGIN;
    expect(r, "a/b", "alone (alone)[alone] guest (alone)[guest] shared (alone)[shared] two (alone)[two]");
    registry_free(r);
}

static void expect_decision(const struct registry *r, const struct plan_decision *d, const char *name,
                            enum plan_reason reason, const char *detail)
{
    const struct plan_decision *of = &d[registry_find(r, name)->index];
    if (of->reason != reason || !strstr(of->detail, detail))
        print_message("%s: %d %s\n", name, of->reason, of->detail);
    assert_int_equal(of->reason, reason);
    assert_non_null(strstr(of->detail, detail));
}

static void decisions(void **state)
{
    const struct conf_tree *t = *state;
    conf_tree_plugin(t, "runs", "[match]\ntype = image/*\n[needs]\nplugin = helper\n");
    conf_tree_plugin(t, "helper", "default = no\n[match]\ntype = *\n");
    conf_tree_plugin(t, "other", "[match]\ntype = text/plain\n");
    conf_tree_plugin(t, "lacks", "[match]\ntype = image/png\n[needs]\nplugin = other\n");
    conf_tree_plugin(t, "broken", "[match]\ntype = *\n[needs]\nplugin = nobody\n");
    conf_tree_plugin(t, "asked", "default = no\n[match]\ntype = *\n");
    conf_tree_plugin(t, "idle", "");
    conf_tree_plugin(t, "skipped", "[match]\ntype = *\n");
    struct registry *r = conf_tree_open(t, NULL);
    static const char *const skip[] = {"skipped"};
    const struct plan_selection s = {.skip = skip, .skip_count = 1};
    struct planner *p = NULL;
    assert_int_equal(planner_open(r, &s, &p, NULL), 0);
    struct plan_decision *d = NULL;
    size_t count = 0;
    assert_int_equal(planner_explain(p, "image/png", &d, &count), 0);
    assert_int_equal(count, r->count);
    expect_decision(r, d, "runs", PLAN_RUNS_TYPE, "image/*");
    expect_decision(r, d, "helper", PLAN_RUNS_NEEDED, "runs");
    expect_decision(r, d, "other", PLAN_NOT_TYPE, "");
    expect_decision(r, d, "lacks", PLAN_MISSING_NEED, "other, which does not match this type");
    expect_decision(r, d, "broken", PLAN_NOT_READY, "nobody");
    expect_decision(r, d, "asked", PLAN_NOT_SELECTED, "default = no");
    expect_decision(r, d, "idle", PLAN_NOT_NEEDED, "");
    expect_decision(r, d, "skipped", PLAN_NOT_SELECTED, "--skip");
    free(d);
    planner_free(p);
    registry_free(r);
}

/* What emits streams alone runs where one of them is taken, or where it is named. */
static void decoders(void **state)
{
    const struct conf_tree *t = *state;
    conf_tree_write(t, "conf.d/types.conf",
                    "[plugin]\nname = types\nversion = 1.0.0\nkind = types\nsummary = s\n"
                    "[type jpeg]\nmedia = image/jpeg\nmagic = 0 hex:ffd8ff\n"
                    "[type pixels]\nmedia = application/x-pixels\nmagic = 0 \"Pix\"\nembedded = yes\n");
    conf_tree_plugin(t, "decoder", "[match]\ntype = image/jpeg\n[produces]\nstream = application/x-pixels\n");
    conf_tree_plugin(t, "tells",
                     "[match]\ntype = image/jpeg\n[produces]\nstream = application/x-pixels\n[fields]\na = u8\n");
    conf_tree_plugin(t, "any", "[match]\ntype = image/jpeg\n[produces]\nstream = *\n");
    conf_tree_plugin(t, "hashes", "[match]\ntype = *\n");
    conf_tree_plugin(t, "looks", "default = no\n[match]\ntype = application/x-pixels\n");
    struct registry *r = conf_tree_open(t, NULL);
    static const char *const looks[] = {"looks"}, *const decoder[] = {"decoder"};
    const struct plan_selection with_looks = {.with = looks, .with_count = 1},
                                with_decoder = {.with = decoder, .with_count = 1};
    const struct plan_selection only_looks = {.only = looks, .only_count = 1},
                                only_decoder = {.only = decoder, .only_count = 1};
    expect(r, "image/jpeg", "any (alone)[any] hashes (alone)[hashes] tells (alone)[tells]");
    expect_with(r, &with_looks, "image/jpeg",
                "any (alone)[any] decoder (alone)[decoder] hashes (alone)[hashes] tells (alone)[tells]");
    expect_with(r, &with_decoder, "image/jpeg",
                "any (alone)[any] decoder (alone)[decoder] hashes (alone)[hashes] tells (alone)[tells]");
    expect_with(r, &only_looks, "image/jpeg", "decoder (alone)[decoder] tells (alone)[tells]");
    expect_with(r, &only_decoder, "image/jpeg", "decoder (alone)[decoder]");
    struct planner *p = NULL;
    struct plan_decision *d = NULL;
    size_t count = 0;
    assert_int_equal(planner_open(r, NULL, &p, NULL), 0);
    assert_int_equal(planner_explain(p, "image/jpeg", &d, &count), 0);
    expect_decision(r, d, "decoder", PLAN_NOT_NEEDED, "nothing takes its streams");
    free(d);
    planner_free(p);
    registry_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(by_type, begin, end),
        cmocka_unit_test_setup_teardown(selections, begin, end),
        cmocka_unit_test_setup_teardown(names_that_do_not_exist, begin, end),
        cmocka_unit_test_setup_teardown(stages, begin, end),
        cmocka_unit_test_setup_teardown(no_uninvited_guests, begin, end),
        cmocka_unit_test_setup_teardown(decisions, begin, end),
        cmocka_unit_test_setup_teardown(decoders, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
