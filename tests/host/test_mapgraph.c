/* SPDX-License-Identifier: MIT */
/* Ways through the mappers: against every way that there is in random graphs, and what is told where there is none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/map.h"
#include "mapgraph.h"

enum { MOST_NODES = 7, MOST_PLUGINS = 14, MOST_PATHS = 20000 };

/* A registry made by hand. */
struct made {
    struct registry registry;
    struct namespace namespaces[MOST_NODES];
    struct plugin plugins[MOST_PLUGINS];
    char names[MOST_NODES + MOST_PLUGINS][8];
    const char *from[MOST_PLUGINS][2];
};

static void add_mapper(struct made *m, uint32_t from, uint32_t to, uint32_t cost, bool symmetric)
{
    size_t i = m->registry.count++;
    (void)snprintf(m->names[MOST_NODES + i], sizeof m->names[0], "p%02zu", i);
    m->from[i][0] = m->namespaces[from].name;
    m->plugins[i] = (struct plugin){.index = (uint32_t)i,
                                    .reason = "",
                                    .conf = {.name = m->names[MOST_NODES + i],
                                             .map = {.from = m->from[i],
                                                     .from_count = 1,
                                                     .to = m->namespaces[to].name,
                                                     .cost = cost,
                                                     .symmetric = symmetric}}};
    assert_true(map_puts(&m->registry.by_name, m->plugins[i].conf.name, &m->plugins[i]));
}

static void make(struct made *m, size_t nodes)
{
    *m = (struct made){0};
    m->registry.plugins = m->plugins;
    m->registry.namespaces = m->namespaces;
    m->registry.namespace_count = nodes;
    for (size_t i = 0; i < nodes; i++) {
        (void)snprintf(m->names[i], sizeof m->names[0], "%c", (char)('a' + i));
        m->namespaces[i].name = m->names[i];
    }
}

static struct mapgraph *graph_of(struct made *m)
{
    struct mapgraph *g = NULL;
    struct err e = {0};
    assert_int_equal(mapgraph_open(&m->registry, &g, &e), 0);
    return g;
}

/* "a>p00>b", with "~" before what is walked backwards. */
static void put_path(struct buf *b, const struct made *m, const struct map_edge *const *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_addf(b, "%s%s%s>", i ? "" : m->namespaces[steps[i]->from].name, i ? "" : ">",
                 m->plugins[steps[i]->plugin].conf.name),
            buf_addf(b, "%s%s%s", steps[i]->backward ? "~" : "", m->namespaces[steps[i]->to].name,
                     i + 1 < count ? ">" : "");
}

/* ---- every way, by trying all ---- */

struct all {
    const struct made *m;
    const struct map_query *q;
    const struct map_edge *edges;
    size_t edge_count;
    const struct map_edge *way[64];
    bool seen[4][MOST_NODES];
    struct whole {
        uint64_t cost;
        size_t hops;
        char names[256];
    } * found;
    size_t count;
};

