/* SPDX-License-Identifier: MIT */
/* The part of `adit validate` that runs plugins: --run and the options that go with it. [command] */
#ifndef HOST_CMD_VALIDATE_RUN_H
#define HOST_CMD_VALIDATE_RUN_H

#include <getopt.h>

#include "cmd.h"
#include "conform.h"
#include "validation.h"

enum {
    VALIDATE_OPT_RUN = 1200,
    VALIDATE_OPT_SAMPLES,
    VALIDATE_OPT_CHECK,
    VALIDATE_OPT_REPRODUCE,
    VALIDATE_OPT_EFFORT,
    VALIDATE_OPT_SAVE
};
#define VALIDATE_RUN_LONG                                                                                              \
    {"run", no_argument, NULL, VALIDATE_OPT_RUN}, {"samples", required_argument, NULL, VALIDATE_OPT_SAMPLES},          \
        {"check", required_argument, NULL, VALIDATE_OPT_CHECK},                                                        \
        {"reproduce", required_argument, NULL, VALIDATE_OPT_REPRODUCE},                                                \
        {"effort", required_argument, NULL, VALIDATE_OPT_EFFORT},                                                      \
    {                                                                                                                  \
        "save-inputs", required_argument, NULL, VALIDATE_OPT_SAVE                                                      \
    }
#define VALIDATE_RUN_HELP                                                                                              \
    "      --run                run the plugins of the .conf files too, locked, a process for each check\n"            \
    "      --samples DIR        samples: DIR/FAMILY/NAME, DIR/NAME, DIR/NAME.samples, or DIR itself\n"                 \
    "                           (without: NAME.samples beside the .conf, or *.sample there)\n"                         \
    "      --check ID           only this check: run.input.fuzz, … (all of them: --run --rules)\n"                   \
    "      --reproduce SEED[:N] the inputs of that seed again, or only the N-th of each check\n"                       \
    "      --effort N           about N inputs for each check (400)\n"                                                 \
    "      --save-inputs DIR    write inputs that end or hold up a plugin to DIR\n"

/* Zero-initialise. */
struct validate_run {
    bool on, with_options, has_seed, has_effort;
    struct conform_options options;
    const char *check;
    struct conform *conform;
};

/* 0: the option was one of these; -1: it is not; otherwise the exit status to end with. */
int validate_run_option(struct validate_run *r, int option, const char *argument);
/* Before the validation: makes it run the plugins. 0, or the exit status to end with. */
int validate_run_begin(struct validate_run *r, const char *prefix, struct report *report,
                       struct validation_options *options);
/* After it: false where no check ran. */
bool validate_run_end(struct validate_run *r);
void validate_run_release(struct validate_run *r);
/* Lists and explains the checks, as text or JSON. */
void validate_run_rules(struct buf *b, bool json);

#endif
