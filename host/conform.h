/* SPDX-License-Identifier: MIT */
/* `adit validate --run`: what plugins do when they run, found out in locked processes (adit-check), a process a check.
 * [command] */
#ifndef HOST_CONFORM_H
#define HOST_CONFORM_H

#include "base/err.h"
#include "check_rules.h"
#include "registry.h"
#include "report.h"

enum { CONFORM_EFFORT = 400 };

struct conform_options {
    const char *prefix;      /* adit-check is PREFIX/libexec/adit/adit-check */
    const char *samples;     /* --samples DIR; NULL: NAME.samples beside the .conf */
    const char *save_inputs; /* a folder for inputs that were found out; NULL: none */
    enum check_id only;      /* CHECK_COUNT: all */
    uint64_t seed;
    uint64_t only_input; /* 0: all */
    uint32_t effort;     /* inputs a check, about */
};

struct conform;

/* 0, or a negative errno with e filled. */
int conform_new(const struct conform_options *options, struct report *report, struct conform **out, struct err *e);
void conform_free(struct conform *c);

/* Runs the checks on one plugin and adds what they find to the report, under `path`. 0, or a negative errno where no check can
 * be run at all: adit-check is missing, the locks cannot be applied. */
int conform_plugin(struct conform *c, const struct registry *r, const struct plugin *p, const char *path,
                   struct err *e);

/* Checks that came to a verdict other than skip, so far. */
size_t conform_ran(const struct conform *c);

/* "5f3c…" or "5f3c…:57": the seed and, where it is given, the number of one input. -EINVAL. */
int conform_parse_seed(const char *text, uint64_t *seed, uint64_t *input);
/* Some seed. */
uint64_t conform_new_seed(void);

#endif
