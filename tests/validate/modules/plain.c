// SPDX-License-Identifier: MIT
/* A module without imports. */
#include <adit/module.h>

ADIT_MODULE("plain", "1.0.0")

static int32_t run(void *state, const struct adit_call *call)
{
    (void)state;
    return call->size < sizeof *call ? ADIT_FAILED : ADIT_DECLINED;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
