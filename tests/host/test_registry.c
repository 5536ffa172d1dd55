/* SPDX-License-Identifier: MIT */
/* Discovery: directories, what overrides and masks what, who may write them, modules, resources, fields, fingerprints.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf_tree.h"
#include "detect.h"

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

#define TYPES(name) "[plugin]\nname = " name "\nversion = 1.0.0\nkind = types\nsummary = s\n"

/* Two directories of a --no-default-conf run: the first counts as installed. */
static int open_two(const struct conf_tree *t, struct registry **r, struct err *e)
{
    const char *dirs[] = {conf_tree_path(t, "one"), conf_tree_path(t, "two")};
    struct registry_options options = {
        .conf_dirs = dirs, .conf_dir_count = 2, .prefix = t->root, .only_given_dirs = true};
    return registry_open(&options, r, e);
}

static void overrides_and_masks(void **state)
{
    const struct conf_tree *t = *state;
    conf_tree_write(t, "one/image/png.conf", TYPES("png"));
    conf_tree_write(t, "one/image/gif.conf", TYPES("gif"));
    conf_tree_write(t, "one/audio/wav.conf", TYPES("wav"));
    conf_tree_write(t, "one/audio/aiff.conf", TYPES("aiff"));
    conf_tree_write(t, "one/audio/deep/er.conf", TYPES("er")); /* one level of folders only */
    conf_tree_write(t, "one/.hidden.conf", TYPES("hidden"));
    conf_tree_write(t, "one/readme.txt", "no .conf");
    conf_tree_write(t, "two/png.conf", TYPES("png") "[type png]\nmedia = image/png\n");
    conf_tree_write(t, "two/other/wav.conf", "");
    assert_int_equal(symlink("/dev/null", conf_tree_path(t, "two/gif.conf")), 0);
    struct registry *r = NULL;
    struct err e = {0};
    assert_int_equal(open_two(t, &r, &e), 0);
    assert_int_equal(r->count, 4);
    assert_int_equal(r->dir_count, 2);
    assert_int_equal(r->findings.count, 0);
    const struct plugin *png = registry_find(r, "png");
    assert_string_equal(png->conf_path, conf_tree_path(t, "two/png.conf"));
    assert_string_equal(png->overrides, conf_tree_path(t, "one/image/png.conf"));
    assert_int_equal(png->conf.type_count, 1);
    assert_false(png->trusted);
    conf_tree_expect(r, "png", PLUGIN_READY, "");
    conf_tree_expect(r, "aiff", PLUGIN_READY, "");
    conf_tree_expect(r, "wav", PLUGIN_DISABLED, "masked by");
    conf_tree_expect(r, "gif", PLUGIN_DISABLED, "two/gif.conf");
    assert_true(registry_find(r, "aiff")->trusted);
    assert_non_null(detect_canonical(r->detect, "image/png", 9));
    for (size_t i = 0; i < r->count; i++)
        assert_int_equal(r->plugins[i].index, i);
    registry_free(r);
}

