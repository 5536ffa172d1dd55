/* SPDX-License-Identifier: MIT */
/* What went wrong, where and why, gathered on the way up; only commands print it. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

/* `code` is a negative errno, 0 while nothing went wrong. `text` is one line without a final newline. */
struct err {
    int code;
    char text[1024];
};

/* Sets the message and returns `code` (which must be negative), so that a function can `return err_set(...)`.
 * `e` may be NULL: then only the code is returned. A text that is too long is cut. */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* As err_set with code = -errno, and ": strerror" appended. errno must be set. */
int err_errno(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Does this (negative) code tell of the machine, which is short of memory, descriptors or processes, and not of the thing that was
 * looked at? What is found out about the thing then is not so. */
bool err_is_shortage(int code);

/* Puts context before the present text ("conf.d/png.conf: " ...) and returns e->code. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
