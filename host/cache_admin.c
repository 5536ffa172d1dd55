/* SPDX-License-Identifier: MIT */
/* The cache as `adit cache` looks after it. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cache_impl.h"

static int failed(struct cache *c, int code, struct err *e)
{
    return err_set(e, -EIO, "cannot read or write '%s': %s", c->path, sqlite3_errstr(code));
}

static int need_database(struct cache *c, bool write, struct err *e)
{
    if (!c->db)
        return err_set(e, -ENOENT, "there is no cache%s%s", c->path ? " at " : "", c->path ? c->path : "");
    if (write && !c->storing)
        return err_set(e, -EROFS, "'%s' cannot be written", c->path);
    cache_flush(c);
    cache_end_read(c);
    return 0;
}

/* The columns of the one row of `sql`, as numbers; NULLs are 0. */
static int query_row(struct cache *c, const char *sql, int64_t *out, int columns)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(c->db, sql, -1, &s, NULL);
    if (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW)
        for (int i = 0; i < columns; i++)
            out[i] = sqlite3_column_int64(s, i);
    (void)sqlite3_finalize(s);
    return code == SQLITE_ROW ? SQLITE_OK : code == SQLITE_DONE ? SQLITE_CORRUPT : code;
}

static uint64_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

int cache_stats(struct cache *c, struct cache_stats *out, struct err *e)
{
    int error = need_database(c, false, e);
    if (error)
        return error;
    int64_t use[3] = {0}, total[3] = {0};
    int code = query_row(c, "SELECT count(*), min(day), max(day) FROM use", use, 3);
    if (code == SQLITE_OK)
        code = query_row(c, "SELECT hits, misses, evicted FROM total", total, 3);
    if (code != SQLITE_OK)
        return failed(c, code, e);
    *out = (struct cache_stats){.entries = (uint64_t)use[0],
                                .oldest_day = use[1],
                                .newest_day = use[2],
                                .hits = (uint64_t)total[0],
                                .misses = (uint64_t)total[1],
                                .evicted = (uint64_t)total[2],
                                .bytes = cache_bytes_in_use(c),
                                .max_bytes = c->max_bytes};
    (void)snprintf(out->path, sizeof out->path, "%s-wal", c->path);
    out->file_bytes = size_of(c->path) + size_of(out->path);
    (void)snprintf(out->path, sizeof out->path, "%s", c->path);
    return 0;
}

/* One transaction's worth. */
static int prune_some(struct cache *c, int64_t last_day, uint64_t *gone)
{
    uint64_t evicted = 0;
    int code = cache_run(c, CACHE_BEGIN_WRITE);
    if (code != SQLITE_OK)
        return code;
    code = cache_evict(c, c->max_bytes, INT64_MAX, &evicted);
    if (code == SQLITE_OK && last_day > 0)
        code = cache_evict(c, 0, last_day, &evicted);
    if (code == SQLITE_OK)
        code = cache_add_totals(c, 0, 0, evicted);
    if (code == SQLITE_OK)
        code = cache_run(c, CACHE_COMMIT);
    if (code != SQLITE_OK)
        (void)cache_run(c, CACHE_ROLLBACK);
    else
        *gone += evicted;
    return code;
}

