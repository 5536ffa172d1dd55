/* SPDX-License-Identifier: MIT */
/* Check sums of files' parts [open, run]. A module that uses them links zlib: a comment of its own, libraries: zlib.
 * Source: RFC 1952, 8 (CRC-32, as of gzip, ZIP, PNG, RAR, 7z). */
#ifndef ADIT_CHECK_H
#define ADIT_CHECK_H

#include <adit/abi.h>

#ifdef __cplusplus
extern "C" {
#endif
/* CRC-32 goes on from `sum`, which is 0 at the beginning. In libadit-sdk. */
uint32_t adit_crc32(uint32_t sum, const void *data, size_t n);

/* The CRC-32 of n bytes of a source at `offset`, read piece by piece. False: they are not all there. In libadit-sdk. */
bool adit_crc32_range(const struct adit_call *job, adit_source source, uint64_t offset, uint64_t n, uint32_t *sum);
#ifdef __cplusplus
}
#endif

#endif
