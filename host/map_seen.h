/* SPDX-License-Identifier: MIT */
/* Which texts stood already, within a group. */
#ifndef HOST_MAP_SEEN_H
#define HOST_MAP_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_seen_slot { uint64_t hash; uint32_t value; bool used; };
struct map_seen {
    struct map_seen_slot *slots;
    size_t capacity, count;
};
void map_seen_reset(struct map_seen *s);
void map_seen_release(struct map_seen *s);

/* 1: `same(context, value)` says of a value that was put before under this hash that it is the same; 0: it is new, and put;
 * -ENOMEM. */
int map_seen_put(struct map_seen *s, uint64_t hash, uint32_t value, bool (*same)(const void *context, uint32_t value),
                 const void *context);

#endif
