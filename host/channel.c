/* SPDX-License-Identifier: MIT */
#include "channel.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire.h"

int channel_send(int socket, const void *message, size_t size, const int *fds, size_t fd_count)
{
    struct iovec part = {(void *)(size_t)message, size};
    struct msghdr head = {.msg_iov = &part, .msg_iovlen = 1};
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int) * WIRE_DESCRIPTORS)];
    } control;
    if (fd_count > WIRE_DESCRIPTORS)
        return -EINVAL;
    if (fd_count > 0) {
        head.msg_control = control.bytes;
        head.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
        struct cmsghdr *c = CMSG_FIRSTHDR(&head);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
        memcpy(CMSG_DATA(c), fds, sizeof(int) * fd_count);
    }
    ssize_t sent;
    do
        sent = sendmsg(socket, &head, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : 0;
}

/* False: there were more descriptors than room for them. */
static bool take_control(struct msghdr *head, int *fds, size_t room, size_t *fd_count, pid_t *sender)
{
    bool fit = true;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(head); c; c = CMSG_NXTHDR(head, c)) {
        if (c->cmsg_level != SOL_SOCKET)
            continue;
        if (c->cmsg_type == SCM_CREDENTIALS && sender) {
            struct ucred credentials;
            memcpy(&credentials, CMSG_DATA(c), sizeof credentials);
            *sender = credentials.pid;
        }
        if (c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (*fd_count < room) {
                fds[(*fd_count)++] = fd;
            } else {
                (void)close(fd);
                fit = false;
            }
        }
    }
    return fit;
}

ssize_t channel_receive(int socket, int flags, void *message, size_t size, int *fds, size_t *fd_count, pid_t *sender)
{
    struct iovec part = {message, size};
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int) * WIRE_DESCRIPTORS) + CMSG_SPACE(sizeof(struct ucred))];
    } control;
    struct msghdr head = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    size_t room = fd_count ? *fd_count : 0, none = 0;
    if (!fd_count)
        fd_count = &none;
    *fd_count = 0;
    if (sender)
        *sender = 0;
    ssize_t got;
    do
        got = recvmsg(socket, &head, flags | MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return -errno;
    bool fit = take_control(&head, fds, room, fd_count, sender);
    if (!fit || head.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        while (*fd_count > 0)
            (void)close(fds[--*fd_count]);
        return -EMSGSIZE;
    }
    return got;
}
