/* SPDX-License-Identifier: MIT */
/* The identifiers before a step, and where each comes from. */
#ifndef HOST_MAP_LEVEL_H
#define HOST_MAP_LEVEL_H

#include "map_chunk.h"
#include "map_seen.h"

enum { MAP_LEVEL_BYTES = 64 * 1024 * 1024 }; /* of texts */

struct adit_text map_level_text(const struct map_level *l, uint32_t entry);
/* False: no memory. */
bool map_level_add(struct map_level *l, struct adit_text text, struct map_level_entry entry);
/* The same, unless the root has the text already: the first one counts. Entries of one root come one after the other; `seen` is this
 * level's own. 0; -ENOMEM; -E2BIG: the level is full. */
int map_level_add_once(struct map_level *l, struct map_seen *seen, struct adit_text text, struct map_level_entry entry);

#endif
