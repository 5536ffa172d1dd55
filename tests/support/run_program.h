/* SPDX-License-Identifier: MIT */
/* Runs build/VARIANT/bin/adit as a user would, in a temporary folder with a HOME, cache and configuration of its own. */
#ifndef TESTS_SUPPORT_RUN_PROGRAM_H
#define TESTS_SUPPORT_RUN_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A user: ROOT/home, ROOT/cache (XDG_CACHE_HOME), ROOT/config (XDG_CONFIG_HOME), ROOT/files for the test's own. */
struct user {
    char root[256];
};

/* What a finished program left. Text is NUL-terminated and may hold NULs before that. */
struct outcome {
    int status; /* exit status; -1 where a signal ended it */
    int signal; /* 0, or which */
    char *out, *err;
    size_t out_size, err_size;
};

/* cmocka set-up and tear-down: *state is a struct user *. Tear-down fails the test where a folder cannot be removed. */
int user_setup(void **state);
int user_teardown(void **state);

/* ROOT/NAME formatted; in a ring of 16 static texts, each valid until 16 calls later. */
const char *user_path(const struct user *u, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Files. All fail the test where they cannot be done. Folders on the way are made. */
void put_file(const char *path, const void *data, size_t size);
void put_text(const char *path, const char *text);
void put_copy(const char *from, const char *to);
char *get_file(const char *path, size_t *size); /* NUL-terminated; free() */
void put_dir(const char *path);
void remove_tree(const char *path);

/* Runs `adit ARGUMENT…` (the last argument is NULL) to its end, with standard input from /dev/null, in ROOT/files. */
struct outcome run_adit(const struct user *u, ...) __attribute__((sentinel));
struct outcome run_adit_v(const struct user *u, const char *const *arguments);
struct outcome run_adit_input(const struct user *u, const char *input, size_t size, const char *const *arguments);
void outcome_release(struct outcome *o);

/* The same without waiting; output goes to files. finish_adit waits (a program that takes more than 100 s is killed and
 * fails the test). */
struct running {
    pid_t pid;
    char out_path[300], err_path[300];
};
struct running start_adit(const struct user *u, const char *const *arguments);
/* As start_adit, in a session of its own (its number is that of the process), with more in the environment ("NAME=value", ending in
 * NULL; may be NULL), and `in_child` (may be NULL) called in the new process before it becomes adit. */
struct launch {
    const char *const *environment;
    void (*in_child)(void *data);
    void *data;
};
struct running launch_adit(const struct user *u, const struct launch *how, const char *const *arguments);
struct outcome finish_adit(struct running *r);
/* Waits until the file at `path` (out_path, say) holds `text`; false when the program ended first or after 60 s. */
bool wait_for_text(const struct running *r, const char *path, const char *text);

/* Copies plugin NAME's .conf and module from tests/hostile to `dir`, as dir/NAME.conf and dir/NAME.so. In sanitized builds
 * the waiver for constructors is added, as the Makefile does for bundled plugins. */
void install_hostile(const char *dir, const char *name);
/* Writes DIR/FILE.conf with the text, and the same addition. */
void put_conf(const char *dir, const char *file, const char *text);

#endif
