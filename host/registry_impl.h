/* SPDX-License-Identifier: MIT */
/* What the parts of the registry share: the directories that were looked through, and what was found in them. */
#ifndef HOST_REGISTRY_IMPL_H
#define HOST_REGISTRY_IMPL_H

#include <sys/stat.h>

#include "base/arena.h"
#include "base/map.h"
#include "registry.h"

struct snapshot;

/* One name in a configuration directory that matters. */
struct scan_entry {
    const char *name;
    bool family; /* a folder, otherwise a .conf */
};

/* A configuration directory, or a family folder in one. */
struct scan_dir {
    const char *path;
    struct stamp stamp;
    int fd; /* while the registry is being opened */
    uint32_t rank; /* of the directory among all; a folder has its directory's */
    bool trusted;  /* installed */
    bool own;      /* the user's: under the home directory, or given with --conf-dir */
    struct scan_entry *entries; /* sorted by name */
    size_t entry_count;
};

/* A .conf that counts: nothing of a later directory replaces it. */
struct scan_file {
    const struct scan_dir *dir;
    const char *name; /* in dir */
    const char *base; /* without .conf */
    const char *path;
    const char *overrides; /* or NULL */
};

struct scan {
    struct scan_dir *dirs;
    size_t count, capacity; /* of dirs */
    struct scan_file *files; /* sorted by base */
    size_t file_count, file_capacity;
};

/* A folder that modules or resources are looked for in. */
struct module_dir {
    const char *path;
    struct stamp stamp;
    int fd;              /* -1: not there */
    bool unchanged;      /* since the snapshot: what was found in it then is there now */
    const char *refused; /* why nothing in it may be used; NULL: it may */
};

struct registry_state {
    struct arena arena;
    struct registry_options options; /* strings in the arena */
    const char *standard_modules, *standard_resources; /* below the prefix */
    struct scan scan;
    struct map module_dirs; /* path -> struct module_dir * */
    struct map safe_dirs;   /* paths of folders that are no links, which only the right people can change, as all above them */
    const char *snapshot_file; /* or NULL */
    struct snapshot *snapshot; /* what was read, or NULL; texts of plugins may point into it */
    int64_t now_ns;  /* when reading began */
    bool all_kept;   /* everything so far came from the snapshot */
    bool changed;    /* the snapshot on disk would differ */
};

/* Checks every folder above `path` (absolute), and those that links on the way lead to; each once. */
int scan_check_ancestors(struct registry_state *s, const char *path, struct err *e);

/* Lists the directories, from the snapshot where that still holds. */
int scan_run(struct registry *r, struct err *e);

/* "base/name" */
char *registry_join(struct arena *a, const char *base, const char *name);

/* Finds the module and the resources of a plugin; sets paths and stamps, or makes it PLUGIN_BROKEN with a reason and a
 * finding. */
int registry_find_files(struct registry *r, struct plugin *p, const struct scan_file *file, struct err *e);

/* Closes every directory that was opened. */
void registry_close_files(struct registry *r);

/* PLUGIN_BROKEN with this reason; the first reason stays. False when memory is short. */
bool registry_break(struct registry *r, struct plugin *p, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
