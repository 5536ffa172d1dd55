/* SPDX-License-Identifier: MIT */
/*
 * Arrays that grow as they are filled, since the counts that files state are not to be believed [open, run].
 *
 *     struct slot *slots = (struct slot *)adit_grow(z->slots, &z->room, z->count, sizeof *slots, MAX_SLOTS);
 *     if (!slots)
 *         return false;                  // z->slots is as it was, and still to be freed
 *     z->slots = slots;
 *     z->slots[z->count++] = slot;
 */
#ifndef ADIT_ARRAY_H
#define ADIT_ARRAY_H

#include <adit/abi.h>
#include <stdlib.h>

/* Room for one more item of `size` bytes behind the first `count`: `items` (NULL at first), or where they were moved to, twice as
 * large. The caller frees. NULL: no memory, or there are `most` already; nothing changed. */
static inline void *adit_grow(void *items, size_t *room, size_t count, size_t size, size_t most)
{
    if (count < *room)
        return items;
    size_t wanted = *room == 0 ? 16 : *room > SIZE_MAX / 2 ? SIZE_MAX : *room * 2;
    if (wanted > most)
        wanted = most;
    if (count >= wanted || wanted > SIZE_MAX / size)
        return NULL;
    void *grown = realloc(items, wanted * size);
    if (grown)
        *room = wanted;
    return grown;
}

#endif
