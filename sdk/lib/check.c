/* SPDX-License-Identifier: MIT */
#include <adit/check.h>
#include <adit/source.h>
#include <zlib.h>

enum { PIECE = 16 * 1024 };

uint32_t adit_crc32(uint32_t sum, const void *data, size_t n)
{
    return (uint32_t)crc32_z(sum, (const Bytef *)data, n);
}

bool adit_crc32_range(const struct adit_call *job, adit_source source, uint64_t offset, uint64_t n, uint32_t *sum)
{
    uint8_t piece[PIECE];
    uint32_t so_far = 0;
    while (n > 0) {
        size_t want = n < PIECE ? (size_t)n : PIECE;
        if (adit_read(job, source, offset, piece, want) != (int64_t)want)
            return false;
        so_far = adit_crc32(so_far, piece, want);
        offset += want;
        n -= want;
    }
    *sum = so_far;
    return true;
}
