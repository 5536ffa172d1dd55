/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cache.h"
#include "cache_impl.h"
#include "fields.h"
#include "run_program.h"

struct place {
    char root[64], dir[128], db[160];
};

static int setup(void **state)
{
    struct place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    (void)snprintf(p->root, sizeof p->root, "/tmp/adit-cache-XXXXXX");
    assert_non_null(mkdtemp(p->root));
    (void)snprintf(p->dir, sizeof p->dir, "%s/made/here", p->root);
    (void)snprintf(p->db, sizeof p->db, "%s/results-1.db", p->dir);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct place *p = *state;
    remove_tree(p->root);
    free(p);
    return 0;
}

/* ---- helpers: files that exist only by number ---- */

static struct stamp stamp_for(uint64_t i)
{
    return (struct stamp){.device = 1, .inode = i, .size = 10, .mtime_ns = 1, .ctime_ns = 2, .exists = true};
}

static size_t path_for(uint64_t i, char out[64])
{
    return (size_t)snprintf(out, 64, "/folder-%u/file-%u", (unsigned)(i / 100), (unsigned)i);
}

static struct cache *open_sized(const char *dir, uint64_t max_bytes)
{
    struct cache *c = NULL;
    struct err e = {0};
    assert_int_equal(cache_open(dir, &(struct cache_options){.max_bytes = max_bytes}, &c, &e), 0);
    assert_non_null(c);
    return c;
}

/* Opens and expects nothing to say. */
static struct cache *open_quietly(const struct place *p)
{
    struct cache *c = open_sized(p->dir, 0);
    const char *line = cache_message(c);
    if (line)
        fail_msg("%s", line);
    return c;
}

static void expect_message(struct cache *c, const char *part)
{
    const char *line = cache_message(c);
    assert_non_null(line);
    if (!strstr(line, part))
        fail_msg("'%s' is not in '%s'", part, line);
    assert_null(strchr(line, '\n'));
    assert_null(cache_message(c));
}

/* Stores file i with `fill` bytes of fields that do not compress, and `version` in them. */
static void store_version(struct cache *c, uint64_t i, size_t fill, uint64_t version)
{
    struct buf fields = BUF_INIT;
    struct adit_value v = {.kind = ADIT_KIND_U64, .as.u64 = version};
    field_put_value(&fields, "version", 7, &v);
    char *noise = malloc(fill + 8);
    assert_non_null(noise);
    uint64_t seed = i + 1;
    for (size_t k = 0; k < fill; k += 8) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        memcpy(noise + k, &seed, 8);
    }
    v = (struct adit_value){.kind = ADIT_KIND_BYTES, .as.text = {noise, fill}};
    field_put_value(&fields, "noise", 5, &v);
    struct part part = {.plugin = "p",
                        .version = "1.0.0",
                        .reason = "",
                        .fields = (const unsigned char *)fields.data,
                        .fields_size = fields.size};
    struct result r = {.media = "a/b",
                       .detected = "a/b",
                       .error_text = "",
                       .source_plugin = "",
                       .limit = "",
                       .offset = UINT64_MAX,
                       .parts = &part,
                       .part_count = 1};
    struct stamp stamp = stamp_for(i);
    static const unsigned char key[CACHE_KEY] = {42};
    char path[64];
    assert_int_equal(cache_store(c, path, path_for(i, path), &stamp, key, &r), 0);
    free(noise);
    buf_release(&fields);
}

static void store(struct cache *c, uint64_t i)
{
    store_version(c, i, 16, i);
}

/* The version that is in the cache for file i, or -1. */
static int64_t version_of_stamp(struct cache *c, uint64_t i, const struct stamp *stamp)
{
    struct arena arena = {0};
    struct result *r = NULL;
    unsigned char key[CACHE_KEY];
    char path[64];
    int found = cache_lookup(c, path, path_for(i, path), stamp, &arena, &r, key);
    int64_t version = -1;
    if (found == 1) {
        struct field_event e;
        struct field_reader fields = {r->parts[0].fields, r->parts[0].fields + r->parts[0].fields_size};
        assert_int_equal(field_next(&fields, &e), 1);
        version = (int64_t)e.u64;
        assert_int_equal(key[0], 42);
        assert_string_equal(r->name, path);
        assert_true(r->from_cache);
    } else {
        assert_int_equal(found, 0);
        assert_null(r);
    }
    arena_release(&arena);
    return version;
}

