/* SPDX-License-Identifier: MIT */
/* From an identifier to its links: the rows that the index names are read again, and what they say is given. */
#ifndef PLUGINS_IDMAP_TABLE_ANSWER_H
#define PLUGINS_IDMAP_TABLE_ANSWER_H

#include "table_plain.h"

enum { REPLACED = 8 };

static inline bool has_id(const struct table *t, const struct row *row, const struct columns *columns, const struct spelling *as, struct adit_text id)
{
    struct adit_text other;
    for (size_t i = 0; i < columns->count; i++)
        for (struct adit_text rest = table_cell(t, row, columns->at[i]); table_next_id(t, &rest, as, &other);)
            if (table_same(t, id, other))
                return true;
    return false;
}

/* Links to what these cells say. Returns how many. */
static inline size_t link_cells(const struct table *t, const struct adit_call *job, size_t number, const struct row *row, const struct columns *columns,
                         const struct spelling *as, uint32_t flags)
{
    struct adit_text target;
    size_t n = 0;
    for (size_t i = 0; i < columns->count; i++)
        for (struct adit_text rest = table_cell(t, row, columns->at[i]); table_next_id(t, &rest, as, &target); n++)
            (void)adit_link_flags(job, number, target, flags);
    return n;
}

static inline size_t answer(const struct table *t, const struct adit_call *job, const struct question *q, uint32_t flags, unsigned depth);

/* The identifier is withdrawn: what its replacement is linked to, or what the row itself says, or that there is nothing. */
static inline size_t link_replacement(const struct table *t, const struct adit_call *job, const struct question *q, const struct row *row,
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

static inline size_t link_row(const struct table *t, const struct adit_call *job, const struct question *q, const struct row *row, uint32_t flags,
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
static inline bool read_row(const struct table *t, uint64_t entry, struct row *row)
{
    uint64_t at = (uint32_t)entry;
    if (at >= t->rows.size)
        return false;
    struct row_scan scan = rows_at(&t->rows, at);
    rows_read(&t->rows, &scan, at, t->want, row);
    return row->fault == ROW_GOOD;
}

static inline size_t answer(const struct table *t, const struct adit_call *job, const struct question *q, uint32_t flags, unsigned depth)
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

static inline void answer_backward(const struct table *t, const struct adit_call *job, const struct question *q)
{
    const struct index *x = &t->by_value;
    struct row row;
    uint64_t before = UINT64_MAX;
    for (size_t i = q->range.at; i < q->range.end && x->entries[i] >> 32 == q->hash; before = x->entries[i++])
        if (x->entries[i] != before && read_row(t, x->entries[i], &row) && has_id(t, &row, &t->value, &t->value_as, q->id))
            (void)link_cells(t, job, q->number, &row, &t->key, &t->key_as, 0);
}

#endif
