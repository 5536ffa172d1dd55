/* SPDX-License-Identifier: MIT */
/* In an extraction, an id mapper that is bound to fields ([map] field): their values are mapped, and the links emitted. Knows of
 * bindings by the option map.field, which plugin_options.c makes. [worker, locked; tests] */
#ifndef HOST_JOB_BOUND_H
#define HOST_JOB_BOUND_H

#include "job.h"

/* Within a job that has begun. Returns enum adit_status: declined where none of the fields is there. */
int32_t job_bound_run(struct adit_job *job, const struct adit_call *call);

#endif
