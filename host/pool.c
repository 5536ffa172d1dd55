/* SPDX-License-Identifier: MIT */
#include "pool_impl.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/vec.h"
#include "sandbox.h"

enum { CHECK_MS = 50, PATIENCE_MS = 20, PIPELINE = 32 };

int64_t pool_now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int pool_watch(struct pool *p, int fd, struct watch *w, enum watched what, void *object)
{
    *w = (struct watch){what, object};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = w};
    return epoll_ctl(p->epoll, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

int pool_open(const struct pool_options *options, struct pool **out, struct err *e)
{
    struct pool *p = calloc(1, sizeof *p);
    struct plugin_use *uses = calloc(options->registry->count + 1, sizeof *uses);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!p || !uses || epoll < 0) {
        free(p);
        free(uses);
        if (epoll >= 0)
            (void)close(epoll);
        return err_set(e, epoll < 0 ? -EMFILE : -ENOMEM, "cannot start: out of %s", epoll < 0 ? "descriptors" : "memory");
    }
    *p = (struct pool){.options = *options, .epoll = epoll, .uses = uses, .extra_fd = -1};
    if (p->options.workers == 0) {
        long processors = sysconf(_SC_NPROCESSORS_ONLN);
        p->options.workers = processors > 0 ? (size_t)processors : 1;
    }
    *out = p;
    return 0;
}

void pool_close(struct pool *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->domain_count; i++) {
        struct domain *d = p->domains[i];
        domain_stop(d);
        free(d->workers);
        free(d->loaded);
        free(d->wanted);
        free(d);
    }
    strays_end();
    for (size_t i = 0; i < p->options.registry->count; i++)
        if (p->uses[i].is_sealed)
            module_close(&p->uses[i].sealed);
    for (size_t i = 0; i < p->options.registry->count; i++)
        pool_resources_free(p->uses[i].resources);
    if (p->has_libraries)
        libraries_close(&p->libraries);
    buf_release(&p->filters[0]);
    buf_release(&p->filters[1]);
    buf_release(&p->message);
    (void)close(p->epoll);
    free(p->domains);
    free(p->uses);
    free(p);
}

int pool_domain(struct pool *p, const char *name, uint32_t *out)
{
    for (size_t i = 0; i < p->domain_count; i++)
        if (strcmp(p->domains[i]->name, name) == 0) {
            *out = (uint32_t)i;
            return 0;
        }
    struct domain *d = calloc(1, sizeof *d);
    if (!d || !vec_grow(&p->domains, &p->domain_capacity, p->domain_count + 1, sizeof *p->domains)) {
        free(d);
        return -ENOMEM;
    }
    d->pool = p;
    d->socket = d->pidfd = d->kept_fd = -1;
    d->most = WIRE_TASKS;
    (void)snprintf(d->name, sizeof d->name, "%s", name);
    p->domains[p->domain_count] = d;
    *out = (uint32_t)p->domain_count++;
    return 0;
}

/* ---- queues ---- */

void pool_want(struct pool *p, uint32_t domain, uint32_t plugin)
{
    struct domain *d = p->domains[domain];
    if (p->uses[plugin].place != 0 || p->uses[plugin].failed != PART_OK)
        return;
    for (size_t i = 0; i < d->wanted_count; i++)
        if (d->wanted[i] == plugin)
            return;
    /* Where memory is short it is loaded when its first task comes. */
    if (vec_grow(&d->wanted, &d->wanted_capacity, d->wanted_count + 1, sizeof *d->wanted))
        d->wanted[d->wanted_count++] = plugin;
}

bool pool_task_runs(const struct pool *p, const struct pool_task *task, size_t loaded)
{
    for (uint32_t i = 0; i < task->job_count; i++)
        if (p->uses[task->jobs[i]].place - 1u >= loaded) /* 0, not loaded, is the largest then */
            return false;
    return true;
}

static void append(struct pool_task **first, struct pool_task **last, struct pool_task *task)
{
    task->next = NULL;
    if (*last)
        (*last)->next = task;
    else
        *first = task;
    *last = task;
}

void pool_submit(struct pool *p, struct pool_task *task)
{
    struct domain *d = p->domains[task->domain];
    p->pending++;
    if (pool_task_runs(p, task, d->common)) {
        append(&d->first, &d->last, task);
        d->queued++;
        return;
    }
    if (!d->later)
        d->later_since = pool_now_ms();
    append(&d->later, &d->later_last, task);
    for (uint32_t i = 0; i < task->job_count; i++)
        pool_want(p, task->domain, task->jobs[i]);
}

