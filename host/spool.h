/* SPDX-License-Identifier: MIT */
/* The artifacts of one source as members of a tar archive, in a file without a name, until their turn comes. Members whose
 * names have the same stem are a sample, as WebDataset has them: one of them is a JSON. [host] */
#ifndef HOST_SPOOL_H
#define HOST_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct spool;

/* Makes its file in this folder. */
int spool_open(int folder, struct spool **out, struct err *e);
void spool_free(struct spool *s); /* NULL is legal */

/* Begins FOLDER/NAME. Both become harmless (artifact_path). The last part has one dot, before its ending: others become "_"; without
 * one it ends in .bin. A name that is there already makes NAME~2. `source` is what the JSON names, where the plugin writes none. */
int spool_begin(struct spool *s, uint32_t plugin, const char *folder, size_t folder_size, const char *name, size_t name_size,
                const char *source, size_t source_size, struct err *e);
int spool_write(struct spool *s, const void *data, size_t n, struct err *e);
int spool_commit(struct spool *s, struct err *e);
/* What was begun and not committed is forgotten. */
void spool_abort(struct spool *s);
/* What a plugin wrote is forgotten: it will do so again. */
void spool_forget(struct spool *s, uint32_t plugin);

/* No more will come: completes the last sample. */
int spool_finish(struct spool *s, struct err *e);
/* Samples, in the order of writing: their bytes in the file. False: there are no more. */
bool spool_sample(const struct spool *s, size_t i, uint64_t *offset, uint64_t *size, uint32_t *files);
int spool_read(const struct spool *s, uint64_t offset, void *buffer, size_t n, struct err *e);

#endif
