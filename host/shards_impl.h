/* SPDX-License-Identifier: MIT */
/* What shards.c (filling shards, the set's end) and shards_reuse.c (what an earlier run left) share. [host] */
#ifndef HOST_SHARDS_IMPL_H
#define HOST_SHARDS_IMPL_H

#include "base/buf.h"
#include "shards.h"
#include "shards_journal.h"
#include "tarball.h"

enum { COPY = 256 * 1024, NO_SHARD = UINT32_MAX };

struct units { const struct unit **items; size_t count, capacity; };

struct shards {
    int dir;
    char name[128];
    uint64_t shard_bytes;
    struct journal old;       /* what earlier runs left, as far as it holds */
    FILE *log;
    struct arena arena;
    struct units all, here;   /* of this run; those with a part in the shard that is filled */
    struct { struct segment *items; size_t count, capacity; } segments; /* of the unit that is added */
    struct shard_facts now;   /* the shard that is filled */
    struct { struct shard_facts *items; size_t count, capacity; } done;
    int fd;                   /* of its .part; -1: so far it is what it was before, the same bytes at the same place */
    struct digest digest;
    bool *displaced;          /* by number of an old shard: it is called .old now */
    int read_fd;
    uint32_t read_shard;
    bool changed;
    uint8_t *buffer;          /* COPY */
    struct buf text;
    struct shards_counts counts;
};

/* Of the shard that is filled. */
static inline uint32_t shards_number(const struct shards *s)
{
    return (uint32_t)s->done.count;
}

/* shards.c */
/* Bytes of a shard as an earlier run left it. */
int shards_read(struct shards *s, uint32_t shard, uint64_t offset, void *to, size_t n, struct err *e);
int shards_put(struct shards *s, const void *data, size_t n, struct err *e);
/* The shard is full, or the last one. */
int shards_next(struct shards *s, struct err *e);
/* Makes room for a sample: in this shard or the next. Its bytes are to be put then. */
int shards_begin_sample(struct shards *s, uint64_t size, uint32_t files, struct err *e);

/* shards_reuse.c */
/* Can the unit stay where it is? Then nothing has changed before it either, and it is parted as it would be now. */
bool shards_may_stay(const struct shards *s, const struct unit *u);
int shards_stay(struct shards *s, const struct unit *u, struct err *e);
/* Appends its samples; counts them in *u. */
int shards_copy_unit(struct shards *s, const struct unit *from, struct unit *u, struct err *e);

#endif
