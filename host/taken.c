/* SPDX-License-Identifier: MIT */
#include "taken.h"

/* A name's value is the last number that was given for it: 1 is the name itself. */
void taken_number(struct map *taken, struct buf *name, size_t stem, const char *ending)
{
    struct map_entry *first = map_find(taken, buf_cstr(name), name->size);
    if (!first)
        return;
    uintptr_t number = (uintptr_t)first->value;
    do {
        name->size = stem;
        buf_addf(name, "~%zu%s", (size_t)++number, ending);
    } while (!name->failed && map_find(taken, buf_cstr(name), name->size));
    first->value = (void *)number; /* NOLINT(performance-no-int-to-ptr): a number */
}

bool taken_add(struct map *taken, const char *name, size_t size)
{
    return map_put(taken, name, size, (void *)(uintptr_t)1);
}
