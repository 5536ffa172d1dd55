/* SPDX-License-Identifier: MIT */
#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { BLOCK_SIZE = 16 * 1024, ALIGN = 16 };

struct arena_block {
    struct arena_block *next;
    size_t capacity;
    size_t used;
    size_t pad; /* keeps `data` aligned */
    unsigned char data[];
};

static struct arena_block *add_block(struct arena *a, size_t capacity)
{
    struct arena_block *block = malloc(sizeof *block + capacity);
    if (!block)
        return NULL;
    *block = (struct arena_block){.next = a->head, .capacity = capacity};
    a->head = block;
    return block;
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > SIZE_MAX - BLOCK_SIZE)
        return NULL;
    size = size ? (size + ALIGN - 1) & ~(size_t)(ALIGN - 1) : ALIGN;
    struct arena_block *block = a->head;
    if (!block || block->capacity - block->used < size) {
        block = add_block(a, size > BLOCK_SIZE ? size : BLOCK_SIZE);
        if (!block)
            return NULL;
    }
    void *p = block->data + block->used;
    block->used += size;
    a->used += size;
    memset(p, 0, size);
    return p;
}

void arena_reserve(struct arena *a, size_t size)
{
    enum { PAGE = 4096 };
    if (size < BLOCK_SIZE || size > SIZE_MAX - BLOCK_SIZE || !add_block(a, size))
        return;
#ifdef MADV_POPULATE_WRITE
    uintptr_t from = ((uintptr_t)a->head->data + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
    uintptr_t to = ((uintptr_t)a->head->data + size) & ~(uintptr_t)(PAGE - 1);
    if (to > from) /* all pages in one go, where the kernel can (Linux 5.14) */
        (void)madvise((void *)from, to - from, MADV_POPULATE_WRITE);
#endif
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    return arena_alloc(a, total);
}

void *arena_dup(struct arena *a, const void *data, size_t size)
{
    void *p = arena_alloc(a, size);
    if (p && size)
        memcpy(p, data, size);
    return p;
}

char *arena_strndup(struct arena *a, const char *text, size_t size)
{
    if (size == SIZE_MAX)
        return NULL;
    char *p = arena_alloc(a, size + 1);
    if (p && size)
        memcpy(p, text, size);
    return p;
}

char *arena_strdup(struct arena *a, const char *text)
{
    return arena_strndup(a, text, strlen(text));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        return NULL;
    char *p = arena_alloc(a, (size_t)n + 1);
    if (!p)
        return NULL;
    va_start(ap, fmt);
    (void)vsnprintf(p, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return p;
}

static void free_blocks(struct arena_block *block)
{
    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void arena_reset(struct arena *a)
{
    struct arena_block *keep = a->head;
    while (keep && keep->next && keep->capacity > BLOCK_SIZE) {
        struct arena_block *next = keep->next;
        free(keep);
        keep = next;
    }
    if (keep) {
        free_blocks(keep->next);
        keep->next = NULL;
        keep->used = 0;
    }
    a->head = keep;
    a->used = 0;
}

void arena_release(struct arena *a)
{
    free_blocks(a->head);
    *a = (struct arena){0};
}
