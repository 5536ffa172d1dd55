/* SPDX-License-Identifier: MIT */
/* The services of open() that give a plugin what it kept in an earlier run, and keep something for later ones. [zygote] */
#ifndef HOST_JOB_KEPT_H
#define HOST_JOB_KEPT_H

#include <adit/abi.h>

adit_source job_kept(struct adit_job *job);
int job_keep(struct adit_job *job, const struct adit_text *parts, size_t n);

#endif
