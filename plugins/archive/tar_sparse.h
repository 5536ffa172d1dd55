/* SPDX-License-Identifier: MIT */
/* Files with holes: the map of the areas that are kept, in its four forms, and the content put together from it. Source:
 * GNU tar manual, appendix D ("Sparse Formats"). */
#ifndef PLUGINS_ARCHIVE_TAR_SPARSE_H
#define PLUGINS_ARCHIVE_TAR_SPARSE_H

#include "tar_member.h"
#include <adit/array.h>
#include <adit/lines.h>

enum { TAR_MAX_AREAS = 100000 };

struct tar_area {
    int64_t offset, size;
};

struct tar_sparse {
    struct tar_area *areas;
    size_t count, capacity;
    int64_t kept, end; /* bytes of all areas; where the last one ends */
};

/* Areas come in order and do not overlap. False: these do not, or there are too many of them. */
static inline bool tar_add_area(struct tar_sparse *s, int64_t offset, int64_t size)
{
    int64_t end;
    struct tar_area *areas =
        (struct tar_area *)adit_grow(s->areas, &s->capacity, s->count, sizeof *areas, TAR_MAX_AREAS);
    if (!areas)
        return false;
    s->areas = areas;
    if (offset < s->end || size < 0 || __builtin_add_overflow(offset, size, &end))
        return false;
    s->areas[s->count++] = (struct tar_area){offset, size};
    s->end = end;
    s->kept += size;
    return true;
}

/* Pairs of 12 bytes each; an empty one ends them. False: they make no map. */
static inline bool tar_take_pairs(struct tar_sparse *s, const char *pairs, size_t count)
{
    int64_t offset, size;
    for (size_t i = 0; i < count && pairs[24 * i] != '\0'; i++)
        if (!tar_number(adit_text_of(pairs + 24 * i, 12), &offset) ||
            !tar_number(adit_text_of(pairs + 24 * i + 12, 12), &size) || !tar_add_area(s, offset, size))
            return false;
    return true;
}

/* Old GNU format: four areas in the header, and blocks of 21 more behind it. *at: behind the header, then behind them. */
static inline bool tar_map_of_header(const struct adit_call *job, const struct tar_header *h, struct tar_sparse *s,
                                     uint64_t *at)
{
    char block[TAR_BLOCK];
    bool good = tar_take_pairs(s, h->block + 386, 4);
    char more = h->block[482];
    while (good && more) {
        if (adit_read(job, ADIT_SOURCE_MAIN, *at, block, TAR_BLOCK) != TAR_BLOCK)
            return false;
        *at += TAR_BLOCK;
        more = block[504];
        size_t before = s->count;
        good = tar_take_pairs(s, block, 21) && s->count > before; /* an empty block would go on for ever */
    }
    return good;
}

/* "OFFSET,SIZE,OFFSET,SIZE" (pax 0.1). */
static inline bool tar_map_of_text(struct adit_text text, struct tar_sparse *s)
{
    int64_t numbers[2];
    for (int i = 0; text.size > 0; i ^= 1) {
        const char *comma = (const char *)memchr(text.data, ',', text.size);
        size_t n = comma ? (size_t)(comma - text.data) : text.size;
        if (!tar_decimal(adit_text_of(text.data, n), &numbers[i]) ||
            (i == 1 && !tar_add_area(s, numbers[0], numbers[1])))
            return false;
        n += comma != NULL;
        text = adit_text_of(text.data + n, text.size - n);
    }
    return true;
}

/* A count, then offsets and sizes, a line each, in whole blocks in front of the data (pax 1.0). */
static inline bool tar_map_of_data(const struct adit_call *job, struct tar_sparse *s, uint64_t *at, uint64_t size)
{
    char room[32];
    int64_t count, offset, length;
    struct adit_lines lines = adit_lines(job, *at, size, room, sizeof room);
    if (!adit_next_line(&lines) || !tar_decimal(lines.line, &count) || count < 0 || count > TAR_MAX_AREAS)
        return false;
    for (int64_t i = 0; i < count; i++)
        if (!adit_next_line(&lines) || !tar_decimal(lines.line, &offset) || !adit_next_line(&lines) ||
            !tar_decimal(lines.line, &length) || !tar_add_area(s, offset, length))
            return false;
    uint64_t used = lines.offset + lines.length + 1 - *at;
    *at += adit_round_up(used, TAR_BLOCK);
    return true;
}

/* By the pax records: version 1.0 has the map in the data, 0.1 in one record, 0.0 in a pair of records an area. */
static inline bool tar_map_of_records(const struct adit_call *job, const struct tar_extended *e, struct tar_sparse *s,
                                      uint64_t *at, uint64_t size)
{
    struct adit_text rest = e->rest, keyword, value;
    int64_t offset = 0, length;
    while (rest.size > 0 && tar_next_record(&rest, &keyword, &value)) {
        if (adit_text_is(keyword, "GNU.sparse.major") && adit_text_is(value, "1"))
            return tar_map_of_data(job, s, at, size);
        if (adit_text_is(keyword, "GNU.sparse.map"))
            return tar_map_of_text(value, s);
        if (adit_text_is(keyword, "GNU.sparse.offset") && !tar_decimal(value, &offset))
            return false;
        if (adit_text_is(keyword, "GNU.sparse.numbytes") &&
            (!tar_decimal(value, &length) || !tar_add_area(s, offset, length)))
            return false;
    }
    return true;
}

/* The content with its holes, as far as the quota goes: areas one after another from `at`, `real_size` bytes in all. */
static inline void tar_emit_sparse(const struct adit_call *job, struct adit_text name, const struct tar_sparse *s,
                                   uint64_t at, int64_t real_size)
{
    int64_t done = 0;
    bool good = true;
    if (adit_open_stream(job, name, NULL) != 0)
        return;
    for (size_t i = 0; i < s->count && good; i++) {
        const struct tar_area *a = &s->areas[i];
        good = adit_write_zeroes(job, (uint64_t)(a->offset - done)) &&
               adit_write_range(job, ADIT_SOURCE_MAIN, at, (uint64_t)a->size);
        at += (uint64_t)a->size;
        done = a->offset + a->size;
    }
    good = good && adit_write_zeroes(job, real_size > done ? (uint64_t)(real_size - done) : 0);
    (void)adit_close_as(job, good);
}

/* A file with holes. *data: behind the header, then behind what is in front of the data. False: its map is damaged. */
static inline bool tar_take_sparse(const struct adit_call *job, const struct tar_header *h, const struct tar_member *m,
                                   const struct tar_extended *local, uint64_t *data)
{
    struct tar_sparse s = {0};
    uint64_t map = *data, n = (uint64_t)m->size;
    bool old = m->type == 'S';
    bool good = old ? tar_map_of_header(job, h, &s, data) : tar_map_of_records(job, local, &s, &map, n);
    uint64_t in_front = old ? 0 : map - *data;
    good = good && in_front <= n && (uint64_t)s.kept == n - in_front && s.end <= m->real_size;
    if (good && s.kept > 0)
        tar_emit_sparse(job, m->name, &s, old ? *data : map, m->real_size);
    free(s.areas);
    return good;
}

#endif
