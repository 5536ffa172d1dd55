/* SPDX-License-Identifier: MIT */
/* Identifiers instead of a source: the job of an id mapper, and its one service. [worker, locked; tests] */
#ifndef HOST_JOB_MAP_H
#define HOST_JOB_MAP_H

#include "job.h"

/* Runs the plugin's map() over the identifiers in sources[0] (wire.h: WIRE_TASK_MAP), between RECORD_JOB_BEGIN and
 * RECORD_JOB_END. */
void job_map_run(struct adit_job *job, const struct job_plugin *plugin);
/* The same with identifiers that are split already. */
int32_t job_map_call(struct adit_job *job, const struct adit_call *call, const struct adit_text *ids, size_t n, uint32_t flags);
void job_map_release(struct adit_job *job);

int job_map_link(struct adit_job *job, uint32_t id, const struct adit_link *link);

#endif
