/* SPDX-License-Identifier: MIT */
/* run.input.guard: it looks at the byte behind the source. */
#include "check.h"

ADIT_MODULE("check_input_guard", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct adit_text all = adit_view(job, ADIT_SOURCE_MAIN, 0, (size_t)adit_size(job));
    const volatile char *beyond = all.data ? all.data + all.size : "";
    (void)*beyond;
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
