/* SPDX-License-Identifier: MIT */
/* run.determinism.order: where it stands in a batch is part of the result. */
#include "check.h"

ADIT_MODULE("check_determinism_order", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    return check_honest(job);
}

static void run_batch(void *state, const struct adit_call *calls, int32_t *status, size_t n)
{
    (void)state;
    for (size_t i = 0; i < n; i++) {
        adit_emit_u64(&calls[i], "number", i);
        status[i] = check_honest(&calls[i]);
    }
}

ADIT_PLUGIN(NULL, run, run_batch, NULL)
