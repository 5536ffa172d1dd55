/* SPDX-License-Identifier: MIT */
#include "cache.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "base/vec.h"
#include "cache_impl.h"

enum {
    /* A folder's rows lie mixed by their hashes: the more are written at once, the fewer pages are written twice. */
    BATCH_ROWS = 4096,
    BATCH_BYTES = 3 * 1024 * 1024,
    BATCH_TOUCHED = 4096,
    TOUCHED_MAX = 64 * 1024, /* both, while another process writes: what is kept in memory at most */
    WAIT_BYTES = 3 * BATCH_BYTES,
    EVICT_ROWS = 2 * BATCH_ROWS, /* in one transaction */
    EVICT_CHUNK = 64,
    SECONDS_A_DAY = 86400,
    TICK_MS = 250,
    WAIT_MS = 1000, /* what is not yet a batch is written all the same */
    BUSY_MS = 20,   /* waited for another process's writing in the midst of a run */
};

/* The folder's hash above the file's: what lies in one folder lies together in the database too, and a walk reads
 * each of its pages once. Two paths with one key share a row, and the later one gets it: look-ups compare the path. */
int64_t cache_key_of(const char *path, size_t size)
{
    const char *slash = memrchr(path, '/', size);
    size_t folder = slash ? (size_t)(slash - path) : 0;
    uint64_t upper = hash64(path, folder, 1), lower = hash64(path, size, 2);
    return (int64_t)(upper << 40 | (lower & 0xffffffffffu));
}

int cache_size_parse(const char *text, uint64_t *out, struct err *e)
{
    static const char units[] = "KMGT";
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    bool ok = text[0] >= '0' && text[0] <= '9' && errno == 0;
    uint64_t bytes = n;
    const char *unit = *end ? strchr(units, *end) : NULL;
    if (unit) {
        ok = ok && !__builtin_mul_overflow(n, UINT64_C(1) << (10 * (unit - units + 1)), &bytes);
        end++;
    }
    if (!ok || *end || bytes < 1024 * 1024)
        return err_set(e, -EINVAL, "'%s' is no size for the cache: expected bytes, at least 1M, such as 500M or 2G",
                       text);
    *out = bytes;
    return 0;
}

static int64_t monotonic_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void forget_pending(struct cache *c)
{
    c->written_ms = monotonic_ms();
    c->flush_rows = BATCH_ROWS;
    c->flush_bytes = BATCH_BYTES;
    c->flush_touched = BATCH_TOUCHED;
    c->pending.count = 0;
    c->touched.count = 0;
    if (c->values.capacity > 2 * BATCH_BYTES)
        buf_release(&c->values);
    buf_reset(&c->values);
}

int cache_open(const char *dir, const struct cache_options *options, struct cache **out, struct err *e)
{
    struct cache *c = calloc(1, sizeof *c);
    if (!c || (dir && !(c->dir = strdup(dir)))) {
        free(c);
        return err_set(e, -ENOMEM, "not enough memory");
    }
    c->max_bytes = options && options->max_bytes ? options->max_bytes : CACHE_DEFAULT_BYTES;
    forget_pending(c);
    c->today = (uint32_t)(time(NULL) / SECONDS_A_DAY);
    if (dir)
        cache_db_open(c);
    else
        cache_say(c, "cache: neither --cache-dir, XDG_CACHE_HOME nor HOME says where it is; nothing is cached");
    *out = c;
    return 0;
}

void cache_close(struct cache *c)
{
    if (!c)
        return;
    cache_flush(c);
    cache_db_close(c);
    for (size_t i = 0; i < c->message_count; i++)
        free(c->messages[i]);
    free(c->told);
    cache_encoder_release(&c->encoder);
    free(c->pending.items);
    free(c->touched.items);
    buf_release(&c->values);
    free(c->path);
    free(c->dir);
    free(c);
}

const char *cache_message(struct cache *c)
{
    free(c->told);
    c->told = NULL;
    if (c->message_count == 0)
        return NULL;
    c->told = c->messages[0];
    c->message_count--;
    memmove(c->messages, c->messages + 1, c->message_count * sizeof *c->messages);
    return c->told;
}

void cache_counts(const struct cache *c, struct cache_counts *out)
{
    *out = c->counts;
}

static bool is_busy(int code)
{
    return code == SQLITE_BUSY || code == SQLITE_LOCKED;
}

/* What the row says about this file: 1 with *out, 0, -EBADMSG, -ENOMEM. */
static int read_value(struct cache *c, int64_t row_key, const void *value, size_t size, const char *key,
                      size_t key_size, const struct stamp *now, struct arena *arena, struct result **out,
                      unsigned char registry_key[CACHE_KEY])
{
    struct cache_value_head head;
    int error = cache_value_head(value, size, &head);
    if (error)
        return error;
    if (head.path_size != key_size || memcmp(head.path, key, key_size) != 0 || !stamp_equal(&head.stamp, now))
        return 0;
    struct result *r = NULL;
    error = cache_value_decode(value, size, arena, &r);
    if (error)
        return error;
    r->name = arena_strndup(arena, key, key_size);
    r->name_size = key_size;
    if (!r->name)
        return -ENOMEM;
    memcpy(registry_key, head.registry_key, CACHE_KEY);
    if (head.day != c->today && c->storing && c->touched.count < TOUCHED_MAX)
        (void)vec_push(&c->touched, row_key); /* one that is forgotten only looks older than it is */
    *out = r;
    return 1;
}

