/* SPDX-License-Identifier: MIT */
/* Which files belong together, from a CSV with a header (RFC 4180): the cells of a row in columns called LABEL_filename are such
 * files, in or below the folder of the CSV, as E-GMD's midi_filename and audio_filename. [host] */
#ifndef HOST_PAIRS_H
#define HOST_PAIRS_H

#include <stddef.h>

#include "base/err.h"
#include "digest.h"

struct pairs;

/* Reads the table. Rows that are wrong are told by `say`, with their line, and left out. 0, or negative with e filled: it cannot
 * be read, or has not two such columns. */
int pairs_open(const char *path, void (*say)(void *context, const char *line), void *context, struct pairs **out, struct err *e);
void pairs_free(struct pairs *p); /* NULL is legal */

/* The path of the file that stands in column LABEL_filename of the row that has the file at `path` (absolute); NULL: no row has
 * it, the row has none, or p is NULL. */
const char *pairs_companion(const struct pairs *p, const char *path, size_t size, const char *label);
/* Of all that the table says. */
const unsigned char *pairs_digest(const struct pairs *p);

#endif
