/* SPDX-License-Identifier: MIT */
/* The jobs of one source: which can run now, what they are given, when the source is done. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "detect_read.h"
#include "engine_impl.h"
#include "predicate.h"

static const struct plugin *plugin_at(const struct engine *g, uint32_t plugin)
{
    return &g->options.registry->plugins[plugin];
}

struct source *source_new(struct file *f, struct source *parent)
{
    struct source *s = arena_alloc(&f->arena, sizeof *s);
    if (!s)
        return NULL;
    s->file = f;
    s->parent = parent;
    s->depth = parent->depth + 1;
    s->made_fd = s->fd = -1;
    s->result.media = s->result.detected = s->result.error_text = s->result.limit = s->result.source_plugin = "";
    if (parent->last)
        parent->last->next = s;
    else
        parent->first = s;
    parent->last = s;
    parent->stream_count++;
    parent->unfinished++;
    return s;
}

/* What a source holds beside its file's arena. */
void source_release(struct source *s)
{
    buf_release(&s->needs);
    buf_release(&s->raw);
    artifact_free(s->artifact);
    s->artifact = NULL;
    for (size_t i = 0; i < s->job_count; i++)
        map_release(&s->jobs[i].taken);
    if (s->made_fd >= 0)
        (void)close(s->made_fd);
    s->made_fd = -1;
}

struct job_state *source_job(struct source *s, uint32_t plugin)
{
    for (size_t i = 0; i < s->job_count; i++)
        if (s->jobs[i].plugin == plugin)
            return &s->jobs[i];
    return NULL;
}

void source_warn(struct source *s, struct job_state *j, const char *text, size_t n)
{
    struct arena *a = &s->file->arena;
    if (!j || j->part.warning_count >= MAX_WARNINGS)
        return;
    if (j->part.warning_count == j->warning_room) {
        size_t room = j->warning_room ? j->warning_room * 2 : 4;
        const char **list = arena_array(a, room, sizeof *list);
        if (!list)
            return;
        if (j->part.warning_count)
            memcpy(list, j->part.warnings, j->part.warning_count * sizeof *list);
        j->part.warnings = list;
        j->warning_room = room;
    }
    bool last = j->part.warning_count == MAX_WARNINGS - 1;
    char *copy = last ? arena_strdup(a, "more warnings were left out") : arena_strndup(a, text, n);
    if (copy)
        j->part.warnings[j->part.warning_count++] = copy;
}

/* ---- types and plans ---- */

/* The type by its bytes and its name. False: they cannot be read. */
static bool detect_source(struct engine *g, struct source *s)
{
    const char *slash = memrchr(s->result.name, '/', s->result.name_size), *name = slash ? slash + 1 : s->result.name;
    size_t name_size = s->result.name_size - (size_t)(name - s->result.name);
    struct detect_result found;
    if (detect_fd(g->options.registry->detect, s->fd, s->task.offset, s->result.size, name, name_size, &found) != 0)
        return false;
    s->result.media = found.media;
    return true;
}

static int domain_of(struct engine *g, uint32_t plugin, uint32_t *out)
{
    return pool_domain(g->pool, registry_process(g->options.registry, plugin_at(g, plugin)), out);
}

