/* SPDX-License-Identifier: MIT */
/* Looks at a worker's locks from outside, in the kernel's own words. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pool_impl.h"

/* One line of /proc/PID/status, as a number; -1: not there. */
static long status_number(const char *status, const char *key)
{
    const char *at = strstr(status, key);
    return at ? strtol(at + strlen(key), NULL, 10) : -1;
}

/* The file's text, NUL-terminated, or -errno. */
static int read_status(const char *path, char *out, size_t room)
{
    size_t size = 0;
    ssize_t n = 1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    while (n != 0 && size < room - 1) {
        n = read(fd, out + size, room - 1 - size);
        if (n < 0 && errno != EINTR)
            break;
        size += n > 0 ? (size_t)n : 0;
    }
    int error = n < 0 ? -errno : 0;
    (void)close(fd);
    out[size] = '\0';
    return error;
}

int worker_is_locked(struct pool *p, pid_t pid)
{
    enum { OF_ITS_OWN = 3 };
    char path[64], status[4096];
    if (!p->has_own_filters) { /* a container's, which a worker has as well */
        int error = read_status("/proc/self/status", status, sizeof status);
        if (error)
            return error;
        p->own_filters = status_number(status, "\nSeccomp_filters:\t");
        p->has_own_filters = true;
    }
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    int error = read_status(path, status, sizeof status);
    if (error)
        return error;
    return status_number(status, "\nNoNewPrivs:\t") == 1 && status_number(status, "\nSeccomp:\t") == 2 &&
           p->own_filters >= 0 && status_number(status, "\nSeccomp_filters:\t") >= p->own_filters + OF_ITS_OWN;
}