static void bad_files_cost_themselves(void **state)
{
    const struct conf_tree *t = *state;
    conf_tree_write(t, "one/good.conf", TYPES("good"));
    conf_tree_write(t, "one/bad.conf", TYPES("bad") "[tipe]\n[match]\nx = 1\n");
    conf_tree_write(t, "one/a/twin.conf", TYPES("twin"));
    conf_tree_write(t, "one/b/twin.conf", TYPES("twin"));
    conf_tree_write(t, "one/loose.conf", TYPES("loose"));
    conf_tree_write(t, "two/join.conf", TYPES("join") "domain = bundled\n[match]\n");
    conf_tree_write(t, "one/join1.conf", TYPES("join1") "domain = bundled\n");
    assert_int_equal(chmod(conf_tree_path(t, "one/loose.conf"), 0664), 0);
    assert_int_equal(symlink("nowhere", conf_tree_path(t, "one/dangling.conf")), 0);
    assert_int_equal(mkfifo(conf_tree_path(t, "one/pipe.conf"), 0644), 0);
    struct registry *r = NULL;
    struct err e = {0};
    assert_int_equal(open_two(t, &r, &e), 0);
    conf_tree_expect(r, "good", PLUGIN_READY, "");
    conf_tree_expect(r, "bad", PLUGIN_BROKEN, "line 6: there is no section [tipe]: did you mean [type]? (and 1 more)");
    conf_tree_expect(r, "loose", PLUGIN_BROKEN, "can be written by its group or by others");
    conf_tree_expect(r, "dangling", PLUGIN_BROKEN, "No such file");
    conf_tree_expect(r, "pipe", PLUGIN_BROKEN, "not a regular file");
    conf_tree_expect(r, "join", PLUGIN_BROKEN, "for installed plugins only");
    conf_tree_expect(r, "join1", PLUGIN_READY, "");
    conf_tree_expect(r, "twin", PLUGIN_READY, "");
    assert_string_equal(registry_find(r, "twin")->conf_path, conf_tree_path(t, "one/a/twin.conf"));
    const struct finding *f = conf_tree_finding(r, "conf.file.repeated", "one/a/twin.conf");
    assert_string_equal(f->file, conf_tree_path(t, "one/b/twin.conf"));
    assert_int_equal(conf_tree_finding(r, "conf.key.unknown", "x")->line, 8);
    for (size_t i = 1; i < r->findings.count; i++)
        assert_true(strcmp(r->findings.items[i - 1].file, r->findings.items[i].file) <= 0);
    registry_free(r);
}

static void refused_directories(void **state)
{
    const struct conf_tree *t = *state;
    conf_tree_write(t, "one/a/a.conf", TYPES("a"));
    conf_tree_write(t, "two/b.conf", TYPES("b"));
    static const struct {
        const char *path;
        mode_t bad, good;
    } cases[] = {
        {"two", 0775, 0755}, {"two", 0757, 0755}, {"two", 01777, 0755}, {"one/a", 0775, 0755}, {"", 0777, 0700},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct registry *r = NULL;
        struct err e = {0};
        assert_int_equal(chmod(conf_tree_path(t, cases[i].path), cases[i].bad), 0);
        assert_int_equal(open_two(t, &r, &e), -EACCES);
        assert_non_null(strstr(e.text, "can be written by its group or by others"));
        assert_non_null(strstr(e.text, "chmod go-w"));
        assert_int_equal(chmod(conf_tree_path(t, cases[i].path), cases[i].good), 0);
    }
    /* A sticky folder above, as /tmp is, is all right. */
    assert_int_equal(chmod(t->root, 01777), 0);
    struct registry *r = NULL;
    struct err e = {0};
    assert_int_equal(open_two(t, &r, &e), 0);
    registry_free(r);

    const char *nowhere = conf_tree_path(t, "three");
    struct registry_options options = {
        .conf_dirs = &nowhere, .conf_dir_count = 1, .prefix = t->root, .only_given_dirs = true};
    assert_int_equal(registry_open(&options, &r, &e), -ENOENT);
    assert_non_null(strstr(e.text, "--conf-dir"));
}

/* A .conf that is a link: the folder that it leads to counts as well. */
static void linked_files(void **state)
{
    const struct conf_tree *t = *state;
    conf_tree_write(t, "one/x.conf", TYPES("x"));
    conf_tree_write(t, "store/a.conf", TYPES("a"));
    conf_tree_write(t, "two/y.conf", TYPES("y"));
    assert_int_equal(symlink("../store/a.conf", conf_tree_path(t, "two/a.conf")), 0);
    struct registry *r = NULL;
    struct err e = {0};
    assert_int_equal(open_two(t, &r, &e), 0);
    conf_tree_expect(r, "a", PLUGIN_READY, "");
    registry_free(r);
    assert_int_equal(chmod(conf_tree_path(t, "store"), 0777), 0);
    assert_int_equal(open_two(t, &r, &e), 0);
    conf_tree_expect(r, "a", PLUGIN_BROKEN, "store");
    conf_tree_expect(r, "x", PLUGIN_READY, "");
    registry_free(r);
}

