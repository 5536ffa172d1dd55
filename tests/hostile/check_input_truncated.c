/* SPDX-License-Identifier: MIT */
/* run.input.truncated: a file that ends after its magic and a few bytes confuses it. */
#include "check.h"

ADIT_MODULE("check_input_truncated", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct check_head head = check_head(job);
    if (check_is_mine(&head) && adit_size(job) == 17)
        __builtin_trap();
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
