/* SPDX-License-Identifier: MIT */
/* The names in one directory, in one block of memory, sorted by their bytes. */
#ifndef HOST_WALK_DIR_H
#define HOST_WALK_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero-initialise. A record in `data` is a d_type byte and a NUL-terminated name. */
struct walk_dir {
    char *data;
    size_t data_size, data_capacity;
    uint32_t *offsets; /* of records, sorted by name */
    size_t count, capacity;
};

/* Replaces the contents by the names in the directory that `fd` is open on, without "." and "..". On failure (a
 * negative errno) the names read so far are there, sorted. */
int walk_dir_read(struct walk_dir *d, int fd);

static inline unsigned char walk_dir_type(const struct walk_dir *d, size_t i)
{
    return (unsigned char)d->data[d->offsets[i]];
}
static inline const char *walk_dir_name(const struct walk_dir *d, size_t i)
{
    return d->data + d->offsets[i] + 1;
}

/* Gives memory back, but for a little that the next directory can use. */
void walk_dir_empty(struct walk_dir *d);
void walk_dir_release(struct walk_dir *d);

#endif
