/* SPDX-License-Identifier: MIT */
/* Writes the two system-call filters as BPF programs. Alone knows libseccomp. [host]
 *
 * Filter 1 is the zygote's: it may read libraries, map and run sealed modules, and fork workers. Filter 2 comes on top in each
 * worker: no open, no look at a path, no new code, no fork. The strictest of the two wins, so filter 2 only takes away.
 *
 * A fork needs the key: clone() passes where the kernel does not look at it (parent_tid, unused without its flag). The zygote is
 * told the key with each order to fork and forgets it afterwards, so that the code of a plugin's open() has it not.
 *
 * A call that no plugin has a use for but to break out (exec, sockets, ptrace, kill, mount, …) is trapped: the worker dies of
 * SIGSYS and the job is `denied`. Any other call that is not allowed gives ENOSYS; in strict mode it is trapped as well. */
#ifndef HOST_FILTER_H
#define HOST_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Appends struct sock_filter instructions. `signals_scoped`: Landlock keeps signals inside (ABI 6), so that a process may
 * signal itself (abort). `fork_key` 0: nothing forks. */
int filter_zygote(struct buf *out, bool strict, bool signals_scoped, uint64_t fork_key, struct err *e);
int filter_worker(struct buf *out, struct err *e);

/* "connect", or "system call 42" where it has no name. Valid until the next call. */
const char *filter_call_name(int number);

#endif