static int give_space_back(struct cache *c)
{
    return sqlite3_exec(c->db, "PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
}

int cache_prune(struct cache *c, uint32_t unused_days, uint64_t *gone, struct err *e)
{
    int error = need_database(c, true, e);
    if (error)
        return error;
    int64_t last_day = unused_days ? (int64_t)c->today - unused_days : 0;
    uint64_t all = 0, before;
    int code;
    do {
        before = all;
        code = prune_some(c, last_day, &all);
    } while (code == SQLITE_OK && all > before);
    if (code == SQLITE_OK)
        code = give_space_back(c);
    if (code != SQLITE_OK)
        return failed(c, code, e);
    *gone = all;
    return 0;
}

int cache_clear(struct cache *c, uint64_t *gone, struct err *e)
{
    int error = need_database(c, true, e);
    if (error)
        return error;
    int64_t entries = 0;
    int code = cache_run(c, CACHE_BEGIN_WRITE);
    if (code != SQLITE_OK)
        return failed(c, code, e);
    code = query_row(c, "SELECT count(*) FROM use", &entries, 1);
    if (code == SQLITE_OK)
        code = sqlite3_exec(c->db,
                            "DELETE FROM entry; DELETE FROM use; UPDATE total SET hits = 0, misses = 0, evicted = 0",
                            NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = cache_run(c, CACHE_COMMIT);
    if (code != SQLITE_OK) {
        (void)cache_run(c, CACHE_ROLLBACK);
        return failed(c, code, e);
    }
    code = give_space_back(c);
    if (code != SQLITE_OK)
        return failed(c, code, e);
    *gone = (uint64_t)entries;
    return 0;
}

struct verification {
    struct cache *cache;
    void (*say)(void *data, const char *line);
    void *data;
    uint64_t wrong;
};

static void wrong(struct verification *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void wrong(struct verification *v, const char *fmt, ...)
{
    char line[512];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    v->wrong++;
    v->say(v->data, line);
}

static int check_integrity(struct verification *v)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(v->cache->db, "PRAGMA integrity_check", -1, &s, NULL);
    while (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        const char *line = (const char *)sqlite3_column_text(s, 0);
        if (line && strcmp(line, "ok") != 0)
            wrong(v, "database: %s", line);
        code = SQLITE_OK;
    }
    (void)sqlite3_finalize(s);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static void check_entry(struct verification *v, int64_t key, const void *value, size_t size, struct arena *arena)
{
    struct cache_value_head head;
    struct result *r = NULL;
    arena_reset(arena);
    if (!value || cache_value_head(value, size, &head) != 0)
        wrong(v, "entry %llx: the value has no head", (unsigned long long)key);
    else if (cache_key_of(head.path, head.path_size) != key)
        wrong(v, "entry %llx: belongs to another path, %.*s", (unsigned long long)key, (int)head.path_size, head.path);
    else if (cache_value_decode(value, size, arena, &r) != 0)
        wrong(v, "entry %llx: the value is damaged, of %.*s", (unsigned long long)key, (int)head.path_size, head.path);
}

static int check_entries(struct verification *v, uint64_t *entries)
{
    static const char sql[] =
        "SELECT entry.key, value, use.key IS NULL FROM entry LEFT JOIN use ON use.key = entry.key";
    sqlite3_stmt *s = NULL;
    struct arena arena = {0};
    int code = sqlite3_prepare_v2(v->cache->db, sql, -1, &s, NULL);
    while (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        int64_t key = sqlite3_column_int64(s, 0);
        const void *value = sqlite3_column_blob(s, 1);
        check_entry(v, key, value, (size_t)sqlite3_column_bytes(s, 1), &arena);
        if (sqlite3_column_int(s, 2))
            wrong(v, "entry %llx: nothing says when it was used", (unsigned long long)key);
        ++*entries;
        code = SQLITE_OK;
    }
    (void)sqlite3_finalize(s);
    arena_release(&arena);
    int64_t orphans = 0;
    if (code == SQLITE_DONE)
        code = query_row(v->cache, "SELECT count(*) FROM use WHERE key NOT IN (SELECT key FROM entry)", &orphans, 1);
    if (orphans)
        wrong(v, "%lld uses of entries that are not there", (long long)orphans);
    return code;
}

int cache_verify(struct cache *c, void (*say)(void *data, const char *line), void *data, uint64_t *entries,
                 uint64_t *wrong_out, struct err *e)
{
    int error = need_database(c, false, e);
    if (error)
        return error;
    struct verification v = {.cache = c, .say = say, .data = data};
    uint64_t n = 0;
    int code = check_integrity(&v);
    if (code == SQLITE_OK)
        code = check_entries(&v, &n);
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        wrong(&v, "database: %s", sqlite3_errmsg(c->db));
    else if (code != SQLITE_OK)
        return failed(c, code, e);
    *entries = n;
    *wrong_out = v.wrong;
    return 0;
}
