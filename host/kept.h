/* SPDX-License-Identifier: MIT */
/* What plugins keep from one run's open() to the next's (compiled indexes of large tables): a file each in a folder of the cache,
 * under a key that says what it was made of. A file that is damaged, foreign, or somebody else's is not used. */
#ifndef HOST_KEPT_H
#define HOST_KEPT_H

#include <stdint.h>

#include "base/err.h"
#include "prune.h"

enum { KEPT_KEY = 32, KEPT_HEAD = 4096 }; /* the content begins on a page of its own */
static const uint64_t KEPT_MOST = (uint64_t)1 << 32;  /* bytes of one */
static const uint64_t KEPT_TOTAL = (uint64_t)2 << 30; /* bytes of all, the oldest use goes first */

/* The file of this key, whole and sound, as a descriptor to read from KEPT_HEAD on. -ENOENT: there is none that can be used. */
int kept_open(const char *folder, const unsigned char key[KEPT_KEY], uint64_t *size);
/* Writes the first `size` bytes of the descriptor `from`. A reader sees all of it or nothing. 0 or -errno. */
int kept_save(const char *folder, const unsigned char key[KEPT_KEY], int from, uint64_t size);

/* Removes what the bounds do not allow, as prune.h tells. */
int kept_prune(const char *folder, struct prune *p);

#endif
