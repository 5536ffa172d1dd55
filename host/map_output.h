/* SPDX-License-Identifier: MIT */
/* Answers as tables, JSON, SSSOM or text. */
#ifndef HOST_MAP_OUTPUT_H
#define HOST_MAP_OUTPUT_H

#include "map_judge.h"

enum map_format { MAP_TEXT = 0, MAP_TSV, MAP_NDJSON, MAP_JSON, MAP_SSSOM };
/* -EINVAL with e told. */
int map_format_parse(const char *name, enum map_format *out, struct err *e);

/* What is the same for every target that one way led to. */
struct map_way {
    const char *name;          /* mappers' names, joined by ">"; "~" before those that were walked backwards */
    size_t hops;
    const char *predicate;
    const char *justification; /* semapv:… */
    const char *source;        /* mappers' names, joined by "+" */
    const char *digest;        /* SHA-256 of each step's resources, joined by ">" */
};
struct map_output_options {
    enum map_format format;
    int fd;
    const char *columns; /* of tables; NULL: all */
    const struct map_way *ways; size_t way_count;
    bool validated;      /* there is something to say about the way back */
    struct map_judge *judge;
    const char *header; size_t header_size; /* of a table whose other columns are passed through; NULL: there is none */
    char delimiter;
    const struct namespace *from, *to;
};
struct map_counts {
    uint64_t inputs, statuses[MAP_STATUSES];
    uint64_t targets, validations[MAP_VALIDATIONS];
};
struct map_output;
/* -EINVAL with e told: there is no such column. */
int map_output_open(const struct map_output_options *options, struct map_output **out, struct err *e);
/* Prints a chunk's answers. 0, or the negative errno of the first write that failed. As map_run's `take` and `flush`. */
int map_output_take(void *output, struct map_chunk *c);
int map_output_flush(void *output);
const struct map_counts *map_output_counts(const struct map_output *o);
/* Ends the output, and frees it; the first error. NULL is legal. `counts` may be NULL. */
int map_output_close(struct map_output *o, struct map_counts *counts);

/* The columns that there are, for help. */
extern const char map_output_columns[];

#endif
