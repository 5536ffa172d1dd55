/* SPDX-License-Identifier: MIT */
/* Writes to the ring of results by itself, past every check that a worker makes. */
#include "hostile.h"

#include "fields.h"
#include "job.h"
#include "ring.h"
#include "worker.h"

ADIT_MODULE("malice_records", "1.0.0")

/* As worker.c has them. */
struct worker_begin {
    struct ring_writer ring;
    struct wire_shared *shared;
    const struct worker_setup *setup;
};
struct sink_context { struct worker_begin *worker; uint16_t task; };

static struct worker_begin *worker;
static uint16_t task;

static void put_bytes(const void *data, size_t size)
{
    const uint8_t *p = data;
    struct ring_writer *w = &worker->ring;
    while (size > 0) {
        uint64_t used = w->head - atomic_load(&w->shared->tail);
        if (used >= WIRE_RING) {
            const uint32_t doorbell = WIRE_DOORBELL;
            (void)hostile_call(SYS_write, w->socket, (long)&doorbell, sizeof doorbell, 0, 0, 0);
            hostile_sleep(1);
            continue;
        }
        size_t n = WIRE_RING - (size_t)used, at = (size_t)(w->head & (WIRE_RING - 1));
        n = n < size ? n : size;
        n = n < WIRE_RING - at ? n : WIRE_RING - at;
        memcpy(w->data + at, p, n);
        w->head += n;
        p += n;
        size -= n;
        atomic_store(&w->shared->head, w->head);
    }
}

static void put_for(uint16_t which, enum wire_record kind, const void *data, size_t size)
{
    const struct wire_record_head head = {(uint8_t)kind, 0, which, (uint32_t)size};
    put_bytes(&head, sizeof head);
    put_bytes(data, size);
}

static void put(enum wire_record kind, const void *data, size_t size)
{
    put_for(task, kind, data, size);
}

static void put_end(void)
{
    const struct wire_job_end end = {.status = ADIT_OK};
    put(RECORD_JOB_END, &end, sizeof end);
}

/* A field as the collector would have it: name, varint. */
static void put_lie(uint16_t which)
{
    static const uint8_t lie[] = {FIELD_U64, 4, 's', 'i', 'z', 'e', 66};
    put_for(which, RECORD_FIELD, lie, sizeof lie);
}

static int32_t do_other_domain(const struct adit_call *job)
{
    put_end();
    for (uint32_t plugin = 0; plugin < 64; plugin++) {
        bool ours = false;
        for (size_t i = 0; i < worker->setup->plugin_count; i++)
            ours |= worker->setup->plugins[i]->index == plugin;
        if (!ours)
            put(RECORD_JOB_BEGIN, &plugin, sizeof plugin);
    }
    (void)job;
    return ADIT_OK;
}

static int32_t do_other_file(const struct adit_call *job)
{
    const uint32_t plugin = job->job->plugin->index;
    for (uint16_t other = task + 1; other < WIRE_TASKS; other++) {
        const struct wire_job_end end = {.status = ADIT_OK};
        put_for(other, RECORD_JOB_BEGIN, &plugin, sizeof plugin);
        put_lie(other);
        put_for(other, RECORD_JOB_END, &end, sizeof end);
        put_for(other, RECORD_TASK_END, NULL, 0);
    }
    return ADIT_OK;
}

/* The results of its neighbours in the domain, on this very file. */
static int32_t do_neighbour(const struct adit_call *job)
{
    const struct wire_job_end end = {.status = ADIT_OK};
    put_end();
    for (size_t i = 0; i < worker->setup->plugin_count; i++) {
        uint32_t plugin = worker->setup->plugins[i]->index;
        if (plugin == job->job->plugin->index)
            continue;
        put(RECORD_JOB_BEGIN, &plugin, sizeof plugin);
        put_lie(task);
        put(RECORD_JOB_END, &end, sizeof end);
    }
    put(RECORD_TASK_END, NULL, 0);
    return ADIT_OK;
}

static int32_t do_fields(const struct adit_call *job)
{
    static const uint8_t field[] = {FIELD_LIST, 4, 'l', 'i', 's', 't', FIELD_U64, 0, 1, FIELD_END};
    for (int i = 0; i < 1000000; i++)
        put(RECORD_FIELD, field, sizeof field);
    (void)job;
    return ADIT_OK;
}

