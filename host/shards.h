/* SPDX-License-Identifier: MIT */
/*
 * Artifacts as a data set in the form of WebDataset: tar archives NAME-000000.tar, … of about the same size, each with whole
 * samples, in the order of the walk; NAME.json says what there is, with SHA-256 digests.
 *
 * The same artifacts in the same order make the same bytes. A shard is written as .NAME-000000.part and renamed when it is
 * full. .NAME.journal says which file's artifacts lie where: those of files that have not changed are taken from there, by
 * this run or after an interruption by the next, and a shard of which nothing changes is not touched at all. [host]
 */
#ifndef HOST_SHARDS_H
#define HOST_SHARDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "digest.h"
#include "spool.h"

struct shards;

#define SHARDS_DEFAULT_BYTES (UINT64_C(256) << 20)

struct shards_counts {
    uint64_t shards, samples, files, bytes; /* in the data set */
    uint64_t reused;                        /* samples that were there already */
    uint64_t written;                       /* bytes written to shards */
};

/* Makes the folder where it is missing. `name` has no slash. */
int shards_open(const char *folder, const char *name, uint64_t shard_bytes, struct shards **out, struct err *e);
/* Of the folder, for spools. */
int shards_folder(const struct shards *s);

/* Are the artifacts that made this identity there, from an earlier run? They stay so until shards_close. */
bool shards_has(const struct shards *s, const unsigned char identity[DIGEST_SIZE]);
/* Appends a file's artifacts: those of `spools` (some may be NULL), or with count 0 those that shards_has. NULL as identity:
 * they are not to be found again. */
int shards_add(struct shards *s, const unsigned char *identity, struct spool *const *spools, size_t count, struct err *e);

/* `complete`: the last shard gets its name, the manifest is written, and shards that are left from a larger data set go.
 * Otherwise what there is stays for the next run. Frees s (NULL is legal). */
int shards_close(struct shards *s, bool complete, struct shards_counts *counts, struct err *e);

#endif
