/* SPDX-License-Identifier: MIT */
/* run.io.short: a source that is shorter than its size confuses it. */
#include "check.h"

ADIT_MODULE("check_io_short", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct check_head head = check_head(job);
    if (head.size >= 0 && (uint64_t)head.size < adit_size(job) && adit_size(job) <= CHECK_LARGEST)
        __builtin_trap();
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
