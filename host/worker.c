/* SPDX-License-Identifier: MIT */
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "channel.h"
#include "job_map.h"
#include "ring.h"
#include "sandbox.h"

enum { MAX_JOBS = 64 };

struct task {
    struct wire_task head;
    uint32_t jobs[MAX_JOBS];
    struct job_companion companions[JOB_MAX_SOURCES - 1];
    struct job_need *needs;
    size_t need_count;
    void *needs_memory;
};

struct worker {
    struct ring_writer ring;
    struct wire_shared *shared;
    const struct worker_setup *setup;
    int fds[WIRE_DESCRIPTORS];
    size_t fd_count;
    bool was_short; /* an allocation failed in a job since it was last looked at */
    uint16_t task; /* whose records are being written */
};

static struct wire_shared *shared_page; /* for the signal handler and the allocator */

void worker_note_no_memory(void)
{
    if (shared_page)
        atomic_store_explicit(&shared_page->no_memory, 1, memory_order_relaxed);
}

/* Tells the host which call the filter trapped, and dies of the same signal: the host believes the wait status. */
static void on_denied(int signal_number, siginfo_t *info, void *context)
{
    (void)context;
    atomic_store(&shared_page->denied, (uint32_t)info->si_syscall + 1);
    (void)syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), signal_number);
}

static _Noreturn void worker_exit(int status)
{
    _exit(status);
}

/* ---- the sink ---- */

static void sink_put(void *context, enum wire_record kind, uint8_t flags, const void *a, size_t a_size, const void *b, size_t b_size)
{
    struct worker *w = context;
    if (kind == RECORD_JOB_BEGIN) {
        uint32_t plugin;
        memcpy(&plugin, a, sizeof plugin);
        atomic_store(&w->shared->plugin, plugin);
        atomic_store(&w->shared->no_memory, 0);
        atomic_store(&w->shared->done, 0);
        atomic_store(&w->shared->total, 0);
        atomic_store(&w->shared->task, (uint32_t)w->task + 1);
        atomic_fetch_add(&w->shared->job_serial, 1);
    }
    if (kind == RECORD_JOB_END && atomic_load(&w->shared->no_memory)) {
        struct wire_job_end end;
        memcpy(&end, a, sizeof end);
        end.flags |= JOB_END_NO_MEMORY;
        w->was_short = true;
        ring_put(&w->ring, kind, flags, w->task, &end, sizeof end, NULL, 0);
        return;
    }
    ring_put(&w->ring, kind, flags, w->task, a, a_size, b, b_size);
}

static bool sink_progress(void *context, uint64_t done, uint64_t total)
{
    struct worker *w = context;
    atomic_store_explicit(&w->shared->done, done, memory_order_relaxed);
    atomic_store_explicit(&w->shared->total, total, memory_order_relaxed);
    return atomic_load_explicit(&w->shared->cancel, memory_order_relaxed) != 0;
}

/* ---- reading a batch: the host's own words, checked for our own mistakes only ---- */

struct reader { const uint8_t *at, *end; };

static const void *take(struct reader *r, size_t n)
{
    if (n > (size_t)(r->end - r->at))
        worker_exit(3);
    const void *p = r->at;
    r->at += n;
    return p;
}

static int descriptor(const struct worker *w, uint16_t index)
{
    if (index >= w->fd_count)
        worker_exit(3);
    return w->fds[index];
}

static const uint8_t *needs_bytes(struct worker *w, struct task *t, struct reader *r)
{
    if (t->head.needs_descriptor == WIRE_NO_DESCRIPTOR)
        return take(r, t->head.needs_size);
    uint8_t *memory = malloc(t->head.needs_size);
    if (!memory || pread(descriptor(w, t->head.needs_descriptor), memory, t->head.needs_size, 0) != (ssize_t)t->head.needs_size)
        worker_exit(4);
    t->needs_memory = memory;
    return memory;
}

static void split_needs(struct task *t, const uint8_t *bytes)
{
    size_t room = t->head.needs_size / (sizeof(uint32_t) + 1);
    struct reader r = {bytes, bytes + t->head.needs_size};
    t->need_count = 0;
    t->needs = room ? calloc(room, sizeof *t->needs) : NULL;
    if (room && !t->needs)
        worker_exit(4);
    while (r.at < r.end) {
        uint32_t size;
        uint8_t name_size;
        memcpy(&size, take(&r, sizeof size), sizeof size);
        memcpy(&name_size, take(&r, 1), 1);
        const char *name = take(&r, name_size);
        t->needs[t->need_count++] = (struct job_need){name, name_size, take(&r, size), size};
    }
}

