/* SPDX-License-Identifier: MIT */
/* Most tables are plain: one key, one value, whole cells, in the first 64 bytes of the row. Such rows are answered at a glance. */
#ifndef PLUGINS_IDMAP_TABLE_PLAIN_H
#define PLUGINS_IDMAP_TABLE_PLAIN_H

#include "table_kept.h"

struct question { size_t number; struct adit_text id; uint32_t hash; struct index_range range; };

/* The two cells, or false: look closer. */
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

#endif
