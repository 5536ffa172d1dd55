/* SPDX-License-Identifier: MIT */
/* Ways from one namespace of identifiers to another: namespaces are the nodes, mappers the edges. The order of ways is fixed: by
 * cost, then by the number of steps, then by the mappers' names, step by step. */
#ifndef HOST_MAPGRAPH_H
#define HOST_MAPGRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "registry.h"

struct map_edge {
    uint32_t from, to; /* in registry.namespaces */
    uint32_t plugin;   /* in registry.plugins */
    uint32_t cost;
    bool backward;
};
struct map_path {
    const struct map_edge **steps; /* of the graph */
    size_t count;
    uint64_t cost;
};
struct map_paths {
    struct map_path *items; /* the cheapest first */
    size_t count;
    bool more; /* there are others, or might be */
    struct arena arena;
};
/* Names are of namespaces or mappers. */
struct map_query {
    uint32_t from, to;
    const char *const *via; size_t via_count;     /* in this order */
    const char *const *avoid; size_t avoid_count;
    size_t max_hops; /* 0: no bound */
    size_t most;     /* ways to be found, 1 at least */
};

struct mapgraph;
/* Edges of the mappers that are ready. The registry stays the caller's, and must stay. */
int mapgraph_open(const struct registry *r, struct mapgraph **out, struct err *e);
void mapgraph_free(struct mapgraph *g);

/* A namespace by its name. -ENOENT with e told: the nearest names, or what there is. */
int mapgraph_namespace(const struct mapgraph *g, const char *name, uint32_t *out, struct err *e);

/* No way visits a namespace twice, but for what `via` asks for. -ENOENT with e told: what can be reached, and from where, or what
 * a name of the query is nearest to; -E2BIG: given up. Release with map_paths_release in any case. */
int mapgraph_paths(const struct mapgraph *g, const struct map_query *q, struct map_paths *out, struct err *e);
void map_paths_release(struct map_paths *p);

/* reached[namespace_count]: can be reached from `from` (or `from` from them), itself included. */
void mapgraph_reach(const struct mapgraph *g, uint32_t from, bool backward, bool *reached);

/* The edges, in the order of from's and mappers' names. */
const struct map_edge *mapgraph_edges(const struct mapgraph *g, size_t *count);

#endif
