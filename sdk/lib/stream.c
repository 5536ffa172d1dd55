/* SPDX-License-Identifier: MIT */
#include <adit/stream.h>
#include <string.h>

enum { PIECE = 32 * 1024 };

bool adit_write_range(const struct adit_call *job, adit_source source, uint64_t offset, uint64_t n)
{
    char piece[PIECE];
    while (n > 0) {
        size_t want = n < PIECE ? (size_t)n : PIECE;
        if (adit_read(job, source, offset, piece, want) != (int64_t)want || adit_write(job, piece, want) != 0 ||
            !adit_progress(job, offset, adit_size(job)))
            return false;
        offset += want;
        n -= want;
    }
    return true;
}

bool adit_write_zeroes(const struct adit_call *job, uint64_t n)
{
    char piece[PIECE];
    memset(piece, 0, n < PIECE ? (size_t)n : PIECE);
    while (n > 0) {
        size_t want = n < PIECE ? (size_t)n : PIECE;
        if (adit_write(job, piece, want) != 0 || !adit_progress(job, 0, adit_size(job)))
            return false;
        n -= want;
    }
    return true;
}
