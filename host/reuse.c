/* SPDX-License-Identifier: MIT */
/* What an earlier run found out and still holds: whole results by the registry's key, single parts by their fingerprints. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "digest.h"
#include "engine_impl.h"
#include "module.h"

static void add_stamp(struct digest *d, const struct stamp *s)
{
    const uint64_t values[] = {s->exists, s->device, s->inode, s->size, (uint64_t)s->mtime_ns, (uint64_t)s->ctime_ns};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        digest_add_u64(d, values[i]);
}

static void add_names(struct digest *d, const char *const *names, size_t count)
{
    digest_add_u64(d, count);
    for (size_t i = 0; i < count; i++)
        digest_add_text(d, names[i]);
}

/* Equal keys: the same program with the same plugins, modules, resources and selection, as far as stat tells. */
void reuse_key(struct engine *g)
{
    const struct registry *r = g->options.registry;
    const struct plan_selection *sel = &g->options.selection;
    struct digest d;
    digest_init(&d);
    digest_add_text(&d, ADIT_VERSION);
    digest_add(&d, r->types_fingerprint, sizeof r->types_fingerprint);
    g->registry_key_holds = true;
    for (size_t i = 0; i < r->count; i++) {
        struct plugin *p = &r->plugins[i];
        digest_add_text(&d, p->conf.name);
        digest_add_u64(&d, p->state);
        registry_check_module(r, p); /* discovery may have taken its stamp from the snapshot */
        add_stamp(&d, &p->conf_stamp);
        add_stamp(&d, &p->module_stamp);
        bool racy = p->conf_stamp.racy || p->module_stamp.racy;
        if (p->conf.library_count > 0 && p->state == PLUGIN_READY) {
            racy = true; /* stamps say nothing of a module's own libraries: their bytes are read in every run */
            p->has_module_digest = false;
        }
        for (size_t k = 0; k < p->conf.resource_count && p->resource_stamps; k++) {
            add_stamp(&d, &p->resource_stamps[k]);
            racy |= p->resource_stamps[k].racy;
        }
        if (racy)
            g->registry_key_holds = false;
    }
    add_names(&d, sel->only, sel->only_count);
    add_names(&d, sel->skip, sel->skip_count);
    add_names(&d, sel->with, sel->with_count);
    if (g->options.pairs)
        digest_add(&d, pairs_digest(g->options.pairs), DIGEST_SIZE);
    digest_finish(&d, g->registry_key);
    /* A key that nobody has: what is stored under it is compared part by part. */
    if (!g->registry_key_holds && getrandom(g->registry_key, sizeof g->registry_key, 0) < 0)
        g->options.cache = NULL;
}

/* Fingerprints need the digests of a plugin's module and of those that it needs, also where they have not run. */
static bool know_digests(struct engine *g, uint32_t plugin, unsigned depth)
{
    struct plugin *p = &g->options.registry->plugins[plugin];
    const struct { const uint32_t *list; uint32_t count; } edges[] = {{p->hard, p->hard_count}, {p->soft, p->soft_count}};
    unsigned char digest[32];
    if (p->module_path && !p->has_module_digest) {
        int error = module_digest(p, digest, NULL);
        if (err_is_shortage(error))
            g->shortage = error;
        if (error)
            return false;
        registry_set_digest(g->options.registry, p, digest);
    }
    for (size_t k = 0; k < 2; k++)
        for (uint32_t i = 0; depth < 64 && i < edges[k].count; i++)
            if (!know_digests(g, edges[k].list[i], depth + 1))
                return false;
    return true;
}

bool reuse_fingerprint(struct engine *g, uint32_t plugin, bool produced_streams, unsigned char out[32])
{
    if (g->has_fingerprint[plugin] == 0) {
        bool known = know_digests(g, plugin, 0) && planner_fingerprint(g->planner, plugin, g->fingerprints[plugin]);
        g->has_fingerprint[plugin] = known ? 1 : 2;
    }
    if (g->has_fingerprint[plugin] != 1)
        return false;
    memcpy(out, g->fingerprints[plugin], 32);
    bool paired = g->options.pairs && g->options.registry->plugins[plugin].conf.companion_count > 0;
    if (!produced_streams && !paired)
        return true;
    /* The types of its streams depend on every declaration of a type; its companions on the table of them. */
    struct digest d;
    unsigned char rest[32];
    digest_init(&d);
    digest_add(&d, out, 32);
    if (produced_streams)
        digest_add(&d, g->options.registry->types_fingerprint, 32);
    if (paired)
        digest_add(&d, pairs_digest(g->options.pairs), DIGEST_SIZE);
    digest_finish(&d, rest);
    memcpy(out + REGISTRY_FINGERPRINT_CODE, rest, 32 - REGISTRY_FINGERPRINT_CODE);
    return true;
}

