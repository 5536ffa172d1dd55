/* SPDX-License-Identifier: MIT */
/* A file system for SQLite in which there is one database, the job's source, and its write-ahead log, where there is one. Nothing can be
 * written, and nothing else be opened. Source: sqlite.org/c3ref/vfs.html, io_methods.html. */
#ifndef PLUGINS_DATABASE_SQLITE_VFS_H
#define PLUGINS_DATABASE_SQLITE_VFS_H

#include <adit/adit.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

struct sources {
    const struct adit_call *job;
    adit_source log; /* negative: there is none */
    uint64_t bytes_read;
};

struct source_file {
    sqlite3_file base; /* first */
    struct sources *sources;
    adit_source source; /* negative: an empty file */
};

static inline int file_close(sqlite3_file *f)
{
    (void)f;
    return SQLITE_OK;
}

/* What is beyond the end is zeros, and told. */
static inline int file_read(sqlite3_file *f, void *buffer, int n, sqlite3_int64 offset)
{
    struct source_file *file = (struct source_file *)(void *)f;
    int64_t got =
        file->source < 0 ? 0 : adit_read(file->sources->job, file->source, (uint64_t)offset, buffer, (size_t)n);
    if (got < 0)
        return SQLITE_IOERR_READ;
    file->sources->bytes_read += (uint64_t)got;
    memset((char *)buffer + got, 0, (size_t)n - (size_t)got);
    return got < n ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static inline int file_write(sqlite3_file *f, const void *buffer, int n, sqlite3_int64 offset)
{
    (void)f, (void)buffer, (void)n, (void)offset;
    return SQLITE_READONLY;
}

static inline int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    (void)f, (void)size;
    return SQLITE_READONLY;
}

static inline int file_sync(sqlite3_file *f, int flags)
{
    (void)f, (void)flags;
    return SQLITE_OK;
}

static inline int file_size(sqlite3_file *f, sqlite3_int64 *size)
{
    struct source_file *file = (struct source_file *)(void *)f;
    *size = file->source < 0 ? 0 : (sqlite3_int64)adit_source_size(file->sources->job, file->source);
    return SQLITE_OK;
}

static inline int file_lock(sqlite3_file *f, int kind)
{
    (void)f, (void)kind;
    return SQLITE_OK;
}

static inline int file_reserved(sqlite3_file *f, int *out)
{
    (void)f;
    *out = 0;
    return SQLITE_OK;
}

static inline int file_control(sqlite3_file *f, int op, void *argument)
{
    (void)f, (void)op, (void)argument;
    return SQLITE_NOTFOUND;
}

static inline int file_sector(sqlite3_file *f)
{
    (void)f;
    return 4096;
}

static inline int file_traits(sqlite3_file *f)
{
    (void)f;
    return 0;
}

/* Version 1: no shared memory, so that the log's index is the library's own. */
static const sqlite3_io_methods file_methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_lock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
};

static inline int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    struct source_file *file = (struct source_file *)(void *)f;
    (void)name;
    file->base.pMethods = NULL;
    if (!(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)))
        return SQLITE_CANTOPEN;
    file->sources = (struct sources *)vfs->pAppData;
    file->source = flags & SQLITE_OPEN_WAL ? file->sources->log : ADIT_SOURCE_MAIN;
    file->base.pMethods = &file_methods;
    if (out)
        *out = (flags & ~SQLITE_OPEN_READWRITE) | SQLITE_OPEN_READONLY;
    return SQLITE_OK;
}

static inline int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs, (void)name, (void)sync;
    return SQLITE_READONLY;
}

static inline int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    size_t n = strlen(name);
    (void)flags;
    *out = n > 4 && strcmp(name + n - 4, "-wal") == 0 && ((struct sources *)vfs->pAppData)->log >= 0;
    return SQLITE_OK;
}

static inline int vfs_path(sqlite3_vfs *vfs, const char *name, int room, char *out)
{
    (void)vfs;
    return snprintf(out, (size_t)room, "%s", name) < room ? SQLITE_OK : SQLITE_CANTOPEN;
}

/* The same each time, so that results are. */
static inline int vfs_random(sqlite3_vfs *vfs, int n, char *out)
{
    (void)vfs;
    memset(out, 0x5a, (size_t)n);
    return n;
}

static inline int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    return microseconds;
}

static inline int vfs_time(sqlite3_vfs *vfs, double *out)
{
    (void)vfs;
    *out = 2440587.5; /* 1970-01-01 */
    return SQLITE_OK;
}

static inline int vfs_error(sqlite3_vfs *vfs, int n, char *out)
{
    (void)vfs, (void)n, (void)out;
    return 0;
}

/* Makes `sources` the file system of this process under the name that is returned. */
static inline const char *sources_vfs(struct sources *sources)
{
    static sqlite3_vfs vfs = {
        .iVersion = 1,
        .szOsFile = sizeof(struct source_file),
        .mxPathname = 64,
        .zName = "adit",
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_path,
        .xRandomness = vfs_random,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_error,
    };
    vfs.pAppData = sources;
    (void)sqlite3_vfs_register(&vfs, 0);
    return vfs.zName;
}

/* "Database File Format", 4.1: what the write-ahead log says of itself. */
static inline void emit_log(const struct adit_call *job, adit_source log)
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

#endif
