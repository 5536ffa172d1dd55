/* SPDX-License-Identifier: MIT */
/* run.declared.fields: it emits a field that is not declared. */
#include "check.h"

ADIT_MODULE("check_declared_fields", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    adit_emit_u64(job, "unheard_of", 1);
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
