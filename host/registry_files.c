/* SPDX-License-Identifier: MIT */
/* Where a plugin's module and resources lie, and whether others could have written the module. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "registry_impl.h"
#include "snapshot.h"

char *registry_join(struct arena *a, const char *base, const char *name)
{
    size_t base_size = strlen(base), name_size = strlen(name);
    char *path = arena_alloc(a, base_size + name_size + 2);
    if (!path)
        return NULL;
    memcpy(path, base, base_size);
    path[base_size] = '/';
    memcpy(path + base_size + 1, name, name_size + 1);
    return path;
}

/* 0, or a negative errno: then nothing is known about it. */
static int check_dir(struct registry_state *s, struct module_dir *dir, struct err *e)
{
    struct stat st;
    struct err why = {0};
    const char *refused = fstat(dir->fd, &st) < 0 ? "cannot be read" : stat_refuses(&st, false);
    int above = refused ? 0 : scan_check_ancestors(s, dir->path, &why);
    if (err_is_shortage(above))
        return err_set(e, above, "%s", why.text);
    if (refused || above < 0) {
        dir->refused = refused ? arena_printf(&s->arena, "%s %s", dir->path, refused) : arena_strdup(&s->arena, why.text);
        return dir->refused ? 0 : err_set(e, -ENOMEM, "out of memory");
    }
    stamp_from_stat(&st, &dir->stamp);
    dir->stamp.racy = stamp_is_racy(&dir->stamp, s->now_ns);
    dir->unchanged = snapshot_module_dir(s->snapshot, dir->path, &dir->stamp);
    return 0;
}

/* A folder to look in, opened and checked once. NULL with e filled when memory or descriptors are short. */
static const struct module_dir *module_dir(struct registry_state *s, const char *path, size_t size, struct err *e)
{
    struct module_dir *dir = map_get(&s->module_dirs, path, size);
    if (dir)
        return dir;
    dir = arena_alloc(&s->arena, sizeof *dir);
    if (!dir || !(dir->path = arena_strndup(&s->arena, path, size)) || !map_put(&s->module_dirs, dir->path, size, dir)) {
        (void)err_set(e, -ENOMEM, "out of memory");
        return NULL;
    }
    dir->fd = open(dir->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int error = dir->fd >= 0 ? check_dir(s, dir, e) : err_is_shortage(-errno) ? err_errno(e, "cannot look into %s", dir->path) : 0;
    return error ? NULL : dir;
}

/* A file that was looked for. */
struct found {
    const char *path;
    struct stamp stamp;
    const char *refused; /* it is there, and it or its folder must not be used */
    bool is_checked;     /* `stamp` is of now */
};

/* Looks for `relative` below `base`. Returns 1 and fills *out; 0: not there; negative errno. */
static int look_in(struct registry_state *s, const char *base, const char *relative, bool is_module, struct found *out,
                   struct err *e)
{
    char full[PATH_MAX];
    size_t base_size = strlen(base), size = strlen(relative);
    if (base_size + size + 2 > sizeof full)
        return 0;
    memcpy(full, base, base_size);
    full[base_size] = '/';
    memcpy(full + base_size + 1, relative, size + 1);
    const char *slash = strrchr(full, '/');
    const struct module_dir *dir = module_dir(s, full, (size_t)(slash - full), e);
    if (!dir)
        return e->code;
    if (dir->fd < 0)
        return 0;
    struct stat st;
    out->is_checked = !(is_module && dir->unchanged && snapshot_module(s->snapshot, full, &out->stamp, NULL));
    if (out->is_checked) {
        if (fstatat(dir->fd, slash + 1, &st, 0) < 0)
            return 0;
        const char *why = !S_ISREG(st.st_mode) ? "is not a regular file" : is_module ? stat_refuses(&st, false) : NULL;
        out->refused = why ? arena_printf(&s->arena, "%s %s", full, why) : is_module ? dir->refused : NULL;
        if (why && !out->refused)
            return err_set(e, -ENOMEM, "out of memory");
        stamp_from_stat(&st, &out->stamp);
        out->stamp.racy = stamp_is_racy(&out->stamp, s->now_ns);
    }
    out->path = arena_strndup(&s->arena, full, base_size + size + 1);
    return out->path ? 1 : err_set(e, -ENOMEM, "out of memory");
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
    struct found module = {0};
    int found = look_in(s, file->dir->path, p->conf.module, true, &module, e);
    for (size_t i = 0; found == 0 && i < o->module_dir_count; i++)
        found = look_in(s, o->module_dirs[i], p->conf.module, true, &module, e);
    if (found == 0)
        found = look_in(s, s->standard_modules, p->conf.module, true, &module, e);
    if (found < 0)
        return found;
    if (module.refused)
        return refuse(r, p, "conf.module.refused", "chown it to root or to yourself, and chmod go-w", module.refused,
                      e);
    if (found > 0) {
        p->module_path = module.path;
        p->module_stamp = module.stamp;
        p->module_is_checked = module.is_checked;
        if (module.is_checked)
            p->has_module_digest = snapshot_module(s->snapshot, p->module_path, &p->module_stamp, p->module_digest);
        return 0;
    }
    const char *reason =
        arena_printf(&s->arena, "the module %s was not found beside the .conf%s nor in %s", p->conf.module,
                     o->module_dir_count ? ", in a --module-dir" : "", s->standard_modules);
    if (!reason)
        return err_set(e, -ENOMEM, "out of memory");
    return refuse(r, p, "conf.module.missing", "install it, or give its folder with --module-dir", reason, e);
}

static int find_resource(struct registry *r, struct plugin *p, const struct scan_file *file, size_t i, struct err *e)
{
    struct registry_state *s = r->state;
    const struct conf_pair *resource = &p->conf.resources[i];
    struct found it = {0};
    const char *reason = NULL;
    int found = 0;
    if (*resource->value == '/' && !file->dir->own) {
        reason = arena_printf(&s->arena,
                              "the resource %s has an absolute path, which only a .conf of the user's own may have",
                              resource->key);
    } else if (*resource->value == '/') {
        found = look_in(s, "", resource->value + 1, false, &it, e);
    } else {
        found = look_in(s, file->dir->path, resource->value, false, &it, e);
        if (found == 0)
            found = look_in(s, s->standard_resources, resource->value, false, &it, e);
    }
    if (found < 0)
        return found;
    if (found == 0 && !reason)
        reason = arena_printf(&s->arena, "the resource %s = %s was not found beside the .conf nor in %s", resource->key,
                              resource->value, s->standard_resources);
    if (it.refused)
        reason = it.refused;
    if (reason)
        return refuse(r, p, "conf.resource.missing", "", reason, e);
    if (found == 0)
        return err_set(e, -ENOMEM, "out of memory");
    p->resource_paths[i] = it.path;
    p->resource_stamps[i] = it.stamp;
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
        struct module_dir *dir = s->module_dirs.entries[i].value;
        if (s->module_dirs.entries[i].key && dir->fd >= 0)
            (void)close(dir->fd);
        if (dir)
            dir->fd = -1;
    }
}
