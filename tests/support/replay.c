/* SPDX-License-Identifier: MIT */
#include "replay.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/vec.h"
#include "job_map.h"

enum { PAGE = 4096 };
/* Reads and polls of one run: far more than any plugin needs for a file of a few KiB, and over in a second. */
static const uint64_t MAX_CALLS = 1000000;

/* libsndfile 1.2 and its codecs lose a few bytes where opening fails half-way. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libsndfile.so\nleak:libvorbis.so\nleak:libFLAC.so\nleak:libmpg123.so\nleak:libopus.so\nleak:libogg."
           "so\n";
}

/* What a worker's limit of memory does: an allocation fails. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1:max_allocation_size_mb=1024";
}

/* So that whoever watches for the end of the process sees it. */
const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
    return "abort_on_error=1";
}

int32_t replay_open(struct replay *p, struct registry *r, const struct plugin *plugin)
{
    const struct conf *c = &plugin->conf;
    p->registry = r;
    p->plugin = plugin;
    p->check.page = &p->page;
    check_host_init();
    int32_t status = loaded_open(&p->loaded, plugin, p->resources, p->fault, sizeof p->fault);
    if (status != ADIT_OK)
        return status;
    p->check.plugin = p->loaded.job;
    p->check.request.artifacts = c->artifacts;
    p->check.request.refine_count = (uint32_t)c->refine_count;
    p->check.refines = c->refines;
    return ADIT_OK;
}

static void close_job(struct replay *p)
{
    struct check_job *j = p->job;
    if (!j)
        return;
    (void)munmap(j->memory - PAGE, j->memory_size + 2 * PAGE);
    job_map_release(&j->job);
    arena_release(&j->job.views);
    arena_release(&j->job.nodes_arena);
    buf_release(&j->job.event);
    free(j->job.blocks);
    free(j);
    p->job = NULL;
}

static bool make_room(struct replay *p, size_t size)
{
    if (p->job && size <= p->room)
        return true;
    close_job(p);
    p->room = size + PAGE;
    p->job = calloc(1, sizeof *p->job);
    if (!p->job || !check_job_init(p->job, &p->check, p->room))
        return false;
    p->job->records = &p->records;
    return true;
}

__attribute__((format(printf, 2, 3))) static int complain(struct replay *p, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(p->fault, sizeof p->fault, fmt, ap);
    va_end(ap);
    return 1;
}

static int judge_fields(struct replay *p)
{
    struct collect_warnings warnings = {.count = 0};
    if (collect_fields(p->use.collector, p->plugin, p->records.data, p->records.size, &p->fields, &warnings) != 0)
        return complain(p, "what it emitted makes no sense to the host");
    if (warnings.left_out == warnings.repeated)
        return 0;
    for (size_t i = 0; i < warnings.count; i++)
        if (!strstr(warnings.text[i], "the second"))
            return complain(p, "%s", warnings.text[i]);
    return complain(p, "the host left out %llu fields", (unsigned long long)warnings.left_out);
}

static int judge(struct replay *p)
{
    const struct check_seen *s = &p->job->seen;
    buf_reset(&p->fields);
    if (s->status < ADIT_OK || s->status > ADIT_FAILED)
        return complain(p, "run() returned %d, which is no status: expected 0 to %d", s->status, ADIT_FAILED);
    if (s->field_fault[0] || s->stream_fault[0])
        return complain(p, "%s", s->field_fault[0] ? s->field_fault : s->stream_fault);
    if (s->open_nesting)
        return complain(p, "%llu objects or lists were left without their adit_end",
                        (unsigned long long)s->open_nesting);
    if (s->open_writer)
        return complain(p, "a stream or an artifact was left without its adit_close");
    if (s->reads + s->polls > MAX_CALLS)
        return complain(p, "it made %llu calls to the host for one source", (unsigned long long)(s->reads + s->polls));
    return judge_fields(p);
}

/* Each line of the source is an identifier. */
static size_t split_lines(struct replay *p, const struct job_input *in)
{
    const char *at = in->source.data, *end = at + in->source.size;
    size_t n = 0;
    while (at < end && vec_grow(&p->ids, &p->id_capacity, n + 1, sizeof *p->ids)) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        size_t size = (size_t)((line ? line : end) - at);
        p->ids[n++] = (struct adit_text){at, size};
        at += size + (line != NULL);
    }
    return n;
}

/* The map() of an id mapper, in the directions that its .conf allows. */
static void run_map(struct replay *p, const struct job_input *in)
{
    struct check_job *j = p->job;
    size_t n = split_lines(p, in);
    memset(&j->seen, 0, sizeof j->seen);
    for (uint32_t backward = 0; n > 0 && backward <= p->plugin->conf.map.symmetric; backward++) {
        struct adit_call call = {.size = sizeof call, .host = &check_host, .job = &j->job};
        j->job.task_flags = WIRE_TASK_MAP;
        buf_reset(&p->records);
        job_begin(&j->job, &p->check.plugin);
        j->seen.status = job_map_call(&j->job, &call, p->ids, n, backward ? ADIT_MAP_BACKWARD : 0);
        if (j->job.refused)
            (void)snprintf(j->seen.field_fault, sizeof j->seen.field_fault, "%llu links were refused",
                           (unsigned long long)j->job.refused);
        job_end(&j->job, j->seen.status);
    }
}

int replay_run(struct replay *p, const struct job_input *in, enum check_place place)
{
    struct check_input source = {.data = (uint8_t *)in->source.data,
                                 .size = in->source.size,
                                 .name = {in->name, strlen(in->name)},
                                 .media = {in->media, strlen(in->media)}};
    static uint8_t none;
    if (!source.data)
        source.data = &none;
    if (!make_room(p, source.size))
        return complain(p, "out of memory");
    check_job_source(p->job, &source, place);
    if (!job_input_apply(&p->use, p->registry, in, &p->job->job))
        return -1;
    if (p->plugin->conf.map.from_count > 0)
        run_map(p, in);
    else
        check_job_run(&p->check, p->job, p->check.plugin.state, &check_host);
    int fault = judge(p);
    job_release_source(&p->job->job);
    return fault;
}

void replay_close(struct replay *p)
{
    close_job(p);
    loaded_close(&p->loaded);
    job_input_use_release(&p->use);
    buf_release(&p->records);
    buf_release(&p->fields);
    free(p->ids);
}
