/* SPDX-License-Identifier: MIT */
/* Names from a list, as they arrive: separated by newlines or by NULs. */
#ifndef HOST_WALK_LIST_H
#define HOST_WALK_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { WALK_LIST_NAME_MAX = 1024 * 1024 };

/* Start with {.fd = …, .separator = …}. */
struct walk_list {
    int fd;
    char separator;
    struct buf buf;
    size_t at;      /* what comes next in buf */
    size_t scanned; /* no separator from `at` to here */
    bool ended;
};

/* 1: the next name that is not empty, valid until the next call, NUL-terminated; 0: the end; -EAGAIN: nothing to read yet;
 * -ENAMETOOLONG: more than WALK_LIST_NAME_MAX bytes without a separator; -EILSEQ: a NUL byte where names end in newlines;
 * another negative errno of read(2). After an error other than -EAGAIN the list has ended. */
int walk_list_next(struct walk_list *l, const char **name, size_t *size);
/* What such an error says to a user. */
const char *walk_list_error(int error);
void walk_list_release(struct walk_list *l);

#endif
