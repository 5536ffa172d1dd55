/* SPDX-License-Identifier: MIT */
#include "hash.h"

#include <string.h>

/* Two 64-bit lanes multiplied into 128 bits and folded, as the "mum" family of hashes does. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load64(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v; /* x86-64 and aarch64 Linux are little endian */
}

static uint64_t load_tail(const unsigned char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

uint64_t hash64(const void *data, size_t size, uint64_t seed)
{
    static const uint64_t K0 = 0x9e3779b97f4a7c15u, K1 = 0xd6e8feb86659fd93u, K2 = 0xa0761d6478bd642fu;
    const unsigned char *p = data;
    size_t left = size;
    uint64_t state = seed ^ K0;
    while (left >= 16) {
        state = fold(load64(p) ^ K1, load64(p + 8) ^ state);
        p += 16;
        left -= 16;
    }
    uint64_t a = 0, b = 0;
    if (left >= 8) {
        a = load64(p);
        b = load_tail(p + 8, left - 8);
    } else {
        a = load_tail(p, left);
    }
    return fold(fold(a ^ K1, b ^ state ^ K2), (uint64_t)size ^ K2 ^ state);
}
