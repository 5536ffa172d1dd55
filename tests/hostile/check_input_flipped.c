/* SPDX-License-Identifier: MIT */
/* run.input.flipped: one wrong bit confuses it. */
#include "check.h"

ADIT_MODULE("check_input_flipped", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct check_head head = check_head(job);
    if (head.size > 6 && memcmp(head.bytes, "cHECK ", 6) == 0)
        __builtin_trap();
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
