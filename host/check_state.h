/* SPDX-License-Identifier: MIT */
/* What of the process a plugin could change: looked at before and after. [adit-check, locked] */
#ifndef HOST_CHECK_STATE_H
#define HOST_CHECK_STATE_H

#include "check.h"

/* Before the lock: opens what says how many threads there are. */
void check_state_prepare(void);

void check_state_opening(struct check *c);
void check_state_running(struct check *c);

#endif
