/* SPDX-License-Identifier: MIT */
/* A hash map from byte strings to pointers. Keys are borrowed and must outlive the map. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_entry {
    const char *key; /* NULL: empty */
    size_t size;
    uint64_t hash;
    void *value;
};

/* Zero-initialise. Entries cannot be removed. Iterate over entries[0..capacity) and skip empty keys: that order is
 * not stable, so sort before anything is printed. */
struct map {
    struct map_entry *entries;
    size_t capacity; /* 0 or a power of two */
    size_t count;
};

/* The entry of `key`, whose value may be changed, until the next map_put; or NULL. */
struct map_entry *map_find(const struct map *m, const char *key, size_t size);
/* The value of `key`, or NULL. */
void *map_get(const struct map *m, const char *key, size_t size);
void *map_gets(const struct map *m, const char *key);

/* Sets the value. False when memory is short: nothing is changed. */
bool map_put(struct map *m, const char *key, size_t size, void *value);
bool map_puts(struct map *m, const char *key, void *value);

void map_release(struct map *m);

#endif
