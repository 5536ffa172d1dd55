/* SPDX-License-Identifier: MIT */
/* What mappers answered, kept between runs in the cache of results: for those whose .conf says [map] cache = yes. An answer holds as
 * long as the mapper's module, version, options and resources are the same. */
#ifndef HOST_MAP_CACHE_H
#define HOST_MAP_CACHE_H

#include "cache.h"
#include "map_chunk.h"
#include "registry.h"

struct map_cache;
/* NULL: no memory. Cache and registry stay the caller's. */
struct map_cache *map_cache_new(struct cache *cache, struct registry *r);
void map_cache_free(struct map_cache *m);

/* Adds the links of an identifier to `out`, as those of `id`. 1: it is known (and may have none); 0; -ENOMEM. */
int map_cache_get(struct map_cache *m, uint32_t plugin, bool backward, struct adit_text text, uint32_t id, struct map_links *out);
/* Keeps links[0..count) with their targets one behind the other at `bytes`. False: no memory. */
bool map_cache_put(struct map_cache *m, uint32_t plugin, bool backward, struct adit_text text, const struct link_head *links,
                   size_t count, const char *bytes);

#endif
