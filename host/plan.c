/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "detect.h"
#include "plan_impl.h"

static int no_memory(struct err *e)
{
    return err_set(e, -ENOMEM, "out of memory");
}

/* Needs before those who need them: by depth, in one pass a depth. */
static int set_order(struct planner *p, struct err *e)
{
    const struct registry *r = p->registry;
    p->order = arena_array(&p->arena, r->count, sizeof *p->order);
    if (!p->order)
        return no_memory(e);
    size_t n = 0;
    for (uint32_t depth = 0; n < r->count; depth++) {
        for (uint32_t i = 0; i < r->count; i++) {
            if (r->plugins[i].depth == depth)
                p->order[n++] = i;
        }
    }
    return 0;
}

static int set_choices(struct planner *p, struct err *e)
{
    const struct registry *r = p->registry;
    struct map known = {0};
    p->choices = arena_array(&p->arena, r->count, sizeof *p->choices);
    p->present = arena_array(&p->arena, r->count, sizeof *p->present);
    p->domains = arena_array(&p->arena, r->count, sizeof *p->domains);
    bool ready = p->choices && p->present && p->domains;
    for (size_t i = 0; ready && i < r->count; i++) {
        const struct conf *c = &r->plugins[i].conf;
        struct plan_choice *choice = &p->choices[i];
        const char *process = registry_process(r, &r->plugins[i]);
        const char **place = map_gets(&known, process);
        if (!place) {
            place = &p->domains[p->domain_count++];
            *place = process;
            ready = map_puts(&known, process, place);
        }
        choice->domain = (uint32_t)(place - p->domains);
        choice->types = arena_array(&p->arena, c->match_type_count, sizeof *choice->types);
        ready = ready && choice->types;
        for (size_t k = 0; ready && k < c->match_type_count; k++) {
            const char *canonical = detect_canonical(r->detect, c->match_types[k], strlen(c->match_types[k]));
            choice->types[k] = canonical ? canonical : c->match_types[k];
        }
    }
    map_release(&known);
    return ready ? 0 : no_memory(e);
}

int planner_open(const struct registry *r, const struct plan_selection *s, struct planner **out, struct err *e)
{
    struct planner *p = calloc(1, sizeof *p);
    if (!p)
        return no_memory(e);
    p->registry = r;
    int rc = set_order(p, e);
    if (rc == 0)
        rc = set_choices(p, e);
    if (rc == 0)
        rc = plan_select(p, s, e);
    if (rc < 0) {
        planner_free(p);
        return rc;
    }
    *out = p;
    return 0;
}

void planner_free(struct planner *p)
{
    if (!p)
        return;
    map_release(&p->plans);
    free(p->made);
    arena_release(&p->arena);
    free(p);
}

/* Jobs that wait to be put into a stage. */
struct schedule {
    const struct planner *p;
    const struct plan_entry *entries;
    bool *done, *taken; /* by plugin; `taken` is scratch for one trial */
    uint32_t *jobs;     /* of the trial */
    size_t job_count;
};

static bool waits_for(const struct schedule *s, const struct plugin *plugin)
{
    for (size_t i = 0; i < plugin->hard_count + plugin->soft_count; i++) {
        uint32_t need = i < plugin->hard_count ? plugin->hard[i] : plugin->soft[i - plugin->hard_count];
        if (s->entries[need].wanted && !s->done[need] && !s->taken[need])
            return true;
    }
    return false;
}

static bool is_open(const struct schedule *s, uint32_t index, bool mappers)
{
    const struct plugin *plugin = &s->p->registry->plugins[index];
    return s->entries[index].wanted && !s->done[index] && (plugin->conf.kind == CONF_MAPPER) == mappers;
}

/* Everything of the domain of `first` that can run now, one after another. Returns how many of the domain are left over. */
static size_t try_stage(struct schedule *s, uint32_t first, bool mappers)
{
    const struct planner *p = s->p;
    const struct registry *r = p->registry;
    size_t left = 0;
    memset(s->taken, 0, r->count * sizeof *s->taken);
    s->job_count = 0;
    for (size_t i = 0; i < r->count; i++) {
        uint32_t index = p->order[i];
        if (!is_open(s, index, mappers) || p->choices[index].domain != p->choices[first].domain)
            continue;
        if (waits_for(s, &r->plugins[index])) {
            left++;
            continue;
        }
        s->taken[index] = true;
        s->jobs[s->job_count++] = index;
    }
    return left;
}

/* The next stage: of the first domain that can be finished in one go, else of the one that gets furthest. Leaves it in
 * s->jobs; false where nothing is left. */
static bool next_stage(struct schedule *s, bool mappers)
{
    const struct planner *p = s->p;
    uint32_t best = UINT32_MAX;
    size_t most = 0;
    for (size_t i = 0; i < p->registry->count; i++) {
        uint32_t index = p->order[i];
        if (!is_open(s, index, mappers))
            continue;
        memset(s->taken, 0, p->registry->count * sizeof *s->taken);
        if (waits_for(s, &p->registry->plugins[index]))
            continue;
        if (try_stage(s, index, mappers) == 0)
            return true;
        if (s->job_count > most) {
            most = s->job_count;
            best = index;
        }
    }
    if (best == UINT32_MAX)
        return false;
    (void)try_stage(s, best, mappers);
    return true;
}

