/* SPDX-License-Identifier: MIT */
/* The services that read a job's sources: blocks that are read ahead, small sources read whole, large resources mapped.
 * [zygote: open phase; worker: run phase] */
#ifndef HOST_JOB_READ_H
#define HOST_JOB_READ_H

#include <adit/abi.h>

/* See struct adit_host in <adit/abi.h>. */
uint64_t job_source_size(struct adit_job *job, adit_source source);
int64_t job_read(struct adit_job *job, adit_source source, uint64_t offset, void *buffer, size_t n);
const void *job_view(struct adit_job *job, adit_source source, uint64_t offset, size_t n);

/* The sources are others now. */
void job_forget_read_ahead(struct adit_job *job);

#endif
