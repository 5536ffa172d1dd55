/* SPDX-License-Identifier: MIT */
/* Identifiers from arguments, from lines, or from a column of a table, in chunks, in bounded memory whatever comes. */
#ifndef HOST_MAP_INPUT_H
#define HOST_MAP_INPUT_H

#include "base/err.h"
#include "map_chunk.h"

struct map_input_options {
    const char *const *ids; size_t id_count; /* with a count of 0: from fd */
    int fd;
    const char *column; /* name, or number from 1, of the column of a CSV or TSV; NULL: an identifier a line */
    bool no_header;     /* of the table */
    char delimiter;     /* 0: a tab where the first line has one, otherwise a comma (or a semicolon where there is none) */
};
struct map_input;
/* -EINVAL with e told: the table has no such column. Reads the table's header, and waits for it. */
int map_input_open(const struct map_input_options *options, struct map_input **out, struct err *e);
void map_input_free(struct map_input *in);

/* Fills an empty chunk. 1: it has inputs; 0: there are no more; -EAGAIN: nothing has come yet, or, unless `hungry`, not yet as much
 * as could be taken; another negative errno with e told. */
int map_input_next(struct map_input *in, struct map_chunk *c, bool hungry, struct err *e);
int map_input_fd(const struct map_input *in); /* to wait for; -1: never need to */

/* Of a table: the first row as it stands ("" with no_header), and what is between cells. NULL: no table. */
const char *map_input_header(const struct map_input *in, size_t *size, char *delimiter);

#endif
