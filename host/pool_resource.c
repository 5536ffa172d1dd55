/* SPDX-License-Identifier: MIT */
/* Before a plugin is loaded for the first time, its resources are held against the formats that its .conf declares: a slice at
 * a time, since the event loop has others to serve, and a table may have gigabytes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "pool_impl.h"

enum { SLICE = 4 * 1024 * 1024 };

/* What is under way, or was found good. */
struct pool_resources {
    size_t next; /* the resource that is being checked */
    struct resource_check *check;
    struct findings findings;
    struct stamp *stamps; /* as checked, by resource */
};

static void refuse(struct pool *p, uint32_t plugin, const char *why)
{
    const struct plugin *pl = &p->options.registry->plugins[plugin];
    const struct pool_resources *r = p->uses[plugin].resources;
    char text[900];
    if (r && r->findings.count > 0)
        (void)snprintf(text, sizeof text, "resource %s (%s) is broken: %s [%s]; see 'adit validate %s'",
                       pl->conf.resources[r->next].key, pl->resource_paths[r->next], r->findings.items[0].message,
                       r->findings.items[0].rule, pl->conf_path);
    else
        (void)snprintf(text, sizeof text, "%s", why);
    pool_disable(p, plugin, PART_FAILED, text);
}

void pool_resources_free(struct pool_resources *r)
{
    if (!r)
        return;
    resource_close(r->check);
    findings_release(&r->findings);
    free(r->stamps);
    free(r);
}

static struct pool_resources *resources_of(struct pool *p, uint32_t plugin)
{
    struct plugin_use *use = &p->uses[plugin];
    if (use->resources)
        return use->resources;
    struct pool_resources *r = calloc(1, sizeof *r);
    struct stamp *stamps = calloc(p->options.registry->plugins[plugin].conf.resource_count, sizeof *stamps);
    if (!r || !stamps) {
        free(r);
        free(stamps);
        return NULL;
    }
    r->stamps = stamps;
    return use->resources = r;
}

/* One slice of the resource r->next. 1: there is more; 0: it is done; -ENOMEM. */
static int step(struct pool_resources *r, const struct plugin *pl, const struct conf_format *format)
{
    const char *path = pl->resource_paths[r->next];
    int error = r->check ? 0 : resource_open(path, path, format, 1, &r->findings, &r->check);
    int more = error ? error : resource_step(r->check, SLICE);
    if (more != 0)
        return more;
    r->stamps[r->next] = *resource_stamp(r->check);
    resource_close(r->check);
    r->check = NULL;
    return 0;
}

enum pool_checked pool_check_resources(struct pool *p, uint32_t plugin)
{
    const struct plugin *pl = &p->options.registry->plugins[plugin];
    if (pl->conf.format_count == 0)
        return POOL_GOOD;
    struct pool_resources *r = resources_of(p, plugin);
    for (; r && r->next < pl->conf.resource_count; r->next++) {
        const struct conf_format *format = conf_format_of(&pl->conf, pl->conf.resources[r->next].key);
        int more = format ? step(r, pl, format) : 0;
        if (more == 1)
            return POOL_CHECKING;
        if (more < 0 || findings_errors(&r->findings) > 0) {
            refuse(p, plugin, "out of memory");
            return POOL_BROKEN;
        }
    }
    if (!r)
        refuse(p, plugin, "out of memory");
    return r ? POOL_GOOD : POOL_BROKEN;
}

int pool_resource_same(const struct pool *p, uint32_t plugin, size_t i, int fd, struct err *e)
{
    const struct plugin *pl = &p->options.registry->plugins[plugin];
    const struct pool_resources *r = p->uses[plugin].resources;
    struct stat st;
    struct stamp now;
    if (!r || !r->stamps[i].exists)
        return 0;
    if (fstat(fd, &st) < 0)
        return err_errno(e, "cannot read resource %s (%s)", pl->conf.resources[i].key, pl->resource_paths[i]);
    stamp_from_stat(&st, &now);
    if (stamp_equal(&now, &r->stamps[i]))
        return 0;
    return err_set(e, -ESTALE, "resource %s (%s) was changed after it was checked: run adit again",
                   pl->conf.resources[i].key, pl->resource_paths[i]);
}
