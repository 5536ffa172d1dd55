/* SPDX-License-Identifier: MIT */
/* Looks through the configuration directories: which .conf files there are, which replace which, and whether others
 * could have written them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/vec.h"
#include "registry_impl.h"
#include "snapshot.h"

static int check_folders_above(const char *path, struct err *e)
{
    char above[PATH_MAX];
    size_t size = strlen(path);
    if (size >= sizeof above)
        return err_set(e, -ENAMETOOLONG, "%s: the path is too long", path);
    for (size_t i = 0; i < size; i++) {
        if (path[i] != '/' || path[i + 1] == '\0')
            continue;
        memcpy(above, path, i + 1);
        above[i ? i : 1] = '\0';
        struct stat st;
        if (stat(above, &st) < 0)
            return err_errno(e, "%s", above);
        const char *refused = stat_refuses(&st, true);
        if (refused)
            return err_set(e, -EACCES,
                           "%s: the folder %s, which it lies in, %s: chmod go-w it, or move the files elsewhere", path,
                           above, refused);
    }
    return 0;
}

static bool is_link(const char *path)
{
    struct stat st;
    return lstat(path, &st) < 0 || S_ISLNK(st.st_mode);
}

int scan_check_ancestors(struct registry_state *s, const char *path, struct err *e)
{
    char real[PATH_MAX];
    size_t above = (size_t)(strrchr(path, '/') - path);
    if (map_get(&s->safe_dirs, path, above) && !is_link(path))
        return 0;
    int rc = check_folders_above(path, e);
    if (rc < 0)
        return rc;
    if (!realpath(path, real))
        return err_errno(e, "%s", path);
    if (strcmp(real, path) != 0)
        return check_folders_above(real, e);
    const char *safe = arena_strndup(&s->arena, path, above);
    return safe && map_put(&s->safe_dirs, safe, above, s) ? 0 : err_set(e, -ENOMEM, "out of memory");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct scan_entry *)a)->name, ((const struct scan_entry *)b)->name);
}

static bool is_conf(const char *name)
{
    size_t size = strlen(name);
    return size > 5 && memcmp(name + size - 5, ".conf", 5) == 0;
}

static bool is_folder(int fd, const struct dirent *d)
{
    if (d->d_type == DT_DIR)
        return true;
    if (d->d_type != DT_UNKNOWN && d->d_type != DT_LNK)
        return false;
    struct stat st;
    return fstatat(fd, d->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

struct entries {
    struct scan_entry *items;
    size_t count, capacity;
};

static int list_names(DIR *stream, const struct scan_dir *dir, bool families, struct arena *arena, struct entries *out,
                      struct err *e)
{
    for (;;) {
        errno = 0;
        const struct dirent *d = readdir(stream);
        if (!d)
            return errno ? err_errno(e, "%s", dir->path) : 0;
        if (d->d_name[0] == '.')
            continue;
        bool family = families && is_folder(dir->fd, d);
        if (!family && (!is_conf(d->d_name) || is_folder(dir->fd, d)))
            continue;
        struct scan_entry entry = {.name = arena_strdup(arena, d->d_name), .family = family};
        if (!entry.name || !vec_push(out, entry))
            return err_set(e, -ENOMEM, "%s: out of memory", dir->path);
    }
}

static int read_entries(struct registry_state *s, struct scan_dir *dir, bool families, struct err *e)
{
    int fd = openat(dir->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    if (!stream) {
        int rc = err_errno(e, "%s", dir->path);
        if (fd >= 0)
            (void)close(fd);
        return rc;
    }
    struct entries found = {0};
    int rc = list_names(stream, dir, families, &s->arena, &found, e);
    (void)closedir(stream);
    if (rc == 0 && found.count > 0) {
        qsort(found.items, found.count, sizeof *found.items, by_name);
        dir->entries = arena_dup(&s->arena, found.items, found.count * sizeof *found.items);
        dir->entry_count = found.count;
        if (!dir->entries)
            rc = err_set(e, -ENOMEM, "%s: out of memory", dir->path);
    }
    free(found.items);
    return rc;
}

/* Opens one directory or family folder (`above` is its directory) and lists it. One that is not there is none. */
static int open_dir(struct registry *r, struct scan_dir dir, int at, const char *name, bool family, struct err *e)
{
    struct registry_state *s = r->state;
    dir.fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir.fd < 0)
        return errno == ENOENT ? 0 : err_errno(e, "%s", dir.path);
    struct stat st;
    int rc = fstat(dir.fd, &st) < 0 ? err_errno(e, "%s", dir.path) : 0;
    const char *refused = rc == 0 ? stat_refuses(&st, false) : NULL;
    if (refused)
        rc = err_set(e, -EACCES,
                     "%s: the configuration directory %s, so adit reads nothing from it: chmod go-w it, or chown it",
                     dir.path, refused);
    if (rc == 0 && !family)
        rc = scan_check_ancestors(s, dir.path, e);
    if (rc == 0) {
        stamp_from_stat(&st, &dir.stamp);
        dir.stamp.racy = stamp_is_racy(&dir.stamp, s->now_ns);
        const struct scan_dir *known = snapshot_dir(s->snapshot, dir.path, &dir.stamp);
        if (known) {
            dir.entries = known->entries;
            dir.entry_count = known->entry_count;
        } else {
            s->all_kept = false;
            s->changed = s->changed || !dir.stamp.racy;
            rc = read_entries(s, &dir, !family, e);
        }
    }
    if (rc == 0 && !vec_grow(&s->scan.dirs, &s->scan.capacity, s->scan.count + 1, sizeof dir))
        rc = err_set(e, -ENOMEM, "out of memory");
    if (rc < 0) {
        (void)close(dir.fd);
        return rc;
    }
    s->scan.dirs[s->scan.count++] = dir;
    return 0;
}

