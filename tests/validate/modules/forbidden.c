// SPDX-License-Identifier: MIT
/* A mistake: a function that starts programs. */
#include <adit/module.h>
#include <stdlib.h>

ADIT_MODULE("forbidden-gcc", "1.0.0")

static int32_t run(void *state, const struct adit_call *call)
{
    (void)state;
    (void)call;
    return system("true") ? ADIT_FAILED : ADIT_OK;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