void pool_disable(struct pool *p, uint32_t plugin, enum part_status status, const char *reason)
{
    struct plugin_use *use = &p->uses[plugin];
    use->failed = status;
    (void)snprintf(use->why, sizeof use->why, "%s", reason);
}

void pool_requeue(struct pool *p, struct pool_task *task)
{
    struct domain *d = p->domains[task->domain];
    task->next = d->first;
    d->first = task;
    if (!d->last)
        d->last = task;
    d->queued++;
}

void pool_task_finished(struct pool *p, struct pool_task *task)
{
    p->pending--;
    p->again = true;
    p->options.events.task_done(p->options.events.context, task);
}

static void take_out(struct pool_task *task, uint32_t plugin)
{
    for (uint32_t i = 0; i < task->job_count; i++)
        if (task->jobs[i] == plugin) {
            memmove(&task->jobs[i], &task->jobs[i + 1], (task->job_count - i - 1) * sizeof *task->jobs);
            task->job_count--;
            return;
        }
}

bool pool_drop_job(struct pool *p, struct pool_task *task, uint32_t plugin, enum part_status status, const char *reason)
{
    take_out(task, plugin);
    p->options.events.job_lost(p->options.events.context, task, plugin, status, reason);
    return task->job_count == 0;
}

/* Jobs of plugins that cannot be used end here, with the reason. */
static void drop_unusable(struct domain *d)
{
    struct pool *p = d->pool;
    while (d->first) {
        struct pool_task *task = d->first;
        bool finished = false;
        for (uint32_t i = task->job_count; i-- > 0 && !finished;) {
            const struct plugin_use *use = &p->uses[task->jobs[i]];
            if (use->failed != PART_OK)
                finished = pool_drop_job(p, task, task->jobs[i], use->failed, use->why);
        }
        if (!finished)
            return;
        d->first = task->next;
        if (!d->first)
            d->last = NULL;
        d->queued--;
        pool_task_finished(p, task);
    }
}

/* A plugin that is wanted, or that the first task needs, and that the zygote has not loaded; WIRE_NO_PLUGIN: there is none. */
static uint32_t missing_plugin(struct domain *d)
{
    while (d->wanted_count > 0) {
        uint32_t plugin = d->wanted[--d->wanted_count];
        if (d->pool->uses[plugin].place == 0 && d->pool->uses[plugin].failed == PART_OK)
            return plugin;
    }
    for (uint32_t i = 0; d->first && i < d->first->job_count; i++)
        if (d->pool->uses[d->first->jobs[i]].place == 0)
            return d->first->jobs[i];
    return WIRE_NO_PLUGIN;
}

/* Hands out batches to workers that have room. True: the domain could use one more worker. */
static bool hand_out(struct domain *d)
{
    size_t able = 0, starting = 0;
    for (size_t i = 0; i < d->worker_count; i++) {
        const struct worker_process *w = d->workers[i];
        starting += !w->ready && !w->killed;
        able += w->ready && !w->retiring && !w->killed && !w->used_up && w->batch_count == 0;
    }
    for (size_t i = 0; i < d->worker_count && d->first; i++) {
        struct worker_process *w = d->workers[i];
        if (!w->ready || w->retiring || w->killed || w->used_up || w->batch_count >= BATCHES)
            continue;
        if (w->batch_count > 0 && (d->queued < PIPELINE || w->batches[0].alone))
            continue;
        if (!pool_task_runs(d->pool, d->first, w->loaded)) {
            /* It lacks a module that was loaded since: another takes its place. */
            if (w->batch_count == 0)
                w->retiring = true;
            continue;
        }
        if (d->pool->holding && !hold_back_others(d))
            return false;
        size_t share = d->pool->holding ? 1 : able > 1 ? (d->queued + able - 1) / able : d->queued;
        (void)batch_send(w, share < d->most ? share : d->most);
    }
    return d->first && starting == 0;
}

/* A worker has the modules that were loaded when it was started, and each new one costs a worker's life. So tasks for new modules
 * gather while those modules are loaded and the workers have other things to do, but not for long. */
