/* SPDX-License-Identifier: MIT */
/* What output.c and the formats share. */
#ifndef HOST_OUTPUT_FORMAT_H
#define HOST_OUTPUT_FORMAT_H

#include "base/arena.h"
#include "base/buf.h"
#include "choice.h"
#include "output.h"

struct output {
    struct buf buf;
    int fd;
    int error; /* 0, or the first failure: nothing is written after it */
    bool terminal; /* every result is written at once, and shown to somebody */
    size_t results;
    const struct output_ops *ops;
    struct output_options options;
    void *state; /* the format's own */
    struct choice choice; /* of what is printed; empty: all. csv has columns of its own */
    struct arena arena;   /* of one result, as it is chosen */
};

struct output_ops {
    int (*begin)(struct output *o, struct err *e); /* may be NULL */
    void (*result)(struct output *o, const struct result *r);
    void (*end)(struct output *o);     /* may be NULL */
    void (*release)(struct output *o); /* may be NULL */
};

extern const struct output_ops output_text_ops, output_ndjson_ops, output_json_ops, output_csv_ops;

/* Writes the buffer once it is worth it: so that a result of many megabytes needs none of them twice. */
void output_spill(struct output *o);

/* "unreadable", … */
const char *output_error_name(enum result_error error);

#endif
