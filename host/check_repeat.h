/* SPDX-License-Identifier: MIT */
/* Checks that compare runs of the same source: twice, in other orders, beside others, with other states and hosts.
 * [adit-check, locked] */
#ifndef HOST_CHECK_REPEAT_H
#define HOST_CHECK_REPEAT_H

#include "check.h"

void check_repeat_twice(struct check *c);
void check_repeat_order(struct check *c);
void check_repeat_neighbour(struct check *c);

void check_cycle_opening(struct check *c);
void check_cycle_running(struct check *c);
void check_hosts_opening(struct check *c);
void check_hosts_running(struct check *c);

#endif
