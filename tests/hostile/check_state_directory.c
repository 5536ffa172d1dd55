/* SPDX-License-Identifier: MIT */
/* run.state.directory: it goes elsewhere. */
#include "check.h"
#include <sys/syscall.h>

ADIT_MODULE("check_state_directory", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    (void)check_call(SYS_chdir, (long)"/", 0, 0, 0);
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
