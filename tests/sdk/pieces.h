/* SPDX-License-Identifier: MIT */
/* A reader that gives bytes in memory in pieces of a size that the test chooses: whatever the pieces, a parser finds the same. */
#ifndef TESTS_SDK_PIECES_H
#define TESTS_SDK_PIECES_H

#include <adit/reader.h>
#include <string.h>

struct pieces {
    struct adit_reader reader; /* first; source and range are not used */
    const char *data;
    size_t size, at, piece;
};

static inline int64_t pieces_read(struct adit_reader *r, void *buffer, size_t n)
{
    struct pieces *p = (struct pieces *)(void *)r;
    n = n < p->piece ? n : p->piece;
    n = n < p->size - p->at ? n : p->size - p->at;
    memcpy(buffer, p->data + p->at, n);
    p->at += n;
    return (int64_t)n;
}

static inline struct pieces pieces_of(const void *data, size_t size, size_t piece)
{
    struct pieces p = {{pieces_read, NULL, 0, 0, 0}, (const char *)data, size, 0, piece};
    return p;
}

#endif
