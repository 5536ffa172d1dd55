/* SPDX-License-Identifier: MIT */
/* The indexes of a large table, kept between runs: the arrays as they are, behind a head that says how many. What is read is bounded
 * by what is there; a wrong entry finds a wrong row, whose key then is another. */
#ifndef PLUGINS_IDMAP_TABLE_KEPT_H
#define PLUGINS_IDMAP_TABLE_KEPT_H

#include "table_build.h"

enum { KEPT_LEAST = 4 << 20 }; /* bytes; what is smaller is made again as fast */

struct kept_head {
    char magic[8];
    uint64_t text_size, told; /* bytes of the table, of the warnings */
    uint64_t count[2];        /* entries of by_key, by_value */
    uint64_t bits[2];         /* of their directories; 0: there is none */
};
#define KEPT_MAGIC "table1\n" /* another layout, order or hash is another number */

static inline size_t kept_directory(uint64_t bits)
{
    return bits ? (((size_t)1 << bits) + 1) * sizeof(uint32_t) : 0;
}

static inline void table_keep(const struct adit_call *job, const struct table *t, const struct building *b)
{
    const struct index *key = &t->by_key, *value = &t->by_value;
    struct kept_head h = {KEPT_MAGIC, t->rows.size, b->told_size, {key->count, value->count}, {key->bits, t->symmetric ? value->bits : 0}};
    const struct adit_text parts[] = {
        {(const char *)&h, sizeof h},
        {(const char *)key->entries, key->count * sizeof *key->entries},
        {(const char *)value->entries, value->count * sizeof *value->entries},
        {(const char *)key->directory, kept_directory(h.bits[0])},
        {(const char *)value->directory, kept_directory(h.bits[1])},
        {b->told, b->told_size},
    };
    if ((key->count + value->count) * sizeof *key->entries >= KEPT_LEAST)
        (void)adit_keep(job, parts, sizeof parts / sizeof *parts);
}

static inline bool kept_makes_sense(const struct kept_head *h, const struct table *t, uint64_t size)
{
    const uint64_t most = UINT32_MAX;
    if (memcmp(h->magic, KEPT_MAGIC, sizeof h->magic) != 0 || h->text_size != t->rows.size || h->count[0] >= most || h->count[1] >= most ||
        h->bits[0] < INDEX_PARTS_BITS || h->bits[0] > 31 || h->bits[1] > 31 || (h->bits[1] != 0) != t->symmetric || h->told > ROW_BYTES)
        return false;
    return size == sizeof *h + (h->count[0] + h->count[1]) * sizeof(uint64_t) + kept_directory(h->bits[0]) + kept_directory(h->bits[1]) + h->told;
}

/* What was told when the index was made holds still. */
static inline void tell_again(const struct adit_call *job, const char *at, size_t size)
{
    while (size > 0) {
        const char *feed = memchr(at, '\n', size);
        size_t n = feed ? (size_t)(feed - at) : size;
        (void)adit_warnf(job, "%.*s", (int)n, at);
        size -= n + (feed != NULL);
        at += n + (feed != NULL);
    }
}

/* The indexes from an earlier run. False: there are none. */
static inline bool table_take_kept(const struct adit_call *job, struct table *t)
{
    adit_source source = adit_kept(job);
    uint64_t size = source < 0 ? 0 : adit_source_size(job, source);
    struct kept_head h;
    if (size < sizeof h || adit_read(job, source, 0, &h, sizeof h) != (int64_t)sizeof h || !kept_makes_sense(&h, t, size))
        return false;
    const char *at = adit_view(job, source, 0, (size_t)size).data;
    if (!at)
        return false;
    at += sizeof h;
    struct index *const indexes[] = {&t->by_key, &t->by_value};
    for (int i = 0; i < 2; i++) {
        indexes[i]->entries = (uint64_t *)(uintptr_t)at;
        indexes[i]->count = (size_t)h.count[i];
        indexes[i]->bits = (unsigned)h.bits[i];
        at += h.count[i] * sizeof(uint64_t);
    }
    for (int i = 0; i < 2; at += kept_directory(h.bits[i++]))
        indexes[i]->directory = (uint32_t *)(uintptr_t)at;
    tell_again(job, at, (size_t)h.told);
    return t->is_kept = true;
}

#endif
