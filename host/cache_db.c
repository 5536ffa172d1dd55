/* SPDX-License-Identifier: MIT */
/* The cache's database: where it lies, what is in it, and what happens to one that is damaged or somebody else's. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache_impl.h"

/* The number of the format is in the file's name: versions of adit with different formats do not disturb each other. */
#define FILE_NAME "results-1.db"
enum {
    FORMAT = 1,
    APPLICATION_ID = 0x41646974 /* "Adit" */,
    PAGE_CACHE_KIB = 4096,
    WAL_PAGES = 2000,
    SHORT_LOG = 1024 * 1024
};

static const char *const statement_texts[CACHE_STATEMENTS] = {
    [CACHE_BEGIN] = "BEGIN",
    [CACHE_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [CACHE_COMMIT] = "COMMIT",
    [CACHE_ROLLBACK] = "ROLLBACK",
    [CACHE_SELECT] = "SELECT value FROM entry WHERE key = ?1",
    [CACHE_INSERT] = "INSERT OR REPLACE INTO entry (key, value) VALUES (?1, ?2)",
    [CACHE_USE] = "INSERT INTO use (key, day) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET day = ?2 WHERE day <> ?2",
    [CACHE_TOUCH] = "UPDATE use SET day = ?2 WHERE key = ?1 AND day <> ?2",
    [CACHE_OLDEST] = "SELECT key FROM use WHERE day <= ?2 ORDER BY day, key LIMIT ?1",
    [CACHE_DELETE] = "DELETE FROM entry WHERE key = ?1",
    [CACHE_DELETE_USE] = "DELETE FROM use WHERE key = ?1",
    [CACHE_COUNT] = "UPDATE total SET hits = hits + ?1, misses = misses + ?2, evicted = evicted + ?3",
    [CACHE_PAGES] = "PRAGMA page_count",
    [CACHE_FREE_PAGES] = "PRAGMA freelist_count",
};

/* `use` is apart from the values, so that noting a use does not write values again. */
static const char schema[] =
    "CREATE TABLE entry (key INTEGER PRIMARY KEY, value BLOB NOT NULL);"
    "CREATE TABLE use (key INTEGER PRIMARY KEY, day INTEGER NOT NULL);"
    "CREATE INDEX use_day ON use (day);"
    "CREATE TABLE total (hits INTEGER NOT NULL, misses INTEGER NOT NULL, evicted INTEGER NOT NULL);"
    "INSERT INTO total VALUES (0, 0, 0);";

void cache_say(struct cache *c, const char *fmt, ...)
{
    char *line = NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = vasprintf(&line, fmt, ap);
    va_end(ap);
    if (n < 0)
        return;
    if (c->message_count == sizeof c->messages / sizeof *c->messages) {
        free(line);
        return;
    }
    c->messages[c->message_count++] = line;
}

int cache_run(struct cache *c, enum cache_statement statement)
{
    int code = sqlite3_step(c->statements[statement]);
    int reset = sqlite3_reset(c->statements[statement]);
    return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : reset != SQLITE_OK ? reset : code;
}

int cache_run_key(struct cache *c, enum cache_statement statement, int64_t key)
{
    int code = sqlite3_bind_int64(c->statements[statement], 1, key);
    return code == SQLITE_OK ? cache_run(c, statement) : code;
}

uint64_t cache_number(struct cache *c, enum cache_statement statement)
{
    sqlite3_stmt *s = c->statements[statement];
    uint64_t n = sqlite3_step(s) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(s, 0) : 0;
    (void)sqlite3_reset(s);
    return n;
}

uint64_t cache_bytes_in_use(struct cache *c)
{
    uint64_t pages = cache_number(c, CACHE_PAGES), unused = cache_number(c, CACHE_FREE_PAGES);
    return (pages > unused ? pages - unused : 0) * c->page_size;
}

void cache_end_read(struct cache *c)
{
    if (c->reading)
        (void)cache_run(c, CACHE_COMMIT);
    c->reading = false;
}

/* The last close of a database empties its log into it and waits for the disk. Where there is little in it, that is
 * left to a later run: one that looks at a single file should end at once. */
static void leave_short_log(struct cache *c)
{
    char log[PATH_MAX];
    struct stat st;
    if ((size_t)snprintf(log, sizeof log, "%s-wal", c->path) < sizeof log && stat(log, &st) == 0 &&
        st.st_size < SHORT_LOG)
        (void)sqlite3_db_config(c->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

void cache_db_close(struct cache *c)
{
    cache_end_read(c);
    if (c->db)
        leave_short_log(c);
    for (size_t i = 0; i < CACHE_STATEMENTS; i++) {
        (void)sqlite3_finalize(c->statements[i]);
        c->statements[i] = NULL;
    }
    if (c->db)
        (void)sqlite3_close(c->db);
    c->db = NULL;
}

static int make_dirs(const char *dir)
{
    char path[PATH_MAX];
    size_t size = strlen(dir);
    if (size == 0 || size >= sizeof path)
        return size ? -ENAMETOOLONG : -ENOENT;
    memcpy(path, dir, size + 1);
    for (size_t i = 1; i <= size; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        char end = path[i];
        path[i] = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST && errno != EROFS && errno != EACCES)
            return -errno;
        path[i] = end;
    }
    return 0;
}

/* Results are shown as if found in files: nobody else may be able to plant them. */
static bool is_ours(struct cache *c, const char *path, mode_t kind)
{
    struct stat st;
    if (lstat(path, &st) != 0 || (kind == S_IFDIR && stat(path, &st) != 0)) {
        cache_say(c, "cache: cannot use '%s': %s; nothing is cached", path, strerror(errno));
        return false;
    }
    const char *wrong = (st.st_mode & S_IFMT) != kind ? kind == S_IFDIR ? "it is no directory" : "it is no regular file"
                        : st.st_uid != geteuid() && st.st_uid != 0 ? "it belongs to another user"
                        : st.st_mode & (S_IWGRP | S_IWOTH)         ? "others can write to it (chmod go-w)"
                                                                   : NULL;
    if (wrong)
        cache_say(c, "cache: '%s' is not used, since %s; nothing is cached", path, wrong);
    return !wrong;
}

static int exec(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* Taken while a database is made or moved aside, so that of two processes one does it. The lock's descriptor, or -1. */
static int lock_folder(const struct cache *c)
{
    int fd = open(c->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int tries = 0; fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0; tries++) {
        if (errno != EWOULDBLOCK || tries == CACHE_BUSY_MS) {
            (void)close(fd);
            return -1;
        }
        (void)usleep(1000);
    }
    return fd;
}

/* What SQLite keeps beside a database must not outlive it: a log would be replayed into the next one. */
static void remove_logs(const char *path)
{
    static const char *const suffixes[] = {"-wal", "-shm"};
    char log[PATH_MAX];
    for (size_t i = 0; i < 2; i++)
        if ((size_t)snprintf(log, sizeof log, "%s%s", path, suffixes[i]) < sizeof log)
            (void)unlink(log);
}

/* The log is switched on last and stays empty: SQLite's closing does not tell where it could not be emptied. */
static int fill_database(const char *path)
{
    sqlite3 *db = NULL;
    char sql[256];
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    (void)snprintf(sql, sizeof sql,
                   "PRAGMA synchronous = OFF; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = MEMORY; "
                   "PRAGMA application_id = %d; PRAGMA user_version = %d;",
                   APPLICATION_ID, FORMAT);
    if (code == SQLITE_OK)
        code = exec(db, sql);
    if (code == SQLITE_OK)
        code = exec(db, schema);
    if (code == SQLITE_OK)
        code = exec(db, "PRAGMA journal_mode = WAL");
    int closed = sqlite3_close(db);
    return code == SQLITE_OK ? closed : code;
}

/* Makes the database under another name and puts it in its place when it is whole. SQLITE_OK or a code. */
static int make_database(struct cache *c)
{
    char fresh[PATH_MAX];
    if ((size_t)snprintf(fresh, sizeof fresh, "%s.new", c->path) >= sizeof fresh)
        return SQLITE_CANTOPEN;
    int lock = lock_folder(c);
    if (lock < 0)
        return SQLITE_CANTOPEN;
    int code = SQLITE_OK;
    if (access(c->path, F_OK) != 0) { /* else another process was faster */
        (void)unlink(fresh);
        remove_logs(fresh);
        remove_logs(c->path);
        int fd = open(fresh, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        code = fd >= 0 ? fill_database(fresh) : errno == ENOSPC ? SQLITE_FULL : SQLITE_CANTOPEN;
        if (fd >= 0)
            (void)close(fd);
        if (code == SQLITE_OK && rename(fresh, c->path) != 0)
            code = errno == ENOSPC ? SQLITE_FULL : SQLITE_CANTOPEN;
        if (code != SQLITE_OK)
            (void)unlink(fresh);
        remove_logs(fresh);
    }
    (void)close(lock);
    return code;
}

static int64_t pragma_number(sqlite3 *db, const char *sql, int *code)
{
    sqlite3_stmt *s = NULL;
    int64_t n = 0;
    *code = sqlite3_prepare_v2(db, sql, -1, &s, NULL);
    if (*code == SQLITE_OK) {
        *code = sqlite3_step(s);
        if (*code == SQLITE_ROW)
            n = sqlite3_column_int64(s, 0);
        *code = *code == SQLITE_ROW || *code == SQLITE_DONE ? SQLITE_OK : *code;
    }
    (void)sqlite3_finalize(s);
    return n;
}

/* SQLITE_NOTADB also where the database is not the cache's. */
static int check_database(struct cache *c)
{
    int code;
    int64_t id = pragma_number(c->db, "PRAGMA application_id", &code);
    if (code != SQLITE_OK)
        return code;
    int64_t format = pragma_number(c->db, "PRAGMA user_version", &code);
    if (code != SQLITE_OK)
        return code;
    if (id != APPLICATION_ID || format != FORMAT)
        return SQLITE_NOTADB;
    c->page_size = (uint64_t)pragma_number(c->db, "PRAGMA page_size", &code);
    for (size_t i = 0; i < CACHE_STATEMENTS && code == SQLITE_OK; i++)
        code = sqlite3_prepare_v3(c->db, statement_texts[i], -1, SQLITE_PREPARE_PERSISTENT, &c->statements[i], NULL);
    /* With the right mark and without the tables it is no cache either. */
    return code == SQLITE_ERROR ? SQLITE_NOTADB : code;
}

/* Not mapped: pages of a mapping count as this process's memory, and a file that another program cuts would kill it. */
static int configure(struct cache *c)
{
    char sql[256];
    (void)snprintf(sql, sizeof sql,
                   "PRAGMA synchronous = NORMAL; PRAGMA mmap_size = 0; PRAGMA cache_size = -%d; "
                   "PRAGMA wal_autocheckpoint = %d; PRAGMA journal_size_limit = %d; PRAGMA temp_store = MEMORY;",
                   PAGE_CACHE_KIB, WAL_PAGES, WAL_PAGES * 4096);
    (void)sqlite3_extended_result_codes(c->db, 0);
    (void)sqlite3_busy_timeout(c->db, CACHE_BUSY_MS);
    return exec(c->db, sql);
}

static int open_database(struct cache *c, int flags)
{
    int code = sqlite3_open_v2(c->path, &c->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
    if (code == SQLITE_OK)
        code = configure(c);
    if (code == SQLITE_OK)
        code = check_database(c);
    if (code != SQLITE_OK)
        cache_db_close(c);
    return code;
}

static bool is_damage(int code)
{
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_SCHEMA || code == SQLITE_MISMATCH;
}

/* True: the database's place is free. */
static bool move_aside(struct cache *c, const char *why)
{
    char aside[PATH_MAX];
    cache_db_close(c);
    (void)snprintf(aside, sizeof aside, "%s.damaged", c->path);
    int lock = lock_folder(c);
    struct stat st;
    bool replaced = stat(c->path, &st) != 0 || st.st_ino != c->inode;
    int error = replaced ? 0 : rename(c->path, aside) == 0 ? 0 : errno;
    if (!replaced && !error)
        remove_logs(c->path);
    if (lock >= 0)
        (void)close(lock);
    if (error)
        cache_say(c, "cache: '%s' %s and cannot be moved aside: %s; nothing is cached", c->path, why, strerror(error));
    else if (!replaced) /* else another process did the same, and told */
        cache_say(c, "cache: '%s' %s: moved aside to '%s', and a new one is begun", c->path, why, aside);
    return !error;
}

/* Does the file begin as the cache's database does (SQLite file format, 1.3)? SQLite itself would not look, as long as a log
 * beside the file has every page. */
static bool has_mark(const char *path)
{
    enum { ID_AT = 68, HEAD = 72 };
    const unsigned char id[4] = {APPLICATION_ID >> 24, APPLICATION_ID >> 16 & 0xff, APPLICATION_ID >> 8 & 0xff, APPLICATION_ID & 0xff};
    unsigned char head[HEAD];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return true; /* why it cannot be opened, or read, is for SQLite to say */
    size_t size = 0;
    ssize_t n = 1;
    while (size < sizeof head && n != 0) {
        n = pread(fd, head + size, sizeof head - size, (off_t)size);
        if (n < 0 && errno != EINTR)
            break;
        size += n > 0 ? (size_t)n : 0;
    }
    (void)close(fd);
    if (n < 0)
        return true;
    return size == HEAD && memcmp(head, "SQLite format 3", 16) == 0 && memcmp(head + ID_AT, id, sizeof id) == 0;
}

/* Opens what is there for writing, or for reading; makes it where there is nothing. */
static int open_or_make(struct cache *c)
{
    c->storing = true;
    if (access(c->path, F_OK) != 0) {
        int code = make_database(c);
        if (code != SQLITE_OK)
            return code;
    }
    if (!is_ours(c, c->path, S_IFREG))
        return SQLITE_AUTH;
    struct stat st;
    c->inode = stat(c->path, &st) == 0 ? st.st_ino : 0;
    int code = has_mark(c->path) ? open_database(c, SQLITE_OPEN_READWRITE) : SQLITE_NOTADB;
    if (code == SQLITE_OK && sqlite3_db_readonly(c->db, "main") == 1)
        code = SQLITE_READONLY;
    if (code != SQLITE_READONLY && code != SQLITE_CANTOPEN && code != SQLITE_PERM)
        return code;
    cache_db_close(c);
    c->storing = false;
    code = open_database(c, SQLITE_OPEN_READONLY);
    if (code == SQLITE_OK)
        cache_say(c, "cache: '%s' cannot be written: new results are not cached", c->path);
    return code;
}

bool cache_is_there(const char *dir)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/" FILE_NAME, dir);
    return n > 0 && (size_t)n < sizeof path && access(path, F_OK) == 0;
}

void cache_db_open(struct cache *c)
{
    /* One thread, and nobody asks how much memory SQLite uses: about 4 % less time. Refused, harmlessly, once a
     * database is open. */
    (void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    int error = make_dirs(c->dir);
    if (error) {
        cache_say(c, "cache: cannot make the folder '%s': %s; nothing is cached", c->dir, strerror(-error));
        return;
    }
    if (!is_ours(c, c->dir, S_IFDIR))
        return;
    if (!c->path && asprintf(&c->path, "%s/" FILE_NAME, c->dir) < 0) {
        c->path = NULL;
        return;
    }
    int code = open_or_make(c);
    if (is_damage(code) && !c->renewed) {
        c->renewed = true;
        bool moved = move_aside(c, code == SQLITE_NOTADB ? "is not a cache of this program" : "is damaged");
        code = moved ? open_or_make(c) : SQLITE_AUTH;
    }
    if (code != SQLITE_OK && code != SQLITE_AUTH) /* of the latter was told already */
        cache_say(c, "cache: cannot open '%s': %s; nothing is cached", c->path, sqlite3_errstr(code));
}

void cache_db_failed(struct cache *c, int code, const char *doing)
{
    if (is_damage(code) && !c->renewed) {
        c->renewed = true;
        if (move_aside(c, "is damaged"))
            cache_db_open(c);
        return;
    }
    if (!c->storing)
        return;
    c->storing = false;
    cache_say(c, "cache: cannot %s '%s': %s; new results are not cached", doing, c->path, sqlite3_errstr(code));
}
