/* SPDX-License-Identifier: MIT */
/* Reads of a file, or of a part of one, what detection asks for, and no more: the head; the tail, and a
 * block beyond the head, where they could change the answer. */
#ifndef HOST_DETECT_READ_H
#define HOST_DETECT_READ_H

#include "detect.h"

/* The type of the `size` bytes from `offset` of the file, which is read with pread alone. Where fewer are there, of those.
 * 0, or a negative errno. */
int detect_fd(const struct detect *d, int fd, uint64_t offset, uint64_t size, const char *name, size_t name_size,
              struct detect_result *out);
/* The same of bytes in memory. */
void detect_memory(const struct detect *d, const void *data, size_t size, const char *name, size_t name_size,
                   struct detect_result *out);
/* The size to ask detect_fd for of a file that stat(2) calls that large: those of /proc are called empty, and have a head. */
static inline uint64_t detect_file_size(int64_t size)
{
    return size < DETECT_HEAD ? DETECT_HEAD : (uint64_t)size;
}

#endif
