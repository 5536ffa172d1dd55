/* SPDX-License-Identifier: MIT */
/* A bounded set of hashes: open addressing, at most half full. Two keys are taken for equal when their 64 bits are; with as many
 * as are kept, two different ones are so once in a hundred million tables. */
#include <errno.h>
#include <stdlib.h>

#include "resource_impl.h"

static size_t slot_of(const uint64_t *hashes, size_t capacity, uint64_t hash)
{
    size_t i = hash & (capacity - 1);
    while (hashes[i] && hashes[i] != hash)
        i = (i + 1) & (capacity - 1);
    return i;
}

static bool grow(struct unique_set *s)
{
    size_t capacity = s->capacity ? s->capacity * 2 : 1024;
    uint64_t *hashes = calloc(capacity, sizeof *hashes), *lines = malloc(capacity * sizeof *lines);
    if (!hashes || !lines) {
        free(hashes);
        free(lines);
        return false;
    }
    for (size_t i = 0; i < s->capacity; i++) {
        if (!s->hashes[i])
            continue;
        size_t to = slot_of(hashes, capacity, s->hashes[i]);
        hashes[to] = s->hashes[i];
        lines[to] = s->lines[i];
    }
    free(s->hashes);
    free(s->lines);
    s->hashes = hashes;
    s->lines = lines;
    s->capacity = capacity;
    return true;
}

int unique_add(struct unique_set *s, uint64_t hash, uint64_t *line)
{
    hash += hash == 0; /* 0 is a free slot */
    if (s->count * 2 >= s->capacity && s->capacity < 2 * (size_t)RESOURCE_UNIQUE_MAX && !grow(s))
        return -ENOMEM;
    size_t i = slot_of(s->hashes, s->capacity, hash);
    if (s->hashes[i]) {
        *line = s->lines[i];
        return 0;
    }
    if (s->count >= RESOURCE_UNIQUE_MAX)
        return -ENOSPC;
    s->hashes[i] = hash;
    s->lines[i] = *line;
    s->count++;
    return 1;
}

void unique_release(struct unique_set *s)
{
    free(s->hashes);
    free(s->lines);
}
