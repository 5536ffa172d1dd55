/* SPDX-License-Identifier: MIT */
/*
 * A result as the bytes that the cache keeps, and back. Reads any bytes safely.
 *
 *   0  u8   version (CACHE_VALUE_VERSION)      16  u64  device     56  32 bytes  registry key
 *   1  u8   1: the body is an LZ4 block        24  u64  inode      88  u32       size of the path
 *   2  u16  0                                  32  u64  size       92  the path, then the body
 *   4  u32  day of storing, since 1970         40  i64  mtime, ns
 *   8  u64  checksum of all the rest           48  i64  ctime, ns
 *
 *   body   := varint size of the tree, tree                  (the tree as it is, or as an LZ4 block)
 *   tree   := flags, media, detected, name, error_text, source_plugin, limit, varints size, mtime, offset; n, part*;
 *             n, dependency*; n, tree*
 *   part   := status, flags, 32 bytes fingerprint, plugin, version, reason; n, warning*; n, artifact*; size, fields
 *   dependency := path, flags, varints device, inode, size, mtime, ctime
 *
 * A string is a varint size, its bytes and a NUL, so that what is decoded can point to it.
 */
#ifndef HOST_CACHE_VALUE_H
#define HOST_CACHE_VALUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "result.h"
#include "stamp.h"

enum { CACHE_VALUE_VERSION = 1, CACHE_VALUE_KEY = 32, CACHE_VALUE_DEPTH = 64, CACHE_VALUE_MAX = 16 * 1024 * 1024 };

/* What belongs to a value besides the result. */
struct cache_value_head {
    const char *path;
    size_t path_size;
    struct stamp stamp;
    unsigned char registry_key[CACHE_VALUE_KEY];
    uint32_t day;
};

/* Zero-initialise; keeps memory between calls. */
struct cache_encoder {
    struct buf tree;
    void *lz4; /* the compressor's working memory */
};

/* Appends the value to `out`. 0: appended; 1: this result is not to be kept (see cache_store); -E2BIG: too deep or
 * larger than CACHE_VALUE_MAX; -ENOMEM. Only 0 leaves something in `out`. */
int cache_value_encode(struct cache_encoder *c, struct buf *out, const struct cache_value_head *head,
                       const struct result *r);
void cache_encoder_release(struct cache_encoder *c);

/* The head, borrowed from the bytes: 0, or -EBADMSG (another version, cut short). The checksum is not looked at. */
int cache_value_head(const void *value, size_t size, struct cache_value_head *out);

/* The result, in `arena`, without a name. 0, -EBADMSG (damaged), -ENOMEM. */
int cache_value_decode(const void *value, size_t size, struct arena *arena, struct result **out);

#endif
