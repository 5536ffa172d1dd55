/* SPDX-License-Identifier: MIT */
/* run.load.open: open() fails. */
#include "check.h"

ADIT_MODULE("check_load_open", "1.0.0")

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    (void)state;
    adit_warn(job, "the table of wishes is empty");
    return ADIT_FAILED;
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    return check_honest(job);
}

ADIT_PLUGIN(open_plugin, run, NULL, NULL)
