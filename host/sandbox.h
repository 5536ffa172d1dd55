/* SPDX-License-Identifier: MIT */
/* Puts the locks on the calling process. Alone knows Landlock and the installing of filters. [zygote, worker]
 * Fails closed: whatever cannot be applied is an error. */
#ifndef HOST_SANDBOX_H
#define HOST_SANDBOX_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* The Landlock ABI of the running kernel; 0: none. */
int sandbox_landlock_abi(void);
/* What Landlock covers at an ABI, for a person. (What it does not, the system-call filters refuse by themselves.) */
const char *sandbox_coverage(int abi);
enum { SANDBOX_SIGNALS_SCOPED_ABI = 6 };

/* Stage 1: resource limits, no new privileges, no capabilities, no write-and-execute memory, Landlock (libraries may be read,
 * nothing else opened), filter 1. */
int sandbox_lock_zygote(uint64_t address_space, uint64_t cpu_seconds, const struct sock_filter *filter, size_t count,
                        struct err *e);
/* Stage 2, on top: filter 2, and signals to the calling process alone. */
int sandbox_lock_worker(const struct sock_filter *filter, size_t count, struct err *e);

#endif
