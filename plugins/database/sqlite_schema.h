/* SPDX-License-Identifier: MIT */
/* The schema and row counts, by the library. Part of sqlite.c. Sources: sqlite.org/schematab.html, pragma.html; "Defense Against The
 * Dark Arts" (sqlite.org/security.html). */
#ifndef PLUGINS_DATABASE_SQLITE_SCHEMA_H
#define PLUGINS_DATABASE_SQLITE_SCHEMA_H

#include "sqlite_vfs.h"

enum { MAX_OBJECTS = 2000, PROGRESS_STEPS = 1000 };

struct database {
    const struct adit_call *job;
    struct sources sources;
    sqlite3 *db;
    uint64_t budget, counted; /* bytes that may be read to count rows; tables that were not counted for it */
    bool counting, stopped;
    int32_t status;
};

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
                         (unsigned long long)d->counted, (unsigned long long)d->budget);
    sqlite3_finalize(s);
}

/* The database, over its file and its log, where there is one. Returns the status of the job. */
static int32_t read_database(const struct adit_call *job, adit_source log)
{
    struct database d = {.job = job, .status = ADIT_OK, .sources = {.job = job, .log = log}};
    d.budget = adit_option_u64(job, "max_read", 64 << 20);
    if (open_database(&d))
        read_schema(&d);
    else
        tell(&d, "the database cannot be opened");
    (void)sqlite3_close_v2(d.db);
    return d.status;
}

#endif
