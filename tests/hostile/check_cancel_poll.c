/* SPDX-License-Identifier: MIT */
/* run.cancel.poll: it does not stop when it is told to. */
#include "check.h"

ADIT_MODULE("check_cancel_poll", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    for (uint64_t i = 0; i < 100; i++)
        (void)adit_progress(job, i, 100);
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
