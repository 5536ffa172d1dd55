/* SPDX-License-Identifier: MIT */
#include "reuse_tell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine_impl.h"
#include "output_value.h"
#include "walk.h"

struct reuse_tell {
    struct engine engine; /* as much of it as reuse.c asks for */
    struct cache *cache;
};

int reuse_tell_open(struct registry *r, struct planner *p, const struct plan_selection *selection, const char *folder, struct reuse_tell **out, struct err *e)
{
    struct reuse_tell *t = calloc(1, sizeof *t);
    if (!t)
        return err_set(e, -ENOMEM, "out of memory");
    t->engine.options.registry = r;
    t->engine.options.selection = *selection;
    t->engine.planner = p;
    t->engine.fingerprints = calloc(r->count + 1, sizeof *t->engine.fingerprints);
    t->engine.has_fingerprint = calloc(r->count + 1, 1);
    int error = t->engine.fingerprints && t->engine.has_fingerprint ? 0 : err_set(e, -ENOMEM, "out of memory");
    if (!error && folder && cache_is_there(folder))
        error = cache_open(folder, NULL, &t->cache, e);
    if (error) {
        reuse_tell_close(t);
        return error;
    }
    if (t->cache)
        reuse_key(&t->engine);
    *out = t;
    return 0;
}

void reuse_tell_close(struct reuse_tell *t)
{
    if (!t)
        return;
    cache_close(t->cache);
    free(t->engine.fingerprints);
    free(t->engine.has_fingerprint);
    free(t);
}

struct cache *reuse_tell_cache(struct reuse_tell *t)
{
    return t->cache;
}

/* ---- the file ---- */

static const char *times(struct arena *arena, const char *what, int64_t then, int64_t now)
{
    struct buf b = BUF_INIT;
    buf_adds(&b, what);
    buf_adds(&b, ": then ");
    value_unix_time(&b, then);
    buf_adds(&b, ", now ");
    value_unix_time(&b, now);
    const char *text = b.failed ? NULL : arena_strndup(arena, b.data, b.size);
    buf_release(&b);
    return text;
}

/* Why an equal path is not the file that it was; "" where it is. */
static const char *file_changed(struct arena *arena, const struct stamp *then, const struct stamp *now)
{
    if (stamp_equal(then, now))
        return "";
    if (then->size != now->size)
        return arena_printf(arena, "the file's size changed: then %llu bytes, now %llu", (unsigned long long)then->size,
                            (unsigned long long)now->size);
    if (then->mtime_ns != now->mtime_ns)
        return times(arena, "the file was modified", then->mtime_ns, now->mtime_ns);
    if (then->device != now->device || then->inode != now->inode)
        return "another file of the same size and time is in its place";
    return times(arena, "the file's rights, owner, links or name changed, which tells nothing of its bytes", then->ctime_ns, now->ctime_ns);
}

/* ---- its parts ---- */

static const struct part *part_of(const struct result *r, const char *plugin)
{
    for (size_t i = 0; i < r->part_count; i++)
        if (strcmp(r->parts[i].plugin, plugin) == 0)
            return &r->parts[i];
    return NULL;
}

/* The first plugin that p needs whose own part of the earlier result differs in the same half: then the change is there. */
static const char *changed_need(struct engine *g, const struct result *old, const struct plugin *p, size_t from, size_t size)
{
    unsigned char now[32];
    for (size_t i = 0; i < p->hard_count + p->soft_count; i++) {
        const struct plugin *need = &g->options.registry->plugins[i < p->hard_count ? p->hard[i] : p->soft[i - p->hard_count]];
        const struct part *part = part_of(old, need->conf.name);
        if (part && reuse_fingerprint(g, need->index, part->produced_streams, now) && memcmp(now + from, part->fingerprint + from, size) != 0)
            return need->conf.name;
    }
    return NULL;
}

static const char *plugin_changed(struct engine *g, struct arena *arena, const struct result *old, const struct part *part,
                                  const struct plugin *p)
{
    unsigned char now[32];
    if (!reuse_fingerprint(g, p->index, part->produced_streams, now))
        return "its module or a resource cannot be read, or changed a moment ago";
    const struct conf_version *v = &p->conf.version;
    const char *version = arena_printf(arena, "%u.%u.%u", v->major, v->minor, v->patch);
    if (!version)
        return NULL;
    if (strcmp(version, part->version) != 0)
        return arena_printf(arena, "its version changed: then %s, now %s", part->version, version);
    bool code = memcmp(now, part->fingerprint, REGISTRY_FINGERPRINT_CODE) != 0;
    size_t from = code ? 0 : REGISTRY_FINGERPRINT_CODE;
    const char *need = changed_need(g, old, p, from, code ? REGISTRY_FINGERPRINT_CODE : 32 - REGISTRY_FINGERPRINT_CODE);
    if (need)
        return arena_printf(arena, "%s, which it needs, changed", need);
    if (p->hard_count + p->soft_count > 0)
        return code ? "its module changed, or that of a plugin that it needs"
                    : "its configuration changed: options, fields, limits, resources, or plugins that it needs";
    return code ? "its module changed" : "its configuration changed: options, fields, limits or resources";
}