static void owners(void **state)
{
    (void)state;
    struct stat st = {.st_mode = S_IFREG | 0644, .st_uid = geteuid()};
    assert_null(stat_refuses(&st, false));
    st.st_uid = 0;
    assert_null(stat_refuses(&st, false));
    st.st_uid = geteuid() + 1;
    assert_non_null(stat_refuses(&st, false));
    assert_non_null(stat_refuses(&st, true));
    st = (struct stat){.st_mode = S_IFDIR | S_ISVTX | 0777, .st_uid = 0};
    assert_null(stat_refuses(&st, true));
    assert_non_null(stat_refuses(&st, false));
    st.st_mode = S_IFDIR | 0775;
    assert_non_null(stat_refuses(&st, true));
}

static void modules(void **state)
{
    const struct conf_tree *t = *state;
    static const char *const names[] = {"beside", "given", "standard", "nowhere", "loose", "indir", "folder"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64], text[256];
        (void)snprintf(path, sizeof path, "one/x/%s.conf", names[i]);
        (void)snprintf(text, sizeof text,
                       "[plugin]\nname = %s\nversion = 1.0.0\nkind = extractor\nmodule = x/%s.so\nsummary = s\n",
                       names[i], names[i]);
        conf_tree_write(t, path, text);
    }
    conf_tree_write(t, "one/x/x/beside.so", "1");
    conf_tree_write(t, "given/x/beside.so", "2");
    conf_tree_write(t, "given/x/given.so", "3");
    conf_tree_write(t, "lib/adit/modules/x/given.so", "4");
    conf_tree_write(t, "lib/adit/modules/x/standard.so", "5");
    conf_tree_write(t, "given/x/loose.so", "6");
    conf_tree_write(t, "given/x/folder.so/file", "7");
    assert_int_equal(chmod(conf_tree_path(t, "given/x/loose.so"), 0666), 0);
    const char *dir = conf_tree_path(t, "one"), *given = conf_tree_path(t, "given");
    struct registry_options options = {.conf_dirs = &dir,
                                       .conf_dir_count = 1,
                                       .module_dirs = &given,
                                       .module_dir_count = 1,
                                       .prefix = t->root,
                                       .only_given_dirs = true};
    struct registry *r = NULL;
    struct err e = {0};
    assert_int_equal(registry_open(&options, &r, &e), 0);
    assert_string_equal(registry_find(r, "beside")->module_path, conf_tree_path(t, "one/x/x/beside.so"));
    assert_string_equal(registry_find(r, "given")->module_path, conf_tree_path(t, "given/x/given.so"));
    assert_string_equal(registry_find(r, "standard")->module_path, conf_tree_path(t, "lib/adit/modules/x/standard.so"));
    assert_true(registry_find(r, "standard")->module_stamp.exists);
    conf_tree_expect(r, "nowhere", PLUGIN_BROKEN,
                     "the module x/nowhere.so was not found beside the .conf, in a --module-dir nor in");
    conf_tree_expect(r, "loose", PLUGIN_BROKEN, "can be written by its group");
    conf_tree_expect(r, "folder", PLUGIN_BROKEN, "not a regular file");
    (void)conf_tree_finding(r, "conf.module.missing", "x/indir.so");
    (void)conf_tree_finding(r, "conf.module.refused", "x/loose.so");
    registry_free(r);

    assert_int_equal(chmod(conf_tree_path(t, "given/x"), 0775), 0);
    assert_int_equal(registry_open(&options, &r, &e), 0);
    conf_tree_expect(r, "given", PLUGIN_BROKEN, "given/x can be written by its group");
    conf_tree_expect(r, "beside", PLUGIN_READY, "");
    registry_free(r);
}

static void write_with_resource(const struct conf_tree *t, const char *folder, const char *name, const char *lines)
{
    char text[1024], path[256];
    (void)snprintf(
        text, sizeof text,
        "[plugin]\nname = %s\nversion = 1.0.0\nkind = extractor\nmodule = m.so\nsummary = s\n[resources]\n%s\n", name,
        lines);
    (void)snprintf(path, sizeof path, "%s/%s.conf", folder, name);
    conf_tree_write(t, path, text);
}

