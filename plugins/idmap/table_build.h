/* SPDX-License-Identifier: MIT */
/* From a table's text to its indexes: once, in open(). Rows that cannot be used are told with their place and left out. */
#ifndef PLUGINS_IDMAP_TABLE_BUILD_H
#define PLUGINS_IDMAP_TABLE_BUILD_H

#include <stdarg.h>
#include <stdio.h>

#include "table_fold.h"
#include "table_options.h"

enum { TELL = 8 };

struct building {
    const struct adit_call *job;
    uint64_t rows, left_out;
    char told[(TELL + 1) * 300]; size_t told_size; /* lines */
};

/* ---- identifiers ---- */

static inline char table_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline struct adit_text table_without(const struct table *t, struct adit_text id, struct adit_text prefix)
{
    if (prefix.size == 0 || id.size < prefix.size)
        return id;
    for (size_t i = 0; i < prefix.size; i++)
        if (id.data[i] != prefix.data[i] && !(t->fold && table_lower(id.data[i]) == table_lower(prefix.data[i])))
            return id;
    return adit_text_of(id.data + prefix.size, id.size - prefix.size);
}

static inline bool table_is_missing(const struct table *t, struct adit_text id)
{
    for (size_t i = 0; i < t->missing_count; i++)
        if (adit_text_equal(t->missing[i], id))
            return true;
    return id.size == 0;
}

/* The next identifier in a cell. */
static inline bool table_next_id(const struct table *t, struct adit_text *rest, const struct spelling *as, struct adit_text *id)
{
    while (table_split(rest, as->separator, id)) {
        if (table_is_missing(t, *id))
            continue;
        *id = table_without(t, *id, as->prefix);
        if (id->size > 0)
            return true;
    }
    return false;
}

/* As adit_text_equal, for short texts without a call. */
static inline bool table_equal(struct adit_text a, struct adit_text b)
{
    if (a.size != b.size)
        return false;
    if (a.size > 16)
        return memcmp(a.data, b.data, a.size) == 0;
    if (a.size >= 8)
        return index_load(a.data, 8) == index_load(b.data, 8) && index_load(a.data + a.size - 8, 8) == index_load(b.data + a.size - 8, 8);
    if (a.size >= 4)
        return index_load(a.data, 4) == index_load(b.data, 4) && index_load(a.data + a.size - 4, 4) == index_load(b.data + a.size - 4, 4);
    return a.size == 0 || (a.data[0] == b.data[0] && a.data[a.size / 2] == b.data[a.size / 2] && a.data[a.size - 1] == b.data[a.size - 1]);
}

/* Of an identifier of at most ID_BYTES. */
static inline uint32_t table_hash(const struct table *t, struct adit_text id)
{
    char folded[ID_BYTES * 3 / 2];
    if (!t->fold)
        return index_hash(id.data, id.size);
    return index_hash(folded, fold_text(id, folded));
}

static inline bool table_same(const struct table *t, struct adit_text a, struct adit_text b)
{
    char one[ID_BYTES * 3 / 2], other[ID_BYTES * 3 / 2];
    if (adit_text_equal(a, b))
        return true;
    if (!t->fold || a.size > ID_BYTES || b.size > ID_BYTES)
        return false;
    size_t n = fold_text(a, one);
    return n == fold_text(b, other) && memcmp(one, other, n) == 0;
}

static inline bool table_is_obsolete(const struct table *t, const struct row *row)
{
    return t->obsolete != NO_COLUMN && adit_text_equal(table_cell(t, row, t->obsolete), t->obsolete_value);
}

/* ---- rows ---- */

/* Warns, and remembers it for whoever uses the index later. */
static inline __attribute__((format(printf, 2, 3))) void table_tell(struct building *b, const char *format, ...)
{
    char *at = b->told + b->told_size;
    size_t room = sizeof b->told - b->told_size;
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(at, room, format, ap);
    va_end(ap);
    if (n < 0 || (size_t)n + 1 >= room)
        return;
    (void)adit_warn(b->job, at);
    at[n] = '\n';
    b->told_size += (size_t)n + 1;
}

static inline void table_leave_out(struct building *b, uint64_t line, uint32_t cell, const char *why)
{
    if (++b->left_out > TELL)
        return;
    if (cell)
        table_tell(b, "table, line %llu, column %u: %s; the row is left out", (unsigned long long)line, cell, why);
    else
        table_tell(b, "table, line %llu: %s; the row is left out", (unsigned long long)line, why);
}

