/* SPDX-License-Identifier: MIT */
/* run.state.umask: it changes the file mode mask. */
#include "check.h"
#include <sys/syscall.h>

ADIT_MODULE("check_state_umask", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    (void)check_call(SYS_umask, 077, 0, 0, 0);
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
