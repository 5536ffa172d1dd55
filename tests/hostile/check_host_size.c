/* SPDX-License-Identifier: MIT */
/* run.host.size: it knows one host only. */
#include "check.h"

ADIT_MODULE("check_host_size", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    return job->host->size == sizeof(struct adit_host) ? check_honest(job) : ADIT_FAILED;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
