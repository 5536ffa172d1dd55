/* SPDX-License-Identifier: MIT */
#include "walk_dir.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

enum { KEEP_BYTES = 64 * 1024 };

static int add_name(struct walk_dir *d, unsigned char type, const char *name)
{
    size_t size = strlen(name) + 1;
    if (d->data_size + size + 1 > UINT32_MAX)
        return -EOVERFLOW;
    if (!vec_grow(&d->data, &d->data_capacity, d->data_size + size + 1, 1) ||
        !vec_grow(&d->offsets, &d->capacity, d->count + 1, sizeof *d->offsets))
        return -ENOMEM;
    d->offsets[d->count++] = (uint32_t)d->data_size;
    d->data[d->data_size] = (char)type;
    memcpy(d->data + d->data_size + 1, name, size);
    d->data_size += size + 1;
    return 0;
}

static int read_names(struct walk_dir *d, int fd)
{
    /* Large enough that one call reads a thousand names. */
    static _Alignas(struct dirent64) char buffer[64 * 1024];
    for (;;) {
        ssize_t n = getdents64(fd, buffer, sizeof buffer);
        if (n == 0)
            return 0;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        for (ssize_t at = 0; at < n;) {
            const struct dirent64 *entry = (const struct dirent64 *)(const void *)(buffer + at);
            at += entry->d_reclen;
            if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                continue;
            int error = add_name(d, entry->d_type, entry->d_name);
            if (error)
                return error;
        }
    }
}

static int compare_names(const void *a, const void *b, void *data)
{
    const char *names = data;
    return strcmp(names + *(const uint32_t *)a + 1, names + *(const uint32_t *)b + 1);
}

int walk_dir_read(struct walk_dir *d, int fd)
{
    d->data_size = 0;
    d->count = 0;
    int error = read_names(d, fd);
    if (d->count > 1)
        qsort_r(d->offsets, d->count, sizeof *d->offsets, compare_names, d->data);
    return error;
}

void walk_dir_empty(struct walk_dir *d)
{
    if (d->data_capacity > KEEP_BYTES)
        walk_dir_release(d);
    d->data_size = 0;
    d->count = 0;
}

void walk_dir_release(struct walk_dir *d)
{
    free(d->data);
    free(d->offsets);
    *d = (struct walk_dir){0};
}
