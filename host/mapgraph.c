/* SPDX-License-Identifier: MIT */
/* Ways are found by A*: what is left to the end, without the bounds of the query, is known exactly from a search backwards, so
 * that a partial way is continued only in the order in which its best end may come.
 *
 * A state is a namespace and how many of `via` were passed; partial ways form a tree. */
#include "mapgraph.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "mapgraph_impl.h"
#include "namespace.h"
#include "nearest.h"

static int no_memory(struct err *e)
{
    return err_set(e, -ENOMEM, "out of memory");
}

static int by_from_and_name(const void *a, const void *b)
{
    const struct map_edge *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return map_edge_compare(x, y);
}

/* Plugins are sorted by name: so are their indexes. */
int map_edge_compare(const struct map_edge *x, const struct map_edge *y)
{
    if (x->plugin != y->plugin)
        return x->plugin < y->plugin ? -1 : 1;
    if (x->backward != y->backward)
        return x->backward ? 1 : -1;
    return (x->to > y->to) - (x->to < y->to);
}

static void add_plugin(struct mapgraph *g, const struct plugin *p)
{
    const struct conf_map *m = &p->conf.map;
    for (size_t i = 0; i < m->from_count; i++) {
        const struct namespace *from = namespace_find(g->registry, m->from[i]),
                               *to = namespace_find(g->registry, m->to);
        struct map_edge edge = {.from = (uint32_t)(from - g->registry->namespaces),
                                .to = (uint32_t)(to - g->registry->namespaces),
                                .plugin = p->index,
                                .cost = m->cost};
        g->edges[g->edge_count++] = edge;
        if (!m->symmetric)
            continue;
        g->edges[g->edge_count++] =
            (struct map_edge){.from = edge.to, .to = edge.from, .plugin = p->index, .cost = m->cost, .backward = true};
    }
}

int mapgraph_open(const struct registry *r, struct mapgraph **out, struct err *e)
{
    size_t most = 0;
    for (size_t i = 0; i < r->count; i++)
        most += 2 * r->plugins[i].conf.map.from_count;
    struct mapgraph *g = calloc(1, sizeof *g);
    struct map_edge *edges = calloc(most + 1, sizeof *edges);
    if (!g || !edges) {
        free(g);
        free(edges);
        return no_memory(e);
    }
    *g = (struct mapgraph){.registry = r, .edges = edges};
    for (size_t i = 0; i < r->count; i++) {
        if (r->plugins[i].state == PLUGIN_READY)
            add_plugin(g, &r->plugins[i]);
    }
    qsort(g->edges, g->edge_count, sizeof *g->edges, by_from_and_name);
    *out = g;
    return 0;
}

void mapgraph_free(struct mapgraph *g)
{
    if (!g)
        return;
    free(g->edges);
    free(g);
}

const struct map_edge *mapgraph_edges(const struct mapgraph *g, size_t *count)
{
    *count = g->edge_count;
    return g->edges;
}

void mapgraph_reach(const struct mapgraph *g, uint32_t from, bool backward, bool *reached)
{
    memset(reached, 0, g->registry->namespace_count * sizeof *reached);
    reached[from] = true;
    for (bool grew = true; grew;) {
        grew = false;
        for (size_t i = 0; i < g->edge_count; i++) {
            uint32_t a = backward ? g->edges[i].to : g->edges[i].from, b = backward ? g->edges[i].from : g->edges[i].to;
            if (!reached[a] || reached[b])
                continue;
            reached[b] = true;
            grew = true;
        }
    }
}

/* ---- what is left, from every state ---- */

struct left {
    uint64_t cost;
    uint32_t hops; /* of the cheapest rest */
    uint32_t least_hops;
};
static const struct left nowhere = {UINT64_MAX, UINT32_MAX, UINT32_MAX};

struct search {
    const struct mapgraph *g;
    const struct map_query *q;
    bool *avoided; /* by edge */
    struct left *left;
    struct map_node *nodes;
    size_t count, capacity;
    uint32_t *heap;
    size_t heap_count, heap_capacity;
};

static size_t state_of(const struct search *s, size_t passed, uint32_t namespace)
{
    return passed * s->g->registry->namespace_count + namespace;
}

