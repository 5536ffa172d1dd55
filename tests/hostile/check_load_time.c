/* SPDX-License-Identifier: MIT */
/* run.load.time: open() takes its time, once in a process. */
#include "check.h"
#include <time.h>

ADIT_MODULE("check_load_time", "1.0.0")

#ifdef ADIT_SANITIZED
enum { MILLISECONDS = 1050 };
#else
enum { MILLISECONDS = 105 };
#endif

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    (void)job;
    (void)state;
    static bool done;
    const struct timespec pause = {MILLISECONDS / 1000, MILLISECONDS % 1000 * 1000000};
    if (!done)
        (void)nanosleep(&pause, NULL);
    done = true;
    return ADIT_OK;
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    return check_honest(job);
}

ADIT_PLUGIN(open_plugin, run, NULL, NULL)
