/* SPDX-License-Identifier: MIT */
/* run.determinism.twice: it counts how often it ran. */
#include "check.h"

ADIT_MODULE("check_determinism_twice", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    static uint64_t count;
    adit_emit_u64(job, "number", ++count);
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
