/* SPDX-License-Identifier: MIT */
/* Files that plugins make for the user, under one folder and nowhere else. [host] */
#ifndef HOST_ARTIFACT_H
#define HOST_ARTIFACT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"

struct artifacts;
struct artifact;

/* Makes the folder where it is missing. */
int artifacts_open(const char *folder, struct artifacts **out, struct err *e);
void artifacts_close(struct artifacts *a);

/* Appends a path in a form that leaves no folder: see artifact_begin. */
void artifact_path(struct buf *b, const char *path, size_t size);

/* Begins FOLDER/SOURCE/NAME under a temporary name. `source` (a path or a stream's name) and `name` (the plugin's) become
 * parts of the path that cannot leave the folder: "..", "." and empty parts, control characters and what is not UTF-8 are
 * replaced; links are never followed. An artifact that is there already is replaced, but not one of `taken` (taken.h; names below the
 * folder; may be NULL): that makes NAME~2, NAME~3, … */
int artifact_begin(struct artifacts *a, const char *source, size_t source_size, const char *name, size_t name_size,
                   struct map *taken, struct artifact **out, struct err *e);
int artifact_write(struct artifact *f, const void *data, size_t n, struct err *e);
/* Gives it its name. `*path` is the name below the folder, valid until artifact_free. */
int artifact_commit(struct artifact *f, const char **path, struct err *e);
/* Removes what was not committed. NULL is legal. */
void artifact_free(struct artifact *f);

#endif