/* The standard directories: PREFIX's is installed, the one below XDG_CONFIG_HOME is the user's own. */
static void resources(void **state)
{
    const struct conf_tree *t = *state;
    char absolute[256];
    (void)snprintf(absolute, sizeof absolute, "a = %s/absolute.tsv", t->root);
    conf_tree_write(t, "lib/adit/modules/m.so", "m");
    conf_tree_write(t, "absolute.tsv", "1");
    conf_tree_write(t, "share/adit/conf.d/f/beside.tsv", "2");
    conf_tree_write(t, "share/adit/resources/shared.tsv", "3");
    write_with_resource(t, "share/adit/conf.d/f", "finds", "a = beside.tsv\nb = shared.tsv");
    write_with_resource(t, "share/adit/conf.d/f", "misses", "a = missing.tsv");
    write_with_resource(t, "share/adit/conf.d/f", "installed", absolute);
    write_with_resource(t, "config/adit/conf.d", "own", absolute);
    assert_int_equal(setenv("XDG_CONFIG_HOME", conf_tree_path(t, "config"), 1), 0);
    struct registry_options options = {.prefix = t->root};
    struct registry *r = NULL;
    struct err e = {0};
    assert_int_equal(registry_open(&options, &r, &e), 0);
    assert_int_equal(unsetenv("XDG_CONFIG_HOME"), 0);
    const struct plugin *finds = registry_find(r, "finds");
    conf_tree_expect(r, "finds", PLUGIN_READY, "");
    assert_string_equal(finds->resource_paths[0], conf_tree_path(t, "share/adit/conf.d/f/beside.tsv"));
    assert_string_equal(finds->resource_paths[1], conf_tree_path(t, "share/adit/resources/shared.tsv"));
    assert_int_equal(finds->resource_stamps[1].size, 1);
    assert_true(finds->trusted);
    conf_tree_expect(r, "misses", PLUGIN_BROKEN, "the resource a = missing.tsv was not found");
    conf_tree_expect(r, "installed", PLUGIN_BROKEN, "absolute path");
    conf_tree_expect(r, "own", PLUGIN_READY, "");
    assert_false(registry_find(r, "own")->trusted);
    assert_string_equal(registry_find(r, "own")->resource_paths[0], conf_tree_path(t, "absolute.tsv"));
    registry_free(r);
}

