/* SPDX-License-Identifier: MIT */
/* host/pool.h without processes: jobs run in this one, one after the other, as soon as the engine waits. A program that the
 * Makefile links with tests/inline/pool.o has it in the place of the real pool: for sanitizers and debuggers, which want to be in the same
 * process as the plugins. No locks, no limits of time and memory. */
#ifndef TESTS_SUPPORT_POOL_INLINE_H
#define TESTS_SUPPORT_POOL_INLINE_H

#include "job.h"
#include "pool.h"

/* Called with each job just before it runs. NULL: nobody. */
void pool_inline_watch(void (*watch)(void *context, const struct pool_task *task, uint32_t plugin), void *context);

#endif
