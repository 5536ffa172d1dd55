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

int worker_is_locked(pid_t pid)
{
    char path[64], status[4096];
    size_t size = 0;
    ssize_t n = 1;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    while (n != 0 && size < sizeof status - 1) {
        n = read(fd, status + size, sizeof status - 1 - size);
        if (n < 0 && errno != EINTR)
            break;
        size += n > 0 ? (size_t)n : 0;
    }
    int error = n < 0 ? -errno : 0;
    (void)close(fd);
    if (error)
        return error;
    status[size] = '\0';
    return status_number(status, "\nNoNewPrivs:\t") == 1 && status_number(status, "\nSeccomp:\t") == 2 &&
           status_number(status, "\nSeccomp_filters:\t") >= 3;
}
