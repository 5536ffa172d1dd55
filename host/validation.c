/* SPDX-License-Identifier: MIT */
/* Finds the modules and .conf files, and brings the .conf files together with the registry's view of them. */
#include "validation.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "base/vec.h"
#include "validation_impl.h"
#include "walk.h"

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n > m && strcmp(text + n - m, end) == 0;
}

/* The absolute path without links in its folders; NULL: not there, or no memory. */
static char *real_path(struct validation *v, const char *path)
{
    char buffer[PATH_MAX];
    return realpath(path, buffer) ? arena_strdup(&v->arena, buffer) : NULL;
}

/* Sorts a path into modules and .conf files. In folders only *.so and *.conf count; what the user names counts as a
 * module. */
static int take_path(struct validation *v, const char *path, bool argument, struct err *e)
{
    bool conf = ends_with(path, ".conf");
    if (!argument && !conf && !ends_with(path, ".so"))
        return 0;
    struct target t = {.path = arena_strdup(&v->arena, path), .real = real_path(v, path)};
    if (!t.path)
        return err_set(e, -ENOMEM, "out of memory");
    if (!t.real)
        return err_errno(e, "%s", path);
    if (conf ? !vec_push(&v->confs, t) : !vec_push(&v->modules, t))
        return err_set(e, -ENOMEM, "out of memory");
    return 0;
}

static int collect(struct validation *v, const struct validation_options *o, struct err *e)
{
    const struct walk_options options = {.paths = o->paths, .path_count = o->path_count};
    struct walk *w = NULL;
    struct walk_entry entry;
    int r = walk_open(&options, &w, e);
    if (r < 0)
        return r;
    while (r == 0 && (r = walk_next(w, &entry)) == 1) {
        r = 0;
        if (entry.error == RESULT_READ || ends_with(entry.path, ".conf") || ends_with(entry.path, ".so"))
            r = take_path(v, entry.path, entry.argument, e);
        else if (entry.argument)
            r = err_set(e, -ENOENT, "%s: %s", entry.path, entry.error_text ? entry.error_text : "not a file");
    }
    walk_free(w);
    return r;
}

/* The configuration directory of a .conf: the folder conf.d that it lies in, itself or in a family's folder; else its
 * folder. */
static char *root_of(struct validation *v, const char *real)
{
    char path[PATH_MAX];
    if (strlen(real) >= sizeof path)
        return NULL;
    memcpy(path, real, strlen(real) + 1);
    char *end = strrchr(path, '/');
    *end = '\0';
    char *family = strrchr(path, '/');
    if (family && !ends_with(path, "/conf.d")) {
        *family = '\0';
        if (!ends_with(path, "/conf.d"))
            *family = '/';
    }
    return arena_strdup(&v->arena, path[0] ? path : "/");
}

static void add_conf_finding(struct validation *v, const char *path, const struct finding *f)
{
    struct report_file *file = report_file(v->report, path, REPORT_CONF);
    const struct report_finding x = {.severity = f->severity,
                                     .rule = f->rule,
                                     .message = f->message,
                                     .mend = f->mend,
                                     .line = f->line,
                                     .column = f->column};
    if (file)
        report_add(v->report, file, &x);
}

/* A .conf that the registry does not show (it is masked, or its directory is refused): by itself. */
static int check_alone(struct validation *v, const struct target *t, struct err *e)
{
    struct findings found = {0};
    struct conf conf;
    uint8_t *bytes;
    size_t size;
    int r = read_whole(&v->arena, t->real, CONF_MAX_FILE, &bytes, &size);
    if (r < 0)
        return err_set(e, r, "%s: %s", t->path, strerror(-r));
    r = size ? conf_parse(t->path, (const char *)bytes, size, &v->arena, &conf, &found) : 0;
    if (!report_file(v->report, t->path, REPORT_CONF))
        r = -ENOMEM;
    for (size_t i = 0; i < found.count; i++)
        add_conf_finding(v, t->path, &found.items[i]);
    findings_release(&found);
    return r == -ENOMEM ? err_set(e, r, "out of memory") : 0;
}

static const struct plugin *plugin_of(const struct registry *r, const char *conf_path)
{
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->plugins[i].conf_path, conf_path) == 0)
            return &r->plugins[i];
    return NULL;
}

static int check_in_registry(struct validation *v, const struct registry *r, const struct target *t, struct err *e)
{
    const struct plugin *p = plugin_of(r, t->real);
    if (!p)
        return check_alone(v, t, e);
    if (!report_file(v->report, t->path, REPORT_CONF))
        return err_set(e, -ENOMEM, "out of memory");
    for (size_t i = 0; i < r->findings.count; i++)
        if (strcmp(r->findings.items[i].file, t->real) == 0)
            add_conf_finding(v, t->path, &r->findings.items[i]);
    int rc = validation_resources(v, p, t->path, e);
    if (rc == 0 && p->module_path)
        rc = validation_module(v, p->module_path, t->path, &p->conf, e);
    if (rc == 0 && p->module_path && v->options->plugin)
        rc = v->options->plugin(v->options->context, r, p, t->path, e);
    return rc;
}