static int64_t version_of(struct cache *c, uint64_t i)
{
    struct stamp stamp = stamp_for(i);
    return version_of_stamp(c, i, &stamp);
}

static size_t hits_of(struct cache *c, uint64_t first, uint64_t last)
{
    size_t hits = 0;
    for (uint64_t i = first; i < last; i++)
        hits += version_of(c, i) == (int64_t)i;
    return hits;
}

static void count_line(void *data, const char *line)
{
    (void)line;
    ++*(size_t *)data;
}

static uint64_t wrong_in(struct cache *c, uint64_t *entries)
{
    struct err e = {0};
    uint64_t wrong = 0;
    size_t lines = 0;
    assert_int_equal(cache_verify(c, count_line, &lines, entries, &wrong, &e), 0);
    assert_int_equal(lines, wrong);
    return wrong;
}

static void run_sql(const struct place *p, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(p->db, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* ---- tests ---- */

static void test_kept_between_runs(void **state)
{
    const struct place *p = *state;
    struct cache *c = open_quietly(p);
    assert_int_equal(version_of(c, 1), -1);
    for (uint64_t i = 0; i < 5000; i++)
        store(c, i);
    assert_int_equal(version_of(c, 5), 5); /* a full batch was written meanwhile */
    cache_close(c);
    c = open_quietly(p);
    assert_int_equal(hits_of(c, 0, 5000), 5000);
    assert_int_equal(version_of(c, 5000), -1);
    struct cache_counts counts;
    cache_counts(c, &counts);
    assert_int_equal(counts.hits, 5000);
    assert_int_equal(counts.misses, 1);
    cache_close(c);
    struct stat st;
    assert_int_equal(stat(p->db, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(p->dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
}

static void test_any_change_of_the_file_misses(void **state)
{
    struct cache *c = open_quietly(*state);
    store(c, 7);
    cache_flush(c);
    assert_int_equal(version_of(c, 7), 7);
    struct stamp changed[6];
    for (size_t i = 0; i < 6; i++)
        changed[i] = stamp_for(7);
    changed[0].device++;
    changed[1].inode++;
    changed[2].size++;
    changed[3].mtime_ns--;
    changed[4].ctime_ns++;
    changed[5].exists = false;
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(version_of_stamp(c, 7, &changed[i]), -1);
    store_version(c, 7, 100, 8); /* replaces, within a batch too */
    store_version(c, 7, 10, 9);
    cache_flush(c);
    assert_int_equal(version_of(c, 7), 9);
    cache_close(c);
}

/* Two paths with one key: the path decides. */
static void test_same_key_of_another_path(void **state)
{
    const struct place *p = *state;
    struct cache *c = open_quietly(p);
    store(c, 1);
    cache_close(c);
    char sql[128], path[64];
    (void)snprintf(sql, sizeof sql, "UPDATE entry SET key = %lld", (long long)cache_key_of(path, path_for(2, path)));
    run_sql(p, sql);
    c = open_quietly(p);
    struct stamp stamp = stamp_for(1); /* even if it had the same stamp */
    assert_int_equal(version_of_stamp(c, 2, &stamp), -1);
    uint64_t entries;
    assert_int_equal(wrong_in(c, &entries), 3); /* another path's, no use, and a use without an entry */
    cache_close(c);
}

static void test_without_a_folder(void **state)
{
    const struct place *p = *state;
    struct cache *c = open_sized(NULL, 0);
    expect_message(c, "nothing is cached");
    store(c, 1);
    cache_tick(c);
    assert_int_equal(version_of(c, 1), -1);
    struct err e = {0};
    struct cache_stats stats;
    assert_int_equal(cache_stats(c, &stats, &e), -ENOENT);
    cache_close(c);
    put_text(p->dir, "a file");
    c = open_sized(p->dir, 0);
    expect_message(c, "it is no directory");
    store(c, 1);
    cache_close(c);
    c = open_sized("/dev/null/cache", 0);
    expect_message(c, "Not a directory");
    cache_close(c);
    cache_close(NULL);
}

/* Whoever can write there could plant results. */
static void test_folders_of_others_are_refused(void **state)
{
    const struct place *p = *state;
    put_dir(p->dir);
    assert_int_equal(chmod(p->dir, 0770), 0);
    struct cache *c = open_sized(p->dir, 0);
    expect_message(c, "others can write to it");
    cache_close(c);
    assert_int_equal(access(p->db, F_OK), -1);
    assert_int_equal(chmod(p->dir, 0700), 0);
    cache_close(open_quietly(p));
    assert_int_equal(chmod(p->db, 0666), 0);
    c = open_sized(p->dir, 0);
    expect_message(c, "others can write to it");
    cache_close(c);
}

static void expect_moved_aside(const struct place *p, const char *why)
{
    char aside[200];
    (void)snprintf(aside, sizeof aside, "%s.damaged", p->db);
    (void)unlink(aside);
    struct cache *c = open_sized(p->dir, 0);
    expect_message(c, why);
    assert_int_equal(access(aside, F_OK), 0);
    store(c, 1);
    cache_close(c);
    c = open_quietly(p);
    assert_int_equal(version_of(c, 1), 1);
    cache_close(c);
}

static void test_foreign_and_damaged_databases_are_moved_aside(void **state)
{
    const struct place *p = *state;
    put_text(p->db, "this is no database, but it is long enough to be looked at as one ------------------------------");
    expect_moved_aside(p, "moved aside");
    put_text(p->db, ""); /* an empty file is a database, and not the cache's */
    expect_moved_aside(p, "is not a cache of this program");
    assert_int_equal(unlink(p->db), 0);
    run_sql(p, "CREATE TABLE other (x); INSERT INTO other VALUES (1)");
    expect_moved_aside(p, "is not a cache of this program");
    run_sql(p, "PRAGMA user_version = 99");
    expect_moved_aside(p, "is not a cache of this program");
    run_sql(p, "DROP TABLE use");
    expect_moved_aside(p, "moved aside");
    run_sql(p, "PRAGMA wal_checkpoint(TRUNCATE)");
    assert_int_equal(truncate(p->db, 4096), 0);
    expect_moved_aside(p, "is damaged");
}

/* Pages overwritten at any place: no look-up is wrong or crashes, and the next run works. */
static void test_damaged_pages(void **state)
{
    const struct place *p = *state;
    struct cache *c = open_quietly(p);
    for (uint64_t i = 0; i < 500; i++)
        store(c, i);
    cache_close(c);
    run_sql(p, "PRAGMA wal_checkpoint(TRUNCATE)");
    size_t size;
    char *good = get_file(p->db, &size);
    assert_true(size > 10 * 4096);
    for (size_t page = 0; page < size / 4096; page += 3) {
        char *bad = malloc(size);
        assert_non_null(bad);
        memcpy(bad, good, size);
        for (size_t k = 100; k < 4096; k += 7)
            bad[page * 4096 + k] = (char)(k * 31);
        put_file(p->db, bad, size);
        free(bad);
        c = open_sized(p->dir, 0);
        for (uint64_t i = 0; i < 500; i++) {
            int64_t version = version_of(c, i);
            assert_true(version == -1 || version == (int64_t)i);
            if (version == -1)
                store(c, i);
        }
        cache_close(c);
        c = open_sized(p->dir, 0);
        for (uint64_t i = 0; i < 500; i++) {
            int64_t version = version_of(c, i);
            assert_true(version == -1 || version == (int64_t)i);
        }
        cache_close(c);
        remove_tree(p->dir);
    }
    free(good);
}

static void test_damaged_values_are_missed_and_replaced(void **state)
{
    const struct place *p = *state;
    struct cache *c = open_quietly(p);
    for (uint64_t i = 0; i < 10; i++)
        store(c, i);
    cache_close(c);
    run_sql(p, "UPDATE entry SET value = CAST(substr(value, 1, length(value) - 1) || x'07' AS BLOB)");
    c = open_quietly(p);
    assert_int_equal(hits_of(c, 0, 10), 0);
    struct cache_counts counts;
    cache_counts(c, &counts);
    assert_int_equal(counts.damaged, 10);
    assert_int_equal(counts.misses, 10);
    uint64_t entries = 0;
    assert_int_equal(wrong_in(c, &entries), 10);
    assert_int_equal(entries, 10);
    for (uint64_t i = 0; i < 10; i++)
        store(c, i);
    cache_flush(c);
    assert_int_equal(hits_of(c, 0, 10), 10);
    assert_int_equal(wrong_in(c, &entries), 0);
    cache_close(c);
}

static void test_least_recently_used_go_first(void **state)
{
    const struct place *p = *state;
    uint64_t max = 1024 * 1024;
    struct cache *c = open_sized(p->dir, max);
    c->today = 100;
    for (uint64_t i = 0; i < 400; i++)
        store_version(c, i, 1000, i);
    cache_flush(c);
    c->today = 101;
    for (uint64_t i = 400; i < 500; i++)
        store_version(c, i, 1000, i);
    assert_int_equal(hits_of(c, 0, 50), 50); /* used again */
    cache_flush(c);
    c->today = 102;
    for (uint64_t i = 500; i < 900; i++)
        store_version(c, i, 1000, i);
    cache_flush(c);
    for (int i = 0; i < 5; i++) {
        store(c, 1000);
        cache_flush(c);
    }
    struct cache_stats stats;
    struct err e = {0};
    assert_int_equal(cache_stats(c, &stats, &e), 0);
    assert_true(stats.bytes <= max);
    assert_true(stats.evicted > 0);
    assert_int_equal(hits_of(c, 500, 900), 400);
    assert_int_equal(hits_of(c, 0, 50), 50);
    assert_int_equal(hits_of(c, 400, 500), 100);
    assert_true(hits_of(c, 50, 400) < 350);
    uint64_t entries;
    assert_int_equal(wrong_in(c, &entries), 0);
    assert_int_equal(entries, stats.entries);
    cache_close(c);
}

static void test_prune_and_clear(void **state)
{
    const struct place *p = *state;
    struct cache *c = open_quietly(p);
    struct err e = {0};
    struct cache_stats stats;
    uint64_t gone = 0;
    c->today = 100;
    for (uint64_t i = 0; i < 1000; i++)
        store_version(c, i, 500, i);
    cache_flush(c);
    c->today = 105;
    assert_int_equal(hits_of(c, 0, 10), 10);
    cache_flush(c);
    assert_int_equal(cache_stats(c, &stats, &e), 0);
    assert_int_equal(stats.entries, 1000);
    assert_int_equal(stats.oldest_day, 100);
    assert_int_equal(stats.newest_day, 105);
    assert_int_equal(stats.hits, 10);
    assert_string_equal(stats.path, p->db);
    uint64_t before = stats.file_bytes;
    assert_int_equal(cache_prune(c, 0, &gone, &e), 0);
    assert_int_equal(gone, 0);
    assert_int_equal(cache_prune(c, 6, &gone, &e), 0);
    assert_int_equal(gone, 0);
    assert_int_equal(cache_prune(c, 5, &gone, &e), 0);
    assert_int_equal(gone, 990);
    assert_int_equal(hits_of(c, 0, 1000), 10);
    assert_int_equal(cache_stats(c, &stats, &e), 0);
    assert_true(stats.file_bytes < before / 4); /* the space is given back */
    assert_int_equal(stats.evicted, 990);
    assert_int_equal(cache_clear(c, &gone, &e), 0);
    assert_int_equal(gone, 10);
    assert_int_equal(cache_stats(c, &stats, &e), 0);
    assert_int_equal(stats.entries, 0);
    assert_int_equal(stats.hits, 0);
    cache_close(c);
    c = open_quietly(p);
    for (uint64_t i = 0; i < 3000; i++)
        store_version(c, i, 1000, i);
    cache_flush(c);
    c->max_bytes = 1024 * 1024;
    assert_int_equal(cache_prune(c, 0, &gone, &e), 0);
    assert_true(gone > 500);
    assert_int_equal(cache_stats(c, &stats, &e), 0);
    assert_true(stats.bytes <= stats.max_bytes);
    assert_true(stats.file_bytes <= stats.max_bytes);
    cache_close(c);
}

static void test_sizes(void **state)
{
    (void)state;
    struct err e = {0};
    uint64_t n;
    assert_int_equal(cache_size_parse("1048576", &n, &e), 0);
    assert_int_equal(n, 1048576);
    assert_int_equal(cache_size_parse("2048K", &n, &e), 0);
    assert_int_equal(n, 2097152);
    assert_int_equal(cache_size_parse("3G", &n, &e), 0);
    assert_int_equal(n, UINT64_C(3) << 30);
    static const char *const bad[] = {"",          "M",    "-5M", " 5M", "5X", "5MB", "1023K", "99999999999999999999",
                                      "16777217T", "0x10M"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(cache_size_parse(bad[i], &n, &e), -EINVAL);
        assert_int_equal(n, UINT64_C(3) << 30);
    }
}

/* ---- other processes ---- */

static void wait_well(pid_t pid)
{
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Processes that start at once on a cache that is not there yet, and write at the same time. */
static void test_many_processes(void **state)
{
    const struct place *p = *state;
    enum { PROCESSES = 4, EACH = 1500 };
    pid_t pids[PROCESSES];
    for (uint64_t k = 0; k < PROCESSES; k++) {
        pids[k] = fork();
        assert_true(pids[k] >= 0);
        if (pids[k] > 0)
            continue;
        struct cache *c = open_sized(p->dir, 0);
        int bad = cache_message(c) != NULL;
        for (uint64_t i = k * EACH; i < (k + 1) * EACH; i++) {
            store(c, i);
            bad += version_of(c, i) != -1 && version_of(c, i) != (int64_t)i;
            if (i % 100 == 0)
                cache_tick(c);
        }
        /* While others write, one waits; what it could not write at the end it would drop. */
        for (int tries = 0; c->pending.count > 0 && tries < 100; tries++)
            cache_flush(c);
        struct cache_counts counts;
        cache_counts(c, &counts);
        bad += counts.skipped > 0 || counts.stored != EACH;
        cache_close(c);
        _exit(bad ? 1 : 0);
    }
    for (size_t k = 0; k < PROCESSES; k++)
        wait_well(pids[k]);
    struct cache *c = open_quietly(p);
    assert_int_equal(hits_of(c, 0, PROCESSES * EACH), PROCESSES * EACH);
    uint64_t entries;
    assert_int_equal(wrong_in(c, &entries), 0);
    cache_close(c);
}

/* Another process that writes and does not end: the run goes on, stores nothing, and counts it. */
static void test_locked_by_another(void **state)
{
    const struct place *p = *state;
    struct cache *c = open_quietly(p);
    store(c, 1);
    cache_flush(c);
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(p->db, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    store(c, 2);
    cache_flush(c);
    assert_int_equal(version_of(c, 1), 1); /* reading goes on */
    assert_int_equal(version_of(c, 2), -1);
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    cache_flush(c);
    assert_int_equal(version_of(c, 2), 2); /* nothing was lost by waiting */
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    for (uint64_t i = 0; i < 40; i++)
        store_version(c, 100 + i, 512 * 1024, i); /* more than is kept waiting */
    struct cache_counts counts;
    cache_counts(c, &counts);
    assert_true(counts.skipped > 0);
    assert_true(c->values.size <= 10 * 1024 * 1024);
    cache_close(c);
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    cache_close(open_quietly(p));
}

/* Killed at any moment: what was written before is there, and nothing is damaged. */
static void test_killed_while_writing(void **state)
{
    const struct place *p = *state;
    for (unsigned round = 0; round < 8; round++) {
        int ends[2];
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            struct cache *c = open_sized(p->dir, 0);
            for (uint32_t i = 0;; i++) {
                store_version(c, i, 300, i);
                if (i % 50 != 49)
                    continue;
                cache_flush(c);
                if (write(ends[1], &i, sizeof i) != sizeof i)
                    _exit(1);
            }
        }
        (void)close(ends[1]);
        uint32_t last = 0;
        for (unsigned i = 0; i < 5 + round * 9; i++)
            assert_int_equal(read(ends[0], &last, sizeof last), sizeof last);
        assert_int_equal(kill(pid, SIGKILL), 0);
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        (void)close(ends[0]);
        struct cache *c = open_quietly(p);
        uint64_t entries;
        assert_int_equal(wrong_in(c, &entries), 0);
        assert_true(entries > last);
        assert_int_equal(hits_of(c, 0, last + 1), last + 1);
        cache_close(c);
    }
}

/* A disk that takes no more: storing ends with one message, reading goes on. */
static void test_full_disk(void **state)
{
    const struct place *p = *state;
    struct cache *c = open_quietly(p);
    store(c, 1);
    cache_close(c);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct rlimit limit = {65536, 65536};
        (void)signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
            _exit(2);
        c = open_sized(p->dir, 0);
        for (uint64_t i = 2; i < 3000; i++)
            store_version(c, i, 400, i);
        cache_flush(c);
        const char *line = cache_message(c);
        int bad = !line || !strstr(line, "new results are not cached");
        bad += cache_message(c) != NULL;
        bad += version_of(c, 1) != 1;
        store(c, 5000);
        cache_flush(c);
        bad += cache_message(c) != NULL;
        cache_close(c);
        _exit(bad);
    }
    wait_well(pid);
    c = open_quietly(p);
    uint64_t entries;
    assert_int_equal(wrong_in(c, &entries), 0);
    assert_int_equal(version_of(c, 1), 1);
    cache_close(c);
}

/* A cache of root's, or in a folder that cannot be written: said, and no harm. */
static void test_read_only(void **state)
{
    const struct place *p = *state;
    struct cache *c = open_quietly(p);
    store(c, 1);
    cache_close(c);
    assert_int_equal(chmod(p->root, 0755), 0);
    char made[128];
    (void)snprintf(made, sizeof made, "%s/made", p->root);
    assert_int_equal(chmod(made, 0755), 0);
    assert_int_equal(chmod(p->dir, 0555), 0);
    assert_int_equal(chmod(p->db, 0444), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
            _exit(2);
        c = open_sized(p->dir, 0);
        const char *line = cache_message(c);
        int bad = !line || !strstr(line, p->db);
        int64_t version = version_of(c, 1);
        bad += version != 1 && version != -1;
        store(c, 2);
        cache_flush(c);
        bad += version_of(c, 2) != -1;
        bad += cache_message(c) != NULL;
        cache_close(c);
        _exit(bad);
    }
    wait_well(pid);
    assert_int_equal(chmod(p->dir, 0700), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_kept_between_runs),
        TEST(test_any_change_of_the_file_misses),
        TEST(test_same_key_of_another_path),
        TEST(test_without_a_folder),
        TEST(test_folders_of_others_are_refused),
        TEST(test_foreign_and_damaged_databases_are_moved_aside),
        TEST(test_damaged_pages),
        TEST(test_damaged_values_are_missed_and_replaced),
        TEST(test_least_recently_used_go_first),
        TEST(test_prune_and_clear),
        cmocka_unit_test(test_sizes),
        TEST(test_many_processes),
        TEST(test_locked_by_another),
        TEST(test_killed_while_writing),
        TEST(test_full_disk),
        TEST(test_read_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
