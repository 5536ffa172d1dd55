/* SPDX-License-Identifier: MIT */
/* The algorithms by name: Nettle's, and in its form CRC-32 (RFC 1952, 8), Adler-32 (RFC 1950, 8.2) and the id that Git gives to a blob. */
#ifndef PLUGINS_GENERIC_HASHES_ALGORITHMS_H
#define PLUGINS_GENERIC_HASHES_ALGORITHMS_H

#include <adit/adit.h>
#include <nettle/nettle-meta.h>
#include <zlib.h>

static inline void crc32_begin(void *sum)
{
    *(uLong *)sum = crc32(0, NULL, 0);
}

static inline void crc32_add(void *sum, size_t n, const uint8_t *data)
{
    *(uLong *)sum = crc32_z(*(uLong *)sum, data, n);
}

static inline void adler32_begin(void *sum)
{
    *(uLong *)sum = adler32(0, NULL, 0);
}

static inline void adler32_add(void *sum, size_t n, const uint8_t *data)
{
    *(uLong *)sum = adler32_z(*(uLong *)sum, data, n);
}

static inline void big_endian(void *sum, size_t n, uint8_t *out)
{
    for (uLong rest = *(uLong *)sum; n > 0; rest >>= 8)
        out[--n] = (uint8_t)rest;
}

static const struct nettle_hash hash_crc32 = {"crc32", sizeof(uLong), 4, 1, crc32_begin, crc32_add, big_endian};
static const struct nettle_hash hash_adler32 = {"adler32", sizeof(uLong), 4, 1, adler32_begin, adler32_add, big_endian};

enum { DIGEST_MAX = 64 };

struct algorithm {
    const char *name;
    const struct nettle_hash *hash;
    bool is_blob; /* begins with "blob ", the size in decimal, and NUL */
};

/* Beside those that Nettle lists. */
static const struct algorithm others[] = {
    {"crc32", &hash_crc32, false},
    {"adler32", &hash_adler32, false},
    {"git_blob", &nettle_sha1, true},
};

static inline bool find(struct adit_text name, struct algorithm *out)
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (adit_text_is(name, others[i].name)) {
            *out = others[i];
            return true;
        }
    for (const struct nettle_hash *const *hash = nettle_get_hashes(); *hash; hash++)
        if (adit_text_is(name, (*hash)->name)) {
            *out = (struct algorithm){(*hash)->name, *hash, false};
            return out->hash->digest_size <= DIGEST_MAX;
        }
    return false;
}

#endif
