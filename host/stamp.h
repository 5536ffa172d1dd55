/* SPDX-License-Identifier: MIT */
/* Which file something was, and when: equal stamps mean the same bytes, unless `racy`. */
#ifndef HOST_STAMP_H
#define HOST_STAMP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct stamp {
    uint64_t device, inode, size;
    int64_t mtime_ns, ctime_ns;
    bool exists;
    bool racy; /* changed so recently when it was read that a later change might not show in its times */
};

/* Stat of `name` in `dirfd` (AT_FDCWD and a path will do); links are followed. A file that is not there (or whose folder is
 * not) gives exists == false and is no error. `racy` is left false: see stamp_is_racy. Returns 0 or a negative errno. */
int stamp_of(int dirfd, const char *name, struct stamp *out);
void stamp_from_stat(const struct stat *st, struct stamp *out);

bool stamp_equal(const struct stamp *a, const struct stamp *b); /* ignores `racy` */

/* Was the file changed less than 100 ms (2 s, where its times are whole seconds) before `now_ns`, or after it? Then another
 * change may leave the same times behind, and the stamp says nothing about the bytes read now. */
bool stamp_is_racy(const struct stamp *s, int64_t now_ns);

/* Why others than root and the user could change this file or folder, or NULL. As an ancestor of what is meant, a sticky folder
 * that others can write (/tmp) is all right: they cannot rename or remove what is not theirs. */
const char *stat_refuses(const struct stat *st, bool as_ancestor);

/* The clock that files' times are taken from. */
int64_t stamp_now(void);

#endif
