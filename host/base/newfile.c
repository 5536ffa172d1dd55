/* SPDX-License-Identifier: MIT */
#include "newfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool has_no_name(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && st.st_nlink == 0;
}

int newfile_open(int dir, const char *temporary, mode_t mode)
{
    char folder[PATH_MAX] = ".";
    const char *slash = strrchr(temporary, '/');
    if (slash && (size_t)(slash - temporary) + 2 > sizeof folder)
        return -ENAMETOOLONG;
    if (slash)
        (void)snprintf(folder, sizeof folder, "%.*s", slash == temporary ? 1 : (int)(slash - temporary), temporary);
    int fd = openat(dir, folder, O_WRONLY | O_TMPFILE | O_CLOEXEC, mode);
    if (fd >= 0)
        return fd;
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
        return -errno;
    (void)unlinkat(dir, temporary, 0); /* of a process of this number that was killed */
    fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    return fd < 0 ? -errno : fd;
}

int newfile_write(int fd, const void *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = write(fd, (const char *)data + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        done += (size_t)n;
    }
    return 0;
}

int newfile_commit(int fd, int dir, const char *temporary, const char *name)
{
    if (has_no_name(fd)) {
        char path[64];
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        if (linkat(AT_FDCWD, path, dir, name, AT_SYMLINK_FOLLOW) == 0)
            return 0;
        if (errno != EEXIST) /* a name that is taken can be replaced by another name only */
            return -errno;
        (void)unlinkat(dir, temporary, 0);
        if (linkat(AT_FDCWD, path, dir, temporary, AT_SYMLINK_FOLLOW) != 0)
            return -errno;
    }
    return renameat(dir, temporary, dir, name) == 0 ? 0 : -errno;
}

void newfile_discard(int fd, int dir, const char *temporary)
{
    if (!has_no_name(fd))
        (void)unlinkat(dir, temporary, 0);
}
