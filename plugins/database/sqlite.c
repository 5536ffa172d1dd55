/* SPDX-License-Identifier: MIT */
/* libraries: sqlite3 */
/* SQLite databases: the header by hand, so that a broken file still tells it; the schema and row counts by the library, over a file
 * system that has nothing but this job's sources. Source: "Database File Format" (sqlite.org/fileformat2.html), 1.3. */
#include "sqlite_schema.h"
#include <adit/record.h>

ADIT_MODULE("sqlite", "1.0.0")

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
/* 1.3.3 */
static const struct adit_tag journals[] = {{1, 0, "rollback"}, {2, 0, "WAL"}};
/* 1.3.13 */
static const struct adit_tag encodings[] = {{1, 0, "UTF-8"}, {2, 0, "UTF-16le"}, {3, 0, "UTF-16be"}};

struct header {
    uint16_t page_size; /* 1: 65536 */
    uint32_t change_counter, pages, largest_root;
};
#define KEEP(member) ADIT_KEEP(struct header, member)

static uint32_t page_size(const struct header *h)
{
    return h->page_size == 1 ? 65536 : h->page_size;
}

/* 1.3.2 */
static void emit_page_size(const struct adit_call *job, const char *name, const struct adit_value *value, void *keep)
{
    (void)value;
    (void)adit_emit_u64(job, name, page_size((const struct header *)keep));
}

/* 1.3.12: the largest root page is 0 where the database is never vacuumed by itself. */
static void emit_auto_vacuum(const struct adit_call *job, const char *name, const struct adit_value *value, void *keep)
{
    bool vacuum = ((const struct header *)keep)->largest_root != 0;
    (void)adit_emit_string(job, name, !vacuum ? "none" : value->as.u64 ? "incremental" : "full");
}

/* 1.3.7: pages are counted where the number is of the last change; otherwise the file's size tells. */
static void emit_page_count(const struct adit_call *job, const char *name, const struct adit_value *value, void *keep)
{
    const struct header *h = (const struct header *)keep;
    bool counted = value->as.u64 == h->change_counter && h->pages > 0;
    (void)adit_emit_u64(job, name, counted ? h->pages : page_size(h) == 0 ? 0 : adit_size(job) / page_size(h));
}

/* 1.3.18: 3040001 is 3.40.1. */
static void emit_version(const struct adit_call *job, const char *name, const struct adit_value *value, void *keep)
{
    uint32_t version = (uint32_t)value->as.u64;
    char text[32];
    (void)keep;
    (void)snprintf(text, sizeof text, "%u.%u.%u", version / 1000000, version / 1000 % 1000, version % 1000);
    (void)adit_emit_string(job, name, text);
}

/* 1.3: the 100 bytes at the beginning. */
static const struct adit_row header[] = {
    ADIT_MAGIC("SQLite format 3\0"),
    ADIT_U16BE("page_size", KEEP(page_size), ADIT_BY(emit_page_size)),
    ADIT_U8(NULL, ADIT_NAMES_OR("journal", journals, "unknown")), /* by the version for writing */
    ADIT_SKIP(1),
    ADIT_U8("reserved_space"),
    ADIT_SKIP(3), /* fractions of payload */
    ADIT_U32BE("change_counter", KEEP(change_counter)),
    ADIT_U32BE(NULL, KEEP(pages)),
    ADIT_SKIP(4), /* the first page of the free list */
    ADIT_U32BE("free_pages"),
    ADIT_U32BE("schema_cookie"),
    ADIT_U32BE("schema_format"),
    ADIT_SKIP(4), /* pages of a cache */
    ADIT_U32BE(NULL, KEEP(largest_root)),
    ADIT_U32BE(NULL, ADIT_NAMES("encoding", encodings)),
    ADIT_I32BE("user_version"),
    ADIT_U32BE("auto_vacuum", ADIT_BY(emit_auto_vacuum)),
    ADIT_U32BE("application_id", ADIT_NAMES("application", applications)),
    ADIT_AT(92),
    ADIT_U32BE("page_count", ADIT_BY(emit_page_count)),
    ADIT_U32BE("sqlite_version", ADIT_UNLESS(0), ADIT_BY(emit_version)),
};

static int32_t run(void *state, const struct adit_call *job)
{
    struct adit_cursor c = adit_cursor(job);
    struct header h = {0};
    (void)state;
    if (adit_record(&c, ADIT_ROWS(header), &h) != ADIT_OK) {
        (void)adit_warn(job, "offset 0: expected \"SQLite format 3\" and a header of 100 bytes");
        return ADIT_MALFORMED;
    }
    adit_source log = adit_companion(job, "wal");
    if (log > 0)
        emit_log(job, log);
    return read_database(job, log);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
