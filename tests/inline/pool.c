/* SPDX-License-Identifier: MIT */
#include "pool_inline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job_map.h"
#include "loaded.h"

enum { MAX_DOMAINS = 1024, MAX_NEEDS = 4096 };

struct use {
    struct loaded loaded;
    enum part_status failed;
    bool tried;
    char why[1024];
};

struct pool {
    struct pool_options options;
    struct use *uses; /* by plugin index */
    char domains[MAX_DOMAINS][64];
    size_t domain_count;
    struct pool_task *first, *last;
    size_t pending;
    struct pool_stats stats;
    struct adit_job job;
    struct buf payload;
    /* of the running job */
    struct pool_task *task;
    uint32_t plugin;
    struct job_need needs[MAX_NEEDS];
    struct job_companion companions[POOL_TASK_COMPANIONS];
};

static struct {
    void (*call)(void *context, const struct pool_task *task, uint32_t plugin);
    void *context;
} watch;

void pool_inline_watch(void (*call)(void *context, const struct pool_task *task, uint32_t plugin), void *context)
{
    watch.call = call;
    watch.context = context;
}

int pool_open(const struct pool_options *options, struct pool **out, struct err *e)
{
    struct pool *p = calloc(1, sizeof *p);
    struct use *uses = calloc(options->registry->count + 1, sizeof *uses);
    if (!p || !uses) {
        free(p);
        free(uses);
        return err_set(e, -ENOMEM, "out of memory");
    }
    p->options = *options;
    p->uses = uses;
    *out = p;
    return 0;
}

void pool_close(struct pool *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->options.registry->count; i++)
        if (p->uses[i].tried)
            loaded_close(&p->uses[i].loaded);
    buf_release(&p->payload);
    buf_release(&p->job.event);
    job_map_release(&p->job);
    arena_release(&p->job.views);
    arena_release(&p->job.nodes_arena);
    free(p->job.blocks);
    free(p->uses);
    free(p);
}

int pool_domain(struct pool *p, const char *name, uint32_t *out)
{
    size_t i = 0;
    while (i < p->domain_count && strcmp(p->domains[i], name) != 0)
        i++;
    if (i == MAX_DOMAINS)
        return -ENOMEM;
    if (i == p->domain_count)
        (void)snprintf(p->domains[p->domain_count++], sizeof *p->domains, "%s", name);
    *out = (uint32_t)i;
    return 0;
}

void pool_want(struct pool *p, uint32_t domain, uint32_t plugin)
{
    (void)p, (void)domain, (void)plugin;
}

void pool_submit(struct pool *p, struct pool_task *task)
{
    task->next = NULL;
    if (p->last)
        p->last->next = task;
    else
        p->first = task;
    p->last = task;
    p->pending++;
}

void pool_disable(struct pool *p, uint32_t plugin, enum part_status status, const char *reason)
{
    p->uses[plugin].failed = status;
    (void)snprintf(p->uses[plugin].why, sizeof p->uses[plugin].why, "%s", reason);
}

/* ---- one job ---- */

static void put(void *context, enum wire_record kind, uint8_t flags, const void *a, size_t a_size, const void *b,
                size_t b_size)
{
    struct pool *p = context;
    const struct pool_events *e = &p->options.events;
    struct wire_job_end end;
    if (kind == RECORD_JOB_BEGIN) {
        e->job_begun(e->context, p->task, p->plugin);
        return;
    }
    if (kind == RECORD_JOB_END) {
        memcpy(&end, a, sizeof end);
        e->job_ended(e->context, p->task, p->plugin, &end);
        return;
    }
    buf_reset(&p->payload);
    buf_add(&p->payload, a, a_size);
    buf_add(&p->payload, b, b_size);
    buf_putc(&p->payload, '\0'); /* so that there are bytes to point to */
    const struct wire_record_head head = {.kind = (uint8_t)kind, .flags = flags, .size = (uint32_t)(a_size + b_size)};
    e->record(e->context, p->task, p->plugin, &head, (const uint8_t *)p->payload.data);
}

static bool go_on(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)done, (void)total;
    return false;
}

/* As wire.h says; they are of the host's own making. */
static size_t split_needs(const uint8_t *at, size_t size, struct job_need *out)
{
    size_t count = 0;
    for (const uint8_t *end = at + size; at < end && count < MAX_NEEDS; count++) {
        uint32_t n;
        memcpy(&n, at, sizeof n);
        size_t name_size = at[sizeof n];
        const uint8_t *name = at + sizeof n + 1;
        out[count] = (struct job_need){(const char *)name, name_size, name + name_size, n};
        at = name + name_size + n;
    }
    return count;
}

static void run_job(struct pool *p, struct pool_task *t, uint32_t plugin, struct use *use)
{
    const struct job_sink sink = {.context = p, .put = put, .progress = go_on};
    struct adit_job *job = &p->job;
    p->task = t;
    p->plugin = plugin;
    const struct job_source source = {.fd = t->fd, .memory = t->memory, .offset = t->offset, .size = t->size};
    job_set_source(job, &source, t->name, t->media);
    job->sink = &sink;
    job->task_flags = t->flags;
    job->quota = t->stream_bytes;
    job->needs = p->needs;
    job->need_count = t->needs_size ? split_needs(t->needs, t->needs_size, p->needs) : 0;
    for (size_t i = 0; i < t->companion_count; i++)
        p->companions[i] = (struct job_companion){.plugin = t->companions[i].plugin,
                                                  .label = t->companions[i].label,
                                                  .source = {.fd = t->companions[i].fd, .size = t->companions[i].size}};
    job->companions = p->companions;
    job->companion_count = t->companion_count;
    if (watch.call)
        watch.call(watch.context, t, plugin);
    if (t->flags & WIRE_TASK_MAP)
        job_map_run(job, &use->loaded.job);
    else
        job_run(job, &use->loaded.job);
    job_release_source(job);
    p->stats.jobs++;
}

static void run_task(struct pool *p, struct pool_task *t)
{
    const struct pool_events *e = &p->options.events;
    for (uint32_t i = 0; i < t->job_count; i++) {
        uint32_t plugin = t->jobs[i];
        struct use *use = &p->uses[plugin];
        if (!use->tried && use->failed == PART_OK) {
            use->tried = true;
            if (loaded_open(&use->loaded, &p->options.registry->plugins[plugin], NULL, use->why, sizeof use->why) !=
                ADIT_OK)
                use->failed = PART_FAILED;
        }
        if (use->failed != PART_OK)
            e->job_lost(e->context, t, plugin, use->failed, use->why);
        else
            run_job(p, t, plugin, use);
    }
    t->job_count = 0;
    p->pending--;
    e->task_done(e->context, t);
}

int pool_wait(struct pool *p, int timeout_ms, int extra_fd, struct err *e)
{
    (void)timeout_ms, (void)extra_fd, (void)e;
    while (p->first) {
        struct pool_task *t = p->first;
        p->first = t->next;
        if (!p->first)
            p->last = NULL;
        run_task(p, t);
    }
    return 0;
}

size_t pool_pending(const struct pool *p)
{
    return p->pending;
}

/* One task after another: nothing waits. */
void pool_hold(struct pool *p, bool on)
{
    (void)p;
    (void)on;
}

void pool_cancel(struct pool *p)
{
    (void)p;
}

bool pool_progress(const struct pool *p, struct pool_task **task, uint64_t *done, uint64_t *total)
{
    (void)p, (void)task, (void)done, (void)total;
    return false;
}

void pool_stats(const struct pool *p, struct pool_stats *out)
{
    *out = p->stats;
}
