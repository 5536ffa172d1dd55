/* SPDX-License-Identifier: MIT */
/* libraries: sqlite3 */
/* SQLite databases: the header by hand, so that a broken file still tells it; the schema and row counts by the library, over a file
 * system that has nothing but this job's sources. Sources: "Database File Format" (sqlite.org/fileformat2.html), 1.3 and 4.1;
 * "Defense Against The Dark Arts" (sqlite.org/security.html). */
#include "sqlite_vfs.h"
#include <adit/tag.h>
#include <stdlib.h>

ADIT_MODULE("sqlite", "1.0.0")

enum { MAX_OBJECTS = 2000, PROGRESS_STEPS = 1000 };
#define LL(x) ((unsigned long long)(x))

/* Of those that SQLite's own list of application ids names (its file magic.txt). */
static const struct adit_tag applications[] = {
    {0x0f055111, 0, "Fossil repository"},
    {0x0f055112, 0, "Fossil checkout"},
    {0x0f055113, 0, "Fossil global configuration"},
    {0x42654462, 0, "Bentley BeSQLite"},
    {0x42654c6e, 0, "Bentley Localization"},
    {0x45737269, 0, "Esri Spatially-Enabled"},
    {0x47503130, 0, "GeoPackage 1.0"},
    {0x47504b47, 0, "GeoPackage"},
    {0x4d504258, 0, "MBTiles"},
    {0x5f4d544e, 0, "Monotone"},
    {0x6a035744, 0, "TeXnicard"},
};
static const struct adit_tag encodings[] = {{1, 0, "UTF-8"}, {2, 0, "UTF-16le"}, {3, 0, "UTF-16be"}};

struct database {
    const struct adit_call *job;
    struct sources sources;
    sqlite3 *db;
    uint64_t budget, counted; /* bytes that may be read to count rows; tables that were not counted for it */
    bool counting, stopped;
    int32_t status;
};

/* A member of the header, as far as the file has it. */
static uint32_t emit_u32(const struct adit_call *job, struct adit_cursor *c, const char *field)
{
    uint32_t value = adit_read_u32be(c);
    if (adit_ok(c) && field)
        (void)adit_emit_u64(job, field, value);
    return value;
}

/* 1.3: the 100 bytes at the beginning. */
static bool read_header(const struct adit_call *job)
{
    struct adit_cursor c = adit_cursor(job);
    char text[32];
    if (!adit_match(&c, "SQLite format 3", 16) || adit_left(&c) < 8)
        return false;
    uint32_t size = adit_read_u16be(&c);
    adit_emit_u64(job, "page_size", size == 1 ? 65536 : size);
    uint8_t write_version = adit_read_u8(&c);
    adit_emit_string(job, "journal", write_version == 2 ? "WAL" : write_version == 1 ? "rollback" : "unknown");
    (void)adit_read_u8(&c);
    adit_emit_u64(job, "reserved_space", adit_read_u8(&c));
    adit_skip(&c, 3);
    uint32_t counter = emit_u32(job, &c, "change_counter"), pages = emit_u32(job, &c, NULL);
    (void)emit_u32(job, &c, NULL);
    (void)emit_u32(job, &c, "free_pages");
    (void)emit_u32(job, &c, "schema_cookie");
    (void)emit_u32(job, &c, "schema_format");
    (void)emit_u32(job, &c, NULL);
    bool vacuum = emit_u32(job, &c, NULL) != 0;
    adit_emit_tag(job, "encoding", ADIT_TAGS(encodings), emit_u32(job, &c, NULL));
    int32_t user_version = (int32_t)emit_u32(job, &c, NULL);
    if (adit_ok(&c))
        adit_emit_i64(job, "user_version", user_version);
    bool incremental = emit_u32(job, &c, NULL) != 0;
    if (adit_ok(&c))
        adit_emit_string(job, "auto_vacuum", !vacuum ? "none" : incremental ? "incremental" : "full");
    adit_emit_tag(job, "application", ADIT_TAGS(applications), emit_u32(job, &c, "application_id"));
    adit_skip(&c, 20);
    bool counted = emit_u32(job, &c, NULL) == counter && pages > 0; /* 1.3.7: otherwise the file's size tells */
    if (adit_ok(&c))
        adit_emit_u64(job, "page_count", counted ? pages : size == 0 ? 0 : adit_size(job) / (size == 1 ? 65536 : size));
    uint32_t version = emit_u32(job, &c, NULL);
    (void)snprintf(text, sizeof text, "%u.%u.%u", version / 1000000, version / 1000 % 1000, version % 1000);
    if (adit_ok(&c) && version > 0)
        adit_emit_string(job, "sqlite_version", text);
    return adit_ok(&c);
}