static void fields_by_path(void **state)
{
    const struct conf_tree *t = *state;
    conf_tree_plugin(t, "a",
                     "[fields]\nwidth = u32\ntext.* = string\ntext.*[] = string\ntext.Title = bytes\nmembers[].* = "
                     "any\nmembers[].name = string\n");
    conf_tree_plugin(t, "b", "[fields]\n* = u8\n");
    struct registry *r = conf_tree_open(t, NULL);
    static const struct {
        const char *plugin, *path, *declared;
    } cases[] = {
        {"a", "width", "width"},
        {"a", "widt", NULL},
        {"a", "width2", NULL},
        {"a", "width[]", NULL},
        {"a", "", NULL},
        {"a", "text", NULL},
        {"a", "text.Title", "text.Title"},
        {"a", "text.Author", "text.*"},
        {"a", "text.a.b", "text.*"},
        {"a", "text.Author[]", "text.*[]"},
        {"a", "members[].name", "members[].name"},
        {"a", "members[].size", "members[].*"},
        {"a", "members[].list[]", "members[].*"},
        {"a", "members.size", NULL},
        {"b", "anything", "*"},
        {"b", "any.thing", "*"},
        {"b", "list[]", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct conf_field *f =
            plugin_field(registry_find(r, cases[i].plugin), cases[i].path, strlen(cases[i].path));
        if (cases[i].declared) {
            assert_non_null(f);
            assert_string_equal(f->path, cases[i].declared);
        } else {
            assert_null(f);
        }
    }
    assert_null(plugin_field(registry_find(r, "b"), "a\0b", 3));
    registry_free(r);
}

static void fingerprint_of(const struct conf_tree *t, const char *name, const char *module_bytes, unsigned char out[32])
{
    struct registry *r = conf_tree_open(t, NULL);
    assert_false(registry_fingerprint(r, registry_find(r, name), out)); /* no digests yet */
    for (size_t i = 0; i < r->count; i++) {
        unsigned char digest[32] = {0};
        (void)snprintf((char *)digest, sizeof digest, "%s%zu", module_bytes, i);
        registry_set_digest(r, &r->plugins[i], digest);
    }
    assert_true(registry_fingerprint(r, registry_find(r, name), out));
    registry_free(r);
}

/* What changes a fingerprint, and what does not. */
static void fingerprints(void **state)
{
    const struct conf_tree *t = *state;
    unsigned char first[32], again[32], other[32];
    conf_tree_plugin(t, "a", "[options]\nk = 1\n");
    conf_tree_plugin(t, "b", "[needs]\nplugin = a\n");
    fingerprint_of(t, "b", "x", first);
    fingerprint_of(t, "b", "x", again);
    assert_memory_equal(first, again, 32);
    fingerprint_of(t, "b", "y", other); /* another module */
    assert_memory_not_equal(first, other, 32);
    conf_tree_plugin(t, "a", "[options]\nk = 2\n"); /* an option of what it needs */
    fingerprint_of(t, "b", "x", other);
    assert_memory_not_equal(first, other, 32);
    conf_tree_plugin(t, "a",
                     "[limits]\ntime = 1s\n[options]\nk = 1\n"); /* time does not change results that are kept */
    fingerprint_of(t, "b", "x", other);
    assert_memory_equal(first, other, 32);
    conf_tree_plugin(t, "b", "[fields]\nx = u8\n[needs]\nplugin = a\n");
    fingerprint_of(t, "b", "x", other);
    assert_memory_not_equal(first, other, 32);
}

static void optional_needs_in_fingerprints(void **state)
{
    const struct conf_tree *t = *state;
    conf_tree_plugin(t, "a", "[match]\ntype = *\n");
    conf_tree_plugin(t, "b", "[match]\ntype = *\n[needs]\noptional = a\n");
    struct registry *r = conf_tree_open(t, NULL);
    unsigned char digest[32] = {1}, with[32], without[32];
    for (size_t i = 0; i < r->count; i++)
        registry_set_digest(r, &r->plugins[i], digest);
    const char *skip = "a";
    struct plan_selection selection = {.skip = &skip, .skip_count = 1};
    struct planner *all = NULL, *less = NULL;
    assert_int_equal(planner_open(r, NULL, &all, NULL), 0);
    assert_int_equal(planner_open(r, &selection, &less, NULL), 0);
    assert_true(planner_fingerprint(all, registry_find(r, "b")->index, with));
    assert_true(planner_fingerprint(less, registry_find(r, "b")->index, without));
    assert_memory_not_equal(with, without, 32);
    planner_free(all);
    planner_free(less);
    registry_free(r);
}

static void types_fingerprint(void **state)
{
    const struct conf_tree *t = *state;
    unsigned char first[32];
    conf_tree_write(t, "conf.d/t.conf", TYPES("t") "[type a]\nmedia = a/b\nmagic = 0 \"AB\"\n");
    struct registry *r = conf_tree_open(t, NULL);
    memcpy(first, r->types_fingerprint, 32);
    registry_free(r);
    conf_tree_plugin(t, "p", "[match]\ntype = *\n");
    r = conf_tree_open(t, NULL);
    assert_memory_equal(first, r->types_fingerprint, 32);
    registry_free(r);
    conf_tree_write(t, "conf.d/t.conf", TYPES("t") "[type a]\nmedia = a/b\nmagic = 0 \"AC\"\n");
    r = conf_tree_open(t, NULL);
    assert_memory_not_equal(first, r->types_fingerprint, 32);
    registry_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(overrides_and_masks, begin, end),
        cmocka_unit_test_setup_teardown(bad_files_cost_themselves, begin, end),
        cmocka_unit_test_setup_teardown(refused_directories, begin, end),
        cmocka_unit_test_setup_teardown(linked_files, begin, end),
        cmocka_unit_test(owners),
        cmocka_unit_test_setup_teardown(modules, begin, end),
        cmocka_unit_test_setup_teardown(resources, begin, end),
        cmocka_unit_test_setup_teardown(fields_by_path, begin, end),
        cmocka_unit_test_setup_teardown(fingerprints, begin, end),
        cmocka_unit_test_setup_teardown(optional_needs_in_fingerprints, begin, end),
        cmocka_unit_test_setup_teardown(types_fingerprint, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
