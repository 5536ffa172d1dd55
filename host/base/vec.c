/* SPDX-License-Identifier: MIT */
#include "vec.h"

#include <stdlib.h>
#include <string.h>

bool vec_grow(void *items_pointer, size_t *capacity, size_t need, size_t size)
{
    if (need <= *capacity)
        return true;
    size_t want = *capacity ? *capacity : 8;
    while (want < need) {
        if (__builtin_mul_overflow(want, 2, &want))
            return false;
    }
    size_t bytes;
    if (__builtin_mul_overflow(want, size, &bytes))
        return false;
    void *items;
    memcpy(&items, items_pointer, sizeof items);
    items = realloc(items, bytes);
    if (!items)
        return false;
    memcpy(items_pointer, &items, sizeof items);
    *capacity = want;
    return true;
}