static int add_stages(struct schedule *s, struct arena *arena, bool mappers, uint32_t *plugins, size_t *plugin_count,
                      struct plan_stage *stages, size_t *stage_count)
{
    while (next_stage(s, mappers)) {
        uint32_t *jobs = arena_dup(arena, s->jobs, s->job_count * sizeof *jobs);
        if (!jobs)
            return -ENOMEM;
        stages[(*stage_count)++] = (struct plan_stage){
            .domain = s->p->choices[jobs[0]].domain,
            .after_streams = mappers,
            .jobs = jobs,
            .job_count = s->job_count,
        };
        for (size_t i = 0; i < s->job_count; i++) {
            s->done[jobs[i]] = true;
            plugins[(*plugin_count)++] = jobs[i];
        }
    }
    return 0;
}

static int set_stages(struct planner *p, const struct plan_entry *entries, struct plan *plan)
{
    size_t n = p->registry->count, wanted = 0, plugin_count = 0, stage_count = 0;
    for (size_t i = 0; i < n; i++)
        wanted += entries[i].wanted;
    uint32_t *plugins = arena_array(&p->arena, wanted, sizeof *plugins);
    struct plan_stage *stages = arena_array(&p->arena, wanted, sizeof *stages);
    struct schedule s = {.p = p,
                         .entries = entries,
                         .done = calloc(n + 1, 1),
                         .taken = calloc(n + 1, 1),
                         .jobs = calloc(n + 1, sizeof *s.jobs)};
    bool ready = plugins && stages && s.done && s.taken && s.jobs;
    int rc = ready ? add_stages(&s, &p->arena, false, plugins, &plugin_count, stages, &stage_count) : -ENOMEM;
    if (rc == 0)
        rc = add_stages(&s, &p->arena, true, plugins, &plugin_count, stages, &stage_count);
    free(s.done);
    free(s.taken);
    free(s.jobs);
    plan->plugins = plugins;
    plan->plugin_count = plugin_count;
    plan->stages = stages;
    plan->stage_count = stage_count;
    return rc;
}

static bool same_plan(const struct plan *a, const struct plan *b)
{
    if (a->plugin_count != b->plugin_count || a->stage_count != b->stage_count)
        return false;
    for (size_t i = 0; i < a->stage_count; i++) {
        if (a->stages[i].job_count != b->stages[i].job_count ||
            a->stages[i].after_streams != b->stages[i].after_streams)
            return false;
    }
    return a->plugin_count == 0 || memcmp(a->plugins, b->plugins, a->plugin_count * sizeof *a->plugins) == 0;
}

/* Equal plans share a number: the engine may batch their sources together. */
static bool set_id(struct planner *p, struct plan *plan)
{
    for (size_t i = 0; i < p->made_count; i++) {
        if (same_plan(plan, p->made[i])) {
            plan->id = i;
            return true;
        }
    }
    if (!vec_grow(&p->made, &p->made_capacity, p->made_count + 1, sizeof *p->made))
        return false;
    plan->id = p->made_count;
    p->made[p->made_count++] = plan;
    return true;
}

const struct plan *planner_plan(struct planner *p, const char *media)
{
    if (!media || !*media)
        media = "application/octet-stream";
    struct plan *plan = map_gets(&p->plans, media);
    if (plan)
        return plan;
    plan = arena_alloc(&p->arena, sizeof *plan);
    struct plan_entry *entries = calloc(p->registry->count + 1, sizeof *entries);
    int rc = plan && entries ? plan_resolve(p, media, entries) : -ENOMEM;
    if (rc == 0)
        rc = set_stages(p, entries, plan);
    free(entries);
    if (rc < 0 || !(plan->media = arena_strdup(&p->arena, media)) || !set_id(p, plan))
        return NULL;
    return map_puts(&p->plans, plan->media, plan) ? plan : NULL;
}

bool planner_wants_stream(struct planner *p, const char *media)
{
    const struct registry *r = p->registry;
    if (media && *media) {
        const struct plan *plan = planner_plan(p, media);
        return plan && plan->plugin_count > 0;
    }
    for (size_t i = 0; i < r->count; i++) {
        bool runs = p->choices[i].asked || p->choices[i].along;
        if (runs && r->plugins[i].conf.kind == CONF_EXTRACTOR && r->plugins[i].conf.match_type_count > 0)
            return true;
    }
    return false;
}

const char *planner_domain_name(const struct planner *p, uint32_t domain)
{
    return p->domains[domain];
}

size_t planner_domain_count(const struct planner *p)
{
    return p->domain_count;
}

bool planner_asked(const struct planner *p, uint32_t plugin)
{
    return p->choices[plugin].asked;
}

bool planner_fingerprint(const struct planner *p, uint32_t plugin, unsigned char out[32])
{
    return registry_fingerprint_among(p->registry, &p->registry->plugins[plugin], p->present, out);
}
