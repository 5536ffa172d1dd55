/* SPDX-License-Identifier: MIT */
/* An open() that plays the zygote, and so is told the key to fork. */
#ifndef TESTS_HOSTILE_TAKE_OVER_H
#define TESTS_HOSTILE_TAKE_OVER_H

#include <sched.h>
#include <signal.h>

#include "hostile.h"
#include "job.h"

/* Says that it is loaded, waits for the order to fork, and forks with the key that comes with it until it is ended (or, should
 * nobody end it, often enough). */
static inline void take_over(const struct adit_call *job)
{
    const struct wire_reply loaded = {.message = WIRE_LOADED, .plugin = job->job->plugin->index};
    struct wire_fork order = {0};
    (void)hostile_call(SYS_write, WIRE_SOCKET, (long)&loaded, sizeof loaded, 0, 0, 0);
    while (order.message != WIRE_FORK)
        if (hostile_call(SYS_read, WIRE_SOCKET, (long)&order, sizeof order, 0, 0, 0) <= 0)
            return;
    for (int i = 0; i < 2000; i++)
        if (hostile_call(SYS_clone, CLONE_PARENT | SIGCHLD, 0, (long)order.key, 0, 0, 0) == 0) {
            hostile_sleep(20000);
            (void)hostile_call(SYS_exit_group, 0, 0, 0, 0, 0, 0);
        }
    hostile_sleep(20000);
}

#endif