/* "" where the part is kept; NULL: no memory. */
static const char *part_reason(struct engine *g, struct arena *arena, const struct result *old, const struct plugin *p)
{
    uint32_t index;
    const struct part *part = part_of(old, p->conf.name);
    if (!part)
        return "nothing of it is kept: it did not run then, or failed in a way that says nothing of the file";
    if (!reuse_part_holds(g, part, &index))
        return plugin_changed(g, arena, old, part, p);
    if (!reuse_streams_hold(g, old, p->conf.name))
        return "it found streams in which other plugins run now, or changed ones";
    return "";
}

/* As reuse_parts does: extractors first; mappers see what all of them found. */
static int tell_parts(struct engine *g, const struct result *old, const struct plan *plan, struct arena *arena, struct reuse_told *out)
{
    bool again = false; /* an extractor */
    for (int mappers = 0; mappers < 2; mappers++) {
        for (size_t i = 0; i < plan->plugin_count; i++) {
            const struct plugin *p = &g->options.registry->plugins[plan->plugins[i]];
            struct reuse_part *part = &out->parts[i];
            if ((p->conf.kind == CONF_MAPPER) != (mappers != 0))
                continue;
            part->reason = mappers && again ? "it maps what others find, of whom one runs again" : part_reason(g, arena, old, p);
            if (!part->reason)
                return -ENOMEM;
            part->kept = !part->reason[0];
            out->kept += part->kept;
            again = again || (!mappers && !part->kept);
        }
    }
    return 0;
}

static int tell_entry(struct reuse_tell *t, const struct walk_entry *entry, const char *detected, const struct plan *plan,
                      struct arena *arena, struct reuse_told *out)
{
    struct result *old = NULL;
    struct stamp then;
    unsigned char key[CACHE_KEY];
    out->reason = "nothing is kept of this file: it was not extracted yet, had changed just before, or gave nothing that may be kept";
    int found = cache_peek(t->cache, entry->key, entry->key_size, arena, &old, &then, key);
    if (found != 1)
        return found;
    out->reason = file_changed(arena, &then, &entry->stamp);
    if (!out->reason || out->reason[0])
        return out->reason ? 0 : -ENOMEM;
    const struct dependency *companion = reuse_changed_companion(old);
    if (companion)
        out->reason = arena_printf(arena, "a companion changed, came or went: %s", companion->path);
    else if (strcmp(old->detected, detected) != 0)
        out->reason = arena_printf(arena, "its type was told as %s then", old->detected);
    else if (strcmp(old->media, old->detected) != 0)
        out->refined = old->media;
    if (!out->reason)
        return -ENOMEM;
    if (out->reason[0] || memcmp(key, t->engine.registry_key, CACHE_KEY) != 0)
        return out->reason[0] ? 0 : tell_parts(&t->engine, old, plan, arena, out);
    /* The whole result is taken, whoever did not run for a field that was not as it wants. */
    for (out->kept = 0; out->kept < plan->plugin_count; out->kept++)
        out->parts[out->kept] = (struct reuse_part){true, ""};
    return 0;
}

int reuse_tell_file(struct reuse_tell *t, const char *path, const char *detected, const struct plan *plan, struct arena *arena,
                    struct reuse_told *out)
{
    struct walk *w = NULL;
    struct walk_entry entry;
    struct err e = {0};
    *out = (struct reuse_told){.reason = "nothing is kept: there is no cache yet", .refined = ""};
    out->parts = arena_array(arena, plan->plugin_count + 1, sizeof *out->parts);
    if (!out->parts)
        return -ENOMEM;
    if (!t->cache)
        return 0;
    const char *name = strcmp(path, "-") == 0 ? "./-" : path; /* a file, and no list */
    int error = walk_open(&(struct walk_options){.paths = &name, .path_count = 1}, &w, &e);
    if (!error && walk_next(w, &entry) == 1 && entry.error == RESULT_READ)
        error = tell_entry(t, &entry, detected, plan, arena, out);
    walk_free(w);
    return t->engine.shortage ? t->engine.shortage : error;
}
