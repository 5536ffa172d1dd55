/* SPDX-License-Identifier: MIT */
/* run.input.empty: it expects at least one byte. */
#include "check.h"

ADIT_MODULE("check_input_empty", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct check_head head = check_head(job);
    if (head.size == 0)
        __builtin_trap();
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
