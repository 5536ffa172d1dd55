/* SPDX-License-Identifier: MIT */
/* run.state.floating: it rounds towards zero, and leaves it so. */
#include "check.h"
#include <fpu_control.h>

ADIT_MODULE("check_state_floating", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    fpu_control_t mode;
    _FPU_GETCW(mode);
#if defined __x86_64__
    mode |= _FPU_RC_ZERO;
#else
    mode |= 3u << 22;
#endif
    _FPU_SETCW(mode);
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
