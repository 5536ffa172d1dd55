/* SPDX-License-Identifier: MIT */
/* Discovery of 500 made plugins, without and with a snapshot: that all are there, and how long it takes, which is printed and
 * not judged here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "conf_tree.h"

enum { PLUGINS = 500, FAMILIES = 20, ROUNDS = 8 };

static void write_plugin(const struct conf_tree *t, int i)
{
    char path[128], text[2048], need[64] = "";
    if (i % 5)
        (void)snprintf(need, sizeof need, "optional = p%d >= 1.0", i - 1);
    (void)snprintf(
        text, sizeof text,
        "[plugin]\nname = p%d\nversion = 1.%d.0\nkind = extractor\nmodule = f%d/p%d.so\nsummary = Number %d\ndomain = "
        "bundled\n"
        "[type t]\nmedia = image/x-made-%d\nmagic = 0 \"MADE%06d\" & 16 hex:ffd8ff\nmagic = 8 "
        "\"\\x89x%06d\\r\\n\"\nglob = *.m%d\n"
        "[match]\ntype = image/x-made-%d\n[needs]\n%s\n[produces]\nstream = application/x-exif\n"
        "[fields]\nwidth = u32 px \"Image width\"\nheight = u32 px \"Image height\"\ndepth = u8 bit \"Bits a sample\"\n"
        "colour = string \"Colour space\"\ntitle = string \"Title\"\ncreated = time \"When it was made\"\n"
        "text.* = string \"Textual data by keyword\"\nmembers[].name = string \"Name of a member\"\nmembers[].size = "
        "u64 B \"Its size\"\n"
        "[limits]\ntime = 2s\nmemory = 64M\n[options]\nmode = fast\n",
        i, i % 7, i % FAMILIES, i, i, i, i, i, i, i, need);
    (void)snprintf(path, sizeof path, "conf.d/f%d/p%d.conf", i % FAMILIES, i);
    conf_tree_write(t, path, text);
    (void)snprintf(path, sizeof path, "lib/adit/modules/f%d/p%d.so", i % FAMILIES, i);
    conf_tree_write(t, path, "x");
}

static double microseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* The best of some rounds: others may be at work on the machine. */
static double measure(const struct conf_tree *t, const char *snapshots, bool expect_kept)
{
    double best = 0;
    for (int i = 0; i < ROUNDS; i++) {
        double begin = microseconds();
        struct registry *r = conf_tree_open(t, snapshots);
        double took = microseconds() - begin;
        best = i == 0 || took < best ? took : best;
        assert_int_equal(r->count, PLUGINS);
        assert_int_equal(r->findings.count, 0);
        assert_int_equal(r->from_snapshot, expect_kept);
        conf_tree_expect(r, "p499", PLUGIN_READY, "");
        assert_int_equal(registry_find(r, "p499")->depth, 4);
        registry_free(r);
    }
    return best;
}

static void five_hundred(void **state)
{
    (void)state;
    struct conf_tree t;
    conf_tree_make(&t);
    for (int i = 0; i < PLUGINS; i++)
        write_plugin(&t, i);
    const struct timespec pause = {.tv_nsec = 150 * 1000 * 1000}; /* so that what was written is clearly older */
    (void)nanosleep(&pause, NULL);
    double without = measure(&t, NULL, false);
    struct registry *r = conf_tree_open(&t, conf_tree_path(&t, "cache"));
    struct err e = {0};
    assert_int_equal(registry_save_snapshot(r, &e), 0);
    registry_free(r);
    double with = measure(&t, conf_tree_path(&t, "cache"), true);
    print_message("discovery of %d plugins: %.0f us without a snapshot, %.0f us with one\n", PLUGINS, without, with);
    conf_tree_remove(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(five_hundred)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
