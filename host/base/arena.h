/* SPDX-License-Identifier: MIT */
/* Memory that is freed all at once: one arena a source, a registry, a plan. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

/* Zero-initialise. */
struct arena {
    struct arena_block *head;
    size_t used;  /* bytes handed out since the last reset */
};

/* `size` bytes, zeroed, aligned to 16; NULL when memory is short. Size 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_array(struct arena *a, size_t count, size_t size); /* overflow-checked */
void *arena_dup(struct arena *a, const void *data, size_t size);
char *arena_strndup(struct arena *a, const char *text, size_t size); /* NUL-terminated copy */
char *arena_strdup(struct arena *a, const char *text);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Takes room for about `size` bytes at once, when so much is sure to be needed. Only ever a saving: it cannot fail. */
void arena_reserve(struct arena *a, size_t size);

/* Forgets everything handed out; keeps one block for reuse. */
void arena_reset(struct arena *a);
void arena_release(struct arena *a);

#endif
