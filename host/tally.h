/* SPDX-License-Identifier: MIT */
/* Sums over all results, for --stats: of the whole numbers that a plugin declares in the unit "records". [host] */
#ifndef HOST_TALLY_H
#define HOST_TALLY_H

#include <stdio.h>

#include "registry.h"
#include "result.h"

struct tally;

/* NULL: memory is short. The registry is borrowed. */
struct tally *tally_new(const struct registry *registry);
void tally_free(struct tally *t); /* NULL is legal */

/* The result and its streams. t may be NULL. */
void tally_add(struct tally *t, const struct result *r);

/* A line for each plugin that has told of records: "records of PLUGIN: FIELD N (N a second), …" */
void tally_print(const struct tally *t, double seconds, FILE *out);

#endif