static void take_up_later(struct domain *d, bool idle)
{
    size_t at_work = 0, staying = 0;
    for (size_t i = 0; i < d->worker_count; i++) {
        const struct worker_process *w = d->workers[i];
        staying += !w->leaving;
        at_work += !w->leaving && (!w->ready || w->batch_count > 0);
    }
    bool starved = !d->first && at_work < d->pool->options.workers;
    bool due = d->state == ZYGOTE_READY && d->wanted_count == 0 &&
               (staying == 0 || (starved && idle) || pool_now_ms() - d->later_since >= PATIENCE_MS);
    if (!d->later || (!due && d->state != ZYGOTE_NONE && !d->pool->holding))
        return;
    for (const struct pool_task *t = d->later; t; t = t->next)
        d->queued++;
    d->later_last->next = d->first;
    if (!d->last)
        d->last = d->later_last;
    d->first = d->later;
    d->later = d->later_last = NULL;
    d->common = d->loaded_count;
}

/* idle: the owner has nothing to submit until something happens. */
static void pump_domain(struct domain *d, bool idle)
{
    struct pool *p = d->pool;
    take_up_later(d, idle);
    drop_unusable(d);
    if ((!d->first && !d->later) || (p->holding && !hold_back_others(d)))
        return;
    d->used = pool_now_ms();
    if (d->state == ZYGOTE_NONE) {
        zygote_start(d);
        return;
    }
    bool short_of_workers = hand_out(d);
    size_t leaving = 0;
    for (size_t i = d->worker_count; i-- > 0;) {
        struct worker_process *w = d->workers[i];
        if ((w->retiring || w->used_up) && w->batch_count == 0 && w->ready && !w->leaving)
            worker_dismiss(w);
        leaving += w->leaving;
    }
    if ((!d->first && !d->later) || d->state != ZYGOTE_READY)
        return;
    uint32_t missing = missing_plugin(d);
    if (missing != WIRE_NO_PLUGIN) {
        zygote_load(d, missing);
        p->again |= d->state == ZYGOTE_READY; /* it is refused, or still being checked */
    } else if (short_of_workers && d->worker_count - leaving < p->options.workers && leaving <= p->options.workers) {
        if (d->worker_count == leaving)
            d->common = d->loaded_count;
        worker_start(d);
    }
}

/* Many domains come and go: the one that has been idle the longest gives up its processes. */
static void retire_idle_domain(struct pool *p)
{
    struct domain *oldest = NULL;
    size_t alive = 0;
    for (size_t i = 0; i < p->domain_count; i++) {
        struct domain *d = p->domains[i];
        alive += d->state != ZYGOTE_NONE;
        bool idle = d->state == ZYGOTE_READY && !d->first && !d->later;
        for (size_t k = 0; idle && k < d->worker_count; k++)
            idle = d->workers[k]->batch_count == 0 && d->workers[k]->ready;
        if (idle && (!oldest || d->used < oldest->used))
            oldest = d;
    }
    if (alive > MAX_ZYGOTES && oldest)
        domain_stop(oldest);
}

/* ---- time ---- */

static void check_worker(struct worker_process *w, int64_t now)
{
    struct pool *p = w->domain->pool;
    if (w->killed)
        return;
    if (!w->ready) {
        if (now - w->since <= START_MS || w->domain->state != ZYGOTE_READY)
            return;
        /* The zygote is stuck, or a plugin's open() broke it: another one takes its place. */
        (void)kill(w->domain->pid, SIGKILL);
        worker_never_started(w);
        return;
    }
    if (w->leaving && now - w->since > CLOSE_MS)
        (void)kill(w->pid, SIGKILL);
    if (w->batch_count == 0)
        return;
    worker_drain(w);
    if (w->killed || w->batch_count == 0)
        return;
    const struct batch *b = &w->batches[0];
    uint32_t limit = START_MS;
    for (size_t i = 0; i < b->count && b->open_count > 0; i++)
        if (b->open[i] != WIRE_NO_PLUGIN)
            limit = p->options.registry->plugins[b->open[i]].conf.time_ms;
    if (b->open_count > 1)
        limit = limit > UINT32_MAX / (uint32_t)b->open_count ? UINT32_MAX : limit * (uint32_t)b->open_count;
    if (now - w->since > limit)
        worker_kill(w, PART_TIMEOUT, "took longer than %u ms ([limits] time)", limit);
}

