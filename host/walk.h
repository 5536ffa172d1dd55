/* SPDX-License-Identifier: MIT */
/* From arguments and lists of names to files, one at a time, in an order that is the same in every run: arguments as
 * given, the entries of a directory sorted by their bytes. Opens directories, and no file. */
#ifndef HOST_WALK_H
#define HOST_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "registry.h"
#include "result.h"

struct walk;

struct walk_options {
    const char *const *paths; /* "-" stands for a list of names on standard input ("./-" is a file of that name) */
    size_t path_count;
    const char
        *list; /* --files-from: a file with a list of names, "-" for standard input, NULL for none; after paths */
    bool nul;  /* names in lists end in NUL, not in newline */
};

/* Everything is valid until the next call of walk_next. */
struct walk_entry {
    const char *path; /* as given, or as given and walked down from there: any bytes but NUL; NUL-terminated */
    size_t path_size;
    const char *key; /* the same, made absolute, without "." and doubled slashes: for the cache */
    size_t key_size;
    int dirfd; /* openat(dirfd, name) opens it; add O_NOFOLLOW unless `argument` */
    const char *name;
    struct stamp stamp;      /* `racy` is told, as of now; all zero where `error` is UNREADABLE or VANISHED */
    enum result_error error; /* RESULT_READ: a regular file to be read; else said as it is, with error_text */
    const char *error_text;  /* "Permission denied", "FIFO", "symbolic link, not followed", … */
    bool argument;           /* named by the user, not found by walking */
};

/* Copies what it needs of `options`. */
int walk_open(const struct walk_options *options, struct walk **out, struct err *e);

/* 1: *out is the next entry; 0: the end; -EAGAIN: the list has no further name yet, poll walk_fd() for reading;
 * -ENOMEM. Directories are entered and are no entries, unless they cannot be read. Links within trees, FIFOs,
 * sockets, devices and directories that contain themselves (bind mounts) are entries with RESULT_NOT_REGULAR. */
int walk_next(struct walk *w, struct walk_entry *out);

/* The descriptor of the list that is being read, or -1. */
int walk_fd(const struct walk *w);

void walk_free(struct walk *w);

#endif
