/* SPDX-License-Identifier: MIT */
/* Why a locked process died. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "filter.h"
#include "pool_impl.h"

/* SIGBUS is what the kernel says of a mapped file that became shorter. */
bool pool_lost_resource(const struct pool *p, uint32_t plugin, const siginfo_t *info, char *why, size_t n)
{
    if (plugin == WIRE_NO_PLUGIN || info->si_code == CLD_EXITED || info->si_status != SIGBUS ||
        p->options.registry->plugins[plugin].conf.resource_count == 0)
        return false;
    (void)snprintf(why, n, "a file of its [resources] became shorter, or could not be read, while it was in use: replace files with mv, and run adit again");
    return true;
}

/* Why it died, as the kernel tells; what the shared memory says only makes it clearer. */
enum part_status worker_cause(const struct worker_process *w, const siginfo_t *info, char *why, size_t n)
{
    const struct wire_shared *shared = w->memory;
    uint32_t denied = atomic_load(&shared->denied);
    if (w->killed) {
        (void)snprintf(why, n, "%s", w->killed_why);
        return w->killed_as;
    }
    if (info->si_code != CLD_EXITED && info->si_status == SIGSYS) {
        (void)snprintf(why, n, "called %s, which plugins may not", denied ? filter_call_name((int)(denied - 1)) : "something forbidden");
        return PART_DENIED;
    }
    if (atomic_load(&shared->no_memory)) {
        (void)snprintf(why, n, "ran out of memory ([limits] memory)");
        return PART_OUT_OF_MEMORY;
    }
    if (info->si_code == CLD_EXITED) {
        (void)snprintf(why, n, "ended its process with status %d", info->si_status);
        return PART_CRASHED;
    }
    if (info->si_status == SIGKILL) {
        (void)snprintf(why, n, "was killed from outside (the kernel does so when the machine is out of memory)");
        return PART_OUT_OF_MEMORY;
    }
    const struct batch *b = &w->batches[0];
    for (size_t i = 0; w->batch_count > 0 && i < b->count; i++)
        if (pool_lost_resource(w->domain->pool, b->open[i], info, why, n))
            return PART_FAILED;
    (void)snprintf(why, n, "crashed with signal %d (%s)", info->si_status, strsignal(info->si_status));
    return PART_CRASHED;
}
