/* SPDX-License-Identifier: MIT */
/* run.load.cycle: close() spoils what other states need. */
#include "check.h"

ADIT_MODULE("check_load_cycle", "1.0.0")

static bool closed; /* should be in the state */

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    return closed ? ADIT_FAILED : check_honest(job);
}

static void close_plugin(void *state)
{
    (void)state;
    closed = true;
}

ADIT_PLUGIN(NULL, run, NULL, close_plugin)
