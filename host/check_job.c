/* SPDX-License-Identifier: MIT */
#include "check_job.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/hash.h"
#include "check_alloc.h"
#include "fields.h"
#include "job_map.h"

enum { PAGE = 4096, SLACK = 256 };

struct adit_host check_host;
struct check_alloc check_alloc;

static struct check_job *of(struct adit_job *job)
{
    return (struct check_job *)job;
}

/* ---- reading ---- */

static bool read_fails(struct check_job *j)
{
    uint64_t n = ++j->seen.reads;
    const struct check_script *s = &j->script;
    return s->fail_read && (n == s->fail_read || (s->fail_after && n > s->fail_read));
}

static int64_t host_read(struct adit_job *job, adit_source source, uint64_t offset, void *buffer, size_t n)
{
    struct check_job *j = of(job);
    if (job->opening)
        return job_host.read(job, source, offset, buffer, n);
    if (read_fails(j))
        return ADIT_E_IO;
    if (j->script.cut && source == 0) {
        if (offset >= j->script.end)
            return 0;
        if (n > j->script.end - offset)
            n = (size_t)(j->script.end - offset);
    }
    return job_host.read(job, source, offset, buffer, n);
}

static const void *host_view(struct adit_job *job, adit_source source, uint64_t offset, size_t n)
{
    struct check_job *j = of(job);
    if (job->opening)
        return job_host.view(job, source, offset, n);
    if (read_fails(j))
        return NULL;
    if (j->script.cut && source == 0 && (offset > j->script.end || n > j->script.end - offset))
        return NULL;
    return job_host.view(job, source, offset, n);
}

/* ---- emitting ---- */

static const char *error_name(int error)
{
    switch (error) {
    case ADIT_E_UNDECLARED:
        return "the .conf does not declare it";
    case ADIT_E_TYPE:
        return "the value is of no kind, or no valid time";
    case ADIT_E_NESTING:
        return "begin and end do not pair, or a name is missing or not wanted there";
    case ADIT_E_USAGE:
        return "a pointer is NULL, a name is not UTF-8, or nothing is open";
    case ADIT_E_REPEATED:
        return "it was emitted before";
    default:
        return NULL;
    }
}

static int note(char *fault, size_t room, const char *service, const char *name, size_t n, int error)
{
    const char *why = error < 0 ? error_name(error) : NULL;
    if (why && !fault[0])
        (void)snprintf(fault, room, "%s of \"%.*s\" was refused: %s", service, name ? (int)(n < 80 ? n : 80) : 0,
                       name ? name : "", why);
    return error;
}
#define NOTE_FIELD(j, ...) note((j)->seen.field_fault, sizeof(j)->seen.field_fault, __VA_ARGS__)
#define NOTE_STREAM(j, ...) note((j)->seen.stream_fault, sizeof(j)->seen.stream_fault, __VA_ARGS__)

static int host_emit(struct adit_job *job, const char *name, size_t n, const struct adit_value *value)
{
    return NOTE_FIELD(of(job), "adit_emit", name, n, job_host.emit(job, name, n, value));
}

static int host_begin(struct adit_job *job, const char *name, size_t n, uint32_t kind)
{
    return NOTE_FIELD(of(job), "the beginning", name, n, job_host.begin(job, name, n, kind));
}

static int host_end(struct adit_job *job)
{
    return NOTE_FIELD(of(job), "adit_end", "", 0, job_host.end(job));
}

static bool refine_is_declared(const struct check_job *j, const char *media, size_t n)
{
    for (size_t i = 0; i < j->check->request.refine_count; i++) {
        const char *declared = j->check->refines[i];
        size_t size = strlen(declared), whole = size - (size > 0 && declared[size - 1] == '*'); /* "image/" and a star */
        if (n >= whole && memcmp(declared, media, whole) == 0 && (whole < size || n == size))
            return true;
    }
    return false;
}

