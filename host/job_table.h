/* SPDX-License-Identifier: MIT */
/* A module's table of functions, as this host reads it. */
#ifndef HOST_JOB_TABLE_H
#define HOST_JOB_TABLE_H

#include <adit/abi.h>

#include "base/err.h"

/* The table of an earlier minor ABI is shorter: what it lacks is NULL in the copy. 0, or -ENOEXEC. */
int job_table_copy(const struct adit_plugin *table, struct adit_plugin *out, struct err *e);

#endif