static bool named(const char *name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

static void try_all(struct all *a, uint32_t at, size_t passed, size_t hops, uint64_t cost)
{
    const struct map_query *q = a->q;
    if (hops > 0 && at == q->to && passed == q->via_count) {
        struct whole *w = &a->found[a->count++];
        assert_true(a->count < MOST_PATHS);
        *w = (struct whole){.cost = cost, .hops = hops};
        for (size_t i = 0; i < hops; i++) {
            size_t n = strlen(w->names);
            (void)snprintf(w->names + n, sizeof w->names - n, "%s%c%s ", a->m->plugins[a->way[i]->plugin].conf.name,
                           a->way[i]->backward ? 'b' : 'a', a->m->namespaces[a->way[i]->to].name);
        }
        return;
    }
    if (q->max_hops && hops == q->max_hops)
        return;
    a->seen[passed][at] = true;
    for (size_t i = 0; i < a->edge_count; i++) {
        const struct map_edge *edge = &a->edges[i];
        const char *plugin = a->m->plugins[edge->plugin].conf.name, *to = a->m->namespaces[edge->to].name;
        if (edge->from != at || named(plugin, q->avoid, q->avoid_count) || named(to, q->avoid, q->avoid_count) ||
            named(a->m->namespaces[at].name, q->avoid, q->avoid_count))
            continue;
        size_t then = passed;
        if (then < q->via_count && strcmp(q->via[then], plugin) == 0)
            then++;
        while (then < q->via_count && strcmp(q->via[then], to) == 0)
            then++;
        if (a->seen[then][edge->to])
            continue;
        a->way[hops] = edge;
        try_all(a, edge->to, then, hops + 1, cost + edge->cost);
    }
    a->seen[passed][at] = false;
}

static int by_order(const void *x, const void *y)
{
    const struct whole *a = x, *b = y;
    if (a->cost != b->cost)
        return a->cost < b->cost ? -1 : 1;
    if (a->hops != b->hops)
        return a->hops < b->hops ? -1 : 1;
    return strcmp(a->names, b->names);
}

static uint32_t seed = 12345;
static uint32_t below(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static size_t compare_one(struct made *m, const struct map_query *q, struct whole *room)
{
    struct mapgraph *g = graph_of(m);
    struct all a = {.m = m, .q = q, .found = room};
    a.edges = mapgraph_edges(g, &a.edge_count);
    size_t passed = 0;
    while (passed < q->via_count && strcmp(q->via[passed], m->namespaces[q->from].name) == 0)
        passed++;
    try_all(&a, q->from, passed, 0, 0);
    qsort(room, a.count, sizeof *room, by_order);
    struct map_paths paths;
    struct err e = {0};
    int rc = mapgraph_paths(g, q, &paths, &e);
    assert_int_equal(rc, a.count ? 0 : -ENOENT);
    assert_int_equal(paths.count, a.count < q->most ? a.count : q->most);
    for (size_t i = 0; i < paths.count; i++) {
        assert_int_equal(paths.items[i].cost, room[i].cost);
        assert_int_equal(paths.items[i].count, room[i].hops);
        char names[256] = "";
        for (size_t k = 0; k < paths.items[i].count; k++) {
            const struct map_edge *step = paths.items[i].steps[k];
            size_t n = strlen(names);
            (void)snprintf(names + n, sizeof names - n, "%s%c%s ", m->plugins[step->plugin].conf.name,
                           step->backward ? 'b' : 'a', m->namespaces[step->to].name);
        }
        assert_string_equal(names, room[i].names);
    }
    map_paths_release(&paths);
    mapgraph_free(g);
    return a.count;
}

static void as_by_trying_all(void **state)
{
    (void)state;
    struct whole *room = calloc(MOST_PATHS, sizeof *room);
    size_t found = 0, none = 0;
    assert_non_null(room);
    for (int round = 0; round < 400; round++) {
        struct made m;
        make(&m, 2 + below(MOST_NODES - 1));
        uint32_t n = (uint32_t)m.registry.namespace_count, edges = 1 + below(MOST_PLUGINS);
        for (uint32_t i = 0; i < edges; i++) {
            uint32_t from = below(n), to = below(n - 1);
            add_mapper(&m, from, to + (to >= from), 1 + below(3), below(3) == 0); /* few costs: many ties */
        }
        struct map_query q = {.from = below(n), .most = below(2) ? 1 : 1000};
        q.to = below(n - 1);
        q.to += q.to >= q.from;
        const char *via[2], *avoid[1];
        q.via = via;
        q.avoid = avoid;
        uint32_t kind = below(5);
        if (kind == 1)
            q.max_hops = 1 + below(4);
        for (q.via_count = 0; kind >= 3 && q.via_count < kind - 2u; q.via_count++)
            via[q.via_count] = below(2) ? m.namespaces[below(n)].name : m.plugins[below(edges)].conf.name;
        if (kind == 2)
            avoid[q.avoid_count++] = below(2) ? m.namespaces[below(n)].name : m.plugins[below(edges)].conf.name;
        size_t count = compare_one(&m, &q, room);
        found += count;
        none += count == 0;
        map_release(&m.registry.by_name);
    }
    free(room);
    assert_true(found > 1000);
    assert_true(none > 20 && none < 300);
}

static void ask(struct made *m, struct map_query q, char out[512])
{
    struct mapgraph *g = graph_of(m);
    struct map_paths paths;
    struct err e = {0};
    q.most = q.most ? q.most : 1;
    struct buf b = BUF_INIT;
    if (mapgraph_paths(g, &q, &paths, &e) == 0)
        put_path(&b, m, paths.items[0].steps, paths.items[0].count);
    else
        buf_adds(&b, e.text);
    (void)snprintf(out, 512, "%s", buf_cstr(&b));
    buf_release(&b);
    map_paths_release(&paths);
    mapgraph_free(g);
}

static void choices(void **state)
{
    (void)state;
    struct made m;
    char got[512];
    make(&m, 5);
    add_mapper(&m, 0, 1, 10, false); /* p00 a>b */
    add_mapper(&m, 1, 2, 10, true);  /* p01 b<>c */
    add_mapper(&m, 0, 2, 30, false); /* p02 a>c, dearer */
    add_mapper(&m, 0, 1, 10, false); /* p03 a>b, as p00 */
    add_mapper(&m, 3, 2, 5, true);   /* p04 d<>c */
    add_mapper(&m, 0, 2, 20, false); /* p05 a>c, as dear as over b */
    ask(&m, (struct map_query){.from = 0, .to = 2}, got);
    assert_string_equal(got, "a>p05>c"); /* fewer steps */
    const char *b[] = {"b"}, *p03[] = {"p03"}, *p05[] = {"p05"}, *nobody[] = {"p06"}, *d[] = {"d"};
    ask(&m, (struct map_query){.from = 0, .to = 2, .via = b, .via_count = 1}, got);
    assert_string_equal(got, "a>p00>b>p01>c"); /* by name */
    ask(&m, (struct map_query){.from = 0, .to = 2, .via = p03, .via_count = 1}, got);
    assert_string_equal(got, "a>p03>b>p01>c");
    ask(&m, (struct map_query){.from = 0, .to = 3, .avoid = p05, .avoid_count = 1}, got);
    assert_string_equal(got, "a>p00>b>p01>c>p04>~d");
    ask(&m, (struct map_query){.from = 0, .to = 3, .avoid = p05, .avoid_count = 1, .max_hops = 2}, got);
    assert_string_equal(got, "a>p02>c>p04>~d");
    ask(&m, (struct map_query){.from = 3, .to = 3, .via = b, .via_count = 1}, got);
    assert_string_equal(got, "d>p04>c>p01>~b>p01>c>p04>~d"); /* there and back */
    ask(&m, (struct map_query){.from = 0, .to = 3, .max_hops = 1}, got);
    assert_string_equal(
        got, "there is no way from a to d that keeps to --via, --avoid and --max-hops; without them there is");
    ask(&m, (struct map_query){.from = 3, .to = 0}, got);
    assert_string_equal(got, "there is no way from d to a: d leads to b, c; a is reached from nothing");
    ask(&m, (struct map_query){.from = 0, .to = 4}, got);
    assert_string_equal(got, "there is no way from a to e: a leads to b, c, d; e is reached from nothing");
    ask(&m, (struct map_query){.from = 0, .to = 0}, got);
    assert_non_null(strstr(got, "from and to are both a"));
    ask(&m, (struct map_query){.from = 0, .to = 2, .via = nobody, .via_count = 1}, got);
    assert_non_null(strstr(got, "--via: 'p06' is neither a namespace nor an id mapper: did you mean 'p0"));
    ask(&m, (struct map_query){.from = 0, .to = 2, .avoid = d, .avoid_count = 1}, got);
    assert_string_equal(got, "a>p05>c");
    m.plugins[1].state = m.plugins[2].state = m.plugins[5].state = PLUGIN_BROKEN;
    m.plugins[1].reason = "its table is gone";
    ask(&m, (struct map_query){.from = 0, .to = 2}, got);
    assert_string_equal(got, "there is no way from a to c: the mapper p01 does not run: its table is gone");
    map_release(&m.registry.by_name);
}

static void unknown_names(void **state)
{
    (void)state;
    struct made m;
    struct err e = {0};
    uint32_t n = 99;
    make(&m, 2);
    m.namespaces[0].name = "hgnc.symbol";
    m.namespaces[1].name = "ncbigene";
    struct mapgraph *g = graph_of(&m);
    assert_int_equal(mapgraph_namespace(g, "ncbigene", &n, &e), 0);
    assert_int_equal(n, 1);
    assert_int_equal(mapgraph_namespace(g, "ncbi-gene", &n, &e), -ENOENT);
    assert_string_equal(e.text, "there is no namespace 'ncbi-gene': did you mean 'ncbigene'?");
    assert_int_equal(mapgraph_namespace(g, "x", &n, &e), -ENOENT);
    assert_string_equal(e.text, "there is no namespace 'x': there are hgnc.symbol, ncbigene");
    mapgraph_free(g);
    m.registry.namespace_count = 0;
    g = graph_of(&m);
    assert_int_equal(mapgraph_namespace(g, "x", &n, &e), -ENOENT);
    assert_non_null(strstr(e.text, "no mapper is installed"));
    mapgraph_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_by_trying_all),
        cmocka_unit_test(choices),
        cmocka_unit_test(unknown_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
