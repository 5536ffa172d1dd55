/* SPDX-License-Identifier: MIT */
/* Any bytes in the ring of a worker, in pieces: what the host makes of them keeps the order that it promises to the engine. */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pool_impl.h"

enum { TASKS = 3, JOBS = 2 };

struct seen { bool begun, writing, done; unsigned ended; uint32_t plugin; };

static struct seen *seen_of(const struct pool_task *task)
{
    return task->owner;
}

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void job_begun(void *context, struct pool_task *task, uint32_t plugin)
{
    struct seen *s = seen_of(task);
    (void)context;
    must(!s->begun && !s->done && plugin < JOBS);
    s->begun = true;
    s->plugin = plugin;
}

static void on_record(void *context, struct pool_task *task, uint32_t plugin, const struct wire_record_head *head, const uint8_t *payload)
{
    struct seen *s = seen_of(task);
    struct wire_stream stream;
    (void)context;
    must(s->begun && !s->done && s->plugin == plugin && head->size <= WIRE_RECORD);
    uint8_t *copy = malloc(head->size + 1u); /* all of it can be read */
    must(copy != NULL);
    memcpy(copy, payload, head->size);
    free(copy);
    switch (head->kind) {
    case RECORD_STREAM_OPEN:
    case RECORD_ARTIFACT_OPEN:
    case RECORD_STREAM_RANGE:
        must(!s->writing && head->size >= sizeof stream);
        memcpy(&stream, payload, sizeof stream);
        must(head->size == sizeof stream + stream.name_size + stream.media_size && stream.name_size <= 4096 && stream.media_size <= 255);
        s->writing = head->kind != RECORD_STREAM_RANGE;
        break;
    case RECORD_DATA: must(s->writing); break;
    case RECORD_CLOSE:
        must(s->writing);
        s->writing = false;
        break;
    default: must(head->kind == RECORD_FIELD || head->kind == RECORD_WARN || head->kind == RECORD_REFINE);
    }
}

static void job_ended(void *context, struct pool_task *task, uint32_t plugin, const struct wire_job_end *end)
{
    struct seen *s = seen_of(task);
    (void)context;
    (void)end;
    must(s->begun && !s->writing && s->plugin == plugin && ++s->ended <= JOBS);
    s->begun = false;
}

static void task_done(void *context, struct pool_task *task)
{
    struct seen *s = seen_of(task);
    (void)context;
    must(!s->begun && !s->done && s->ended == JOBS);
    s->done = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pool pool;
    static struct domain domain;
    static struct worker_process w;
    struct pool_task tasks[TASKS];
    struct seen seen[TASKS] = {{0}};
    struct wire_shared *shared = calloc(1, WIRE_SHARED);
    if (!shared || size < 2) {
        free(shared);
        return 0;
    }
    pool = (struct pool){.pending = TASKS, .options.events = {.job_begun = job_begun, .record = on_record, .job_ended = job_ended, .task_done = task_done}};
    domain = (struct domain){.pool = &pool};
    w = (struct worker_process){.domain = &domain, .pid = INT_MAX /* beyond any that there can be */, .socket = -1, .pidfd = -1,
                                .memory = shared, .ready = true, .batch_count = 1};
    w.batches[0] = (struct batch){.count = TASKS, .serial = 1};
    for (size_t i = 0; i < TASKS; i++) {
        tasks[i] = (struct pool_task){.jobs = {0, 1}, .job_count = JOBS, .owner = &seen[i]};
        w.batches[0].tasks[i] = &tasks[i];
        w.batches[0].open[i] = WIRE_NO_PLUGIN;
    }
    ring_reader_init(&w.ring, shared);
    /* The first byte: how large the pieces are; the second: where in the ring it begins. */
    size_t piece = (size_t)data[0] * 4 + 1;
    uint64_t head = WIRE_RING - data[1];
    w.ring.tail = head;
    for (size_t at = 2; at < size && !w.killed; at += piece) {
        size_t n = size - at < piece ? size - at : piece;
        for (size_t i = 0; i < n; i++)
            ((uint8_t *)shared)[4096 + ((head + i) & (WIRE_RING - 1))] = data[at + i];
        head += n;
        atomic_store(&shared->head, head);
        worker_drain(&w);
        must(w.inbox.size <= WIRE_RECORD + sizeof(struct wire_record_head));
    }
    size_t done = 0;
    for (size_t i = 0; i < TASKS; i++)
        done += seen[i].done;
    must(pool.pending == TASKS - done);
    must(w.batch_count == 1 || done == TASKS);
    buf_release(&w.inbox);
    free(shared);
    return 0;
}
