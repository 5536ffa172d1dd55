/* SPDX-License-Identifier: MIT */
/* run.isolation.neighbour: the first bad source of a batch ends it. */
#include "check.h"

ADIT_MODULE("check_isolation_neighbour", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    return check_honest(job);
}

static void run_batch(void *state, const struct adit_call *calls, int32_t *status, size_t n)
{
    (void)state;
    for (size_t i = 0; i < n; i++) {
        status[i] = check_honest(&calls[i]);
        if (status[i] != ADIT_OK)
            return;
    }
}

ADIT_PLUGIN(NULL, run, run_batch, NULL)