/* Takes the plan for the source's type; jobs that are done stay done. */
static bool make_jobs(struct engine *g, struct source *s)
{
    const struct plan *plan = planner_plan(g->planner, s->result.media);
    struct job_state *jobs = plan ? arena_array(&s->file->arena, plan->plugin_count + s->job_count + 1, sizeof *jobs) : NULL;
    if (!jobs)
        return false;
    size_t n = 0;
    for (size_t i = 0; i < s->job_count; i++)
        if (s->jobs[i].progress == JOB_DONE)
            jobs[n++] = s->jobs[i];
    size_t done = n;
    for (size_t i = 0; i < plan->plugin_count; i++) {
        bool there = false;
        for (size_t k = 0; k < done && !there; k++)
            there = jobs[k].plugin == plan->plugins[i];
        if (there)
            continue;
        const struct conf *c = &plugin_at(g, plan->plugins[i])->conf;
        uint32_t domain;
        if (domain_of(g, plan->plugins[i], &domain) != 0)
            return false;
        if (c->predicate_count == 0) /* others are loaded when their predicates hold */
            pool_want(g->pool, domain, plan->plugins[i]);
        jobs[n++] = (struct job_state){.plugin = plan->plugins[i], .part = {.plugin = c->name, .version = g->versions[plan->plugins[i]], .reason = ""}};
    }
    s->plan = plan;
    s->jobs = jobs;
    s->job_count = n;
    return true;
}

/* ---- what a job needs ---- */

static bool is_mapper(const struct engine *g, uint32_t plugin)
{
    return plugin_at(g, plugin)->conf.kind == CONF_MAPPER;
}

/* Has everything that the plugin needs on this source come to its end? */
static bool needs_settled(const struct engine *g, struct source *s, const struct plugin *p)
{
    (void)g;
    const struct { const uint32_t *list; uint32_t count; } edges[] = {{p->hard, p->hard_count}, {p->soft, p->soft_count}};
    for (size_t k = 0; k < 2; k++)
        for (uint32_t i = 0; i < edges[k].count; i++) {
            const struct job_state *j = source_job(s, edges[k].list[i]);
            if (j && j->progress != JOB_DONE)
                return false;
        }
    return true;
}

bool source_part_is_usable(const struct part *p)
{
    return p->status == PART_OK || p->status == PART_PARTIAL || p->status == PART_MALFORMED;
}

static bool emitted_in(struct source *s, uint32_t plugin, bool below)
{
    const struct job_state *j = source_job(s, plugin);
    if (j && j->progress == JOB_DONE && !j->hidden && source_part_is_usable(&j->part))
        return true;
    for (struct source *c = below ? s->first : NULL; c; c = c->next)
        if (!c->discarded && emitted_in(c, plugin, true))
            return true;
    return false;
}

static void end_without_running(struct engine *g, struct source *s, struct job_state *j, enum part_status status, const char *need)
{
    j->progress = JOB_DONE;
    j->part.status = status;
    j->part.reason = arena_printf(&s->file->arena, "it needs the fields of %s, which has none for this source", need);
    if (!j->part.reason)
        engine_no_memory(g);
}

/* Ends the job here where it cannot or need not run. A plugin that asks for a field is not missed where there are no fields. */
static bool is_ruled_out(struct engine *g, struct source *s, struct job_state *j)
{
    const struct plugin *p = plugin_at(g, j->plugin);
    if (!predicates_hold(g, s, &p->conf)) {
        j->progress = JOB_DONE;
        j->hidden = true;
        return true;
    }
    for (uint32_t i = 0; i < p->hard_count; i++)
        if (!emitted_in(s, p->hard[i], is_mapper(g, j->plugin))) {
            end_without_running(g, s, j, PART_MISSING_DEPENDENCY, plugin_at(g, p->hard[i])->conf.name);
            return true;
        }
    const char *why = engine_quarantined(g, p);
    if (why) {
        j->progress = JOB_DONE;
        j->part.status = PART_QUARANTINED;
        j->part.reason = why;
    }
    return why != NULL;
}

static void add_need(struct buf *b, const struct part *part)
{
    uint32_t size = (uint32_t)part->fields_size;
    uint8_t name_size = (uint8_t)strlen(part->plugin);
    buf_add(b, &size, sizeof size);
    buf_add(b, &name_size, 1);
    buf_add(b, part->plugin, name_size);
    buf_add(b, part->fields, part->fields_size);
}

