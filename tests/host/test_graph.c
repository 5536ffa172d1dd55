/* SPDX-License-Identifier: MIT */
/* The graph: edges, depth, and everything that can be wrong with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "conf_tree.h"
#include "graph.h"

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

static void edges_and_depth(void **state)
{
    const struct conf_tree *t = *state;
    conf_tree_plugin(t, "a", "[match]\ntype = image/png\n");
    conf_tree_plugin(t, "b", "[needs]\nplugin = a\n");
    conf_tree_plugin(t, "c", "[needs]\nplugin = b\noptional = a\noptional = not-there\n");
    struct registry *r = conf_tree_open(t, NULL);
    assert_int_equal(r->findings.count, 0);
    const struct plugin *a = registry_find(r, "a"), *b = registry_find(r, "b"), *c = registry_find(r, "c");
    assert_int_equal(a->depth, 0);
    assert_int_equal(b->depth, 1);
    assert_int_equal(c->depth, 2);
    assert_int_equal(c->hard_count, 1);
    assert_int_equal(c->hard[0], b->index);
    assert_int_equal(c->soft_count, 1);
    assert_int_equal(c->soft[0], a->index);
    assert_int_equal(a->dependent_count, 2);
    assert_int_equal(a->dependents[0], b->index);
    assert_int_equal(a->dependents[1], c->index);
    registry_free(r);
}

static void needs_that_fail(void **state)
{
    const struct conf_tree *t = *state;
    conf_tree_plugin(t, "exif", "");
    conf_tree_plugin(t, "off", "enabled = no\n");
    conf_tree_plugin(t, "sum", "kind = mapper\n");
    conf_tree_plugin(t, "missing", "[needs]\nplugin = exfi\n");
    conf_tree_plugin(t, "old", "[needs]\nplugin = exif >= 1.1\n");
    conf_tree_plugin(t, "new", "[needs]\nplugin = exif >= 0.5 < 1\n");
    conf_tree_plugin(t, "exact", "[needs]\nplugin = exif = 1\n");
    conf_tree_plugin(t, "hangs", "[needs]\nplugin = missing\n");
    conf_tree_plugin(t, "hangs2", "[needs]\nplugin = hangs\n");
    conf_tree_plugin(t, "onoff", "[needs]\nplugin = off\n");
    conf_tree_plugin(t, "upward", "[needs]\nplugin = sum\n");
    conf_tree_plugin(t, "soft", "[needs]\noptional = missing\noptional = exif >= 2\n");
    conf_tree_plugin(t, "asks", "[match]\ntype = *\nfield = nobody.x = 1\n");
    struct registry *r = conf_tree_open(t, NULL);
    conf_tree_expect(r, "exif", PLUGIN_READY, "");
    conf_tree_expect(r, "exact", PLUGIN_READY, "");
    conf_tree_expect(r, "off", PLUGIN_DISABLED, "enabled = no");
    conf_tree_expect(r, "missing", PLUGIN_BROKEN, "needs exfi, and there is no such plugin: did you mean exif?");
    conf_tree_expect(r, "old", PLUGIN_BROKEN, "needs exif >= 1.1.0, and exif of version 1.0.0 is there");
    conf_tree_expect(r, "new", PLUGIN_BROKEN, "needs exif >= 0.5.0 < 1.0.0");
    conf_tree_expect(r, "hangs", PLUGIN_BROKEN, "needs missing, which is broken: needs exfi");
    conf_tree_expect(r, "hangs2", PLUGIN_BROKEN, "needs hangs, which is broken");
    conf_tree_expect(r, "onoff", PLUGIN_BROKEN, "needs off, which is off");
    conf_tree_expect(r, "upward", PLUGIN_BROKEN, "mappers run after");
    conf_tree_expect(r, "soft", PLUGIN_READY, "");
    conf_tree_expect(r, "asks", PLUGIN_BROKEN, "needs nobody");
    const struct finding *f = conf_tree_finding(r, "graph.need", "needs exfi");
    assert_int_equal(f->line, 8);
    assert_non_null(strstr(f->file, "conf.d/missing.conf"));
    registry_free(r);
}

static void cycles_as_paths(void **state)
{
    const struct conf_tree *t = *state;
    conf_tree_plugin(t, "a", "[needs]\nplugin = b\n");
    conf_tree_plugin(t, "b", "[needs]\nplugin = c\noptional = a\n");
    conf_tree_plugin(t, "c", "[needs]\nplugin = a\n");
    conf_tree_plugin(t, "x", "[needs]\nplugin = y\n");
    conf_tree_plugin(t, "y", "[needs]\noptional = x\n");
    conf_tree_plugin(t, "outside", "[needs]\nplugin = a\n");
    conf_tree_plugin(t, "under", "");
    conf_tree_plugin(t, "z", "[needs]\nplugin = under\n");
    struct registry *r = conf_tree_open(t, NULL);
    (void)conf_tree_finding(r, "graph.cycle", "a -> b -> a");
    (void)conf_tree_finding(r, "graph.cycle", "a -> b -> c -> a");
    (void)conf_tree_finding(r, "graph.cycle", "x -> y -> x");
    size_t cycles = 0;
    for (size_t i = 0; i < r->findings.count; i++)
        cycles += strcmp(r->findings.items[i].rule, "graph.cycle") == 0;
    assert_int_equal(cycles, 3);
    conf_tree_expect(r, "a", PLUGIN_BROKEN, "circle of needs");
    conf_tree_expect(r, "b", PLUGIN_BROKEN, "circle of needs");
    conf_tree_expect(r, "c", PLUGIN_BROKEN, "circle of needs: a -> b -> c -> a");
    conf_tree_expect(r, "y", PLUGIN_BROKEN, "circle of needs");
    conf_tree_expect(r, "outside", PLUGIN_BROKEN, "needs a, which is broken");
    conf_tree_expect(r, "z", PLUGIN_READY, "");
    registry_free(r);
}

/* Every plugin needs every other: more circles than could ever be listed. */
static void too_many_cycles(void **state)
{
    const struct conf_tree *t = *state;
    enum { N = 14 };
    for (int i = 0; i < N; i++) {
        char name[16], more[512] = "[needs]\n";
        for (int k = 0; k < N; k++) {
            size_t used = strlen(more);
            if (k != i)
                (void)snprintf(more + used, sizeof more - used, "plugin = p%02d\n", k);
        }
        (void)snprintf(name, sizeof name, "p%02d", i);
        conf_tree_plugin(t, name, more);
    }
    struct registry *r = conf_tree_open(t, NULL);
    size_t cycles = 0;
    for (size_t i = 0; i < r->findings.count; i++)
        cycles += strcmp(r->findings.items[i].rule, "graph.cycle") == 0;
    assert_int_equal(cycles, GRAPH_MAX_CYCLES);
    (void)conf_tree_finding(r, "graph.cycle.more", "64");
    conf_tree_expect(r, "p00", PLUGIN_BROKEN, "circle");
    conf_tree_expect(r, "p13", PLUGIN_BROKEN, "circle");
    registry_free(r);
}