static int host_refine(struct adit_job *job, const char *media, size_t n)
{
    struct check_job *j = of(job);
    int error = job_host.refine(job, media, n);
    if (!error && !refine_is_declared(j, media, n))
        (void)NOTE_STREAM(j, "refine", media, n, ADIT_E_UNDECLARED);
    return NOTE_STREAM(j, "refine", media, n, error);
}

static int host_stream_range(struct adit_job *job, const struct adit_stream *s, adit_source source, uint64_t offset,
                             uint64_t n)
{
    int error = job_host.stream_range(job, s, source, offset, n);
    return s ? NOTE_STREAM(of(job), "a stream", s->media.data, s->media.size, error) : error;
}

static int host_stream_open(struct adit_job *job, const struct adit_stream *s)
{
    int error = job_host.stream_open(job, s);
    return s ? NOTE_STREAM(of(job), "a stream", s->media.data, s->media.size, error) : error;
}

static int host_artifact_open(struct adit_job *job, const struct adit_artifact *a)
{
    struct check_job *j = of(job);
    int error = j->check->request.artifacts ? job_host.artifact_open(job, a) : ADIT_E_UNDECLARED;
    return a ? NOTE_STREAM(j, "an artifact", a->name.data, a->name.size, error) : error;
}

static int host_write(struct adit_job *job, const void *data, size_t n)
{
    return NOTE_STREAM(of(job), "adit_write", "", 0, job_host.write(job, data, n));
}

static int host_close(struct adit_job *job, uint32_t flags)
{
    return NOTE_STREAM(of(job), "adit_close", "", 0, job_host.close(job, flags));
}

static int host_progress(struct adit_job *job, uint64_t done, uint64_t total)
{
    struct check_job *j = of(job);
    uint64_t n = ++j->seen.polls;
    bool stop = j->script.cancel_at && n >= j->script.cancel_at;
    (void)job_host.progress(job, done, total);
    if (!stop)
        return 0;
    j->seen.polls_after = n - j->script.cancel_at;
    return ADIT_E_CANCELLED;
}

void check_host_init(void)
{
    check_host = job_host;
    check_host.read = host_read;
    check_host.view = host_view;
    check_host.emit = host_emit;
    check_host.begin = host_begin;
    check_host.end = host_end;
    check_host.refine = host_refine;
    check_host.stream_range = host_stream_range;
    check_host.stream_open = host_stream_open;
    check_host.artifact_open = host_artifact_open;
    check_host.write = host_write;
    check_host.close = host_close;
    check_host.progress = host_progress;
}

static void sink_put(void *context, enum wire_record kind, uint8_t flags, const void *a, size_t a_size, const void *b,
                     size_t b_size)
{
    struct check_job *j = context;
    if (kind == RECORD_JOB_BEGIN || kind == RECORD_JOB_END)
        return;
    const uint64_t head[] = {kind, flags, a_size, b_size};
    j->seen.digest = hash64(head, sizeof head, j->seen.digest);
    if (a_size)
        j->seen.digest = hash64(a, a_size, j->seen.digest);
    if (b_size)
        j->seen.digest = hash64(b, b_size, j->seen.digest);
    if (j->records && kind == RECORD_FIELD)
        buf_add(j->records, a, a_size);
}

static bool sink_progress(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)done, (void)total;
    return false;
}

/* ---- one job ---- */

bool check_job_init(struct check_job *j, const struct check *c, size_t room)
{
    size_t size = (room + SLACK + PAGE - 1) / PAGE * PAGE;
    uint8_t *p = mmap(NULL, size + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED || mprotect(p + PAGE, size, PROT_READ | PROT_WRITE) != 0)
        return false;
    j->memory = p + PAGE;
    j->memory_size = size;
    j->check = c;
    j->sink = (struct job_sink){.context = j, .put = sink_put, .progress = sink_progress};
    j->job.sink = &j->sink;
    j->job.task_flags = WIRE_TASK_STREAMS | WIRE_TASK_ARTIFACTS;
    return true;
}