/* The fields of every result of `plugin` here and, for a mapper, in the streams, in the order found. */
static void add_needs_of(struct buf *b, struct source *s, uint32_t plugin, bool below)
{
    const struct job_state *j = source_job(s, plugin);
    if (j && j->progress == JOB_DONE && !j->hidden && source_part_is_usable(&j->part))
        add_need(b, &j->part);
    for (struct source *c = below ? s->first : NULL; c; c = c->next)
        if (!c->discarded)
            add_needs_of(b, c, plugin, true);
}

static void add_needs(struct engine *g, struct source *s, uint32_t plugin)
{
    const struct plugin *p = plugin_at(g, plugin);
    for (uint32_t i = 0; i < p->hard_count; i++)
        add_needs_of(&s->needs, s, p->hard[i], is_mapper(g, plugin));
    for (uint32_t i = 0; i < p->soft_count; i++)
        add_needs_of(&s->needs, s, p->soft[i], is_mapper(g, plugin));
}

/* ---- tasks ---- */

static bool has_needs(const struct plugin *p)
{
    return p->hard_count + p->soft_count > 0;
}

static void prepare_task(struct engine *g, struct source *s, bool mapper)
{
    struct pool_task *t = &s->task;
    t->owner = s;
    t->fd = mapper ? -1 : s->fd;
    t->memory = NULL;
    t->size = mapper ? 0 : s->result.size;
    const char *slash = memrchr(s->result.name, '/', s->result.name_size);
    const char *name = slash && s->depth == 0 ? slash + 1 : s->result.name;
    t->name = (struct adit_text){name, s->result.name_size - (size_t)(name - s->result.name)};
    t->media = (struct adit_text){s->result.media, strlen(s->result.media)};
    t->flags = (uint16_t)((s->depth < MAX_DEPTH ? WIRE_TASK_STREAMS : 0) | (g->artifacts || g->shards ? WIRE_TASK_ARTIFACTS : 0));
    t->stream_bytes = FILE_STREAM_BYTES - s->file->made_bytes;
    t->group = s->depth > 0 ? s->file : NULL;
    t->alone = false;
    t->attempts = 0;
    t->job_count = t->companion_count = 0;
    buf_reset(&s->needs);
}

/* Are these given the same fields, in the same order? */
static bool same_needs(const struct plugin *a, const struct plugin *b)
{
    return a->hard_count == b->hard_count && a->soft_count == b->soft_count &&
           (a->hard_count == 0 || memcmp(a->hard, b->hard, a->hard_count * sizeof *a->hard) == 0) &&
           (a->soft_count == 0 || memcmp(a->soft, b->soft, a->soft_count * sizeof *a->soft) == 0);
}

/* Puts the job into the task, where it fits what is in it: the domain, and the needs, of which a task has one set. *needing: the plugin
 * whose needs the task has. False: memory is short. */
static bool add_job(struct engine *g, struct source *s, struct job_state *j, bool mappers, const struct plugin **needing)
{
    const struct plugin *p = plugin_at(g, j->plugin);
    struct pool_task *t = &s->task;
    uint32_t domain;
    if (domain_of(g, j->plugin, &domain) != 0)
        return false;
    bool alone = registry_isolation(g->options.registry, p) == CONF_ISOLATE_JOB, first = !s->gathering;
    if (!first && (domain != t->domain || alone || t->alone || (has_needs(p) && *needing && !same_needs(p, *needing))))
        return true;
    if (first)
        prepare_task(g, s, mappers);
    s->gathering = true;
    t->domain = domain;
    t->alone = alone;
    t->jobs[t->job_count++] = j->plugin;
    j->progress = JOB_RUNNING;
    if (has_needs(p) && !*needing) {
        add_needs(g, s, j->plugin);
        *needing = p;
    }
    source_companions(g, s, j->plugin);
    return true;
}

/* Collects the jobs that can run now, all of one domain and one phase, and of those that need others' fields only such as need the
 * same. False: there are none. */
