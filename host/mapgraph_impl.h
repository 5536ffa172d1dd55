/* SPDX-License-Identifier: MIT */
/* What the search for ways and its messages share. */
#ifndef HOST_MAPGRAPH_IMPL_H
#define HOST_MAPGRAPH_IMPL_H

#include "mapgraph.h"

struct mapgraph {
    const struct registry *registry;
    struct map_edge *edges;
    size_t edge_count;
};

/* A partial way: its last edge, and the way before it. */
struct map_node {
    const struct map_edge *edge; /* NULL: the beginning */
    uint32_t parent, hops, whole_hops;
    uint64_t cost, whole_cost; /* whole: with the best that can follow */
    size_t state;
};

/* By the mapper's name, forward before backward. */
int map_edge_compare(const struct map_edge *x, const struct map_edge *y);

/* mapgraph_tell.c. Do the names of the query mean something? */
int mapgraph_check(const struct mapgraph *g, const struct map_query *q, struct err *e);
/* Says why there is no way; -ENOENT. */
int mapgraph_tell_none(const struct mapgraph *g, const struct map_query *q, struct err *e);

#endif
