/* SPDX-License-Identifier: MIT */
/* The drawing of the graph, and how things are called in what commands print. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conf_tree.h"
#include "plugin_graph.h"
#include "plugin_text.h"

static struct registry *open_graph(struct conf_tree *t)
{
    conf_tree_make(t);
    conf_tree_plugin(t, "jpeg", "[match]\ntype = image/jpeg\n[produces]\nstream = application/x-exif\nstream = *\n");
    conf_tree_plugin(t, "exif", "[match]\ntype = application/x-exif\n");
    conf_tree_plugin(t, "any", "[match]\ntype = *\n");
    conf_tree_plugin(t, "end",
                     "kind = mapper\n[match]\ntype = image/*\n[needs]\nplugin = exif >= 1\noptional = jpeg\n");
    conf_tree_plugin(t, "lost", "[needs]\nplugin = nobody\n");
    conf_tree_write(t, "conf.d/t.conf", "[plugin]\nname = t\nversion = 1.0.0\nkind = types\nsummary = s\n");
    return conf_tree_open(t, NULL);
}

static void drawings(void **state)
{
    (void)state;
    struct conf_tree t;
    struct registry *r = open_graph(&t);
    struct buf b = BUF_INIT;
    plugin_graph_dot(&b, r);
    assert_string_equal(
        buf_cstr(&b),
        "digraph plugins {\n  rankdir=LR;\n"
        "  \"any\";\n  \"end\" [shape=box];\n  \"exif\";\n  \"jpeg\";\n  \"lost\" [color=grey, fontcolor=grey];\n"
        "  \"end\" -> \"exif\";\n  \"end\" -> \"jpeg\" [style=dashed];\n"
        "  \"jpeg\" -> \"exif\" [style=dotted, label=\"application/x-exif\"];\n}\n");
    buf_reset(&b);
    plugin_graph_mermaid(&b, r);
    assert_string_equal(buf_cstr(&b), "flowchart LR\n  n0(any)\n  n1[end]\n  n2(exif)\n  n3(jpeg)\n  n4(lost):::off\n"
                                      "  n1 --> n2\n  n1 -.-> n3\n  n3 == \"application/x-exif\" ==> n2\n"
                                      "  classDef off color:grey,stroke:grey\n");
    buf_release(&b);
    registry_free(r);
    conf_tree_remove(&t);
}

static void namespaces(void **state)
{
    (void)state;
    struct conf_tree t;
    conf_tree_make(&t);
    conf_tree_plugin(&t, "m", "kind = mapper\n[map]\nfrom = a.b\nto = c\nsymmetric = yes\n");
    conf_tree_plugin(&t, "n", "kind = mapper\n[map]\nfrom = c\nfrom = a.b\nto = d\n");
    struct registry *r = conf_tree_open(&t, NULL);
    struct buf b = BUF_INIT;
    plugin_graph_dot(&b, r);
    assert_string_equal(buf_cstr(&b),
                        "digraph plugins {\n  rankdir=LR;\n  \"m\" [shape=box];\n  \"n\" [shape=box];\n"
                        "  \"a.b:\" [shape=hexagon, label=\"a.b\"];\n  \"c:\" [shape=hexagon, label=\"c\"];\n"
                        "  \"d:\" [shape=hexagon, label=\"d\"];\n"
                        "  \"a.b:\" -> \"m\" [dir=both];\n  \"m\" -> \"c:\" [dir=both];\n"
                        "  \"c:\" -> \"n\";\n  \"a.b:\" -> \"n\";\n  \"n\" -> \"d:\";\n}\n");
    buf_reset(&b);
    plugin_graph_mermaid(&b, r);
    assert_string_equal(buf_cstr(&b), "flowchart LR\n  n0[m]\n  n1[n]\n  i0{{a.b}}\n  i1{{c}}\n  i2{{d}}\n"
                                      "  i0 <--> n0\n  n0 <--> i1\n  i1 --> n1\n  i0 --> n1\n  n1 --> i2\n"
                                      "  classDef off color:grey,stroke:grey\n");
    buf_reset(&b);
    plugin_map_text(&b, &r->plugins[0].conf.map);
    assert_string_equal(buf_cstr(&b), "a.b -> c, skos:exactMatch, cost 10, both ways");
    buf_reset(&b);
    plugin_put_map_json(&b, &r->plugins[1].conf.map);
    assert_string_equal(buf_cstr(&b), ",\"map\":{\"from\":[\"c\",\"a.b\"],\"to\":\"d\",\"cost\":10,\"symmetric\":false,"
                                      "\"predicate\":\"skos:exactMatch\",\"inverse\":\"skos:exactMatch\"}");
    buf_release(&b);
    registry_free(r);
    conf_tree_remove(&t);
}

static void names(void **state)
{
    (void)state;
    char kind[8];
    struct conf_field f = {.kind = CONF_FIELD_U64, .bits = 16};
    assert_string_equal(plugin_field_kind_name(&f, kind), "u16");
    f = (struct conf_field){.kind = CONF_FIELD_F64, .bits = 32};
    assert_string_equal(plugin_field_kind_name(&f, kind), "f32");
    f.kind = CONF_FIELD_TIME;
    assert_string_equal(plugin_field_kind_name(&f, kind), "time");
    struct conf_need need = {.plugin = "exif", .bounds = {{CONF_GE, {1, 2, 0}}, {CONF_LT, {2, 0, 0}}}};
    struct buf b = BUF_INIT;
    plugin_need_text(&b, &need);
    assert_string_equal(buf_cstr(&b), "exif >= 1.2.0 < 2.0.0");
    buf_reset(&b);
    static const char *const list[] = {"a\"b", "c"};
    buf_putc(&b, '{');
    plugin_put_json(&b, "k", "x\n");
    plugin_put_json_list(&b, "l", list, 2);
    buf_putc(&b, '}');
    assert_string_equal(buf_cstr(&b), "{\"k\":\"x\\n\",\"l\":[\"a\\\"b\",\"c\"]}");
    buf_release(&b);
    assert_true(plan_reason_runs(PLAN_RUNS_NEEDED));
    assert_false(plan_reason_runs(PLAN_CONFLICT));
    assert_string_equal(plan_reason_name(PLAN_NOT_NEEDED), "not-needed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(drawings), cmocka_unit_test(namespaces), cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
