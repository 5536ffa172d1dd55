/* SPDX-License-Identifier: MIT */
/* A file's artifacts on their way into shards: which spools it has, and by what they are known again. [host] */
#ifndef HOST_DATASET_H
#define HOST_DATASET_H

#include "engine_impl.h"

/* Could this plugin's artifacts, or those of one found in a stream, be in the result? */
bool dataset_concerns(const struct engine *g, const struct result *r);
/* What the file's artifacts depend on: its name as given, its stamp and those of its companions, and the plugins that make
 * artifacts, with their fingerprints. */
void dataset_identity(const struct engine *g, const struct file *f, const struct result *r, unsigned char out[DIGEST_SIZE]);

/* Appends what the file's plugins made, or what an earlier run did. */
int dataset_add(struct engine *g, struct file *f, struct err *e);
/* Frees the spools of the file and its streams. */
void dataset_forget(struct source *s);

#endif