/* A configuration directory and the families in it. */
static int add_dir(struct registry *r, const char *path, bool trusted, bool own, struct err *e)
{
    struct registry_state *s = r->state;
    struct scan_dir dir = {.path = path, .rank = (uint32_t)r->dir_count, .trusted = trusted, .own = own};
    r->dirs[r->dir_count++] = path;
    size_t at = s->scan.count;
    int rc = open_dir(r, dir, AT_FDCWD, path, false, e);
    if (rc < 0 || s->scan.count == at)
        return rc;
    for (size_t i = 0; i < s->scan.dirs[at].entry_count; i++) {
        const struct scan_entry *entry = &s->scan.dirs[at].entries[i];
        if (!entry->family)
            continue;
        struct scan_dir family = dir;
        family.path = registry_join(&s->arena, path, entry->name);
        if (!family.path)
            return err_set(e, -ENOMEM, "out of memory");
        rc = open_dir(r, family, s->scan.dirs[at].fd, entry->name, true, e);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* An absolute path without a final "/"; a directory given on the command line has to be there. */
static const char *given_dir(struct registry_state *s, const char *path, struct err *e)
{
    char *real = realpath(path, NULL);
    if (!real) {
        (void)err_errno(e, "--conf-dir %s", path);
        return NULL;
    }
    const char *copy = arena_strdup(&s->arena, real);
    free(real);
    if (!copy)
        (void)err_set(e, -ENOMEM, "out of memory");
    return copy;
}

static const char *user_dir(struct registry_state *s)
{
    const char *base = getenv("XDG_CONFIG_HOME");
    if (base && *base == '/')
        return arena_printf(&s->arena, "%s/adit/conf.d", base);
    const char *home = getenv("HOME");
    return home && *home == '/' ? arena_printf(&s->arena, "%s/.config/adit/conf.d", home) : NULL;
}

static int add_dirs(struct registry *r, struct err *e)
{
    struct registry_state *s = r->state;
    const struct registry_options *o = &s->options;
    r->dirs = arena_array(&s->arena, o->conf_dir_count + 3, sizeof *r->dirs);
    if (!r->dirs)
        return err_set(e, -ENOMEM, "out of memory");
    int rc = 0;
    if (!o->only_given_dirs) {
        const char *installed = arena_printf(&s->arena, "%s/share/adit/conf.d", o->prefix);
        if (!installed)
            return err_set(e, -ENOMEM, "out of memory");
        rc = add_dir(r, installed, true, false, e);
        if (rc == 0 && strcmp(installed, "/etc/adit/conf.d") != 0)
            rc = add_dir(r, "/etc/adit/conf.d", false, false, e);
        const char *user = user_dir(s);
        if (rc == 0 && user)
            rc = add_dir(r, user, false, true, e);
    }
    for (size_t i = 0; rc == 0 && i < o->conf_dir_count; i++) {
        const char *path = given_dir(s, o->conf_dirs[i], e);
        rc = path ? add_dir(r, path, o->only_given_dirs && i == 0, true, e) : (e && e->code ? e->code : -ENOENT);
    }
    return rc;
}

static int by_base(const void *a, const void *b)
{
    return strcmp(((const struct scan_file *)a)->base, ((const struct scan_file *)b)->base);
}

/* Takes a .conf in; one of a later directory replaces one of an earlier by its base name. */
static int add_file(struct registry *r, const struct scan_dir *dir, const char *name, struct map *by, struct err *e)
{
    struct registry_state *s = r->state;
    struct scan_file file = {.dir = dir, .name = name};
    file.base = arena_strndup(&s->arena, name, strlen(name) - 5);
    file.path = registry_join(&s->arena, dir->path, name);
    if (!file.base || !file.path)
        return err_set(e, -ENOMEM, "out of memory");
    const size_t *known = map_gets(by, file.base);
    if (known) {
        struct scan_file *earlier = &s->scan.files[*known - 1];
        if (earlier->dir->rank == dir->rank) {
            bool added = findings_add(&r->findings, FINDING_ERROR, "conf.file.repeated", file.path, 0, 0,
                                      "rename one of the two", "%s has the same base name, and is used in its place",
                                      earlier->path);
            return added ? 0 : err_set(e, -ENOMEM, "out of memory");
        }
        file.overrides = earlier->path;
        file.base = earlier->base;
        *earlier = file;
        return 0;
    }
    size_t *place = arena_alloc(&s->arena, sizeof *place);
    if (!place || !vec_grow(&s->scan.files, &s->scan.file_capacity, s->scan.file_count + 1, sizeof file))
        return err_set(e, -ENOMEM, "out of memory");
    s->scan.files[s->scan.file_count++] = file;
    *place = s->scan.file_count;
    return map_puts(by, file.base, place) ? 0 : err_set(e, -ENOMEM, "out of memory");
}

int scan_run(struct registry *r, struct err *e)
{
    struct registry_state *s = r->state;
    int rc = add_dirs(r, e);
    struct map by = {0};
    for (size_t d = 0; rc == 0 && d < s->scan.count; d++) {
        const struct scan_dir *dir = &s->scan.dirs[d];
        for (size_t i = 0; rc == 0 && i < dir->entry_count; i++) {
            if (!dir->entries[i].family)
                rc = add_file(r, dir, dir->entries[i].name, &by, e);
        }
    }
    map_release(&by);
    if (rc == 0 && s->scan.file_count > 1)
        qsort(s->scan.files, s->scan.file_count, sizeof *s->scan.files, by_base);
    return rc;
}
