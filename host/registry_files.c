/* SPDX-License-Identifier: MIT */
/* Where a plugin's module and resources lie, and whether others could have written the module. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "registry_impl.h"

/* A folder to look in, opened and checked once. NULL when memory is short. */
static const struct module_dir *module_dir(struct registry_state *s, const char *path, size_t size)
{
    struct module_dir *dir = map_get(&s->module_dirs, path, size);
    if (dir)
        return dir;
    const char *key = arena_strndup(&s->arena, path, size);
    dir = arena_alloc(&s->arena, sizeof *dir);
    if (!key || !dir || !map_put(&s->module_dirs, key, size, dir))
        return NULL;
    dir->fd = open(key, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir->fd < 0)
        return dir;
    struct stat st;
    struct err why = {0};
    const char *refused = fstat(dir->fd, &st) < 0 ? "cannot be read" : scan_refuses(&st, false);
    if (refused)
        dir->refused = arena_printf(&s->arena, "%s %s", key, refused);
    else if (scan_check_ancestors(key, &why) < 0)
        dir->refused = arena_strdup(&s->arena, why.text);
    return dir;
}

/* Looks for `relative` below `base`. Returns 1 and fills path, st; 0: not there; negative errno. *refused: it is there,
 * and its folder or it itself must not be used. */
static int look_in(struct registry_state *s, const char *base, const char *relative, bool is_module, const char **path,
                   struct stat *st, const char **refused, struct err *e)
{
    char full[PATH_MAX];
    int n = snprintf(full, sizeof full, "%s/%s", base, relative);
    if (n < 0 || (size_t)n >= sizeof full)
        return 0;
    char *slash = strrchr(full, '/');
    const struct module_dir *dir = module_dir(s, full, (size_t)(slash - full));
    if (!dir)
        return err_set(e, -ENOMEM, "out of memory");
    if (dir->fd < 0 || fstatat(dir->fd, slash + 1, st, 0) < 0)
        return 0;
    const char *why = is_module ? scan_refuses(st, false) : NULL;
    *refused = !S_ISREG(st->st_mode) ? "is not a regular file" : why;
    if (*refused)
        *refused = arena_printf(&s->arena, "%s %s", full, *refused);
    else if (is_module && dir->refused)
        *refused = dir->refused;
    *path = arena_strndup(&s->arena, full, (size_t)n);
    return *path ? 1 : err_set(e, -ENOMEM, "out of memory");
}

/* Breaks the plugin, and says so as a finding of its .conf. */
static int refuse(struct registry *r, struct plugin *p, const char *rule, const char *mend, const char *reason,
                  struct err *e)
{
    bool done = registry_break(r, p, "%s", reason) &&
                findings_add(&r->findings, FINDING_ERROR, rule, p->conf_path, 0, 0, mend, "%s", reason);
    return done ? 0 : err_set(e, -ENOMEM, "out of memory");
}

static int find_module(struct registry *r, struct plugin *p, const struct scan_file *file, struct err *e)
{
    struct registry_state *s = r->state;
    const struct registry_options *o = &s->options;
    struct stat st;
    const char *refused = NULL;
    int found = look_in(s, file->dir->path, p->conf.module, true, &p->module_path, &st, &refused, e);
    for (size_t i = 0; found == 0 && i < o->module_dir_count; i++)
        found = look_in(s, o->module_dirs[i], p->conf.module, true, &p->module_path, &st, &refused, e);
    if (found == 0) {
        char standard[PATH_MAX];
        (void)snprintf(standard, sizeof standard, "%s/lib/adit/modules", o->prefix);
        found = look_in(s, standard, p->conf.module, true, &p->module_path, &st, &refused, e);
    }
    if (found < 0)
        return found;
    if (refused)
        return refuse(r, p, "conf.module.refused", "chown it to root or to yourself, and chmod go-w", refused, e);
    if (found > 0) {
        stamp_from_stat(&st, &p->module_stamp);
        p->module_stamp.racy = stamp_is_racy(&p->module_stamp, s->now_ns);
        return 0;
    }
    const char *reason =
        arena_printf(&s->arena, "the module %s was not found beside the .conf%s nor in %s/lib/adit/modules",
                     p->conf.module, o->module_dir_count ? ", in a --module-dir" : "", o->prefix);
    if (!reason)
        return err_set(e, -ENOMEM, "out of memory");
    return refuse(r, p, "conf.module.missing", "install it, or give its folder with --module-dir", reason, e);
}

static int find_resource(struct registry *r, struct plugin *p, const struct scan_file *file, size_t i, struct err *e)
{
    struct registry_state *s = r->state;
    const struct conf_pair *resource = &p->conf.resources[i];
    struct stat st;
    const char *refused = NULL, *reason = NULL;
    int found = 0;
    if (*resource->value == '/' && !file->dir->own) {
        reason = arena_printf(&s->arena,
                              "the resource %s has an absolute path, which only a .conf of the user's own may have",
                              resource->key);
    } else if (*resource->value == '/') {
        found = look_in(s, "", resource->value + 1, false, &p->resource_paths[i], &st, &refused, e);
    } else {
        char standard[PATH_MAX];
        (void)snprintf(standard, sizeof standard, "%s/share/adit/resources", s->options.prefix);
        found = look_in(s, file->dir->path, resource->value, false, &p->resource_paths[i], &st, &refused, e);
        if (found == 0)
            found = look_in(s, standard, resource->value, false, &p->resource_paths[i], &st, &refused, e);
    }
    if (found < 0)
        return found;
    if (found == 0 && !reason)
        reason = arena_printf(&s->arena,
                              "the resource %s = %s was not found beside the .conf nor in %s/share/adit/resources",
                              resource->key, resource->value, s->options.prefix);
    if (refused)
        reason = refused;
    if (reason)
        return refuse(r, p, "conf.resource.missing", "", reason, e);
    if (found == 0)
        return err_set(e, -ENOMEM, "out of memory");
    stamp_from_stat(&st, &p->resource_stamps[i]);
    p->resource_stamps[i].racy = stamp_is_racy(&p->resource_stamps[i], s->now_ns);
    return 0;
}

int registry_find_files(struct registry *r, struct plugin *p, const struct scan_file *file, struct err *e)
{
    struct arena *a = &r->state->arena;
    int rc = p->conf.module ? find_module(r, p, file, e) : 0;
    if (rc < 0 || p->conf.resource_count == 0)
        return rc;
    p->resource_paths = arena_array(a, p->conf.resource_count, sizeof *p->resource_paths);
    p->resource_stamps = arena_array(a, p->conf.resource_count, sizeof *p->resource_stamps);
    if (!p->resource_paths || !p->resource_stamps)
        return err_set(e, -ENOMEM, "out of memory");
    for (size_t i = 0; rc == 0 && i < p->conf.resource_count; i++)
        rc = find_resource(r, p, file, i, e);
    return rc;
}

void registry_close_files(struct registry *r)
{
    struct registry_state *s = r->state;
    for (size_t i = 0; i < s->scan.count; i++)
        (void)close(s->scan.dirs[i].fd);
    for (size_t i = 0; i < s->module_dirs.capacity; i++) {
        const struct module_dir *dir = s->module_dirs.entries[i].value;
        if (s->module_dirs.entries[i].key && dir->fd >= 0)
            (void)close(dir->fd);
    }
    map_release(&s->module_dirs);
}
