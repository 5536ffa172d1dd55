/* SPDX-License-Identifier: MIT */
/* Heads of dBASE's tables. */
#include <adit/dbf.h>
#include <adit/emit.h>
#include <adit/record.h>
#include <adit/time.h>

#define KEEP(member) ADIT_KEEP(struct adit_dbf, member)

/* The form is the charset. */
static const struct adit_tag drivers[] = {
    {0x01, ADIT_CHARSET_CP437, "437"},
    {0x02, ADIT_CHARSET_CP850, "850"},
    {0x03, ADIT_CHARSET_WINDOWS_1252, "1252"},
    {0x04, ADIT_CHARSET_MACINTOSH, "Macintosh"},
    {0x08, ADIT_CHARSET_CP865, "865"},
    {0x26, ADIT_CHARSET_CP866, "866"},
    {0x57, ADIT_CHARSET_WINDOWS_1252, "ANSI 1252"},
    {0x64, ADIT_CHARSET_CP852, "852"},
    {0x65, ADIT_CHARSET_CP866, "866"},
    {0x66, ADIT_CHARSET_CP865, "865"},
    {0x67, ADIT_CHARSET_CP861, "861"},
    {0x6a, ADIT_CHARSET_CP737, "737"},
    {0x6b, ADIT_CHARSET_CP857, "857"},
    {0x87, ADIT_CHARSET_CP852, "852"},
    {0xc8, ADIT_CHARSET_WINDOWS_1250, "1250"},
    {0xc9, ADIT_CHARSET_WINDOWS_1251, "1251"},
    {0xca, ADIT_CHARSET_WINDOWS_1254, "1254"},
    {0xcb, ADIT_CHARSET_WINDOWS_1253, "1253"},
    {0xcc, ADIT_CHARSET_WINDOWS_1257, "1257"},
};

static void emit_update(const struct adit_call *job, const char *name, const struct adit_value *value, void *keep)
{
    const struct adit_dbf *t = (const struct adit_dbf *)keep;
    struct adit_time date = {.year = 1900 + t->year, .month = t->month, .day = t->day};
    (void)value;
    date.precision = ADIT_TIME_DAY;
    date.zone = ADIT_ZONE_UNKNOWN;
    if (adit_time_valid(&date))
        (void)adit_emit_time(job, name, date);
}

static void emit_name(const struct adit_call *job, const char *name, const struct adit_value *value, void *keep)
{
    const struct adit_dbf *t = (const struct adit_dbf *)keep;
    (void)adit_emit_in_charset(job, name, t->charset ? t->charset : ADIT_CHARSET_LATIN1, value->as.text);
}

static const struct adit_row head[] = {
    ADIT_U8("version", KEEP(version)),
    ADIT_U8(NULL, KEEP(year)),
    ADIT_U8(NULL, KEEP(month)),
    ADIT_U8("last_update", KEEP(day), ADIT_BY(emit_update)),
    ADIT_U32LE("record_count", KEEP(records)),
    ADIT_U16LE(NULL, KEEP(head_size)),
    ADIT_U16LE("record_size", KEEP(record_size)),
    ADIT_AT(29),
    ADIT_U8("language_driver", KEEP(language_driver), ADIT_NAMES("code_page", drivers)),
    ADIT_AT(32),
};

static const struct adit_row field[] = {
    ADIT_CHARS(11, "name", ADIT_BY(emit_name)),
    ADIT_CHARS(1, "type"),
    ADIT_SKIP(4), /* where it is in a record, of a program's own */
    ADIT_U8("length"),
    ADIT_U8("decimals", ADIT_UNLESS(0)),
    ADIT_SKIP(14),
};

int32_t adit_dbf_read(struct adit_cursor *c, struct adit_dbf *table)
{
    int32_t status = adit_record(c, ADIT_ROWS(head), table);
    const struct adit_tag *driver = adit_tag_find(ADIT_TAGS(drivers), table->language_driver);
    table->fields = 0;
    if (!table->charset && driver)
        table->charset = (enum adit_charset)driver->form;
    while (status == ADIT_OK && table->fields < ADIT_DBF_FIELDS && !adit_match_literal(c, "\r")) {
        status = adit_records(c, "fields", ADIT_ROWS(field), table, 1);
        table->fields += status == ADIT_OK;
    }
    return status;
}
