/* SPDX-License-Identifier: MIT */
/*
 * What was found in files, kept between runs: one row a file in an SQLite database, by its absolute path, believed as
 * long as the file's stamp is the same. Alone knows sqlite3 and, with cache_value.c, lz4.
 *
 * Nothing here is fatal to a run. Where the cache cannot be used, look-ups miss, stores do nothing, and cache_message
 * says why, once.
 *
 * Rows that are stored wait in memory, some thousands at most and for a second or so, and are written in one
 * transaction: a kill at any moment loses those and damages nothing. Any number of processes may use one cache.
 */
#ifndef HOST_CACHE_H
#define HOST_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "result.h"
#include "stamp.h"

struct cache;

enum { CACHE_KEY = 32 };
#define CACHE_DEFAULT_BYTES (UINT64_C(1) << 30)

struct cache_options {
    uint64_t max_bytes; /* of the database; 0: the default. See cache_size_parse */
};

struct cache_counts {
    uint64_t hits, misses; /* of cache_lookup */
    uint64_t stored;       /* written to the database */
    uint64_t skipped;      /* could not be written: full disk, another process wrote all the time, too large */
    uint64_t evicted;      /* left unused for longest, gone to stay within max_bytes */
    uint64_t damaged;      /* values that were not what was written: missed, and replaced */
};

/* "500M", "2G", "1048576": bytes, at least 1 MiB. -EINVAL with e filled. */
int cache_size_parse(const char *text, uint64_t *out, struct err *e);

/* Opens the cache in the folder `dir` (see cmd_cache_dir), which is made where it is missing. NULL: there is no such
 * folder, and nothing is kept. Returns 0, or -ENOMEM. Ask cache_message afterwards. */
int cache_open(const char *dir, const struct cache_options *options, struct cache **out, struct err *e);

/* Writes what waits, and frees the cache. NULL is legal. Ask cache_message before. */
void cache_close(struct cache *c);

/* A line to tell the user (moved aside, read-only, full, …), or NULL; valid until the next call of anything here. */
const char *cache_message(struct cache *c);

/* `key` is the file's absolute path (walk_entry.key), `now` its stamp as it is.
 *   1: the file has not changed since the result was stored. *out lives in `arena`, with `key` as its name. Whether its
 *      parts still hold is the caller's to say: registry_key is what was given to cache_store, parts have their
 *      fingerprints, dependencies their stamps. All zero in registry_key: some parts were not stored (see below).
 *   0: nothing that can be believed. -ENOMEM. */
int cache_lookup(struct cache *c, const char *key, size_t key_size, const struct stamp *now, struct arena *arena,
                 struct result **out, unsigned char registry_key[CACHE_KEY]);

/* As cache_lookup, for one who only looks: nothing counts as used, and the result is given whatever the file is now. 1: *out,
 * in `arena`, the stamp that the file had, and the registry key. 0: nothing is kept, or it cannot be read. -ENOMEM. */
int cache_peek(struct cache *c, const char *key, size_t key_size, struct arena *arena, struct result **out, struct stamp *then,
               unsigned char registry_key[CACHE_KEY]);

/* Is there a cache in this folder? cache_open would make one. */
bool cache_is_there(const char *dir);

/* Keeps the result of a file whose stamp was `when_read` before it was read. Copies everything. Not kept: results whose
 * stamp, or that of a dependency, is racy; files that could not be read. Parts whose status is not cacheable
 * (part_status_is_cacheable), here or in streams, are left out, and then registry_key is stored as all zero, so that
 * nobody takes the rest for the whole. 0 or -ENOMEM. */
int cache_store(struct cache *c, const char *key, size_t key_size, const struct stamp *when_read,
                const unsigned char registry_key[CACHE_KEY], const struct result *r);

/* To be called as often as one likes while the run goes on: a few times a second it lets other processes' writes be
 * seen, and writes what has waited for a second, which takes some milliseconds, at most about 100. */
void cache_tick(struct cache *c);

/* Writes what waits. */
void cache_flush(struct cache *c);

void cache_counts(const struct cache *c, struct cache_counts *out);

/* The rest is for `adit cache`. */

struct cache_stats {
    char path[4096];
    uint64_t entries, bytes, file_bytes, max_bytes; /* in use; of the database and its log */
    uint64_t hits, misses, evicted;                 /* of all runs since the cache was made or cleared */
    int64_t oldest_day, newest_day;                 /* of last use, in days since 1970; 0 where there are no entries */
};
/* 0; -ENOENT: there is no cache; -EIO with e filled. */
int cache_stats(struct cache *c, struct cache_stats *out, struct err *e);

/* Shrinks to max_bytes, entries unused for longest first, and gives the space back. `unused_days` > 0: those unused for
 * that long go as well. *gone: entries removed. */
int cache_prune(struct cache *c, uint32_t unused_days, uint64_t *gone, struct err *e);

/* Removes every entry and the counters. */
int cache_clear(struct cache *c, uint64_t *gone, struct err *e);

/* Reads everything. `say` gets one line for each thing that is wrong; *wrong counts them. */
int cache_verify(struct cache *c, void (*say)(void *data, const char *line), void *data, uint64_t *entries,
                 uint64_t *wrong, struct err *e);

#endif
