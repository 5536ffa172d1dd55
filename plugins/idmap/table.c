/* SPDX-License-Identifier: MIT */
/*
 * Identifiers through a delimited table: a file and a .conf make an id mapper. Rows are RFC 4180 where cells may be quoted, and
 * plain cells between delimiters (text/tab-separated-values as IANA registers it) where not.
 *
 * The text stays where it is mapped; an index leads from an identifier to its rows, and the row is read again for each answer.
 */
#include <adit/adit.h>
#include <stdio.h>
#include <stdlib.h>

#include "table_kept.h"

ADIT_MODULE("table", "1.0.0")

enum { GROUP = 64, REPLACED = 8, POLL = 4096 };

/* ---- open ---- */

static int32_t read_text(const struct adit_call *job, struct table *t)
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

static int32_t read_head(const struct adit_call *job, struct table *t)
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

static void stop(void *state)
{
    struct table *t = state;
    if (!t->is_kept) {
        index_free(&t->by_key);
        index_free(&t->by_value);
    }
    free(t->scratch);
    free(t);
}

static int32_t start(const struct adit_call *job, void **state)
{
    struct table *t = calloc(1, sizeof *t);
    if (!t)
        return ADIT_FAILED;
    int32_t status = table_read_options(job, t);
    if (status == ADIT_OK && t->rows.quote && !(t->scratch = malloc(ROW_BYTES)))
        status = table_no_memory(job, t);
    if (status == ADIT_OK)
        status = read_text(job, t);
    if (status == ADIT_OK)
        status = read_head(job, t);
    if (status == ADIT_OK && !table_take_kept(job, t)) {
        struct building b = {.job = job};
        status = table_index(&b, t);
        if (status == ADIT_OK)
            table_keep(job, t, &b);
    }
    if (status == ADIT_OK)
        *state = t;
    else
        stop(t);
    return status;
}

/* ---- answers ---- */

struct question { size_t number; struct adit_text id; uint32_t hash; struct index_range range; };

static bool has_id(const struct table *t, const struct row *row, const struct columns *columns, const struct spelling *as, struct adit_text id)
{
    struct adit_text other;
    for (size_t i = 0; i < columns->count; i++)
        for (struct adit_text rest = table_cell(t, row, columns->at[i]); table_next_id(t, &rest, as, &other);)
            if (table_same(t, id, other))
                return true;
    return false;
}

/* Links to what these cells say. Returns how many. */
static size_t link_cells(const struct table *t, const struct adit_call *job, size_t number, const struct row *row, const struct columns *columns,
                         const struct spelling *as, uint32_t flags)
{
    struct adit_text target;
    size_t n = 0;
    for (size_t i = 0; i < columns->count; i++)
        for (struct adit_text rest = table_cell(t, row, columns->at[i]); table_next_id(t, &rest, as, &target); n++)
            (void)adit_link_flags(job, number, target, flags);
    return n;
}

static size_t answer(const struct table *t, const struct adit_call *job, const struct question *q, uint32_t flags, unsigned depth);

/* The identifier is withdrawn: what its replacement is linked to, or what the row itself says, or that there is nothing. */
static size_t link_replacement(const struct table *t, const struct adit_call *job, const struct question *q, const struct row *row,
                               uint32_t flags, unsigned depth)
{
    struct adit_text rest = t->replacement == NO_COLUMN ? ADIT_TEXT("") : table_cell(t, row, t->replacement);
    struct question next = {.number = q->number};
    char kept[ID_BYTES]; /* the cell may be in the scratch, which the next answer needs */
    size_t n = 0;
    rest.size = rest.size < sizeof kept ? rest.size : 0;
    memcpy(kept, rest.data, rest.size);
    rest.data = kept;
    while (depth < REPLACED && table_next_id(t, &rest, &t->key_as, &next.id)) {
        if (table_same(t, next.id, q->id))
            continue;
        next.hash = table_hash(t, next.id);
        next.range = index_narrow(&t->by_key, next.hash, index_bucket(&t->by_key, next.hash));
        n += answer(t, job, &next, flags, depth + 1);
    }
    if (n == 0)
        n = link_cells(t, job, q->number, row, &t->value, &t->value_as, flags);
    if (n == 0 && depth == 0)
        n = adit_link_flags(job, q->number, ADIT_TEXT(""), flags) == 0;
    return n;
}

static size_t link_row(const struct table *t, const struct adit_call *job, const struct question *q, const struct row *row, uint32_t flags,
                       unsigned depth)
{
    if (!has_id(t, row, &t->key, &t->key_as, q->id)) {
        if (!has_id(t, row, &t->secondary, &t->secondary_as, q->id))
            return 0; /* another identifier of the same hash */
        flags |= ADIT_LINK_SECONDARY;
    }
    if (table_is_obsolete(t, row))
        return link_replacement(t, job, q, row, flags | ADIT_LINK_OBSOLETE, depth);
    return link_cells(t, job, q->number, row, &t->value, &t->value_as, flags);
}

/* The row that an entry names, as far as the table is still what it was. */
static bool read_row(const struct table *t, uint64_t entry, struct row *row)
{
    uint64_t at = (uint32_t)entry;
    if (at >= t->rows.size)
        return false;
    struct row_scan scan = rows_at(&t->rows, at);
    rows_read(&t->rows, &scan, at, t->want, row);
    return row->fault == ROW_GOOD;
}

