/* SPDX-License-Identifier: MIT */
/* The table's text, mapped, and its first row. */
#ifndef PLUGINS_IDMAP_TABLE_TEXT_H
#define PLUGINS_IDMAP_TABLE_TEXT_H

#include "table_build.h"

static inline int32_t read_text(const struct adit_call *job, struct table *t)
{
    adit_source source = adit_resource(job, "table");
    if (source < 0) {
        adit_warn(job, "the .conf has no [resources] table = FILE");
        return ADIT_FAILED;
    }
    t->rows.size = adit_source_size(job, source);
    if (t->rows.size > UINT32_MAX) {
        (void)adit_warnf(job, "the table has %llu bytes, expected at most 4294967295 (4 GiB): split it into several mappers",
                         (unsigned long long)t->rows.size);
        return ADIT_FAILED;
    }
    t->rows.text = t->rows.size ? adit_view(job, source, 0, (size_t)t->rows.size).data : "";
    if (!t->rows.text) {
        (void)adit_warnf(job, "the table's %llu bytes cannot be mapped into memory: raise [limits] memory above that",
                         (unsigned long long)t->rows.size);
        return ADIT_FAILED;
    }
    return ADIT_OK;
}

static inline int32_t read_head(const struct adit_call *job, struct table *t)
{
    struct row_scan scan;
    struct row head;
    uint64_t at = 0, before;
    const char *text = t->rows.text;
    if (t->rows.size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        at = 3;
    if (t->rows.size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0)) {
        adit_warn(job, "the table is UTF-16, expected UTF-8: convert it");
        return ADIT_FAILED;
    }
    t->line = 1;
    before = at;
    scan = rows_at(&t->rows, at);
    if (!table_next_row(t, &scan, &at, &t->line, &head) || head.fault) {
        (void)adit_warnf(job, "the table has no first row to tell its columns%s", head.fault && at > before ? ": its quotes do not match" : "");
        return ADIT_FAILED;
    }
    t->first = t->header ? at : head.begin;
    t->line -= t->header ? 0 : head.lines;
    return table_read_columns(job, t, &head);
}

#endif