void check_job_source(struct check_job *j, const struct check_input *in, enum check_place place)
{
    uint8_t *at = j->memory;
    (void)mprotect(j->memory, j->memory_size, PROT_READ | PROT_WRITE);
    if (place == CHECK_PLACE_END)
        at += j->memory_size - in->size;
    memcpy(at, in->data, in->size);
    if (place == CHECK_PLACE_LOOSE)
        memset(at + in->size, 0, SLACK);
    else
        (void)mprotect(j->memory, j->memory_size, PROT_READ);
    const struct job_source source = {.fd = -1, .memory = at, .size = in->size};
    job_set_source(&j->job, &source, in->name, in->media);
    j->job.needs = j->check->needs;
    j->job.need_count = j->check->need_count;
    memset(&j->script, 0, sizeof j->script);
}

static void begin(struct check *c, struct check_job *j)
{
    memset(&j->seen, 0, sizeof j->seen);
    if (j->records)
        buf_reset(j->records);
    j->job.quota = c->plugin.stream_bytes;
    job_begin(&j->job, &c->plugin);
}

static void end(struct check_job *j, int32_t status)
{
    j->seen.open_nesting = j->job.depth;
    j->seen.open_writer = j->job.writing;
    job_end(&j->job, status);
    j->seen.status = status;
    j->seen.digest = hash64(&status, sizeof status, j->seen.digest);
}

/* An id mapper's sources are identifiers, one a line; what is no UTF-8 does not reach one. */
static int32_t map_lines(struct check_job *j, void *state, const struct adit_call *call)
{
    enum { IDS = 2000 };
    static struct adit_text ids[IDS];
    const char *at = (const char *)j->job.sources[0].memory, *end = at + j->job.sources[0].size;
    size_t n = 0;
    while (at < end && n < IDS) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        size_t size = (size_t)((feed ? feed : end) - at);
        if (utf8_valid(at, size))
            ids[n++] = (struct adit_text){at, size};
        at += size + 1;
    }
    struct job_plugin plugin = *j->job.plugin;
    const struct job_plugin *before = j->job.plugin;
    plugin.state = state;
    j->job.plugin = &plugin;
    int32_t status = n ? job_map_call(&j->job, call, ids, n, 0) : ADIT_OK;
    struct adit_text symmetric = job_host.option(&j->job, "map.symmetric");
    if (n && status == ADIT_OK && symmetric.size == strlen("yes"))
        status = job_map_call(&j->job, call, ids, n, ADIT_MAP_BACKWARD);
    j->job.plugin = before;
    return status;
}

void check_job_run(struct check *c, struct check_job *j, void *state, const struct adit_host *host)
{
    begin(c, j);
    /* A later host may give more than this module knows. */
    struct {
        struct adit_call call;
        uint64_t more[8];
    } larger = {{sizeof larger, 0, host, &j->job}, {0}};
    if (host == &check_host)
        larger.call.size = sizeof larger.call;
    int32_t status = ADIT_FAILED;
    check_enter(c, CHECK_PHASE_RUN);
    if (c->plugin.table->run)
        status = c->plugin.table->run(state, &larger.call);
    else if (c->plugin.table->run_batch)
        c->plugin.table->run_batch(state, &larger.call, &status, 1);
    else
        status = map_lines(j, state, &larger.call);
    check_leave(c);
    end(j, status);
}

void check_job_batch(struct check *c, struct check_job *const *jobs, size_t n, void *state)
{
    struct adit_call calls[WIRE_TASKS];
    int32_t status[WIRE_TASKS];
    if (n == 1 || !c->plugin.table->run_batch) {
        for (size_t i = 0; i < n; i++)
            check_job_run(c, jobs[i], state, &check_host);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        begin(c, jobs[i]);
        calls[i] = (struct adit_call){.size = sizeof *calls, .host = &check_host, .job = &jobs[i]->job};
        status[i] = ADIT_FAILED;
    }
    check_enter(c, CHECK_PHASE_RUN);
    c->plugin.table->run_batch(state, calls, status, n);
    check_leave(c);
    for (size_t i = 0; i < n; i++)
        end(jobs[i], status[i]);
}