/* Opens the registry as a host would that reads `root` last. Inside the program's own prefix, and with
 * --no-default-conf, it is the installed directory itself. */
static int open_registry(const struct validation *v, const char *root, struct registry **out, struct err *e)
{
    struct registry_options o = *v->options->registry;
    const char *dirs[65];
    char installed[PATH_MAX], real[PATH_MAX];
    size_t n = 0;
    (void)snprintf(installed, sizeof installed, "%s/share/adit/conf.d", o.prefix ? o.prefix : "");
    bool own = o.prefix && realpath(installed, real) && strcmp(real, root) == 0;
    if (own || o.only_given_dirs)
        dirs[n++] = root; /* the first counts as installed */
    for (size_t i = 0; i < o.conf_dir_count && n < 64; i++)
        dirs[n++] = o.conf_dirs[i];
    if (!own && !o.only_given_dirs)
        dirs[n++] = root;
    o.only_given_dirs = o.only_given_dirs || own;
    o.conf_dirs = dirs;
    o.conf_dir_count = n;
    o.snapshot_path = NULL;
    return registry_open(&o, out, e);
}

static int refuse_directory(struct validation *v, const char *root, const struct err *why)
{
    struct report_file *file = report_file(v->report, root, REPORT_CONF);
    const struct report_finding x = {.severity = FINDING_ERROR,
                                     .rule = "conf.directory.refused",
                                     .message = why->text,
                                     .mend = "mend the directory: adit would read nothing from it"};
    if (!file)
        return -ENOMEM;
    report_add(v->report, file, &x);
    return 0;
}

/* All .conf files of one configuration directory. */
static int check_root(struct validation *v, const char *root, struct err *e)
{
    struct registry *r = NULL;
    struct err why = {0};
    int rc = open_registry(v, root, &r, &why);
    if (rc == -ENOMEM)
        return err_set(e, rc, "out of memory");
    if (rc < 0)
        rc = refuse_directory(v, root, &why);
    for (size_t i = 0; rc == 0 && i < v->confs.count; i++) {
        struct target *t = &v->confs.items[i];
        if (t->done || strcmp(t->root, root) != 0)
            continue;
        t->done = true;
        rc = r ? check_in_registry(v, r, t, e) : check_alone(v, t, e);
    }
    registry_free(r);
    return rc;
}

static int check_confs(struct validation *v, struct err *e)
{
    for (size_t i = 0; i < v->confs.count; i++)
        if (!(v->confs.items[i].root = root_of(v, v->confs.items[i].real)))
            return err_set(e, -ENOMEM, "out of memory");
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < v->confs.count; i++)
        if (!v->confs.items[i].done)
            rc = check_root(v, v->confs.items[i].root, e);
    return rc;
}

/* A .conf beside the module that has its name: what it declares for the module counts, and it is not reported on. */
static int check_with_neighbour(struct validation *v, const struct target *t, bool *done, struct err *e)
{
    char path[PATH_MAX];
    struct conf conf;
    struct findings found = {0};
    uint8_t *bytes;
    size_t size, n = strlen(t->real);
    *done = false;
    if (n < 4 || n + 3 > sizeof path || !ends_with(t->real, ".so"))
        return 0;
    (void)snprintf(path, sizeof path, "%.*s.conf", (int)(n - 3), t->real);
    if (read_whole(&v->arena, path, CONF_MAX_FILE, &bytes, &size) < 0)
        return 0;
    int rc = conf_parse(path, (const char *)bytes, size, &v->arena, &conf, &found);
    findings_release(&found);
    *done = rc == 0;
    return rc == 0 ? validation_module(v, t->real, path, &conf, e) : 0;
}

static int check_modules(struct validation *v, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < v->modules.count; i++) {
        const struct target *t = &v->modules.items[i];
        bool done = map_gets(&v->checked, t->real) != NULL;
        if (!done)
            rc = check_with_neighbour(v, t, &done, e);
        if (rc == 0 && !done)
            rc = validation_module(v, t->real, NULL, NULL, e);
    }
    return rc;
}

int validation_run(const struct validation_options *options, struct report *report, struct err *e)
{
    struct validation v = {.options = options, .report = report};
    if (libraries_open(&v.libraries) < 0)
        return err_set(e, -ENOMEM, "out of memory");
    int rc = collect(&v, options, e);
    if (rc == 0)
        rc = check_confs(&v, e);
    if (rc == 0)
        rc = check_modules(&v, e);
    if (rc == 0 && report->failed)
        rc = err_set(e, -ENOMEM, "out of memory");
    report_sort(report);
    libraries_close(&v.libraries);
    map_release(&v.checked);
    map_release(&v.resources);
    free(v.modules.items);
    free(v.confs.items);
    free(v.variants.items);
    arena_release(&v.arena);
    arena_release(&v.scratch);
    return rc;
}