const struct dependency *reuse_changed_companion(const struct result *r)
{
    for (size_t i = 0; i < r->dependency_count; i++) {
        struct stamp now;
        if (stamp_of(AT_FDCWD, r->dependencies[i].path, &now) != 0 || !stamp_equal(&now, &r->dependencies[i].stamp) ||
            (now.exists && stamp_is_racy(&now, stamp_now())))
            return &r->dependencies[i];
    }
    return NULL;
}

bool reuse_part_holds(struct engine *g, const struct part *part, uint32_t *plugin)
{
    unsigned char now[32];
    const struct plugin *p = registry_find(g->options.registry, part->plugin);
    if (!p || p->state != PLUGIN_READY || ((g->artifacts || g->shards) && p->conf.artifacts))
        return false;
    *plugin = p->index;
    return reuse_fingerprint(g, p->index, part->produced_streams, now) && memcmp(now, part->fingerprint, 32) == 0;
}

/* Would the same jobs run on this stream, with the same outcome? */
static bool stream_holds(struct engine *g, const struct result *r, unsigned depth)
{
    const struct plan *plan = depth <= MAX_DEPTH ? planner_plan(g->planner, r->media) : NULL;
    if (!plan || r->limit[0])
        return false;
    size_t there = 0;
    for (size_t i = 0; i < r->part_count; i++) {
        uint32_t plugin;
        if (!reuse_part_holds(g, &r->parts[i], &plugin))
            return false;
        for (size_t k = 0; k < plan->plugin_count; k++)
            there += plan->plugins[k] == plugin;
    }
    if (there < plan->plugin_count)
        return false;
    for (size_t i = 0; i < r->stream_count; i++)
        if (!stream_holds(g, &r->streams[i], depth + 1))
            return false;
    return true;
}

/* A stream as if its jobs had just run. */
static bool adopt(struct engine *g, struct source *parent, const struct result *r)
{
    struct source *s = source_new(parent->file, parent);
    struct job_state *jobs = s ? arena_array(&parent->file->arena, r->part_count + 1, sizeof *jobs) : NULL;
    if (!jobs)
        return false;
    s->result = *r;
    s->result.parts = NULL;
    s->finished = true;
    parent->unfinished--;
    for (size_t i = 0; i < r->part_count; i++) {
        jobs[i] = (struct job_state){.progress = JOB_DONE, .part = r->parts[i]};
        jobs[i].plugin = registry_find(g->options.registry, r->parts[i].plugin)->index;
    }
    s->jobs = jobs;
    s->job_count = r->part_count;
    s->result.parts = r->parts;
    for (size_t i = 0; i < r->stream_count; i++)
        if (!adopt(g, s, &r->streams[i]))
            return false;
    return true;
}

bool reuse_streams_hold(struct engine *g, const struct result *old, const char *plugin)
{
    for (size_t i = 0; i < old->stream_count; i++)
        if (strcmp(old->streams[i].source_plugin, plugin) == 0 && !stream_holds(g, &old->streams[i], 1))
            return false;
    return true;
}

static bool is_mapper(const struct engine *g, uint32_t plugin)
{
    return g->options.registry->plugins[plugin].conf.kind == CONF_MAPPER;
}

static void take_parts(struct engine *g, struct source *s, const struct result *old, bool mappers)
{
    for (size_t i = 0; i < old->part_count; i++) {
        uint32_t plugin;
        if (!reuse_part_holds(g, &old->parts[i], &plugin) || is_mapper(g, plugin) != mappers)
            continue;
        struct job_state *j = source_job(s, plugin);
        if (!j || j->progress != JOB_WAITING || !reuse_streams_hold(g, old, old->parts[i].plugin))
            continue;
        j->part = old->parts[i];
        j->progress = JOB_DONE;
        g->stats.reused++;
        if (g->options.registry->plugins[plugin].conf.companion_count > 0 && !source_keep_dependencies(s->file, old))
            engine_no_memory(g);
        for (size_t k = 0; k < old->stream_count; k++)
            if (strcmp(old->streams[k].source_plugin, old->parts[i].plugin) == 0 && !adopt(g, s, &old->streams[k]))
                engine_no_memory(g);
    }
}

void reuse_parts(struct engine *g, struct source *s)
{
    const struct result *old = s->old;
    if (!old || strcmp(old->detected, s->result.detected) != 0)
        return;
    take_parts(g, s, old, false);
    for (size_t i = 0; i < s->job_count; i++)
        if (s->jobs[i].progress == JOB_WAITING && !is_mapper(g, s->jobs[i].plugin))
            return; /* mappers see what all the others found: they run again when one of them does */
    if (strcmp(old->media, s->result.media) == 0)
        take_parts(g, s, old, true);
    else
        s->refined = old->media; /* nothing is left that would refine the type again */
}