/* 4.1: what the write-ahead log says of itself. */
static void read_log(const struct adit_call *job, adit_source log)
{
    struct adit_cursor c = adit_cursor_at(job, log, 0, UINT64_MAX);
    c.big_endian = true;
    uint32_t magic = adit_read_u32(&c), format = adit_read_u32(&c), page = adit_read_u32(&c),
             sequence = adit_read_u32(&c);
    if (!adit_ok(&c) || (magic & ~1u) != 0x377f0682)
        return;
    (void)adit_begin_object(job, "wal");
    adit_emit_u64(job, "format", format);
    adit_emit_u64(job, "checkpoint_sequence", sequence);
    adit_emit_u64(job, "frames", page >= 512 ? (adit_length(&c) - 32) / (24ull + page) : 0);
    (void)adit_end(job);
}

/* Ends work that takes too long: the host asks for it, or counting rows read as much as it may. */
static int on_progress(void *context)
{
    struct database *d = (struct database *)context;
    d->stopped = d->stopped || !adit_progress(d->job, 0, 0);
    return d->stopped || (d->counting && d->sources.bytes_read > d->budget);
}

/* Nothing that a schema says may do more than be read: no function but count, no virtual table, no other database. */
static int on_action(void *context, int action, const char *first, const char *second, const char *database,
                     const char *trigger)
{
    (void)context, (void)first, (void)database, (void)trigger;
    if (action == SQLITE_FUNCTION)
        return second && strcmp(second, "count") == 0 ? SQLITE_OK : SQLITE_DENY;
    return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_PRAGMA ? SQLITE_OK : SQLITE_DENY;
}

