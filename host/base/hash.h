/* SPDX-License-Identifier: MIT */
/* A fast, seeded, non-cryptographic 64-bit hash for tables in memory and row keys. Not for fingerprints: see digest.h. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The same bytes and seed give the same value on every machine and in every version that shares a cache format. */
uint64_t hash64(const void *data, size_t size, uint64_t seed);

#endif
