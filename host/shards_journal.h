/* SPDX-License-Identifier: MIT */
/*
 * Where in shards the artifacts of each file lie, as lines of a text file to which is only appended:
 *
 *     adit-shards 1
 *     u IDENTITY SAMPLES FILES SHARD:OFFSET:SIZE:SAMPLES:FILES,…     a file's artifacts ("-" where it has none)
 *     s SHARD SIZE INODE MTIME DIGEST SAMPLES FILES    a shard is complete
 *     d SHARD                                          what was said of this shard does not hold any more
 *
 * [host]
 */
#ifndef HOST_SHARDS_JOURNAL_H
#define HOST_SHARDS_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/map.h"
#include "digest.h"

struct segment {
    uint32_t shard, samples, files;
    uint64_t offset, size;
};

/* A file's artifacts. */
struct unit {
    unsigned char identity[DIGEST_SIZE];
    uint64_t samples, files;
    const struct segment *segments;
    size_t segment_count;
};

struct shard_facts {
    uint64_t size, inode, samples, files;
    int64_t mtime_ns;
    unsigned char digest[DIGEST_SIZE];
    bool complete;
};

struct journal {
    struct arena arena;
    struct map units; /* identity -> struct unit */
    struct { struct shard_facts *items; size_t count, capacity; } shards;
};

/* Reads what there is; lines that make no sense are left out, as is what does not hold any more. False: memory is short. */
bool journal_read(struct journal *j, FILE *f);
void journal_release(struct journal *j);
/* Nothing that lies in this shard holds any more. */
void journal_drop(struct journal *j, uint32_t shard);

/* The unit of this identity, or NULL. */
const struct unit *journal_unit(const struct journal *j, const unsigned char identity[DIGEST_SIZE]);

void journal_put_unit(FILE *f, const struct unit *u);
void journal_put_shard(FILE *f, uint32_t shard, const struct shard_facts *facts);
void journal_put_drop(FILE *f, uint32_t shard);

void digest_text(const unsigned char digest[DIGEST_SIZE], char out[2 * DIGEST_SIZE + 1]);

#endif
