/* SPDX-License-Identifier: MIT */
/* run.state.environment: it changes a variable of the environment. */
#include "check.h"
#include <unistd.h>

ADIT_MODULE("check_state_environment", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    static char mine[] = "TZ=Mars/Olympus";
    if (environ && environ[0])
        environ[0] = mine;
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
