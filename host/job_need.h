/* SPDX-License-Identifier: MIT */
/* The fields of needed plugins as a tree of nodes: the part of a job's services that reads what others emitted. */
#ifndef HOST_JOB_NEED_H
#define HOST_JOB_NEED_H

#include <adit/abi.h>

uint32_t job_need_root(struct adit_job *job, const char *plugin, uint32_t nth);
uint32_t job_node_child(struct adit_job *job, uint32_t node, const char *name, size_t n);
uint32_t job_node_first(struct adit_job *job, uint32_t node);
uint32_t job_node_next(struct adit_job *job, uint32_t node);
int job_node_get(struct adit_job *job, uint32_t node, struct adit_value *value, struct adit_text *name);

#endif
