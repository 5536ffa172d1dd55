/* SPDX-License-Identifier: MIT */
/* The commands, one file each (cmd_NAME.c), and what their command lines share. */
#ifndef HOST_CMD_H
#define HOST_CMD_H

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "registry.h"

enum { EXIT_DONE = 0, EXIT_SOME_FAILED = 1, EXIT_USAGE = 2, EXIT_CONFIGURATION = 3 };

struct cmd {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is "adit NAME"; returns the exit status */
    const char *summary;
};

int cmd_extract(int argc, char **argv);
int cmd_detect(int argc, char **argv);
int cmd_plugins(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_validate(int argc, char **argv);
int cmd_cache(int argc, char **argv);
int cmd_map(int argc, char **argv);
int cmd_new(int argc, char **argv);

/* Options that every command which reads the configuration takes. */
struct cmd_common {
    struct registry_options registry; /* points into this struct and argv */
    const char *conf_dirs[64];
    const char *module_dirs[64];
    char prefix[4096];
    char snapshot[4096];
    char kept[4200];       /* see cmd_kept_dir */
    const char *cache_dir; /* --cache-dir; NULL: $XDG_CACHE_HOME/adit, ~/.cache/adit */
    bool verbose;
};

/* As getopt_long, with -h besides `shorts`, and its own words for what is wrong: those were printed where '?' is returned, and
 * the command ends with EXIT_USAGE. argv[0] is "adit NAME". */
int cmd_getopt(int argc, char **argv, const char *shorts, const struct option *longs);

/* For cmd_getopt: put CMD_COMMON_LONG first in the table, and pass each value that is not the command's own to
 * cmd_common_option. Help text: CMD_COMMON_HELP. */
enum { CMD_OPT_CONF_DIR = 1000, CMD_OPT_MODULE_DIR, CMD_OPT_NO_DEFAULT_CONF, CMD_OPT_NO_SNAPSHOT, CMD_OPT_CACHE_DIR,
       CMD_OPT_VERBOSE, CMD_OPT_FIRST_OWN, CMD_OPT_HELP = 'h' };
#define CMD_COMMON_LONG                                                                                              \
    {"conf-dir", required_argument, NULL, CMD_OPT_CONF_DIR}, {"module-dir", required_argument, NULL, CMD_OPT_MODULE_DIR}, \
        {"no-default-conf", no_argument, NULL, CMD_OPT_NO_DEFAULT_CONF},                                             \
        {"no-snapshot", no_argument, NULL, CMD_OPT_NO_SNAPSHOT}, {"cache-dir", required_argument, NULL, CMD_OPT_CACHE_DIR}, \
        {"verbose", no_argument, NULL, CMD_OPT_VERBOSE}, {"help", no_argument, NULL, CMD_OPT_HELP}
#define CMD_COMMON_HELP                                                                                              \
    "      --conf-dir DIR       also read plugins from DIR (the last one wins)\n"                                   \
    "      --module-dir DIR     look for modules in DIR first\n"                                                    \
    "      --no-default-conf    read only the directories given with --conf-dir\n"                                  \
    "      --no-snapshot        read every .conf again\n"                                                           \
    "      --cache-dir DIR      keep the cache and the snapshot in DIR\n"                                           \
    "      --verbose            say more on standard error\n"                                                       \
    "  -h, --help               print this and end\n"

/* 0; -errno with a message printed where the program's own folder cannot be found. */
int cmd_common_init(struct cmd_common *c);
/* 1: it was one of the common options and is handled; 0: it is not (--help included: the command prints its own);
 * -EINVAL: unusable, a message was printed. */
int cmd_common_option(struct cmd_common *c, int option, char *argument);
/* Fills c->registry once the options are read, opens the registry, and prints what is wrong with it on stderr (errors
 * always, warnings with --verbose). Returns 0 or the exit status to end with. */
int cmd_open_registry(struct cmd_common *c, struct registry **out);
/* The cache folder to use, in `out`; -ENOENT where neither --cache-dir, XDG_CACHE_HOME nor HOME says. */
int cmd_cache_dir(const struct cmd_common *c, char *out, size_t size);
/* The folder in it for what plugins keep (kept.h), in c; NULL: there is no cache. */
const char *cmd_kept_dir(struct cmd_common *c);

/* "adit extract: …" on stderr. */
void cmd_error(const char *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Tells about the bad usage and where help is; returns EXIT_USAGE. */
int cmd_usage(const char *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* With --debug: says so where plugins' words would be lost, since no locked process may write to a file. */
void cmd_tell_debug(const char *command);
/* Path of the running program's prefix: the folder above its bin/. */
int cmd_prefix(char *out, size_t size);

/* This process's peak of memory so far, in KiB. */
struct rusage;
long cmd_peak_kib(const struct rusage *self);

#endif
