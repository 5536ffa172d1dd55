/* SPDX-License-Identifier: MIT */
/* The resources of a plugin, held against the formats that its .conf declares, into the report. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "resource.h"
#include "snapshot_conf.h"
#include "validation_impl.h"

/* What the report calls it: beside the .conf as the user named that, else by its absolute path. */
static const char *shown_path(struct validation *v, const struct plugin *p, const char *conf_path, const char *path)
{
    size_t folder = (size_t)(strrchr(p->conf_path, '/') - p->conf_path) + 1;
    const char *slash = strrchr(conf_path, '/');
    int shown = slash ? (int)(slash - conf_path) + 1 : 0;
    if (strncmp(path, p->conf_path, folder) != 0)
        return path;
    return arena_printf(&v->arena, "%.*s%s", shown, conf_path, path + folder);
}

/* Many .conf files may name one table and say the same of it. False: it was checked as that before. */
static int is_new(struct validation *v, const char *path, const struct conf_format *format)
{
    struct buf b = BUF_INIT;
    struct conf_format copy = *format;
    struct codec c = {.out = &b};
    copy.label = path;
    copy.line = 0;
    codec_format(&c, &copy);
    char *key = b.failed ? NULL : arena_dup(&v->arena, b.data, b.size);
    size_t size = b.size;
    buf_release(&b);
    if (!key)
        return -ENOMEM;
    if (map_get(&v->resources, key, size))
        return 0;
    return map_put(&v->resources, key, size, key) ? 1 : -ENOMEM;
}

static int check(const char *path, const char *shown, const struct conf_format *format, struct findings *found)
{
    struct resource_check *c = NULL;
    int r = resource_open(path, shown, format, RESOURCE_FINDINGS, found, &c);
    if (r == 0)
        r = resource_step(c, SIZE_MAX);
    resource_close(c);
    return r;
}

static int check_one(struct validation *v, const char *path, const char *shown, const char *conf_path,
                     const struct conf_format *format)
{
    struct findings found = {0};
    int r = check(path, shown, format, &found);
    struct report_file *file = r == 0 ? report_file(v->report, shown, REPORT_RESOURCE) : NULL;
    if (file && !file->conf)
        file->conf = arena_strdup(&v->report->arena, conf_path);
    for (size_t i = 0; file && i < found.count; i++) {
        const struct finding *f = &found.items[i];
        const struct report_finding x = {.severity = f->severity,
                                         .rule = f->rule,
                                         .message = f->message,
                                         .mend = f->mend,
                                         .line = f->line,
                                         .column = f->column};
        report_add(v->report, file, &x);
    }
    findings_release(&found);
    return file ? 0 : -ENOMEM;
}

int validation_resources(struct validation *v, const struct plugin *p, const char *conf_path, struct err *e)
{
    for (size_t i = 0; p->resource_paths && i < p->conf.resource_count; i++) {
        const struct conf_format *format = conf_format_of(&p->conf, p->conf.resources[i].key);
        const char *path = p->resource_paths[i];
        if (!format || !path) /* that it is missing was told */
            continue;
        const char *shown = shown_path(v, p, conf_path, path);
        int r = shown ? is_new(v, path, format) : -ENOMEM;
        if (r > 0)
            r = check_one(v, path, shown, conf_path, format);
        if (r < 0)
            return err_set(e, r, "%s: %s", path, strerror(-r));
    }
    return 0;
}
