/* SPDX-License-Identifier: MIT */
/* What identifiers of a namespace look like: POSIX extended regular expressions of bounded cost. */
#ifndef HOST_ID_PATTERN_H
#define HOST_ID_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct id_pattern;

/* Compiles an expression that whole identifiers are held against. 0; -EINVAL with e (which may be NULL) told: malformed, with a
 * back-reference, or one that a machine would need too much memory for; -ENOMEM. */
int id_pattern_new(const char *text, struct id_pattern **out, struct err *e);
void id_pattern_free(struct id_pattern *p);

/* 1, 0, or -ENOMEM. */
int id_pattern_fits(const struct id_pattern *p, const char *id, size_t size);

#endif
