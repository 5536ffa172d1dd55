// SPDX-License-Identifier: MIT
/* A module with thread-local variables of its own, initialised and not. */
#include <adit/module.h>
#include <errno.h>
#include <string.h>

ADIT_MODULE("threadlocal", "0.1.0")

static _Thread_local int counted = 41;
static _Thread_local const char *name = "name";
static _Thread_local char scratch[300];

static int32_t run(void *state, const struct adit_call *call)
{
    (void)state;
    counted += (int)call->size;
    errno = 0;
    memset(scratch, counted, sizeof scratch);
    return strcmp(name, scratch) == 0 ? ADIT_OK : ADIT_DECLINED;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