static void read_companions(struct worker *w, struct task *t, struct reader *r)
{
    for (size_t i = 0; i < t->head.companion_count; i++) {
        struct wire_companion c;
        memcpy(&c, take(r, sizeof c), sizeof c);
        t->companions[i] = (struct job_companion){
            .plugin = c.plugin, .label = c.label, .source = {.fd = descriptor(w, c.descriptor), .size = c.size}};
    }
}

static void read_task(struct worker *w, struct task *t, struct adit_job *job, struct reader *batch)
{
    struct reader r = *batch;
    memcpy(&t->head, take(&r, sizeof t->head), sizeof t->head);
    r.end = (const uint8_t *)take(batch, t->head.bytes) + t->head.bytes;
    if (t->head.job_count > MAX_JOBS || t->head.companion_count >= JOB_MAX_SOURCES)
        worker_exit(3);
    memcpy(t->jobs, take(&r, t->head.job_count * sizeof *t->jobs), t->head.job_count * sizeof *t->jobs);
    read_companions(w, t, &r);
    struct adit_text name = {take(&r, t->head.name_size), t->head.name_size};
    struct adit_text media = {take(&r, t->head.media_size), t->head.media_size};
    t->needs_memory = NULL;
    split_needs(t, needs_bytes(w, t, &r));
    struct job_source source = {.fd = -1, .offset = t->head.offset, .size = t->head.size};
    if (t->head.descriptor != WIRE_NO_DESCRIPTOR)
        source.fd = descriptor(w, t->head.descriptor);
    else
        source.memory = take(&r, t->head.inline_size);
    job_set_source(job, &source, name, media);
    job->companions = t->companions;
    job->companion_count = t->head.companion_count;
    job->needs = t->needs;
    job->need_count = t->need_count;
    job->task_flags = t->head.flags;
    job->quota = t->head.stream_bytes;
}

/* ---- running ---- */

static const struct job_plugin *plugin_of(const struct worker *w, uint32_t index)
{
    for (size_t i = 0; i < w->setup->plugin_count; i++)
        if (w->setup->plugins[i]->index == index)
            return w->setup->plugins[i];
    worker_exit(3);
}

static void end_task(struct worker *w, struct task *t, struct adit_job *job)
{
    ring_put(&w->ring, RECORD_TASK_END, 0, w->task, NULL, 0, NULL, 0);
    job_release_source(job);
    free(t->needs);
    free(t->needs_memory);
}

/* All tasks of the batch that this plugin has a job in, in one call of run_batch. */
static void run_together(struct worker *w, const struct job_plugin *plugin, struct task *tasks, struct adit_job *jobs, size_t count)
{
    static struct adit_call calls[WIRE_TASKS];
    int32_t status[WIRE_TASKS];
    uint16_t task_of[WIRE_TASKS];
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < tasks[i].head.job_count; k++)
            if (tasks[i].jobs[k] == plugin->index) {
                w->task = task_of[n] = (uint16_t)i;
                job_begin(&jobs[i], plugin);
                calls[n] = job_call(&jobs[i]);
                status[n++] = ADIT_FAILED;
            }
    if (n == 0)
        return;
    plugin->table->run_batch(plugin->state, calls, status, n);
    for (size_t i = 0; i < n; i++) {
        w->task = task_of[i];
        job_end(&jobs[task_of[i]], status[i]);
    }
}

struct batch_sink { struct worker *worker; uint16_t task; };

/* Sinks of batched jobs know their own task: emits of different sources interleave. */
static void batch_sink_put(void *context, enum wire_record kind, uint8_t flags, const void *a, size_t a_size, const void *b, size_t b_size)
{
    struct batch_sink *s = context;
    s->worker->task = s->task;
    sink_put(s->worker, kind, flags, a, a_size, b, b_size);
}

static bool batch_sink_progress(void *context, uint64_t done, uint64_t total)
{
    return sink_progress(((struct batch_sink *)context)->worker, done, total);
}

/* An allocation failed: was it a wild one, or has the plugin left no room for another job? */
static void end_if_short(struct worker *w)
{
    void *room = w->was_short ? malloc(JOB_VIEW) : NULL;
    if (w->was_short && !room)
        worker_exit(7);
    free(room);
    w->was_short = false;
}

/* A plugin may have closed what is not its own, or left no memory. The worker ends between two jobs then: what is left of the batch
 * runs again elsewhere, and no file is told as unreadable for another's deed. */
