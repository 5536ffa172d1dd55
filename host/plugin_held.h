/* SPDX-License-Identifier: MIT */
/* Which plugins quarantine holds back, as far as the modules' digests are known. */
#ifndef HOST_PLUGIN_HELD_H
#define HOST_PLUGIN_HELD_H

#include "base/arena.h"
#include "registry.h"

/* Sets PLUGIN_QUARANTINED and the reason (kept in `arena`) on every ready plugin that the notes in `cache_dir` speak against.
 * False when memory is short. */
bool plugin_mark_held(struct registry *r, const char *cache_dir, struct arena *arena);

#endif
