/* SPDX-License-Identifier: MIT */
/* Check sums in the form of Nettle's hashes: CRC-32 (RFC 1952, 8) and Adler-32 (RFC 1950, 8.2). */
#ifndef PLUGINS_GENERIC_HASHES_CHECKS_H
#define PLUGINS_GENERIC_HASHES_CHECKS_H

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

#endif
