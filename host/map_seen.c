/* SPDX-License-Identifier: MIT */
#include "map_seen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void map_seen_reset(struct map_seen *s)
{
    if (s->capacity > 4096 || s->count == 0) { /* a large one is not wiped for the sake of few */
        if (s->count > 0)
            map_seen_release(s);
        return;
    }
    memset(s->slots, 0, s->capacity * sizeof *s->slots);
    s->count = 0;
}

void map_seen_release(struct map_seen *s)
{
    free(s->slots);
    *s = (struct map_seen){0};
}

static void insert(struct map_seen *s, uint64_t hash, uint32_t value)
{
    size_t at = hash & (s->capacity - 1);
    while (s->slots[at].used)
        at = (at + 1) & (s->capacity - 1);
    s->slots[at] = (struct map_seen_slot){hash, value, true};
}

static bool grow(struct map_seen *s)
{
    struct map_seen larger = {.capacity = s->capacity ? s->capacity * 2 : 64, .count = s->count};
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots)
        return false;
    for (size_t i = 0; i < s->capacity; i++)
        if (s->slots[i].used)
            insert(&larger, s->slots[i].hash, s->slots[i].value);
    free(s->slots);
    *s = larger;
    return true;
}

int map_seen_put(struct map_seen *s, uint64_t hash, uint32_t value, bool (*same)(const void *context, uint32_t value),
                 const void *context)
{
    if (s->count * 2 >= s->capacity && !grow(s))
        return -ENOMEM;
    for (size_t at = hash & (s->capacity - 1); s->slots[at].used; at = (at + 1) & (s->capacity - 1))
        if (s->slots[at].hash == hash && same(context, s->slots[at].value))
            return 1;
    insert(s, hash, value);
    s->count++;
    return 0;
}
