/* SPDX-License-Identifier: MIT */
/* One message with descriptors over a SEQPACKET socket. Used on both sides. */
#ifndef HOST_CHANNEL_H
#define HOST_CHANNEL_H

#include <stddef.h>
#include <sys/types.h>

/* 0, or a negative errno (-EAGAIN where the socket does not block and is full). Descriptors are duplicated by the kernel:
 * the caller's stay open. */
int channel_send(int socket, const void *message, size_t size, const int *fds, size_t fd_count);

/* The size of the message (0: the other side has closed), or a negative errno. Received descriptors are close-on-exec and the
 * caller's. -EMSGSIZE where the message or its descriptors did not fit: nothing is kept. `sender` may be NULL; otherwise the
 * sender's process id as the kernel says (needs SO_PASSCRED), or 0. */
ssize_t channel_receive(int socket, int flags, void *message, size_t size, int *fds, size_t *fd_count, pid_t *sender);

#endif
