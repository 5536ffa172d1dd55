/* SPDX-License-Identifier: MIT */
/* The checks of `adit validate --run`: their names, what they ask for, and what to do where one does not pass. Known to both
 * sides. [command; adit-check] */
#ifndef HOST_CHECK_RULES_H
#define HOST_CHECK_RULES_H

#include <stddef.h>

/* In the order in which they run: the first of each kind decides whether the rest can say anything. */
enum check_id {
    CHECK_LOAD_OPEN = 0,
    CHECK_LOAD_TIME,
    CHECK_MEMORY_OPEN,
    CHECK_INPUT_EMPTY,
    CHECK_INPUT_RANDOM,
    CHECK_INPUT_FOREIGN,
    CHECK_INPUT_SAMPLE,
    CHECK_INPUT_TRUNCATED,
    CHECK_INPUT_FLIPPED,
    CHECK_INPUT_GUARD,
    CHECK_INPUT_FUZZ,
    CHECK_IO_SHORT,
    CHECK_IO_ERROR,
    CHECK_CANCEL_POLL,
    CHECK_MEMORY_RUN,
    CHECK_LOCK_CALLS,
    CHECK_STATE_DESCRIPTORS,
    CHECK_STATE_THREADS,
    CHECK_STATE_SIGNALS,
    CHECK_STATE_DIRECTORY,
    CHECK_STATE_LOCALE,
    CHECK_STATE_UMASK,
    CHECK_STATE_FLOATING,
    CHECK_STATE_ENVIRONMENT,
    CHECK_DECLARED_FIELDS,
    CHECK_DECLARED_STREAMS,
    CHECK_DETERMINISM_TWICE,
    CHECK_DETERMINISM_ORDER,
    CHECK_ISOLATION_NEIGHBOUR,
    CHECK_LOAD_CYCLE,
    CHECK_HOST_SIZE,
    CHECK_COUNT,
};

enum { CHECK_NEEDS_SAMPLES = 1, CHECK_COMPARES = 2 };

struct check_rule {
    const char *id;
    unsigned
        needs; /* CHECK_NEEDS_SAMPLES: skipped without; CHECK_COMPARES: says nothing of what is not the same twice */
    const char *title;
    const char *mend;
};
extern const struct check_rule check_rules[CHECK_COUNT];

/* The check of that id, or CHECK_COUNT. */
enum check_id check_rule_find(const char *id);

#endif
