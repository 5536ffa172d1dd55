/* SPDX-License-Identifier: MIT */
/* Any bytes by any table: what is begun is ended, nothing is kept outside of its member, and the status says what was there. */
#include <stdint.h>
#include <stdlib.h>

#include <adit/dbf.h>
#include <adit/record.h>

#include "../sdk/emit_log.h"

enum { ROW = 8, ROWS = 12, KEPT = 64, GUARD = 16 };

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* A row as eight bytes say. */
static struct adit_row make_row(const uint8_t *d)
{
    static const struct adit_tag names[] = {{0, 0, "none"}, {1, 0, "one"}, {255, 0, "all"}};
    static const uint8_t bases[] = {8, 10, 16, 7};
    struct adit_row r = {.kind = (uint8_t)(1 + d[0] % ADIT_RECORD_END),
                         .name = d[0] & 0x80 ? NULL : "f",
                         .bytes = "\x7f"
                                  "ELF"};
    r.size = r.kind == ADIT_RECORD_MAGIC                                   ? d[1] % 5
             : r.kind == ADIT_RECORD_FOURCC                                ? 4
             : r.kind == ADIT_RECORD_GUID || r.kind == ADIT_RECORD_UUID       ? 16
             : r.kind == ADIT_RECORD_FLOAT                                 ? d[1] & 1 ? 4 : 8
             : r.kind == ADIT_RECORD_UNSIGNED || r.kind == ADIT_RECORD_SIGNED ? d[1] % 10
                                                                        : d[1];
    r.order = d[2] % 3;
    r.base = bases[d[2] >> 2 & 3];
    r.shift = d[2] & 63;
    r.bits = d[3] & 127;
    r.times = d[3] & 3;
    r.per = d[3] & 4 ? 256 : 0;
    r.plus = d[3] & 8 ? 1 : 0;
    r.since = d[3] & 16 ? (uint8_t)(d[4] % 7) : 0;
    r.as_bool = d[3] & 32 ? (uint8_t)(d[4] % 3) : 0;
    r.has_unless = d[4] & 1;
    r.is_word = (d[4] & 2) && r.kind == ADIT_RECORD_UNSIGNED;
    r.wide_when = d[4] & 4;
    r.big_when = d[4] & 8;
    r.when = d[4] >> 4;
    if (d[4] & 16) {
        r.tags = names;
        r.tag_count = 3;
        r.named = "name";
    }
    if (d[5] & 1) {
        r.convert = adit_emit_in_charset;
        r.charset = ADIT_CHARSET_CP437;
    }
    r.keep_as = (d[5] >> 1 & 7) % (ADIT_KEEP_CHARS + 1);
    r.keep_at = d[6] % KEPT;
    r.keep_size = d[7];
    if (r.keep_at + r.keep_size > KEPT)
        r.keep_as = ADIT_KEEP_NOTHING;
    return r;
}

/* A table that is two records of such rows, one of them again and again. */
static void check_dbf(struct emit_log *log, const uint8_t *data, size_t size)
{
    struct adit_dbf table = {.charset = (enum adit_charset)0};
    struct adit_call call = log_call(log, data, size);
    struct adit_cursor c = adit_cursor(&call);
    int32_t status = adit_dbf_read(&c, &table);
    check(log->depth == 0 && table.fields <= ADIT_DBF_FIELDS && table.fields * 32ull <= size);
    check(status == ADIT_MALFORMED || (status == ADIT_OK && adit_tell(&c) >= 32 + 32ull * table.fields));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct emit_log log;
    struct adit_row rows[ROWS];
    uint8_t kept[KEPT + GUARD], before[KEPT + GUARD];
    bool allowed[KEPT] = {false};
    check_dbf(&log, data, size);
    if (size < 1)
        return 0;
    size_t count = data[0] % (ROWS + 1);
    if (size < 1 + count * ROW)
        return 0;
    memset(kept, 0xa5, sizeof kept);
    memcpy(before, kept, sizeof kept);
    for (size_t i = 0; i < count; i++) {
        rows[i] = make_row(data + 1 + i * ROW);
        for (uint32_t k = 0; rows[i].keep_as && k < rows[i].keep_size; k++)
            allowed[rows[i].keep_at + k] = true;
    }
    size_t head = 1 + count * ROW;
    struct adit_call call = log_call(&log, data + head, size - head);
    struct adit_cursor c = adit_cursor(&call), again = c;
    c.big_endian = data[0] & 0x80;
    int32_t status = adit_record(&c, rows, count, kept);
    check(log.depth == 0 && (status == ADIT_OK) == adit_ok(&c) && adit_tell(&c) <= size - head);
    check(status == ADIT_OK || status == ADIT_MALFORMED || status == ADIT_DECLINED || status == ADIT_FAILED);
    check(status != ADIT_OK || adit_tell(&c) >= adit_record_size(rows, count));
    for (size_t i = 0; i < sizeof kept; i++)
        check(kept[i] == before[i] || (i < KEPT && allowed[i]));
    (void)adit_records(&again, "list", rows, count, kept, 3);
    check(log.depth == 0);
    return 0;
}
