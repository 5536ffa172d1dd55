/* SPDX-License-Identifier: MIT */
/* Growth for the ordinary triple `T *items; size_t count, capacity;`. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stdbool.h>
#include <stddef.h>

/* Makes room for `need` elements of `size` bytes in *items. False when memory is short: nothing is changed. */
bool vec_grow(void *items_pointer, size_t *capacity, size_t need, size_t size);

/* vec_push(v, element): appends to a struct that has items, count, capacity; false when memory is short. */
#define vec_push(v, ...)                                                                             \
    (vec_grow(&(v)->items, &(v)->capacity, (v)->count + 1, sizeof *(v)->items)                       \
         ? ((v)->items[(v)->count++] = (__VA_ARGS__), true)                                          \
         : false)

#endif
