/* SPDX-License-Identifier: MIT */
/* Checks that feed a plugin: inputs, failing reads, cancelling, failing allocations, declarations. [adit-check, locked] */
#ifndef HOST_CHECK_FEED_H
#define HOST_CHECK_FEED_H

#include "check_job.h"

void check_feed_inputs(struct check *c);
void check_feed_short(struct check *c);
void check_feed_errors(struct check *c);
void check_feed_cancel(struct check *c);
void check_feed_fields(struct check *c);
void check_feed_streams(struct check *c);
void check_feed_load_time(struct check *c);

void check_memory_opening(struct check *c);
void check_memory_opened(struct check *c);
void check_memory_running(struct check *c);

/* A job and an input for samples and all that is made of them; fails the check where memory is short. */
struct check_job *check_feed_job(struct check *c, struct check_input *in);
/* Sample number i as the job's source. */
void check_feed_sample(struct check *c, struct check_job *j, struct check_input *in, uint64_t i);

#endif
