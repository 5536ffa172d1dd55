/* SPDX-License-Identifier: MIT */
/* Headers of tar archives: POSIX.1-2017, pax, "pax Interchange Format" and "ustar Interchange Format". [host] */
#ifndef HOST_TARBALL_H
#define HOST_TARBALL_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { TARBALL_BLOCK = 512, TARBALL_END = 2 * TARBALL_BLOCK };

/* Appends the header of a regular file; before it, where the name does not fit, an extended one. Times, owners and modes are
 * the same for all, so that equal members make equal bytes. */
void tarball_header(struct buf *out, const char *name, size_t name_size, uint64_t size);

/* Reads one header. 0: *size is that of the data, *type the type flag; -EBADMSG: the block is none, or its checksum is
 * wrong; -ENODATA: it is all zeros. */
int tarball_read(const uint8_t block[TARBALL_BLOCK], uint64_t *size, char *type);

/* Appends the name that a file's header gives. */
void tarball_name(const uint8_t block[TARBALL_BLOCK], struct buf *out);
/* Appends the path that the data of an extended header give. */
void tarball_extended_name(const char *data, size_t size, struct buf *out);

static inline uint64_t tarball_padded(uint64_t size)
{
    return (size + TARBALL_BLOCK - 1) / TARBALL_BLOCK * TARBALL_BLOCK;
}

#endif
