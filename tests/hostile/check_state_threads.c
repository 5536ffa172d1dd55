/* SPDX-License-Identifier: MIT */
/* run.state.threads: it starts a thread. */
#include "check.h"
#include <signal.h>
#include <sys/syscall.h>

ADIT_MODULE("check_state_threads", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    (void)check_call(SYS_clone, SIGCHLD, 0, 0, 0);
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