/* How many of `via` are passed once this edge was walked. */
static size_t pass(const struct search *s, size_t passed, const struct map_edge *edge)
{
    const struct map_query *q = s->q;
    if (passed < q->via_count && strcmp(q->via[passed], s->g->registry->plugins[edge->plugin].conf.name) == 0)
        passed++;
    while (passed < q->via_count && strcmp(q->via[passed], s->g->registry->namespaces[edge->to].name) == 0)
        passed++;
    return passed;
}

/* Shortens what is left from one state over one edge. True: it got shorter. */
static bool relax(struct search *s, size_t passed, const struct map_edge *edge)
{
    struct left *here = &s->left[state_of(s, passed, edge->from)];
    const struct left *there = &s->left[state_of(s, pass(s, passed, edge), edge->to)];
    bool shorter = false;
    if (there->cost != UINT64_MAX) {
        uint64_t cost = there->cost + edge->cost;
        if (cost < here->cost || (cost == here->cost && there->hops + 1 < here->hops)) {
            here->cost = cost;
            here->hops = there->hops + 1;
            shorter = true;
        }
        if (there->least_hops + 1 < here->least_hops) {
            here->least_hops = there->least_hops + 1;
            shorter = true;
        }
    }
    return shorter;
}

static void find_left(struct search *s)
{
    size_t states = (s->q->via_count + 1) * s->g->registry->namespace_count;
    for (size_t i = 0; i < states; i++)
        s->left[i] = nowhere;
    s->left[state_of(s, s->q->via_count, s->q->to)] = (struct left){0};
    for (bool shorter = true; shorter;) {
        shorter = false;
        for (size_t passed = 0; passed <= s->q->via_count; passed++)
            for (size_t i = 0; i < s->g->edge_count; i++)
                if (!s->avoided[i] && relax(s, passed, &s->g->edges[i]))
                    shorter = true;
    }
}

/* ---- partial ways ---- */

enum { NONE = UINT32_MAX, MAX_NODES = 1000000 };

/* The edge before the last `back` ones of a way; the tree is walked from its leaves. */
static const struct map_edge *edge_at(const struct search *s, uint32_t node, uint32_t index)
{
    while (s->nodes[node].hops > index + 1)
        node = s->nodes[node].parent;
    return s->nodes[node].edge;
}

static int compare_names(const struct search *s, uint32_t a, uint32_t b)
{
    uint32_t most = s->nodes[a].hops < s->nodes[b].hops ? s->nodes[a].hops : s->nodes[b].hops;
    for (uint32_t i = 0; i < most; i++) {
        int c = map_edge_compare(edge_at(s, a, i), edge_at(s, b, i));
        if (c)
            return c;
    }
    return s->nodes[a].hops < s->nodes[b].hops ? -1 : s->nodes[a].hops > s->nodes[b].hops;
}

static bool before(const struct search *s, uint32_t a, uint32_t b)
{
    const struct map_node *x = &s->nodes[a], *y = &s->nodes[b];
    if (x->whole_cost != y->whole_cost)
        return x->whole_cost < y->whole_cost;
    if (x->whole_hops != y->whole_hops)
        return x->whole_hops < y->whole_hops;
    return compare_names(s, a, b) < 0;
}

static bool heap_push(struct search *s, uint32_t node)
{
    if (!vec_grow(&s->heap, &s->heap_capacity, s->heap_count + 1, sizeof *s->heap))
        return false;
    size_t at = s->heap_count++;
    for (; at > 0 && before(s, node, s->heap[(at - 1) / 2]); at = (at - 1) / 2)
        s->heap[at] = s->heap[(at - 1) / 2];
    s->heap[at] = node;
    return true;
}

static uint32_t heap_pop(struct search *s)
{
    uint32_t top = s->heap[0], last = s->heap[--s->heap_count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < s->heap_count; at = child) {
        if (child + 1 < s->heap_count && before(s, s->heap[child + 1], s->heap[child]))
            child++;
        if (!before(s, s->heap[child], last))
            break;
        s->heap[at] = s->heap[child];
    }
    s->heap[at] = last;
    return top;
}

static bool was_there(const struct search *s, uint32_t node, size_t state)
{
    for (; node != NONE; node = s->nodes[node].parent)
        if (s->nodes[node].state == state)
            return true;
    return false;
}

