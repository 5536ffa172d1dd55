/* SPDX-License-Identifier: MIT */
/* A growing byte buffer. Once an allocation fails it stays failed: callers check once, at the end. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero-initialise. `data` has `size` bytes in use and is not NUL-terminated unless buf_cstr was called. */
struct buf {
    char *data;
    size_t size;
    size_t capacity;
    bool failed;
};

#define BUF_INIT ((struct buf){0})

/* Room for `extra` more bytes: returns where to write them, or NULL when memory is short (b->failed is set).
 * The caller adds to b->size what it wrote. */
char *buf_reserve(struct buf *b, size_t extra);
void buf_add(struct buf *b, const void *data, size_t size);
void buf_adds(struct buf *b, const char *text);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* NUL-terminated view of the contents, owned by the buffer; "" when it is empty or failed. */
const char *buf_cstr(struct buf *b);

/* Empties the buffer and keeps its memory; clears `failed`. */
void buf_reset(struct buf *b);
void buf_release(struct buf *b);

static inline void buf_putc(struct buf *b, char c)
{
    if (b->size < b->capacity && !b->failed) {
        b->data[b->size++] = c;
        return;
    }
    char *p = buf_reserve(b, 1);
    if (p) {
        *p = c;
        b->size++;
    }
}

#endif
