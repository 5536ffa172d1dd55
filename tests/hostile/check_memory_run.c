/* SPDX-License-Identifier: MIT */
/* run.memory.run: run() takes malloc at its word. */
#include "check.h"
#include <stdlib.h>

ADIT_MODULE("check_memory_run", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    volatile char *copy = (volatile char *)malloc(1000);
    copy[0] = 1;
    free((void *)copy);
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