/* The cell in which something is no text; 0: all of them are. */
static inline uint32_t table_strange_cell(const struct table *t, const struct row *row, const char **why)
{
    struct adit_text all = adit_text_of(t->rows.text + row->begin, (size_t)(row->end - row->begin));
    const char *zero = memchr(all.data, '\0', all.size);
    if (!zero && adit_utf8_valid(all))
        return 0;
    for (uint32_t i = 0; i < row->cells && i < ROW_CELLS; i++) {
        const struct row_cell *c = &row->cell[i];
        struct adit_text text = adit_text_of(t->rows.text + c->begin, (size_t)(c->end - c->begin));
        bool has_zero = memchr(text.data, '\0', text.size) != NULL;
        *why = has_zero ? "a NUL, expected text" : "bytes that are no UTF-8: convert the table";
        if (has_zero || !adit_utf8_valid(text))
            return i + 1;
    }
    *why = zero ? "a NUL, expected text" : "bytes that are no UTF-8: convert the table";
    return row->cells;
}

static inline bool table_is_good(const struct table *t, struct building *b, const struct row *row, uint64_t line)
{
    static const char *const faults[] = {"", "a quote that is not closed within 1 MiB, expected \" at the end of the cell",
                                         "text after a closing quote, expected the delimiter (RFC 4180, 2)",
                                         "a row of more than 1 MiB, expected a line end"};
    char text[120];
    const char *why = faults[row->fault];
    uint32_t cell = row->fault ? row->cells + 1 : 0;
    if (!row->fault && row->cells != t->columns && !(t->ragged && row->cells < t->columns)) {
        (void)snprintf(text, sizeof text, "%u cell%s, expected %u as in the first row", row->cells, row->cells == 1 ? "" : "s",
                       t->columns);
        why = text;
    }
    if (!why[0] && row->odd)
        cell = table_strange_cell(t, row, &why);
    if (why[0] && (cell || why == text))
        table_leave_out(b, line, cell, why);
    return !why[0] || !(cell || why == text);
}

static inline bool table_add(const struct table *t, struct index *x, const struct row *row, const struct columns *columns,
                             const struct spelling *as)
{
    struct adit_text id;
    for (size_t i = 0; i < columns->count; i++)
        for (struct adit_text rest = table_cell(t, row, columns->at[i]); table_next_id(t, &rest, as, &id);)
            if (id.size <= ID_BYTES && !index_add(x, table_hash(t, id), row->begin))
                return false;
    return true;
}

static inline bool table_is_blank(const struct table *t, const struct row *row)
{
    return !row->fault && row->cells == 1 && row->cell[0].end == row->cell[0].begin && t->rows.text[row->begin] != '"';
}

/* The next row that is neither blank nor a comment. False: the table ends. */
static inline bool table_next_row(const struct table *t, struct row_scan *s, uint64_t *at, uint64_t *line, struct row *row)
{
    const struct rows *r = &t->rows;
    while (*at < r->size) {
        if (r->comment.size && r->size - *at >= r->comment.size && memcmp(r->text + *at, r->comment.data, r->comment.size) == 0) {
            *at = rows_line_end(r, *at);
            *at += *at < r->size;
            *s = rows_at(r, *at);
            ++*line;
            continue;
        }
        rows_read(r, s, *at, UINT32_MAX, row);
        *at = row->next;
        *line += row->lines;
        if (!table_is_blank(t, row))
            return true;
    }
    return false;
}

static inline int32_t table_no_memory(const struct adit_call *job, const struct table *t)
{
    (void)adit_warnf(job, "out of memory for the index of a table of %llu bytes: raise [limits] memory", (unsigned long long)t->rows.size);
    return ADIT_FAILED;
}

static inline int32_t table_index(struct building *b, struct table *t)
{
    const struct adit_call *job = b->job;
    uint64_t at = t->first, line = t->line;
    struct row_scan scan = rows_at(&t->rows, at);
    struct row row;
    while (table_next_row(t, &scan, &at, &line, &row)) {
        b->rows++;
        if (!table_is_good(t, b, &row, line - row.lines))
            continue;
        if (!table_add(t, &t->by_key, &row, &t->key, &t->key_as) ||
            !table_add(t, &t->by_key, &row, &t->secondary, &t->secondary_as) ||
            (t->symmetric && !table_is_obsolete(t, &row) && !table_add(t, &t->by_value, &row, &t->value, &t->value_as)))
            return table_no_memory(job, t);
    }
    if (b->left_out > TELL)
        table_tell(b, "table: %llu of %llu rows are left out; the first %d are told", (unsigned long long)b->left_out,
                   (unsigned long long)b->rows, TELL);
    if (b->rows > 0 && b->left_out == b->rows) {
        (void)adit_warnf(job, "no row of the table can be used: is the delimiter right?");
        return ADIT_FAILED;
    }
    return index_build(&t->by_key) && (!t->symmetric || index_build(&t->by_value)) ? ADIT_OK : table_no_memory(job, t);
}

#endif