static void check_time(struct pool *p)
{
    int64_t now = pool_now_ms();
    if (now - p->last_check < CHECK_MS)
        return;
    p->last_check = now;
    strays_check(p);
    for (size_t i = 0; i < p->domain_count; i++) {
        struct domain *d = p->domains[i];
        for (size_t k = 0; k < d->worker_count; k++)
            check_worker(d->workers[k], now);
        int64_t limit = START_MS;
        if (d->state == ZYGOTE_LOADING && p->options.registry->plugins[d->loading].conf.time_ms > limit)
            limit = p->options.registry->plugins[d->loading].conf.time_ms;
        if ((d->state == ZYGOTE_LOADING || d->state == ZYGOTE_LOCKING) && now - d->since > limit)
            (void)kill(d->pid, SIGKILL);
    }
}

/* ---- events ---- */

static void on_event(struct watch *w)
{
    switch (w->what) {
    case WATCH_ZYGOTE: zygote_on_message(w->object); break;
    case WATCH_ZYGOTE_DEATH: zygote_on_death(w->object); break;
    case WATCH_WORKER: worker_on_message(w->object); break;
    case WATCH_WORKER_DEATH: worker_on_death(w->object); break;
    case WATCH_EXTRA: break;
    }
}

static bool is_busy(const struct pool *p)
{
    return p->pending > 0;
}

static int pool_pump(struct pool *p, bool idle, struct err *e)
{
    check_time(p);
    for (size_t i = 0; i < p->domain_count && !p->fatal.code; i++)
        if (p->domains[i]->first || p->domains[i]->later)
            pump_domain(p->domains[i], idle);
    if (p->domain_count > MAX_ZYGOTES)
        retire_idle_domain(p);
    if (!p->fatal.code)
        return 0;
    *e = p->fatal;
    return e->code;
}

int pool_wait(struct pool *p, int timeout_ms, int extra_fd, struct err *e)
{
    p->again = false;
    int error = pool_pump(p, timeout_ms != 0, e);
    if (error)
        return error;
    if (extra_fd >= 0)
        (void)pool_watch(p, extra_fd, &p->extra_watch, WATCH_EXTRA, NULL);
    if (is_busy(p) && (timeout_ms < 0 || timeout_ms > CHECK_MS))
        timeout_ms = CHECK_MS;
    if (p->again)
        timeout_ms = 0;
    /* One event at a time is handled to its end: an object that it frees may be the next one's. */
    struct epoll_event event;
    int n = epoll_wait(p->epoll, &event, 1, timeout_ms);
    for (int more = 0; n == 1 && more < 64; more++) {
        on_event(event.data.ptr);
        n = epoll_wait(p->epoll, &event, 1, 0);
    }
    if (extra_fd >= 0)
        (void)epoll_ctl(p->epoll, EPOLL_CTL_DEL, extra_fd, NULL);
    return 0;
}

size_t pool_pending(const struct pool *p)
{
    return p->pending;
}

void pool_cancel(struct pool *p)
{
    for (size_t i = 0; i < p->domain_count; i++)
        for (size_t k = 0; k < p->domains[i]->worker_count; k++) {
            struct worker_process *w = p->domains[i]->workers[k];
            atomic_store(&((struct wire_shared *)w->memory)->cancel, 1);
        }
}

bool pool_progress(const struct pool *p, struct pool_task **task, uint64_t *done, uint64_t *total)
{
    const struct worker_process *longest = NULL;
    for (size_t i = 0; i < p->domain_count; i++)
        for (size_t k = 0; k < p->domains[i]->worker_count; k++) {
            const struct worker_process *w = p->domains[i]->workers[k];
            if (w->batch_count > 0 && w->batches[0].open_count == 1 && (!longest || w->since < longest->since))
                longest = w;
        }
    if (!longest)
        return false;
    const struct wire_shared *shared = longest->memory;
    *done = atomic_load(&shared->done);
    *total = atomic_load(&shared->total);
    for (size_t i = 0; i < longest->batches[0].count; i++)
        if (longest->batches[0].open[i] != WIRE_NO_PLUGIN)
            *task = longest->batches[0].tasks[i];
    return *done > 0;
}

void pool_stats(const struct pool *p, struct pool_stats *out)
{
    *out = p->stats;
    if (p->stats.zygotes_started == 0)
        out->locks = "";
    else
        out->locks = p->options.sandbox ? sandbox_coverage(p->landlock_abi) : "none (--sandbox=off)";
}
