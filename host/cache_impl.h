/* SPDX-License-Identifier: MIT */
/* What the cache's own files share. */
#ifndef HOST_CACHE_IMPL_H
#define HOST_CACHE_IMPL_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/buf.h"
#include "cache.h"
#include "cache_value.h"

enum { CACHE_BUSY_MS = 100 };

/* The statements that a run needs over and over. */
enum cache_statement {
    CACHE_BEGIN, /* a read transaction, or rather its wish */
    CACHE_BEGIN_WRITE,
    CACHE_COMMIT,
    CACHE_ROLLBACK,
    CACHE_SELECT,     /* value by key */
    CACHE_INSERT,     /* key, value */
    CACHE_USE,        /* key, day: as used on that day */
    CACHE_TOUCH,      /* key, day: the same where the entry is still there */
    CACHE_OLDEST,     /* n, day: the keys that were not used for longest, and not after that day */
    CACHE_DELETE,     /* key */
    CACHE_DELETE_USE, /* key */
    CACHE_COUNT,      /* hits, misses, evicted: added to the totals */
    CACHE_PAGES,
    CACHE_FREE_PAGES,
    CACHE_STATEMENTS
};

/* A value that waits to be written. */
struct cache_pending {
    int64_t key;
    size_t at, size; /* in cache.values */
};

struct cache {
    char *dir, *path; /* of the database */
    uint64_t inode;   /* of the database, as it was opened */
    sqlite3 *db;      /* NULL: nothing is looked up */
    sqlite3_stmt *statements[CACHE_STATEMENTS];
    bool storing; /* false: read-only, or full */
    bool reading; /* a read transaction is open */
    bool renewed; /* a database was moved aside in this run already: not again */
    uint64_t max_bytes, page_size;
    uint32_t today; /* days since 1970 */
    struct {
        struct cache_pending *items;
        size_t count, capacity;
    } pending;
    struct buf values;
    size_t flush_rows, flush_bytes,
        flush_touched; /* how much waits before it is written: more while another process writes */
    struct {
        int64_t *items;
        size_t count, capacity;
    } touched;                     /* keys that were hit, and not yet used today */
    int64_t written_ms, ticked_ms; /* when, by the monotonic clock */
    struct cache_encoder encoder;
    struct cache_counts counts, saved; /* of this run, and what of them is in the database's totals */
    char *messages[4];                 /* not told yet */
    size_t message_count;
    char *told; /* the one that was told last */
};

/* Opens the database in c->dir, or makes it, or moves aside what is there and makes it. On failure c->db is NULL, and
 * there is a message. */
void cache_db_open(struct cache *c);
void cache_db_close(struct cache *c);

/* After SQLite said `code`: moves a damaged database aside and opens a new one; gives up storing on a full or failing
 * disk. The busy codes are not for here. */
void cache_db_failed(struct cache *c, int code, const char *doing);

/* One line to tell, once. */
void cache_say(struct cache *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Runs a statement without rows; SQLITE_OK or the code of its failure. */
int cache_run(struct cache *c, enum cache_statement statement);
int cache_run_key(struct cache *c, enum cache_statement statement, int64_t key);
/* A statement with one number as its answer; 0 on failure. */
uint64_t cache_number(struct cache *c, enum cache_statement statement);
uint64_t cache_bytes_in_use(struct cache *c);

void cache_end_read(struct cache *c);

/* Removes entries that were not used for longest, none that was used after `last_day`, until no more than `bytes` are
 * in use: some thousands at most, in the present transaction. SQLITE_OK or the code. *gone is added to. */
int cache_evict(struct cache *c, uint64_t bytes, int64_t last_day, uint64_t *gone);

/* Adds to the totals of all runs, in the present transaction. */
int cache_add_totals(struct cache *c, uint64_t hits, uint64_t misses, uint64_t evicted);

/* The row of a path. */
int64_t cache_key_of(const char *path, size_t size);

#endif