/* 0; -ENOMEM, -E2BIG. */
static int grow(struct search *s, uint32_t parent, const struct map_edge *edge, size_t passed, uint32_t namespace)
{
    struct map_node node = {.parent = parent, .edge = edge, .state = state_of(s, passed, namespace)};
    const struct left *left = &s->left[node.state];
    if (edge) {
        node.hops = s->nodes[parent].hops + 1;
        node.cost = s->nodes[parent].cost + edge->cost;
    }
    bool too_far = left->cost == UINT64_MAX || (s->q->max_hops && node.hops + left->least_hops > s->q->max_hops);
    if (too_far || was_there(s, parent, node.state))
        return 0;
    if (s->count == MAX_NODES)
        return -E2BIG;
    node.whole_cost = node.cost + left->cost;
    node.whole_hops = node.hops + left->hops;
    if (!vec_grow(&s->nodes, &s->capacity, s->count + 1, sizeof node))
        return -ENOMEM;
    s->nodes[s->count++] = node;
    return heap_push(s, (uint32_t)s->count - 1) ? 0 : -ENOMEM;
}

static int keep(const struct search *s, uint32_t node, struct map_paths *out)
{
    struct map_path *path = &out->items[out->count];
    path->count = s->nodes[node].hops;
    path->cost = s->nodes[node].cost;
    path->steps = arena_array(&out->arena, path->count + 1, sizeof *path->steps);
    if (!path->steps)
        return -ENOMEM;
    for (uint32_t at = node; s->nodes[at].edge; at = s->nodes[at].parent)
        path->steps[s->nodes[at].hops - 1] = s->nodes[at].edge;
    out->count++;
    return 0;
}

static int walk(struct search *s, struct map_paths *out)
{
    size_t n = s->g->registry->namespace_count, goal = state_of(s, s->q->via_count, s->q->to), passed = 0;
    while (passed < s->q->via_count && strcmp(s->q->via[passed], s->g->registry->namespaces[s->q->from].name) == 0)
        passed++;
    int rc = grow(s, NONE, NULL, passed, s->q->from);
    while (rc == 0 && s->heap_count > 0) {
        if (out->count == s->q->most) {
            out->more = true;
            return 0;
        }
        uint32_t node = heap_pop(s);
        if (s->nodes[node].state == goal && s->nodes[node].hops > 0) {
            rc = keep(s, node, out);
            continue;
        }
        size_t at = s->nodes[node].state % n, here = s->nodes[node].state / n;
        for (size_t i = 0; rc == 0 && i < s->g->edge_count; i++) {
            const struct map_edge *edge = &s->g->edges[i];
            if (edge->from == at && !s->avoided[i])
                rc = grow(s, node, edge, pass(s, here, edge), edge->to);
        }
    }
    out->more = out->more || rc == -E2BIG;
    return rc == -E2BIG && out->count > 0 ? 0 : rc;
}

static bool is_avoided(const struct mapgraph *g, const struct map_query *q, const struct map_edge *edge)
{
    for (size_t i = 0; i < q->avoid_count; i++) {
        const char *name = q->avoid[i];
        if (strcmp(name, g->registry->plugins[edge->plugin].conf.name) == 0 ||
            strcmp(name, g->registry->namespaces[edge->from].name) == 0 ||
            strcmp(name, g->registry->namespaces[edge->to].name) == 0)
            return true;
    }
    return false;
}

int mapgraph_paths(const struct mapgraph *g, const struct map_query *q, struct map_paths *out, struct err *e)
{
    *out = (struct map_paths){0};
    int rc = mapgraph_check(g, q, e);
    if (rc < 0)
        return rc;
    struct search s = {.g = g, .q = q};
    s.avoided = arena_array(&out->arena, g->edge_count + 1, sizeof *s.avoided);
    s.left = arena_array(&out->arena, (q->via_count + 1) * g->registry->namespace_count, sizeof *s.left);
    out->items = arena_array(&out->arena, q->most, sizeof *out->items);
    if (!s.avoided || !s.left || !out->items)
        return no_memory(e);
    for (size_t i = 0; i < g->edge_count; i++)
        s.avoided[i] = is_avoided(g, q, &g->edges[i]);
    find_left(&s);
    rc = walk(&s, out);
    free(s.nodes);
    free(s.heap);
    if (rc == -ENOMEM)
        return no_memory(e);
    if (rc == -E2BIG)
        return err_set(e, rc, "there are too many ways from %s to %s to look through: give --via or --max-hops",
                       g->registry->namespaces[q->from].name, g->registry->namespaces[q->to].name);
    return out->count > 0 ? 0 : mapgraph_tell_none(g, q, e);
}

void map_paths_release(struct map_paths *p)
{
    arena_release(&p->arena);
    *p = (struct map_paths){0};
}
