/* SPDX-License-Identifier: MIT */
/* run.lock.calls: it opens a socket. */
#include "check.h"
#include <sys/socket.h>
#include <sys/syscall.h>

ADIT_MODULE("check_lock_calls", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    (void)check_call(SYS_socket, AF_INET, SOCK_STREAM, 0, 0);
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
