/* SPDX-License-Identifier: MIT */
/* run.input.sample: it returns what is no status. */
#include "check.h"

ADIT_MODULE("check_input_sample", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    int32_t status = check_honest(job);
    return status == ADIT_OK ? 4711 : status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
