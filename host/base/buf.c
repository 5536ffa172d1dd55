/* SPDX-License-Identifier: MIT */
#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *buf_reserve(struct buf *b, size_t extra)
{
    if (b->failed)
        return NULL;
    if (extra <= b->capacity - b->size)
        return b->data + b->size;
    size_t want;
    if (__builtin_add_overflow(b->size, extra, &want)) {
        b->failed = true;
        return NULL;
    }
    size_t capacity = b->capacity ? b->capacity : 256;
    while (capacity < want) {
        if (__builtin_mul_overflow(capacity, 2, &capacity)) {
            capacity = want;
            break;
        }
    }
    char *data = realloc(b->data, capacity);
    if (!data) {
        b->failed = true;
        return NULL;
    }
    b->data = data;
    b->capacity = capacity;
    return b->data + b->size;
}

void buf_add(struct buf *b, const void *data, size_t size)
{
    if (size == 0)
        return;
    char *p = buf_reserve(b, size);
    if (!p)
        return;
    memcpy(p, data, size);
    b->size += size;
}

void buf_adds(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *p = buf_reserve(b, 64);
    size_t room = p ? b->capacity - b->size : 0;
    int n = vsnprintf(p, room, fmt, ap);
    va_end(ap);
    if (n < 0 || !p) {
        b->failed = true;
        return;
    }
    if ((size_t)n >= room) {
        p = buf_reserve(b, (size_t)n + 1);
        if (!p)
            return;
        va_start(ap, fmt);
        (void)vsnprintf(p, (size_t)n + 1, fmt, ap);
        va_end(ap);
    }
    b->size += (size_t)n;
}

const char *buf_cstr(struct buf *b)
{
    char *p = buf_reserve(b, 1);
    if (!p)
        return "";
    *p = '\0';
    return b->data;
}

void buf_reset(struct buf *b)
{
    b->size = 0;
    b->failed = false;
}

void buf_release(struct buf *b)
{
    free(b->data);
    *b = BUF_INIT;
}
