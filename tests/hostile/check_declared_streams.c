/* SPDX-License-Identifier: MIT */
/* run.declared.streams: it emits a stream that is not declared. */
#include "check.h"

ADIT_MODULE("check_declared_streams", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    (void)adit_emit_range(job, ADIT_TEXT("all"), "application/x-unheard-of", 0, adit_size(job));
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
