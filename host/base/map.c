/* SPDX-License-Identifier: MIT */
#include "map.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"

static struct map_entry *slot_of(struct map_entry *entries, size_t capacity, const char *key, size_t size, uint64_t hash)
{
    for (size_t i = (size_t)hash & (capacity - 1);; i = (i + 1) & (capacity - 1)) {
        struct map_entry *e = &entries[i];
        if (!e->key || (e->hash == hash && e->size == size && memcmp(e->key, key, size) == 0))
            return e;
    }
}

struct map_entry *map_find(const struct map *m, const char *key, size_t size)
{
    if (m->count == 0)
        return NULL;
    struct map_entry *e = slot_of(m->entries, m->capacity, key, size, hash64(key, size, 0));
    return e->key ? e : NULL;
}

void *map_get(const struct map *m, const char *key, size_t size)
{
    const struct map_entry *e = map_find(m, key, size);
    return e ? e->value : NULL;
}

void *map_gets(const struct map *m, const char *key)
{
    return map_get(m, key, strlen(key));
}

static bool grow(struct map *m)
{
    size_t capacity = m->capacity ? m->capacity * 2 : 16;
    struct map_entry *entries = calloc(capacity, sizeof *entries);
    if (!entries)
        return false;
    for (size_t i = 0; i < m->capacity; i++) {
        const struct map_entry *e = &m->entries[i];
        if (e->key)
            *slot_of(entries, capacity, e->key, e->size, e->hash) = *e;
    }
    free(m->entries);
    m->entries = entries;
    m->capacity = capacity;
    return true;
}

bool map_put(struct map *m, const char *key, size_t size, void *value)
{
    if ((m->count + 1) * 4 > m->capacity * 3 && !grow(m))
        return false;
    uint64_t hash = hash64(key, size, 0);
    struct map_entry *e = slot_of(m->entries, m->capacity, key, size, hash);
    if (!e->key)
        m->count++;
    *e = (struct map_entry){.key = key, .size = size, .hash = hash, .value = value};
    return true;
}

bool map_puts(struct map *m, const char *key, void *value)
{
    return map_put(m, key, strlen(key), value);
}

void map_release(struct map *m)
{
    free(m->entries);
    *m = (struct map){0};
}