static int32_t do_nesting(const struct adit_call *job)
{
    static const uint8_t begin[] = {FIELD_OBJECT, 4, 'd', 'e', 'e', 'p'};
    for (int i = 0; i < 100000; i++)
        put(RECORD_FIELD, begin, sizeof begin);
    (void)job;
    return ADIT_OK;
}

/* A thousand texts of a megabyte. */
static int32_t do_gigabyte(const struct adit_call *job)
{
    static const uint8_t head[] = {FIELD_STRING, 4, 'n', 'o', 't', 'e', 0x80, 0x80, 0x40};
    static uint8_t text[sizeof head + WIRE_VALUE];
    memcpy(text, head, sizeof head);
    memset(text + sizeof head, 'g', WIRE_VALUE);
    for (int i = 0; i < 1024; i++)
        put(RECORD_FIELD, text, sizeof text);
    (void)job;
    return ADIT_OK;
}

static int32_t do_long_record(const struct adit_call *job)
{
    const struct wire_record_head head = {RECORD_FIELD, 0, task, UINT32_MAX};
    put_bytes(&head, sizeof head);
    (void)job;
    return ADIT_OK;
}

/* More bytes than the ring holds are said to be there. */
static int32_t do_far_head(const struct adit_call *job)
{
    atomic_store(&worker->shared->head, worker->ring.head + (uint64_t)10 * WIRE_RING);
    hostile_sleep(60000);
    (void)job;
    return ADIT_OK;
}

static int32_t do_unknown_record(const struct adit_call *job)
{
    put((enum wire_record)77, "?", 1);
    (void)job;
    return ADIT_OK;
}

/* Streams that are not declared, lie outside of the file, wrap, or whose lengths lie. */
static int32_t do_streams(const struct adit_call *job)
{
    static const struct { uint64_t offset, size; } ranges[] = {{1 << 20, 10}, {UINT64_MAX, UINT64_MAX}, {1, UINT64_MAX}, {0, 1 << 30}};
    uint8_t record[sizeof(struct wire_stream) + 4];
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        const struct wire_stream head = {.offset = ranges[i].offset, .size = ranges[i].size, .name_size = 4};
        memcpy(record, &head, sizeof head);
        memcpy(record + sizeof head, "lies", 4);
        put(RECORD_STREAM_RANGE, record, sizeof record);
    }
    (void)job;
    return ADIT_OK;
}

static int32_t do_short_stream(const struct adit_call *job)
{
    const struct wire_stream head = {.name_size = UINT16_MAX, .media_size = UINT16_MAX};
    put(RECORD_STREAM_OPEN, &head, sizeof head);
    (void)job;
    return ADIT_OK;
}

/* Types, each a new one: where they were kept they would add up. */
static int32_t do_types(const struct adit_call *job)
{
    char media[255] = "application/x-0000000";
    memset(media + 21, 'x', sizeof media - 21);
    for (unsigned i = 0; i < 1000000; i++) {
        for (unsigned k = 0, n = i; k < 7; k++, n /= 10)
            media[20 - k] = (char)('0' + n % 10);
        put(RECORD_REFINE, media, sizeof media);
    }
    (void)job;
    return ADIT_OK;
}

static int32_t do_warnings(const struct adit_call *job)
{
    static const char text[1000] = "\x1b[2J\xff\r\n";
    for (unsigned i = 0; i < 300000; i++)
        put(RECORD_WARN, text, sizeof text);
    (void)job;
    return ADIT_OK;
}

static int32_t run(void *state, const struct adit_call *job)
{
    static const struct hostile_act acts[] = {
        {"other-domain", do_other_domain}, {"other-file", do_other_file}, {"neighbour", do_neighbour},
        {"fields", do_fields},             {"nesting", do_nesting},       {"gigabyte", do_gigabyte},
        {"long-record", do_long_record},   {"far-head", do_far_head},     {"unknown-record", do_unknown_record},
        {"streams", do_streams},           {"short-stream", do_short_stream}, {"types", do_types},
        {"warnings", do_warnings},
    };
    const struct sink_context *sink = job->job->sink->context;
    worker = sink->worker;
    task = sink->task;
    (void)state;
    return hostile_run(job, acts, sizeof acts / sizeof *acts);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
