/* SPDX-License-Identifier: MIT */
/* What is said of a way as a whole: the mappers' names, what its links mean, which resources they are from. */
#ifndef HOST_MAP_WAY_H
#define HOST_MAP_WAY_H

#include "map_output.h"
#include "mapgraph.h"

/* What the links of two steps mean together: skos:exactMatch changes nothing, two broader or two narrower ones stay so, anything
 * else is skos:relatedMatch. */
const char *map_predicates_joined(const char *a, const char *b);

/* Texts are in the arena. `with_digest`: reads the resources of every step. 0, or -errno with e told. */
int map_way_of(const struct registry *r, const struct map_path *path, bool with_digest, struct arena *arena, struct map_way *out,
               struct err *e);

#endif
