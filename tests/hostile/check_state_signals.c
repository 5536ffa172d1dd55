/* SPDX-License-Identifier: MIT */
/* run.state.signals: it ignores a signal from then on. */
#include "check.h"
#include <signal.h>
#include <sys/syscall.h>

ADIT_MODULE("check_state_signals", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    const unsigned long ignore[4] = {(unsigned long)SIG_IGN, 0, 0, 0}; /* struct kernel_sigaction */
    (void)check_call(SYS_rt_sigaction, SIGUSR1, (long)ignore, 0, 8);
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
