/* SPDX-License-Identifier: MIT */
/* run.state.descriptors: open() leaves a descriptor open. */
#include "check.h"
#include <fcntl.h>
#include <sys/syscall.h>

ADIT_MODULE("check_state_descriptors", "1.0.0")

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    (void)job;
    (void)state;
    (void)check_call(SYS_openat, AT_FDCWD, (long)"/usr/lib", O_RDONLY | O_DIRECTORY, 0);
    return ADIT_OK;
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    return check_honest(job);
}

ADIT_PLUGIN(open_plugin, run, NULL, NULL)