static bool open_database(struct database *d)
{
    static const struct {
        int id, value;
    } limits[] = {
        {SQLITE_LIMIT_LENGTH, 4 << 20},     {SQLITE_LIMIT_SQL_LENGTH, 1 << 20}, {SQLITE_LIMIT_EXPR_DEPTH, 100},
        {SQLITE_LIMIT_COMPOUND_SELECT, 10}, {SQLITE_LIMIT_VDBE_OP, 25000},      {SQLITE_LIMIT_FUNCTION_ARG, 8},
        {SQLITE_LIMIT_ATTACHED, 0},         {SQLITE_LIMIT_VARIABLE_NUMBER, 10}, {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
        {SQLITE_LIMIT_WORKER_THREADS, 0},   {SQLITE_LIMIT_COLUMN, 2000}};
    static const int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA,        SQLITE_DBCONFIG_ENABLE_TRIGGER,
                              SQLITE_DBCONFIG_ENABLE_VIEW,           SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER,
                              SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, SQLITE_DBCONFIG_WRITABLE_SCHEMA};
    sqlite3_hard_heap_limit64(48 << 20);
    if (sqlite3_open_v2("main", &d->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, sources_vfs(&d->sources)) !=
        SQLITE_OK)
        return false;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        (void)sqlite3_limit(d->db, limits[i].id, limits[i].value);
    (void)sqlite3_db_config(d->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    for (size_t i = 0; i < sizeof off / sizeof *off; i++)
        (void)sqlite3_db_config(d->db, off[i], 0, NULL);
    sqlite3_progress_handler(d->db, PROGRESS_STEPS, on_progress, d);
    /* Exclusive: the index of the write-ahead log is in memory of our own, as there is nobody to share it with. */
    return sqlite3_exec(d->db,
                        "PRAGMA locking_mode=EXCLUSIVE; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;"
                        "PRAGMA cache_size=-4096; PRAGMA mmap_size=0",
                        NULL, NULL, NULL) == SQLITE_OK &&
           sqlite3_set_authorizer(d->db, on_action, d) == SQLITE_OK;
}

static void tell(struct database *d, const char *what)
{
    int code = sqlite3_errcode(d->db);
    (void)adit_warnf(d->job, "%s: %s", what, sqlite3_errmsg(d->db));
    d->status = code == SQLITE_NOMEM ? ADIT_FAILED : ADIT_MALFORMED;
}

static struct adit_text text_of(sqlite3_stmt *s, int column)
{
    const char *data = (const char *)sqlite3_column_text(s, column);
    return adit_text_of(data, data ? (size_t)sqlite3_column_bytes(s, column) : 0);
}

static sqlite3_stmt *prepare(struct database *d, const char *format, const char *name)
{
    sqlite3_stmt *s = NULL;
    char *sql = sqlite3_mprintf(format, name);
    if (sql && sqlite3_prepare_v2(d->db, sql, -1, &s, NULL) != SQLITE_OK)
        s = NULL;
    sqlite3_free(sql);
    return s;
}

static void emit_columns(struct database *d, const char *name)
{
    sqlite3_stmt *s = prepare(d, "PRAGMA table_xinfo(\"%w\")", name);
    while (s && sqlite3_step(s) == SQLITE_ROW) {
        (void)adit_begin_object(d->job, "columns");
        (void)adit_emit_text(d->job, "name", text_of(s, 1));
        (void)adit_emit_text(d->job, "type", text_of(s, 2));
        if (sqlite3_column_int(s, 3))
            (void)adit_emit_bool(d->job, "not_null", true);
        if (sqlite3_column_type(s, 4) != SQLITE_NULL)
            (void)adit_emit_text(d->job, "default", text_of(s, 4));
        if (sqlite3_column_int(s, 5))
            (void)adit_emit_u64(d->job, "primary_key", (uint64_t)sqlite3_column_int(s, 5));
        if (sqlite3_column_int(s, 6) > 1)
            (void)adit_emit_bool(d->job, "generated", true);
        (void)adit_end(d->job);
    }
    sqlite3_finalize(s);
}

static void count_rows(struct database *d, const char *name)
{
    sqlite3_stmt *s = d->sources.bytes_read <= d->budget ? prepare(d, "SELECT count(*) FROM \"%w\"", name) : NULL;
    d->counting = true;
    if (s && sqlite3_step(s) == SQLITE_ROW)
        (void)adit_emit_i64(d->job, "row_count", sqlite3_column_int64(s, 0));
    else if (d->sources.bytes_read > d->budget)
        d->counted++;
    else
        tell(d, name);
    d->counting = false;
    sqlite3_finalize(s);
}

/* One row of the schema table: type, name, tbl_name, sql. */
static void emit_object(struct database *d, sqlite3_stmt *s)
{
    static const char *const lists[][2] = {
        {"table", "tables"}, {"index", "indexes"}, {"view", "views"}, {"trigger", "triggers"}};
    struct adit_text type = text_of(s, 0), sql = text_of(s, 3);
    const char *name = (const char *)sqlite3_column_text(s, 1);
    for (int i = 0; i < 4; i++) {
        if (!adit_text_is(type, lists[i][0]) || !name)
            continue;
        bool is_virtual = sql.size > 14 && sqlite3_strnicmp(sql.data, "CREATE VIRTUAL", 14) == 0;
        (void)adit_begin_object(d->job, lists[i][1]);
        (void)adit_emit_string(d->job, "name", name);
        if (i == 1 || i == 3)
            (void)adit_emit_text(d->job, "table", text_of(s, 2));
        if (sql.size > 0)
            (void)adit_emit_text(d->job, "sql", sql);
        if (i == 0 && is_virtual)
            (void)adit_emit_bool(d->job, "virtual", true);
        if (i == 0 && !is_virtual) {
            emit_columns(d, name);
            count_rows(d, name);
        }
        (void)adit_end(d->job);
    }
}

static void read_schema(struct database *d)
{
    sqlite3_stmt *s = prepare(d, "SELECT type, name, tbl_name, sql FROM sqlite_schema LIMIT %s", "2001");
    int code = SQLITE_ERROR;
    unsigned count = 0;
    while (s && count < MAX_OBJECTS && !d->stopped && (code = sqlite3_step(s)) == SQLITE_ROW) {
        emit_object(d, s);
        count++;
    }
    if (count == MAX_OBJECTS)
        (void)adit_warnf(d->job, "only the first %d tables, indexes, views and triggers are told", MAX_OBJECTS);
    else if (code != SQLITE_DONE && !d->stopped)
        tell(d, "the schema");
    if (d->counted > 0)
        (void)adit_warnf(d->job, "%llu tables were not counted: that would read more than %llu bytes (option max_read)",
                         LL(d->counted), LL(d->budget));
    sqlite3_finalize(s);
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct database d = {.job = job, .status = ADIT_OK};
    if (!read_header(job)) {
        (void)adit_warn(job, "offset 0: expected \"SQLite format 3\" and a header of 100 bytes");
        return ADIT_MALFORMED;
    }
    d.sources = (struct sources){.job = job, .log = adit_companion(job, "wal")};
    d.budget = adit_option_u64(job, "max_read", 64 << 20);
    if (d.sources.log > 0)
        read_log(job, d.sources.log);
    if (open_database(&d))
        read_schema(&d);
    else
        tell(&d, "the database cannot be opened");
    (void)sqlite3_close_v2(d.db);
    return d.status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
