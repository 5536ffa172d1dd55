/* SPDX-License-Identifier: MIT */
#include "prune.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/vec.h"

struct file { struct timespec used; uint64_t size; char name[NAME_MAX + 1]; };
struct files { struct file *items; size_t count, capacity; };

static int by_use(const void *a, const void *b)
{
    const struct timespec *x = &((const struct file *)a)->used, *y = &((const struct file *)b)->used;
    if (x->tv_sec != y->tv_sec)
        return x->tv_sec < y->tv_sec ? -1 : 1;
    return x->tv_nsec < y->tv_nsec ? -1 : x->tv_nsec > y->tv_nsec;
}

static int list(DIR *dir, enum prune_kind (*kind)(const char *), struct files *out)
{
    struct stat st;
    int64_t hour_ago = (int64_t)time(NULL) - 3600;
    for (struct dirent *d; (d = readdir(dir)) != NULL;) {
        enum prune_kind is = kind(d->d_name);
        if (is == PRUNE_FOREIGN || fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode) ||
            (is == PRUNE_PARTIAL && st.st_mtim.tv_sec > hour_ago))
            continue;
        struct file f = {.size = (uint64_t)st.st_size};
        if (is == PRUNE_WHOLE)
            f.used = st.st_mtim;
        (void)snprintf(f.name, sizeof f.name, "%s", d->d_name);
        if (!vec_push(out, f))
            return -ENOMEM;
    }
    return 0;
}

int prune_folder(const char *folder, enum prune_kind (*kind)(const char *name), struct prune *p)
{
    struct files all = {0};
    DIR *dir = opendir(folder);
    if (!dir)
        return errno == ENOENT ? 0 : -errno;
    int error = list(dir, kind, &all);
    if (all.count > 1)
        qsort(all.items, all.count, sizeof *all.items, by_use);
    uint64_t files = all.count, bytes = 0;
    for (size_t i = 0; i < all.count; i++)
        bytes += all.items[i].size;
    for (size_t i = 0; i < all.count && (bytes > p->most || all.items[i].used.tv_sec < p->before); i++) {
        if (unlinkat(dirfd(dir), all.items[i].name, 0) != 0)
            continue;
        bytes -= all.items[i].size;
        files--;
        p->gone++;
    }
    p->files += files;
    p->bytes += bytes;
    free(all.items);
    (void)closedir(dir);
    return error;
}