static int by_key(const void *a, const void *b)
{
    const struct cache_pending *left = a, *right = b;
    if (left->key != right->key)
        return left->key < right->key ? -1 : 1;
    return left->at < right->at ? -1 : 1; /* the later one is written last, and stays */
}

static int by_number(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

static int write_use(struct cache *c, enum cache_statement statement, int64_t key)
{
    (void)sqlite3_bind_int64(c->statements[statement], 2, c->today);
    return cache_run_key(c, statement, key);
}

static int write_rows(struct cache *c)
{
    sqlite3_stmt *insert = c->statements[CACHE_INSERT];
    int code = SQLITE_OK;
    if (c->pending.count > 0)
        qsort(c->pending.items, c->pending.count, sizeof *c->pending.items, by_key);
    for (size_t i = 0; i < c->pending.count && code == SQLITE_OK; i++) {
        const struct cache_pending *p = &c->pending.items[i];
        (void)sqlite3_bind_blob64(insert, 2, c->values.data + p->at, p->size, SQLITE_STATIC);
        code = cache_run_key(c, CACHE_INSERT, p->key);
    }
    for (size_t i = 0; i < c->pending.count && code == SQLITE_OK; i++)
        code = write_use(c, CACHE_USE, c->pending.items[i].key);
    if (c->touched.count > 0)
        qsort(c->touched.items, c->touched.count, sizeof *c->touched.items, by_number);
    for (size_t i = 0; i < c->touched.count && code == SQLITE_OK; i++)
        code = write_use(c, CACHE_TOUCH, c->touched.items[i]);
    return code;
}

/* Removes up to EVICT_CHUNK; *count says how many. */
static int evict_chunk(struct cache *c, int64_t last_day, size_t *count)
{
    int64_t keys[EVICT_CHUNK];
    sqlite3_stmt *oldest = c->statements[CACHE_OLDEST];
    int code = SQLITE_OK;
    *count = 0;
    (void)sqlite3_bind_int64(oldest, 1, EVICT_CHUNK);
    (void)sqlite3_bind_int64(oldest, 2, last_day);
    while (*count < EVICT_CHUNK && (code = sqlite3_step(oldest)) == SQLITE_ROW)
        keys[(*count)++] = sqlite3_column_int64(oldest, 0);
    (void)sqlite3_reset(oldest);
    code = code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
    for (size_t i = 0; i < *count && code == SQLITE_OK; i++) {
        code = cache_run_key(c, CACHE_DELETE, keys[i]);
        if (code == SQLITE_OK)
            code = cache_run_key(c, CACHE_DELETE_USE, keys[i]);
    }
    return code;
}

int cache_evict(struct cache *c, uint64_t bytes, int64_t last_day, uint64_t *gone)
{
    int code = SQLITE_OK;
    size_t count = 1;
    for (uint64_t n = 0; n < EVICT_ROWS && count > 0 && code == SQLITE_OK && cache_bytes_in_use(c) > bytes;
         n += count) {
        code = evict_chunk(c, last_day, &count);
        if (code == SQLITE_OK)
            *gone += count;
    }
    return code;
}

int cache_add_totals(struct cache *c, uint64_t hits, uint64_t misses, uint64_t evicted)
{
    sqlite3_stmt *s = c->statements[CACHE_COUNT];
    (void)sqlite3_bind_int64(s, 1, (int64_t)hits);
    (void)sqlite3_bind_int64(s, 2, (int64_t)misses);
    (void)sqlite3_bind_int64(s, 3, (int64_t)evicted);
    return cache_run(c, CACHE_COUNT);
}

/* All that waits, in one transaction. */
static int write_all(struct cache *c)
{
    uint64_t evicted = 0;
    int code = cache_run(c, CACHE_BEGIN_WRITE);
    if (code != SQLITE_OK)
        return code;
    code = write_rows(c);
    if (code == SQLITE_OK && cache_bytes_in_use(c) > c->max_bytes)
        code = cache_evict(c, c->max_bytes - c->max_bytes / 32, INT64_MAX, &evicted);
    if (code == SQLITE_OK)
        code = cache_add_totals(c, c->counts.hits - c->saved.hits, c->counts.misses - c->saved.misses, evicted);
    if (code == SQLITE_OK)
        code = cache_run(c, CACHE_COMMIT);
    if (code != SQLITE_OK) {
        (void)cache_run(c, CACHE_ROLLBACK);
        return code;
    }
    c->counts.evicted += evicted;
    c->counts.stored += c->pending.count;
    c->saved = c->counts;
    return SQLITE_OK;
}

static void write_batch(struct cache *c, int busy_ms)
{
    bool counted = c->counts.hits != c->saved.hits || c->counts.misses != c->saved.misses;
    if (!c->db || !c->storing || (c->pending.count == 0 && c->touched.count == 0 && !counted))
        return;
    cache_end_read(c);
    (void)sqlite3_busy_timeout(c->db, busy_ms);
    int code = write_all(c);
    (void)sqlite3_busy_timeout(c->db, CACHE_BUSY_MS);
    if (is_busy(code) && c->values.size < WAIT_BYTES) { /* another process writes: later */
        c->flush_rows = c->pending.count + BATCH_ROWS;
        c->flush_bytes = c->values.size + BATCH_BYTES;
        c->flush_touched = c->touched.count + BATCH_TOUCHED;
        return;
    }
    if (code != SQLITE_OK)
        c->counts.skipped += c->pending.count;
    forget_pending(c);
    if (code != SQLITE_OK && !is_busy(code))
        cache_db_failed(c, code, "write to");
}

int cache_lookup(struct cache *c, const char *key, size_t key_size, const struct stamp *now, struct arena *arena,
                 struct result **out, unsigned char registry_key[CACHE_KEY])
{
    int found = 0, code = SQLITE_DONE;
    if (c->db && !c->reading)
        c->reading = cache_run(c, CACHE_BEGIN) == SQLITE_OK;
    if (c->db) {
        sqlite3_stmt *s = c->statements[CACHE_SELECT];
        int64_t row_key = cache_key_of(key, key_size);
        (void)sqlite3_bind_int64(s, 1, row_key);
        code = sqlite3_step(s);
        const void *value = code == SQLITE_ROW ? sqlite3_column_blob(s, 0) : NULL;
        if (value)
            found = read_value(c, row_key, value, (size_t)sqlite3_column_bytes(s, 0), key, key_size, now, arena, out,
                               registry_key);
        (void)sqlite3_reset(s);
    }
    if (code != SQLITE_DONE && code != SQLITE_ROW && !is_busy(code))
        cache_db_failed(c, code, "read");
    if (found == 1)
        c->counts.hits++;
    else
        c->counts.misses++;
    if (c->touched.count >= c->flush_touched)
        write_batch(c, BUSY_MS);
    if (found == -EBADMSG) {
        c->counts.damaged++;
        found = 0;
    }
    return found;
}

int cache_peek(struct cache *c, const char *key, size_t key_size, struct arena *arena, struct result **out, struct stamp *then,
               unsigned char registry_key[CACHE_KEY])
{
    struct cache_value_head head;
    int found = 0;
    if (!c->db)
        return 0;
    sqlite3_stmt *s = c->statements[CACHE_SELECT];
    (void)sqlite3_bind_int64(s, 1, cache_key_of(key, key_size));
    const void *value = sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_blob(s, 0) : NULL;
    size_t size = value ? (size_t)sqlite3_column_bytes(s, 0) : 0;
    if (value && cache_value_head(value, size, &head) == 0 && head.path_size == key_size && memcmp(head.path, key, key_size) == 0) {
        int error = cache_value_decode(value, size, arena, out);
        found = error == 0 ? 1 : error == -ENOMEM ? error : 0;
        *then = head.stamp;
        memcpy(registry_key, head.registry_key, CACHE_KEY);
    }
    (void)sqlite3_reset(s);
    return found;
}

int cache_store(struct cache *c, const char *key, size_t key_size, const struct stamp *when_read,
                const unsigned char registry_key[CACHE_KEY], const struct result *r)
{
    if (!c->storing)
        return 0;
    struct cache_value_head head = {.path = key, .path_size = key_size, .stamp = *when_read, .day = c->today};
    memcpy(head.registry_key, registry_key, CACHE_KEY);
    size_t at = c->values.size;
    int error = cache_value_encode(&c->encoder, &c->values, &head, r);
    if (error == -E2BIG)
        c->counts.skipped++;
    if (error)
        return error == -ENOMEM ? error : 0;
    struct cache_pending pending = {.key = cache_key_of(key, key_size), .at = at, .size = c->values.size - at};
    if (!vec_push(&c->pending, pending)) {
        c->values.size = at;
        return -ENOMEM;
    }
    if (c->pending.count >= c->flush_rows || c->values.size >= c->flush_bytes)
        write_batch(c, BUSY_MS);
    return 0;
}

void cache_flush(struct cache *c)
{
    write_batch(c, CACHE_BUSY_MS);
}

void cache_tick(struct cache *c)
{
    int64_t now = monotonic_ms();
    if (now - c->ticked_ms < TICK_MS)
        return;
    c->ticked_ms = now;
    if ((c->pending.count > 0 || c->touched.count > 0) && now - c->written_ms >= WAIT_MS)
        write_batch(c, BUSY_MS);
    cache_end_read(c); /* the next look-up begins one that sees what others wrote, and their log can be emptied */
}