static void one_name_two_files(void **state)
{
    const struct conf_tree *t = *state;
    conf_tree_plugin(t, "png", "");
    conf_tree_write(t, "conf.d/mine.conf",
                    "[plugin]\nname = png\nversion = 2.0.0\nkind = extractor\nmodule = png.so\nsummary = another\n");
    struct registry *r = conf_tree_open(t, NULL);
    const struct finding *f = conf_tree_finding(r, "graph.name.repeated", "the name png is taken by");
    assert_non_null(strstr(f->file, "conf.d/mine.conf"));
    assert_int_equal(r->count, 2);
    assert_int_equal(registry_find(r, "png")->conf.version.major, 1); /* the file of that name keeps it */
    registry_free(r);
}

static void conflicts(void **state)
{
    const struct conf_tree *t = *state;
    conf_tree_plugin(t, "a", "[needs]\nconflict = b\n");
    conf_tree_plugin(t, "b", "");
    conf_tree_plugin(t, "c", "[needs]\nconflict = d\n");
    conf_tree_plugin(t, "d", "[needs]\nconflict = c\n");
    conf_tree_plugin(t, "e", "[needs]\nconflict = nobody\n");
    struct registry *r = conf_tree_open(t, NULL);
    conf_tree_expect(r, "a", PLUGIN_BROKEN, "conflicts with b");
    conf_tree_expect(r, "b", PLUGIN_READY, "");
    conf_tree_expect(r, "c", PLUGIN_READY, "");
    conf_tree_expect(r, "d", PLUGIN_BROKEN, "conflicts with c");
    conf_tree_expect(r, "e", PLUGIN_READY, "");
    (void)conf_tree_finding(r, "graph.conflict", "b.conf");
    registry_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(edges_and_depth, begin, end),
        cmocka_unit_test_setup_teardown(needs_that_fail, begin, end),
        cmocka_unit_test_setup_teardown(cycles_as_paths, begin, end),
        cmocka_unit_test_setup_teardown(too_many_cycles, begin, end),
        cmocka_unit_test_setup_teardown(one_name_two_files, begin, end),
        cmocka_unit_test_setup_teardown(conflicts, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