/* Most tables are plain: one key, one value, whole cells, in the first 64 bytes of the row. Those cells, or false: look closer. */
static inline bool plain_cells(const struct table *t, uint64_t at, struct adit_text *key, struct adit_text *value)
{
    uint64_t odd, mask, begin = at;
    if (!t->plain || at >= t->rows.size)
        return false;
    mask = rows_mask(&t->rows, at, &odd);
    for (uint32_t i = 0; i < t->want; i++) {
        if (!mask)
            return false;
        uint64_t mark = at + (unsigned)__builtin_ctzll(mask);
        struct adit_text cell = {t->rows.text + begin, (size_t)(mark - begin)};
        bool last = t->rows.text[mark] == '\n';
        if (last && cell.size > 0 && cell.data[cell.size - 1] == '\r')
            cell.size--;
        if (cell.size == 0 || cell.data[0] == ' ' || cell.data[cell.size - 1] == ' ' || (t->rows.quote && cell.data[0] == '"') || (last && i + 1 < t->want))
            return false;
        if (i == t->key.at[0])
            *key = cell;
        if (i == t->value.at[0])
            *value = cell;
        mask &= mask - 1;
        begin = mark + 1;
    }
    return true;
}

/* 1: it is this row, and linked; 0: it is not; -1: look closer. */
static inline int link_plain(const struct table *t, const struct adit_call *job, const struct question *q, uint64_t entry)
{
    struct adit_text key = ADIT_TEXT(""), value = key;
    if (!plain_cells(t, (uint32_t)entry, &key, &value))
        return -1;
    if (!table_equal(key, q->id))
        return t->fold || t->key_as.prefix.size ? -1 : 0;
    (void)adit_link(job, q->number, value);
    return 1;
}

static size_t answer(const struct table *t, const struct adit_call *job, const struct question *q, uint32_t flags, unsigned depth)
{
    const struct index *x = &t->by_key;
    int linked;
    struct row row;
    size_t n = 0;
    uint64_t before = UINT64_MAX; /* a row that has the identifier twice has two equal entries */
    for (size_t i = q->range.at; i < q->range.end && x->entries[i] >> 32 == q->hash; before = x->entries[i++]) {
        if (x->entries[i] == before)
            continue;
        if (depth == 0 && (linked = link_plain(t, job, q, x->entries[i])) >= 0)
            n += (size_t)linked;
        else if (read_row(t, x->entries[i], &row))
            n += link_row(t, job, q, &row, flags, depth);
    }
    return n;
}

static void answer_backward(const struct table *t, const struct adit_call *job, const struct question *q)
{
    const struct index *x = &t->by_value;
    struct row row;
    uint64_t before = UINT64_MAX;
    for (size_t i = q->range.at; i < q->range.end && x->entries[i] >> 32 == q->hash; before = x->entries[i++])
        if (x->entries[i] != before && read_row(t, x->entries[i], &row) && has_id(t, &row, &t->value, &t->value_as, q->id))
            (void)link_cells(t, job, q->number, &row, &t->key, &t->key_as, 0);
}

/* Memory is far away: each step is made for all of a group, so that its misses overlap. */
static void answer_group(const struct table *t, const struct adit_call *job, const struct adit_text *ids, size_t first, size_t n, bool backward)
{
    const struct index *x = backward ? &t->by_value : &t->by_key;
    struct question q[GROUP];
    for (size_t i = 0; i < n; i++) {
        q[i].number = first + i;
        q[i].id = table_without(t, ids[first + i], backward ? t->value_as.prefix : t->key_as.prefix);
        bool possible = q[i].id.size > 0 && q[i].id.size <= ID_BYTES;
        q[i].hash = possible ? table_hash(t, q[i].id) : 0;
        index_prefetch(x, q[i].hash);
    }
    for (size_t i = 0; i < n; i++) {
        q[i].range = index_bucket(x, q[i].hash);
        if (q[i].id.size == 0 || q[i].id.size > ID_BYTES)
            q[i].range.end = q[i].range.at;
        __builtin_prefetch(&x->entries[q[i].range.at]);
    }
    for (size_t i = 0; i < n; i++) {
        q[i].range = index_narrow(x, q[i].hash, q[i].range);
        if (q[i].range.at == q[i].range.end || (uint32_t)x->entries[q[i].range.at] >= t->rows.size)
            continue;
        const char *row = t->rows.text + (uint32_t)x->entries[q[i].range.at];
        __builtin_prefetch(row);
        __builtin_prefetch(row + 63); /* plain_cells looks at 64 bytes */
    }
    for (size_t i = 0; i < n; i++)
        if (backward)
            answer_backward(t, job, &q[i]);
        else
            (void)answer(t, job, &q[i], 0, 0);
}

static int32_t map(void *state, const struct adit_call *job, const struct adit_text *ids, size_t n, uint32_t flags)
{
    const struct table *t = state;
    bool backward = flags & ADIT_MAP_BACKWARD;
    if (backward && !t->symmetric)
        return ADIT_UNSUPPORTED;
    for (size_t at = 0; at < n; at += GROUP) {
        if (at % POLL == 0 && !adit_progress(job, at, n))
            break;
        answer_group(t, job, ids, at, n - at < GROUP ? n - at : GROUP, backward);
    }
    return ADIT_OK;
}

ADIT_MAPPER(start, map, stop)