static bool gather(struct engine *g, struct source *s, bool mappers)
{
    const struct plugin *needing = NULL;
    bool again = true; /* others may have waited for a job that was ruled out */
    s->gathering = false;
    while (again) {
        again = false;
        for (size_t i = 0; i < s->job_count && (!s->gathering || s->task.job_count < POOL_TASK_JOBS); i++) {
            struct job_state *j = &s->jobs[i];
            if (j->progress != JOB_WAITING || is_mapper(g, j->plugin) != mappers || !needs_settled(g, s, plugin_at(g, j->plugin)))
                continue;
            if (is_ruled_out(g, s, j)) {
                again = true;
            } else if (!add_job(g, s, j, mappers, &needing)) {
                engine_no_memory(g);
                return false;
            }
        }
    }
    return s->gathering;
}

static void finish(struct engine *g, struct source *s);

void source_advance(struct engine *g, struct source *s)
{
    if (s->running || s->finished)
        return;
    if (s->refined && strcmp(s->refined, s->result.media) != 0) {
        s->result.media = s->refined;
        if (!make_jobs(g, s))
            engine_no_memory(g);
        reuse_parts(g, s);
    }
    s->refined = NULL;
    bool stopping = g->options.interrupted && *g->options.interrupted;
    bool found = !stopping && gather(g, s, false);
    if (!found && s->unfinished > 0)
        return; /* its streams come back here */
    if (!found && !stopping)
        found = gather(g, s, true);
    if (!found) {
        finish(g, s);
        return;
    }
    if (s->needs.failed) {
        engine_no_memory(g);
        return;
    }
    s->task.needs = (const uint8_t *)s->needs.data;
    s->task.needs_size = s->needs.size;
    s->running = true;
    pool_submit(g->pool, &s->task);
}

void source_start(struct engine *g, struct source *s)
{
    bool too_deep = s->depth > MAX_DEPTH;
    if (s->result.media[0] == '\0' && !detect_source(g, s)) {
        s->result.error_text = "cannot be read";
        s->result.error = RESULT_UNREADABLE;
    }
    s->result.detected = s->result.media;
    if (too_deep)
        s->result.limit = "streams 8 deep";
    if (!too_deep && s->result.error == RESULT_READ) {
        if (!make_jobs(g, s))
            engine_no_memory(g);
        reuse_parts(g, s);
    }
    source_advance(g, s);
}

/* ---- the end ---- */

static bool build_parts(struct engine *g, struct source *s)
{
    struct part *parts = arena_array(&s->file->arena, s->job_count + 1, sizeof *parts);
    size_t n = 0;
    if (!parts)
        return false;
    for (size_t i = 0; i < s->job_count; i++) {
        struct job_state *j = &s->jobs[i];
        if (j->hidden)
            continue;
        if (j->progress != JOB_DONE) { /* interrupted before it began */
            j->part.status = PART_CANCELLED;
            j->part.reason = "interrupted";
        }
        if (g->options.cache && !reuse_fingerprint(g, j->plugin, j->part.produced_streams, j->part.fingerprint))
            s->file->keep = false;
        g->stats.failed += part_status_is_failure(j->part.status);
        parts[n++] = j->part;
    }
    s->result.parts = parts;
    s->result.part_count = n;
    return true;
}

static bool build_streams(struct source *s)
{
    struct result *streams = arena_array(&s->file->arena, s->stream_count + 1, sizeof *streams);
    size_t n = 0;
    if (!streams)
        return false;
    for (struct source *c = s->first; c; c = c->next)
        if (!c->discarded)
            streams[n++] = c->result;
    s->result.streams = streams;
    s->result.stream_count = n;
    return true;
}

static void finish(struct engine *g, struct source *s)
{
    s->finished = true;
    if (!build_parts(g, s) || !build_streams(s))
        engine_no_memory(g);
    source_release(s);
    if (!s->parent) {
        engine_file_done(g, s->file);
        return;
    }
    g->stats.streams++;
    s->parent->unfinished--;
    source_advance(g, s->parent);
}
