/* SPDX-License-Identifier: MIT */
/* `adit cache warm --map`: loads every id mapper once, so that what they keep between runs (digests of modules, indexes of large
 * tables) is there before somebody waits for it, and says which of them cannot be loaded. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "cmd_cache_warm.h"
#include "map_run.h"
#include "nearest.h"

struct answer {
    uint8_t fault;
};

static int note(void *context, struct map_chunk *c)
{
    struct answer *a = context;
    if (c->faults)
        a->fault = c->faults[0];
    return 0;
}

static int nothing(void *context)
{
    (void)context;
    return 0;
}

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Asks the mapper for one identifier, which loads it. 0; 1: it failed, and why is printed; -errno with e told. */
static int load(struct cmd_common *common, struct registry *r, const struct plugin *p, struct err *e)
{
    static const char *const ids[] = {"0"};
    const struct map_edge edge = {.plugin = p->index};
    const struct map_edge *steps[] = {&edge};
    const struct map_path path = {.steps = steps, .count = 1};
    const struct map_input_options input = {.ids = ids, .id_count = 1, .fd = -1};
    struct answer answer = {0};
    struct map_run_options options = {.registry = r,
                                      .paths = &path,
                                      .path_count = 1,
                                      .separator = "",
                                      .take = note,
                                      .flush = nothing,
                                      .context = &answer,
                                      .kept = cmd_kept_dir(common),
                                      .workers = 1,
                                      .sandbox = true,
                                      .prefix = common->prefix};
    struct map_run *run = NULL;
    double begin = now();
    int rc = map_input_open(&input, &options.input, e);
    if (rc == 0)
        rc = map_run_open(&options, &run, e);
    if (rc == 0)
        rc = map_run_all(run, e);
    if (rc == 0 && answer.fault)
        (void)printf("%s\n", map_run_reason(run, answer.fault));
    else if (rc == 0)
        (void)printf("%s: loaded in %.1f ms\n", p->conf.name, (now() - begin) * 1000);
    map_run_close(run);
    map_input_free(options.input);
    return rc < 0 ? rc : answer.fault != 0;
}

static const struct plugin *mapper_named(const struct registry *r, const char *name)
{
    const struct plugin *p = registry_find(r, name);
    if (p && p->conf.map.from_count > 0)
        return p;
    struct nearest near = {.word = name};
    for (size_t i = 0; i < r->count; i++)
        if (r->plugins[i].conf.map.from_count > 0)
            nearest_offer(&near, r->plugins[i].conf.name);
    (void)cmd_usage("cache",
                    near.best ? "warm: there is no id mapper '%s': did you mean '%s'?"
                              : "warm: there is no id mapper '%s': 'adit map --list' says which there are",
                    name, near.best);
    return NULL;
}

int cmd_cache_warm(struct cmd_common *common, char **names, int count)
{
    struct registry *r = NULL;
    struct err e = {0};
    int status = cmd_open_registry(common, &r), rc = 0;
    size_t all = status ? 0 : count > 0 ? (size_t)count : r->count;
    for (size_t i = 0; i < all && rc >= 0; i++) {
        const struct plugin *p = count > 0 ? mapper_named(r, names[i]) : &r->plugins[i];
        if (!p) {
            status = EXIT_USAGE;
            break;
        }
        if (p->conf.map.from_count == 0 || (p->state == PLUGIN_DISABLED && count == 0))
            continue;
        if (p->state != PLUGIN_READY)
            (void)printf("%s: %s\n", p->conf.name, p->reason);
        else
            rc = load(common, r, p, &e);
        if (p->state != PLUGIN_READY || rc > 0)
            status = EXIT_SOME_FAILED;
    }
    if (rc < 0) {
        cmd_error("cache", "warm: %s", e.text);
        status = EXIT_SOME_FAILED;
    }
    if (r)
        (void)registry_save_snapshot(r, NULL);
    registry_free(r);
    return status;
}
