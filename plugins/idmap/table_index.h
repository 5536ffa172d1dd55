/* SPDX-License-Identifier: MIT */
/*
 * From a key's hash to the rows that have it. An entry is the upper half of a hash and the offset of a row; entries are sorted, and
 * a directory says where each beginning of a hash starts. So building writes one row behind the other and sorts in two passes that
 * stay in the caches (an open-addressing table costs a miss a row), rows of equal keys stay in their order however many they
 * are, and what is kept on disk is two plain arrays.
 */
#ifndef PLUGINS_IDMAP_TABLE_INDEX_H
#define PLUGINS_IDMAP_TABLE_INDEX_H

#include <adit/text.h>
#include <stdlib.h>
#include <string.h>

struct index {
    uint64_t *entries; /* hash << 32 | offset */
    size_t count, capacity;
    uint32_t *directory; /* of (1 << bits) + 1 */
    unsigned bits;
};

static inline uint64_t index_mix(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t index_load(const char *p, size_t n)
{
    uint64_t v = 0;
    uint32_t w = 0;
    if (n == 8) {
        memcpy(&v, p, 8);
        return v;
    }
    memcpy(&w, p, 4);
    return w;
}

/* 32 bits, well mixed. Kept indexes depend on it: another function is another version of the module. */
static inline uint32_t index_hash(const char *p, size_t n)
{
    const uint64_t k0 = 0x9e3779b97f4a7c15u, k1 = 0xd6e8feb86659fd93u;
    uint64_t a, b, seed = k1 ^ n;
    for (; n > 16; p += 16, n -= 16)
        seed = index_mix(index_load(p, 8) ^ k0, index_load(p + 8, 8) ^ seed);
    if (n >= 8) {
        a = index_load(p, 8);
        b = index_load(p + n - 8, 8);
    } else if (n >= 4) {
        a = index_load(p, 4);
        b = index_load(p + n - 4, 4);
    } else if (n > 0) {
        a = (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[n / 2] << 8 | (unsigned char)p[n - 1];
        b = 0;
    } else {
        a = b = 0;
    }
    uint64_t h = index_mix(index_mix(a ^ k0, b ^ seed), k1);
    return (uint32_t)(h >> 32);
}

static inline bool index_add(struct index *x, uint32_t hash, uint64_t offset)
{
    if (x->count == x->capacity) {
        size_t capacity = x->capacity ? x->capacity * 2 : 4096;
        uint64_t *entries = realloc(x->entries, capacity * sizeof *entries);
        if (!entries)
            return false;
        x->entries = entries;
        x->capacity = capacity;
    }
    x->entries[x->count++] = (uint64_t)hash << 32 | offset;
    return true;
}

enum { INDEX_PARTS_BITS = 10 };

/* Entries that stand in the order of rows go into the parts in that order: equal hashes stay sorted by offset. */
static inline void index_scatter(const uint64_t *from, size_t n, uint64_t *to, size_t *next, unsigned shift, uint64_t mask)
{
    for (size_t i = 0; i < n; i++)
        to[next[(from[i] >> shift) & mask]++] = from[i];
}

static inline int index_compare(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x < y ? -1 : x > y;
}

/* Within a bucket: few entries as a rule; a key that a million rows have makes a large one, which is sorted already but for
 * other keys in it. */
static inline void index_sort_bucket(uint64_t *e, size_t n)
{
    if (n > 64) {
        bool sorted = true;
        for (size_t i = 1; sorted && i < n; i++)
            sorted = e[i - 1] <= e[i];
        if (!sorted)
            qsort(e, n, sizeof *e, index_compare);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        uint64_t v = e[i];
        size_t k = i;
        for (; k > 0 && e[k - 1] > v; k--)
            e[k] = e[k - 1];
        e[k] = v;
    }
}

/* A part's n entries, sorted into `to`, and its piece of the directory. */
static inline void index_sort_part(struct index *x, uint64_t *to, const uint64_t *from, size_t begin, size_t n, size_t first_bucket, size_t buckets)
{
    uint32_t *d = x->directory + first_bucket;
    unsigned shift = 64 - x->bits;
    memset(d, 0, buckets * sizeof *d);
    for (size_t i = 0; i < n; i++)
        d[(from[i] >> shift) & (buckets - 1)]++;
    uint32_t at = (uint32_t)begin;
    for (size_t i = 0; i < buckets; i++) {
        uint32_t here = d[i];
        d[i] = at;
        at += here;
    }
    for (size_t i = 0; i < n; i++)
        to[d[(from[i] >> shift) & (buckets - 1)]++ - begin] = from[i];
    for (size_t i = buckets; i-- > 1;)
        d[i] = d[i - 1];
    d[0] = (uint32_t)begin;
    for (size_t i = 0; i < buckets; i++)
        index_sort_bucket(to + (d[i] - begin), (i + 1 < buckets ? d[i + 1] : begin + n) - d[i]);
}

/* False: out of memory, or more than 2^32 - 1 entries. Nothing is added afterwards. */
static inline bool index_build(struct index *x)
{
    if (x->count >= UINT32_MAX)
        return false;
    for (x->bits = INDEX_PARTS_BITS; x->bits < 31 && ((size_t)1 << (x->bits + 2)) < x->count; x->bits++)
        ;
    size_t parts = (size_t)1 << INDEX_PARTS_BITS, buckets = (size_t)1 << (x->bits - INDEX_PARTS_BITS), next[(1u << INDEX_PARTS_BITS) + 1] = {0};
    uint64_t *sorted = malloc((x->count + 1) * sizeof *sorted);
    x->directory = malloc((((size_t)1 << x->bits) + 1) * sizeof *x->directory);
    if (!sorted || !x->directory) {
        free(sorted);
        return false;
    }
    for (size_t i = 0; i < x->count; i++)
        next[(x->entries[i] >> (64 - INDEX_PARTS_BITS)) + 1]++;
    for (size_t i = 1; i <= parts; i++)
        next[i] += next[i - 1];
    size_t begin = 0;
    index_scatter(x->entries, x->count, sorted, next, 64 - INDEX_PARTS_BITS, parts - 1); /* next[i] is now the end of part i */
    for (size_t i = 0; i < parts; begin = next[i++]) {
        size_t n = next[i] - begin;
        index_sort_part(x, x->entries, sorted + begin, begin, n, i * buckets, buckets);
        if (n > 0)
            memcpy(sorted + begin, x->entries, n * sizeof *sorted); /* from the cache */
    }
    x->directory[(size_t)1 << x->bits] = (uint32_t)x->count;
    free(x->entries);
    x->entries = sorted;
    x->capacity = x->count;
    return true;
}

static inline void index_free(struct index *x)
{
    free(x->entries);
    free(x->directory);
}

static inline void index_prefetch(const struct index *x, uint32_t hash)
{
    __builtin_prefetch(&x->directory[hash >> (32 - x->bits)]);
}

struct index_range { size_t at, end; };

/* The entries that may have this hash. Where the directory makes no sense (a kept one was damaged) there are none. */
static inline struct index_range index_bucket(const struct index *x, uint32_t hash)
{
    size_t bucket = hash >> (32 - x->bits);
    struct index_range range = {x->directory[bucket], x->directory[bucket + 1]};
    if (range.at > range.end || range.end > x->count)
        range.at = range.end = 0;
    return range;
}

/* From its first entry on that has; a range may be long where many rows have one key. */
static inline struct index_range index_narrow(const struct index *x, uint32_t hash, struct index_range r)
{
    uint64_t least = (uint64_t)hash << 32;
    for (size_t high = r.end; high - r.at > 8;) {
        size_t middle = r.at + (high - r.at) / 2;
        if (x->entries[middle] < least)
            r.at = middle + 1;
        else
            high = middle;
    }
    while (r.at < r.end && x->entries[r.at] < least)
        r.at++;
    return r;
}

#endif
