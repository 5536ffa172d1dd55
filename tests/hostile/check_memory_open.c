/* SPDX-License-Identifier: MIT */
/* run.memory.open: open() takes malloc at its word. */
#include "check.h"
#include <stdlib.h>

ADIT_MODULE("check_memory_open", "1.0.0")

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    (void)job;
    (void)state;
    char *volatile table = (char *)malloc(1000);
    table[0] = 1;
    *state = table;
    return ADIT_OK;
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    return check_honest(job);
}

ADIT_PLUGIN(open_plugin, run, NULL, NULL)
