/* SPDX-License-Identifier: MIT */
/* A file that has no name until it is whole: who is killed while writing it leaves nothing behind, where the file system can do that
 * (O_TMPFILE); elsewhere it has the temporary name meanwhile. */
#ifndef BASE_NEWFILE_H
#define BASE_NEWFILE_H

#include <sys/types.h>

/* A descriptor to write to, or -errno. Names are below `dir` (a descriptor, or AT_FDCWD), and both in one folder. */
int newfile_open(int dir, const char *temporary, mode_t mode);
/* Writes everything: 0 or -errno. */
int newfile_write(int fd, const void *data, size_t size);
/* Gives it its name, whatever had that before. 0 or -errno. */
int newfile_commit(int fd, int dir, const char *temporary, const char *name);
/* Instead of commit, or after one that failed. Both leave fd open. */
void newfile_discard(int fd, int dir, const char *temporary);

#endif
