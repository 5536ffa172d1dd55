/* SPDX-License-Identifier: MIT */
/* A worker: forked from the zygote, locked further, runs the jobs that the host sends until the host hangs up. */
#ifndef HOST_WORKER_H
#define HOST_WORKER_H

#include <linux/filter.h>
#include <stddef.h>

#include "job.h"

struct worker_setup {
    int socket;
    int shared_memory;
    const struct sock_filter *filter; /* NULL: --sandbox=off */
    size_t filter_count;
    struct job_plugin *const *plugins; /* loaded ones */
    size_t plugin_count;
};

/* Does not return. */
_Noreturn void worker_main(const struct worker_setup *setup);

/* For the allocator: an allocation failed while a job ran. */
void worker_note_no_memory(void);

#endif
