/* SPDX-License-Identifier: MIT */
/* Which fields a user chose: --fields path,exif.DateTimeOriginal,photo.*,*.title
 *
 * An item is one of the file's own (choice_own_names), NAME (a plugin) or NAME.PATH. A path goes through objects and lists alike:
 * jpeg.components.identifier is that member of every element. "*" stands for any text, dots included, in NAME and in PATH. */
#ifndef HOST_CHOICE_H
#define HOST_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "registry.h"
#include "result.h"

enum choice_own { OWN_PATH = 0, OWN_PATH_BASE64, OWN_TYPE, OWN_DETECTED, OWN_SIZE, OWN_MTIME, OWN_ERROR, OWN_REASON, OWN_COUNT };
extern const char *const choice_own_names[OWN_COUNT];

struct choice_item {
    const char *text;   /* as it was written; of what "*" stood for, PLUGIN.PATH */
    int own;            /* enum choice_own, or -1: */
    const char *plugin; /* may hold "*" */
    const char *path;   /* without "[]"; may hold "*". NULL: the whole plugin */
};

struct choice {
    struct choice_item *items;
    size_t count, capacity;
    struct arena arena;
};

/* Reads the list. The registry (which may be NULL: then names are not checked) says which plugins and fields there are. With
 * `columns` each "*" becomes an item for every declared field that it stands for; a list is one item. -EINVAL with e filled,
 * with the nearest names; -ENOMEM. *out is to be released in any case. */
int choice_read(const char *list, const struct registry *r, bool columns, struct choice *out, struct err *e);
void choice_release(struct choice *c);

/* The result with the chosen fields alone. Plugins that were not chosen are left out, and those that are ok and have none of the
 * chosen fields, and streams of which nothing is left. In `arena`, and as long as `r` lives; NULL when memory is short. */
const struct result *choice_apply(const struct choice *c, struct arena *arena, const struct result *r);

#endif
