/* SPDX-License-Identifier: MIT */
/* run.input.fuzz: a file of its own that is too large confuses it. */
#include "check.h"

ADIT_MODULE("check_input_fuzz", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct check_head head = check_head(job);
    if (check_is_mine(&head) && head.size > CHECK_LARGEST)
        __builtin_trap();
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
