/* SPDX-License-Identifier: MIT */
#include "stamp.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

static const int64_t SECOND = 1000000000;

static int64_t in_ns(struct timespec t)
{
    return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}

void stamp_from_stat(const struct stat *st, struct stamp *out)
{
    *out = (struct stamp){
        .device = st->st_dev,
        .inode = st->st_ino,
        .size = (uint64_t)st->st_size,
        .mtime_ns = in_ns(st->st_mtim),
        .ctime_ns = in_ns(st->st_ctim),
        .exists = true,
    };
}

int stamp_of(int dirfd, const char *name, struct stamp *out)
{
    struct stat st;
    if (fstatat(dirfd, name, &st, 0) == 0) {
        stamp_from_stat(&st, out);
        return 0;
    }
    if (errno != ENOENT && errno != ENOTDIR)
        return -errno;
    *out = (struct stamp){0};
    return 0;
}

bool stamp_equal(const struct stamp *a, const struct stamp *b)
{
    return a->exists == b->exists && a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

bool stamp_is_racy(const struct stamp *s, int64_t now_ns)
{
    if (!s->exists)
        return false;
    /* A file system that keeps no fractions gives whole seconds; a fraction of exactly 0 elsewhere only costs a
     * re-read. */
    bool whole = s->mtime_ns % SECOND == 0 || s->ctime_ns % SECOND == 0;
    int64_t window = whole ? 2 * SECOND : SECOND / 10;
    int64_t latest = s->mtime_ns > s->ctime_ns ? s->mtime_ns : s->ctime_ns;
    return latest > now_ns - window;
}

int64_t stamp_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return in_ns(t);
}

const char *stat_refuses(const struct stat *st, bool as_ancestor)
{
    if (st->st_uid != 0 && st->st_uid != geteuid())
        return "is owned by someone other than root and the user who runs adit";
    bool sticky = as_ancestor && S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX);
    if ((st->st_mode & (S_IWGRP | S_IWOTH)) && !sticky)
        return "can be written by its group or by others";
    return NULL;
}
