/* SPDX-License-Identifier: MIT */
#include <adit/sketch.h>
#include <math.h>

enum { BITS = 10, REGISTERS = 1 << BITS };

/* FNV-1a, its bits mixed so that all of them depend on all: the estimate needs that, and no more. */
static uint64_t hash(const void *data, size_t n)
{
    const uint8_t *p = (const uint8_t *)data;
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * 0x100000001b3u;
    h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9u;
    h = (h ^ h >> 27) * 0x94d049bb133111ebu;
    return h ^ h >> 31;
}

void adit_distinct_add(struct adit_distinct *d, const void *data, size_t n)
{
    uint64_t h = hash(data, n), rest = h << BITS;
    uint8_t rank = (uint8_t)(rest ? __builtin_clzll(rest) + 1 : 64 - BITS + 1);
    uint8_t *r = &d->registers[h >> (64 - BITS)];
    if (*r < rank)
        *r = rank;
}

double adit_distinct_estimate(const struct adit_distinct *d)
{
    double sum = 0, empty = 0, m = REGISTERS;
    for (int i = 0; i < REGISTERS; i++) {
        sum += ldexp(1, -d->registers[i]);
        empty += d->registers[i] == 0;
    }
    double estimate = 0.7213 / (1 + 1.079 / m) * m * m / sum;
    return estimate <= 2.5 * m && empty > 0 ? m * log(m / empty) : estimate;
}