static void check_source(struct worker *w, const struct adit_job *job)
{
    end_if_short(w);
    if (job->sources[0].fd >= 0 && fcntl(job->sources[0].fd, F_GETFD) < 0)
        worker_exit(6);
}

static void run_batch(struct worker *w, const uint8_t *message, size_t size)
{
    static struct task tasks[WIRE_TASKS];
    static struct adit_job jobs[WIRE_TASKS];
    static struct batch_sink contexts[WIRE_TASKS];
    static struct job_sink sinks[WIRE_TASKS];
    struct reader r = {message, message + size};
    struct wire_batch batch;
    memcpy(&batch, take(&r, sizeof batch), sizeof batch);
    if (batch.message != WIRE_BATCH || batch.count > WIRE_TASKS || batch.descriptor_count != w->fd_count)
        worker_exit(3);
    atomic_store(&w->shared->serial, batch.serial);
    for (size_t i = 0; i < batch.count; i++) {
        contexts[i] = (struct batch_sink){w, (uint16_t)i};
        sinks[i] = (struct job_sink){&contexts[i], batch_sink_put, batch_sink_progress};
        jobs[i].sink = &sinks[i];
        read_task(w, &tasks[i], &jobs[i], &r);
    }
    for (size_t i = 0; i < batch.count; i++) {
        bool later = false;
        check_source(w, &jobs[i]);
        for (size_t k = 0; k < tasks[i].head.job_count; k++) {
            const struct job_plugin *plugin = plugin_of(w, tasks[i].jobs[k]);
            if (jobs[i].task_flags & WIRE_TASK_MAP)
                job_map_run(&jobs[i], plugin);
            else if (plugin->table->run_batch && batch.count > 1)
                later = true;
            else
                job_run(&jobs[i], plugin);
        }
        w->task = (uint16_t)i;
        if (!later)
            end_task(w, &tasks[i], &jobs[i]);
        tasks[i].head.flags = later;
    }
    for (size_t i = 0; batch.count > 1 && i < w->setup->plugin_count; i++)
        if (w->setup->plugins[i]->table->run_batch)
            run_together(w, w->setup->plugins[i], tasks, jobs, batch.count);
    for (size_t i = 0; i < batch.count; i++)
        if (tasks[i].head.flags) {
            w->task = (uint16_t)i;
            end_task(w, &tasks[i], &jobs[i]);
        }
    atomic_store(&w->shared->task, 0);
    ring_put(&w->ring, RECORD_BATCH_END, 0, 0, &batch.serial, sizeof batch.serial, NULL, 0);
    ring_doorbell(&w->ring);
}

static void serve(struct worker *w)
{
    static uint8_t message[WIRE_MESSAGE];
    for (;;) {
        w->fd_count = WIRE_DESCRIPTORS;
        ssize_t size = channel_receive(w->setup->socket, 0, message, sizeof message, w->fds, &w->fd_count, NULL);
        if (size <= 0)
            break;
        run_batch(w, message, (size_t)size);
        end_if_short(w);
        for (size_t i = 0; i < w->fd_count; i++)
            (void)close(w->fds[i]);
    }
    for (size_t i = 0; i < w->setup->plugin_count; i++) {
        const struct job_plugin *plugin = w->setup->plugins[i];
        if (plugin->table->close)
            plugin->table->close(plugin->state);
    }
}

void worker_main(const struct worker_setup *setup)
{
    static struct worker worker;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    void *memory = mmap(NULL, WIRE_SHARED, PROT_READ | PROT_WRITE, MAP_SHARED, setup->shared_memory, 0);
    if (memory == MAP_FAILED)
        worker_exit(4);
    (void)close(setup->shared_memory);
    shared_page = memory;
    worker = (struct worker){.shared = memory, .setup = setup};
    ring_writer_init(&worker.ring, memory, setup->socket);
    if (setup->filter) {
        struct sigaction action = {.sa_sigaction = on_denied, .sa_flags = SA_SIGINFO | (int)SA_RESETHAND};
        if (sigaction(SIGSYS, &action, NULL) != 0 || sandbox_lock_worker(setup->filter, setup->filter_count, NULL) != 0)
            worker_exit(5);
    }
    const uint32_t hello = WIRE_HELLO;
    if (channel_send(setup->socket, &hello, sizeof hello, NULL, 0) != 0)
        worker_exit(4);
    serve(&worker);
    worker_exit(0);
}
