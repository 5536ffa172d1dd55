/* SPDX-License-Identifier: MIT */
/* What each input has come to: its status, and its targets, each once. */
#ifndef HOST_MAP_JUDGE_H
#define HOST_MAP_JUDGE_H

#include "id_pattern.h"
#include "map_run.h"

/* The worst one is that of an input of several parts. */
enum map_status {
    MAP_MAPPED = 0, /* one target */
    MAP_SECONDARY,  /* one, and the identifier is an alias or a former name */
    MAP_AMBIGUOUS,  /* several */
    MAP_OBSOLETE,   /* withdrawn; with a replacement or without */
    MAP_UNMAPPED,   /* nobody knows it */
    MAP_MALFORMED,  /* nobody knows it, and it cannot be one: the pattern, an empty one, no UTF-8, … */
    MAP_FAILED,     /* a mapper failed */
    MAP_STATUSES,
};
const char *map_status_name(enum map_status s);
const char *map_validation_name(enum map_validation v);
enum { MAP_VALIDATIONS = MAP_NO_FORWARD_TARGET + 1 };

struct map_target {
    struct adit_text text;
    uint32_t flags;                /* ADIT_LINK_… */
    const struct map_found *found; /* NULL: by the only way */
    struct adit_text through;
};
struct map_answer {
    uint64_t index; /* of the input, from 0 */
    struct adit_text input, row;
    enum map_status status;
    const char *reason; /* of malformed and failed; "" otherwise */
    struct map_target *targets; size_t count;
    size_t distinct;    /* of the targets, whatever way led there */
};

struct map_judge;
struct map_judge_options {
    const char *pattern;          /* of the first namespace; "": none */
    enum map_composite composite;
    const char *separator;        /* of the first namespace */
    const char *target_separator; /* of the last one; "": as the first */
    const struct map_run *run;    /* for reasons; may be set later */
};
int map_judge_open(const struct map_judge_options *options, struct map_judge **out, struct err *e);
void map_judge_set_run(struct map_judge *j, const struct map_run *run);
void map_judge_free(struct map_judge *j);

/* Goes through a chunk. Zero-initialise but for `chunk`. */
struct map_cursor {
    const struct map_chunk *chunk;
    uint32_t number;          /* of the next input */
    const char *input, *row;  /* where they lie */
    size_t link, byte;        /* the first link of the next input, and its target */
};
/* The next input's answer, valid until the next call. False: there is none, or memory is short (map_judge_failed). */
bool map_judge_next(struct map_judge *j, struct map_cursor *at, struct map_answer *out);
bool map_judge_failed(const struct map_judge *j);

#endif
