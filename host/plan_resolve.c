/* SPDX-License-Identifier: MIT */
/* Which plugins run on sources of one type, and why the others do not. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "detect.h"
#include "plan_impl.h"

const char *plan_canonical(struct planner *p, const char *media)
{
    if (!media || !*media)
        return "application/octet-stream";
    const char *known = detect_canonical(p->registry->detect, media, strlen(media));
    return known ? known : arena_strdup(&p->arena, media);
}

static void refuse(struct plan_entry *entry, enum plan_reason reason, const char *detail)
{
    entry->able = false;
    entry->reason = reason;
    entry->detail = detail ? detail : "";
}

/* May `plugin` count on this hard need, on a source of the type that `entries` is for? */
static bool need_is_met(const struct planner *p, const struct plugin *plugin, const struct plugin *need,
                        const struct plan_entry *entries)
{
    if (entries[need->index].able)
        return true;
    /* A mapper is given what its needs found in the streams, too. */
    return plugin->conf.kind == CONF_MAPPER && need->conf.kind == CONF_EXTRACTOR && p->choices[need->index].allowed;
}

static void judge(struct planner *p, uint32_t index, const char *media, struct plan_entry *entries)
{
    const struct registry *r = p->registry;
    const struct plugin *plugin = &r->plugins[index];
    struct plan_entry *entry = &entries[index];
    const char *type = plan_match(p, index, media);
    *entry = (struct plan_entry){.able = true, .reason = PLAN_RUNS_TYPE, .detail = type ? type : ""};
    if (plugin->conf.kind == CONF_TYPES && plugin->state == PLUGIN_READY)
        return refuse(entry, PLAN_NOT_TYPE, "it only declares types");
    if (plugin->state != PLUGIN_READY)
        return refuse(entry, PLAN_NOT_READY, plugin->reason);
    if (!type && plugin->conf.match_type_count > 0)
        return refuse(entry, PLAN_NOT_TYPE, NULL);
    if (!p->choices[index].allowed)
        return refuse(entry, PLAN_NOT_SELECTED, "--skip leaves it out");
    for (size_t i = 0; i < plugin->hard_count; i++) {
        const struct plugin *need = &r->plugins[plugin->hard[i]];
        if (need_is_met(p, plugin, need, entries))
            continue;
        const char *why = entries[need->index].reason == PLAN_NOT_TYPE ? "does not match this type" : "does not run";
        return refuse(entry, PLAN_MISSING_NEED, arena_printf(&p->arena, "%s, which %s", need->conf.name, why));
    }
}

/* `plugin` runs: so do its needs that can on this source. */
static void want_needs(struct planner *p, const struct plugin *plugin, struct plan_entry *entries)
{
    for (size_t i = 0; i < plugin->hard_count + plugin->soft_count; i++) {
        bool soft = i >= plugin->hard_count;
        uint32_t index = soft ? plugin->soft[i - plugin->hard_count] : plugin->hard[i];
        const struct plugin *need = &p->registry->plugins[index];
        struct plan_entry *entry = &entries[index];
        if (!entry->able || entry->wanted || (soft && !need->conf.by_default && !p->choices[index].asked))
            continue;
        entry->wanted = true;
        entry->reason = PLAN_RUNS_NEEDED;
        entry->detail = plugin->conf.name;
    }
}

/* Id mappers that are bound to a field run where that field's plugin does. True: there are more than before. */
static bool want_bound(struct planner *p, struct plan_entry *entries)
{
    const struct registry *r = p->registry;
    bool more = false;
    for (size_t i = 0; i < r->count; i++) {
        const struct plan_choice *c = &p->choices[i];
        const struct conf_map *m = &r->plugins[i].conf.map;
        for (size_t k = 0; k < m->field_count && entries[i].able && !entries[i].wanted && (c->asked || c->along); k++) {
            const struct plugin *of = registry_find(r, m->fields[k].plugin);
            if (!of || !entries[of->index].wanted)
                continue;
            entries[i].wanted = more = true;
            entries[i].reason = PLAN_RUNS_FIELD;
            entries[i].detail = of->conf.name;
            want_needs(p, &r->plugins[i], entries);
        }
    }
    return more;
}

/* A decoder for others emits streams and nothing else, of types that it names. Where nobody takes them it need not run. (What
 * runs on everything takes whatever is there: it asks for nothing.) */
static bool is_idle(struct planner *p, const struct plugin *plugin)
{
    const struct conf *c = &plugin->conf;
    if (c->kind != CONF_EXTRACTOR || c->field_count > 0 || c->refine_count > 0 || c->artifacts || c->stream_count == 0)
        return false;
    for (size_t i = 0; i < c->stream_count; i++) {
        const char *stream = c->streams[i];
        for (size_t k = 0; k < p->registry->count; k++) {
            bool runs = p->choices[k].asked || p->choices[k].along;
            const char *match = runs && k != plugin->index ? plan_match(p, (uint32_t)k, stream) : NULL;
            if (stream[strlen(stream) - 1] == '*' || (match && strcmp(match, "*") != 0))
                return false;
        }
    }
    return true;
}

int plan_resolve(struct planner *p, const char *media, struct plan_entry *entries)
{
    const struct registry *r = p->registry;
    const char *name = plan_canonical(p, media);
    if (!name)
        return -ENOMEM;
    for (size_t i = 0; i < r->count; i++)
        judge(p, p->order[i], name, entries);
    for (size_t i = 0; i < r->count; i++) {
        const struct plan_choice *c = &p->choices[i];
        entries[i].wanted = entries[i].able && (c->asked || c->along) && r->plugins[i].conf.match_type_count > 0;
    }
    for (size_t i = r->count; i-- > 0;) {
        uint32_t index = p->order[i];
        if (entries[index].wanted)
            want_needs(p, &r->plugins[index], entries);
    }
    while (want_bound(p, entries))
        ;
    for (size_t i = 0; i < r->count; i++)
        if (entries[i].wanted && entries[i].reason == PLAN_RUNS_TYPE && !p->choices[i].named &&
            is_idle(p, &r->plugins[i])) {
            entries[i].wanted = false;
            refuse(&entries[i], PLAN_NOT_NEEDED, "nothing takes its streams");
        }
    for (size_t i = 0; i < r->count; i++) {
        struct plan_entry *entry = &entries[i];
        if (entry->wanted || !entry->able)
            continue;
        bool selected = p->choices[i].asked || p->choices[i].along;
        if (selected || (!p->only && r->plugins[i].conf.match_type_count == 0))
            refuse(entry, PLAN_NOT_NEEDED, "it matches no type itself");
        else
            refuse(entry, PLAN_NOT_SELECTED,
                   p->only ? "--only does not name it" : "default = no, and --with does not name it");
    }
    return 0;
}

int planner_explain(struct planner *p, const char *media, struct plan_decision **out, size_t *count)
{
    size_t n = p->registry->count;
    struct plan_entry *entries = calloc(n + 1, sizeof *entries);
    struct plan_decision *decisions = calloc(n + 1, sizeof *decisions);
    int rc = entries && decisions ? plan_resolve(p, media, entries) : -ENOMEM;
    for (size_t i = 0; rc == 0 && i < n; i++)
        decisions[i] = (struct plan_decision){(uint32_t)i, entries[i].reason, entries[i].detail};
    free(entries);
    if (rc < 0) {
        free(decisions);
        return rc;
    }
    *out = decisions;
    *count = n;
    return 0;
}
