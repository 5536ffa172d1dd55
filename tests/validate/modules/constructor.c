// SPDX-License-Identifier: MIT
/* A mistake: code that runs when the module is loaded. */
#include <adit/module.h>

ADIT_MODULE("constructor-gcc", "1.0.0")

static int ready;

__attribute__((constructor)) static void prepare(void)
{
    ready = 1;
}

static int32_t run(void *state, const struct adit_call *call)
{
    (void)state;
    (void)call;
    return ready ? ADIT_DECLINED : ADIT_FAILED;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
