/* SPDX-License-Identifier: MIT */
/* Emits the size of every file, or crashes on every file where its .conf says `crash = yes`: for measuring what one plugin that
 * crashes costs the others. */
#include <adit/adit.h>

ADIT_MODULE("crash", "1.0.0")

static int32_t crash_open(const struct adit_call *job, void **state)
{
    static int yes;
    *state = adit_text_is(adit_option(job, "crash"), "yes") ? &yes : NULL;
    return ADIT_OK;
}

static int32_t crash_run(void *state, const struct adit_call *job)
{
    adit_emit_u64(job, "size", adit_size(job));
    if (state)
        __builtin_trap();
    return ADIT_OK;
}

ADIT_PLUGIN(crash_open, crash_run, NULL, NULL)
