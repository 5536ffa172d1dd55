/* SPDX-License-Identifier: MIT */
/* What is told to a plugin's author of a field that was left out. Paths are as declared, of n bytes. */
#ifndef HOST_COLLECT_WARN_H
#define HOST_COLLECT_WARN_H

#include "collect.h"
#include "fields.h"

/* "field PATH WHAT", once. */
void collect_warn(struct collect_warnings *w, const char *path, size_t n, const char *what);
/* The value is not what f declares; e: as it was emitted. */
void collect_warn_unfit(struct collect_warnings *w, const char *path, size_t n, const struct field_event *e, const struct conf_field *f);
/* `e`: the value, whose kind a declaration would have; NULL: an object or a list, which needs none of its own. */
void collect_warn_undeclared(struct collect_warnings *w, const char *path, size_t n, const struct field_event *e);
/* Is a list declared by this path, brackets and all? Then the plugin emits by the name in its .conf, where "[]" says that it
 * repeats: that is told, and the answer is true. */
bool collect_warn_named(struct collect_warnings *w, const struct plugin *p, const char *path, size_t n, const struct field_event *e);

#endif
