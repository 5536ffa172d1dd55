/* SPDX-License-Identifier: MIT */
#include "job.h"

#include <adit/time.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fields.h"
#include "job_bound.h"
#include "job_kept.h"
#include "job_map.h"
#include "job_need.h"
#include "job_read.h"

static int refuse(struct adit_job *job, int error)
{
    job->refused++;
    if (error == ADIT_E_LIMIT)
        job->end_flags |= JOB_END_LIMIT;
    return error;
}

/* ---- options, resources ---- */

static struct adit_text service_option(struct adit_job *job, const char *key)
{
    for (size_t i = 0; key && i < job->plugin->option_count; i++)
        if (strcmp(job->plugin->options[i].key, key) == 0)
            return (struct adit_text){job->plugin->options[i].value, strlen(job->plugin->options[i].value)};
    return (struct adit_text){NULL, 0};
}

static adit_source add_source(struct adit_job *job, const struct job_source *source)
{
    if (job->source_count == JOB_MAX_SOURCES)
        return ADIT_E_LIMIT;
    job->sources[job->source_count] = *source;
    return (adit_source)job->source_count++;
}

static adit_source service_resource(struct adit_job *job, const char *key)
{
    if (!job->opening || !key)
        return ADIT_E_USAGE;
    for (size_t i = 0; i < job->plugin->resource_count; i++) {
        if (strcmp(job->plugin->resources[i], key) != 0)
            continue;
        off_t size = lseek(job->plugin->resource_fds[i], 0, SEEK_END);
        if (size < 0)
            return ADIT_E_IO;
        return add_source(job, &(struct job_source){.fd = job->plugin->resource_fds[i], .size = (uint64_t)size});
    }
    return ADIT_E_UNDECLARED;
}

static adit_source service_companion(struct adit_job *job, const char *label)
{
    if (job->opening || !label)
        return ADIT_E_USAGE;
    for (size_t i = 0; i < job->plugin->companion_count; i++) {
        if (strcmp(job->plugin->companions[i], label) != 0)
            continue;
        for (size_t k = 0; k < job->companion_count; k++)
            if (job->companions[k].plugin == job->plugin->index && job->companions[k].label == i)
                return add_source(job, &job->companions[k].source);
        return ADIT_E_RANGE;
    }
    return ADIT_E_UNDECLARED;
}

static struct adit_text service_source_name(struct adit_job *job)
{
    return job->name;
}

static struct adit_text service_source_media(struct adit_job *job)
{
    return job->media;
}

/* ---- emitting ---- */

static int check_name(const struct adit_job *job, const char *name, size_t n)
{
    bool in_list = job->depth > 0 && job->nesting[job->depth - 1] == FIELD_LIST;
    if (job->opening || (job->task_flags & WIRE_TASK_MAP) || (!name && n > 0))
        return ADIT_E_USAGE;
    if ((n == 0) != in_list)
        return ADIT_E_NESTING;
    if (n > FIELD_MAX_NAME)
        return ADIT_E_LIMIT;
    return utf8_valid(name, n) ? 0 : ADIT_E_USAGE;
}

static int put_event(struct adit_job *job)
{
    if (job->event.failed) {
        job->end_flags |= JOB_END_NO_MEMORY;
        return refuse(job, ADIT_E_LIMIT);
    }
    job->emitted += job->event.size;
    job->events++;
    job->sink->put(job->sink->context, RECORD_FIELD, 0, job->event.data, job->event.size, NULL, 0);
    return 0;
}

static bool output_is_full(const struct adit_job *job, size_t more)
{
    return job->events >= FIELD_MAX_EVENTS || more > job->plugin->output_bytes ||
           job->emitted > job->plugin->output_bytes - more;
}

static int service_emit(struct adit_job *job, const char *name, size_t n, const struct adit_value *value)
{
    if (!value)
        return refuse(job, ADIT_E_USAGE);
    int error = check_name(job, name, n);
    if (error)
        return refuse(job, error);
    if (value->kind < ADIT_KIND_BOOL || value->kind > ADIT_KIND_TIME)
        return refuse(job, ADIT_E_TYPE);
    bool text = value->kind == ADIT_KIND_STRING || value->kind == ADIT_KIND_BYTES;
    if (text && !value->as.text.data && value->as.text.size > 0)
        return refuse(job, ADIT_E_USAGE);
    if (text && value->as.text.size > WIRE_VALUE)
        return refuse(job, ADIT_E_LIMIT);
    if (value->kind == ADIT_KIND_TIME && !adit_time_valid(&value->as.time))
        return refuse(job, ADIT_E_TYPE);
    if (output_is_full(job, n + (text ? value->as.text.size : 16)))
        return refuse(job, ADIT_E_LIMIT);
    buf_reset(&job->event);
    field_put_value(&job->event, name, n, value);
    return put_event(job);
}

static int service_begin(struct adit_job *job, const char *name, size_t n, uint32_t kind)
{
    int error = check_name(job, name, n);
    if (error)
        return refuse(job, error);
    if (kind != ADIT_KIND_OBJECT && kind != ADIT_KIND_LIST)
        return refuse(job, ADIT_E_TYPE);
    if (job->depth == sizeof job->nesting || output_is_full(job, n + 2))
        return refuse(job, ADIT_E_LIMIT);
    enum field_tag tag = kind == ADIT_KIND_OBJECT ? FIELD_OBJECT : FIELD_LIST;
    buf_reset(&job->event);
    field_put_begin(&job->event, name, n, tag);
    error = put_event(job);
    if (!error)
        job->nesting[job->depth++] = (uint8_t)tag;
    return error;
}

static int service_end(struct adit_job *job)
{
    if (job->opening)
        return ADIT_E_USAGE;
    if (job->depth == 0) {
        if (job->refused == 0) /* else it may belong to a begin that was refused */
            job->end_flags |= JOB_END_UNBEGUN;
        return refuse(job, ADIT_E_NESTING);
    }
    job->depth--;
    buf_reset(&job->event);
    field_put_end(&job->event);
    return put_event(job);
}

static int service_warn(struct adit_job *job, const char *text, size_t n)
{
    if (!text)
        return ADIT_E_USAGE;
    if (n > 1024)
        n = 1024;
    job->sink->put(job->sink->context, RECORD_WARN, 0, text, n, NULL, 0);
    return 0;
}

static int service_refine(struct adit_job *job, const char *media, size_t n)
{
    if (job->opening || (job->task_flags & WIRE_TASK_MAP) || !media || n == 0 || n > 255)
        return refuse(job, ADIT_E_USAGE);
    job->sink->put(job->sink->context, RECORD_REFINE, 0, media, n, NULL, 0);
    return 0;
}

/* ---- streams and artifacts ---- */

/* May this plugin emit streams of this type, and does anybody want them? */
static int check_stream(const struct adit_job *job, struct adit_text media)
{
    for (size_t i = 0; i < job->plugin->stream_count; i++) {
        const char *declared = job->plugin->streams[i].key;
        bool any = strcmp(declared, "*") == 0;
        if (any || (strlen(declared) == media.size && media.size && memcmp(declared, media.data, media.size) == 0))
            return job->plugin->streams[i].value[0] == '1' ? 0 : ADIT_E_UNWANTED;
    }
    return ADIT_E_UNDECLARED;
}

static int put_stream(struct adit_job *job, enum wire_record kind, const struct wire_stream *fixed, struct adit_text name,
                      struct adit_text media)
{
    struct wire_stream head = *fixed;
    if (name.size > 4096 || media.size > 255 || (!name.data && name.size) || (!media.data && media.size))
        return refuse(job, ADIT_E_USAGE);
    head.name_size = (uint16_t)name.size;
    head.media_size = (uint16_t)media.size;
    buf_reset(&job->event);
    buf_add(&job->event, &head, sizeof head);
    buf_add(&job->event, name.data, name.size);
    buf_add(&job->event, media.data, media.size);
    if (job->event.failed)
        return refuse(job, ADIT_E_LIMIT);
    job->sink->put(job->sink->context, kind, 0, job->event.data, job->event.size, NULL, 0);
    return 0;
}

/* Nobody asked for streams of this type; or they would lie too deep within each other, which the host tells. */
static int unwanted(struct adit_job *job, int error)
{
    if (!error && !(job->task_flags & WIRE_TASK_MAP))
        job->end_flags |= JOB_END_DEPTH;
    return ADIT_E_UNWANTED;
}

static int service_stream_range(struct adit_job *job, const struct adit_stream *stream, adit_source source, uint64_t offset,
                                uint64_t n)
{
    if (job->opening || !stream || stream->size < sizeof *stream)
        return refuse(job, ADIT_E_USAGE);
    if (source != 0 || offset > job->sources[0].size || n > job->sources[0].size - offset)
        return refuse(job, ADIT_E_RANGE);
    int error = check_stream(job, stream->media);
    if (error == ADIT_E_UNDECLARED)
        return refuse(job, error);
    if (!(job->task_flags & WIRE_TASK_STREAMS) || error)
        return unwanted(job, error);
    struct wire_stream head = {.offset = offset, .size = n, .flags = stream->flags};
    return put_stream(job, RECORD_STREAM_RANGE, &head, stream->name, stream->media);
}

static int service_stream_open(struct adit_job *job, const struct adit_stream *stream)
{
    if (job->opening || job->writing || !stream || stream->size < sizeof *stream)
        return refuse(job, ADIT_E_USAGE);
    int error = check_stream(job, stream->media);
    if (error == ADIT_E_UNDECLARED)
        return refuse(job, error);
    if (!(job->task_flags & WIRE_TASK_STREAMS) || error)
        return unwanted(job, error);
    struct wire_stream head = {.flags = stream->flags};
    error = put_stream(job, RECORD_STREAM_OPEN, &head, stream->name, stream->media);
    job->writing = job->writing_stream = error == 0;
    job->overflowed = false;
    return error;
}

static int service_artifact_open(struct adit_job *job, const struct adit_artifact *artifact)
{
    if (job->opening || job->writing || !artifact || artifact->size < sizeof *artifact)
        return refuse(job, ADIT_E_USAGE);
    if (!(job->task_flags & WIRE_TASK_ARTIFACTS))
        return ADIT_E_UNWANTED;
    if (artifact->flags & ADIT_ARTIFACT_ASK)
        return 0;
    if (job->artifacts_left == 0)
        return refuse(job, ADIT_E_LIMIT);
    struct wire_stream head = {0};
    int error = put_stream(job, RECORD_ARTIFACT_OPEN, &head, artifact->name, artifact->media);
    job->writing = error == 0;
    job->writing_stream = job->overflowed = false;
    job->artifacts_left -= error == 0;
    return error;
}

static int service_write(struct adit_job *job, const void *data, size_t n)
{
    if (!job->writing || (!data && n > 0))
        return refuse(job, ADIT_E_USAGE);
    uint64_t *left = job->writing_stream ? &job->stream_left : &job->artifact_left;
    size_t keep = n < *left ? n : (size_t)*left;
    *left -= keep;
    job->quota -= job->writing_stream ? keep : 0;
    job->overflowed |= keep < n;
    const uint8_t *p = data;
    for (size_t done = 0; done < keep;) {
        size_t part = keep - done < WIRE_DATA ? keep - done : WIRE_DATA;
        job->sink->put(job->sink->context, RECORD_DATA, 0, p + done, part, NULL, 0);
        done += part;
    }
    if (keep == n)
        return 0;
    return job->writing_stream ? ADIT_E_LIMIT : refuse(job, ADIT_E_LIMIT);
}

static int service_close(struct adit_job *job, uint32_t flags)
{
    if (!job->writing)
        return refuse(job, ADIT_E_USAGE);
    job->writing = false;
    flags &= ADIT_STREAM_TRUNCATED;
    if (job->overflowed)
        flags = ADIT_STREAM_TRUNCATED | (job->writing_stream ? WIRE_CLOSE_LIMIT : 0);
    job->sink->put(job->sink->context, RECORD_CLOSE, (uint8_t)flags, NULL, 0, NULL, 0);
    return 0;
}

static int service_progress(struct adit_job *job, uint64_t done, uint64_t total)
{
    if (!job->sink->progress(job->sink->context, done, total))
        return 0;
    job->end_flags |= JOB_END_CANCELLED;
    return ADIT_E_CANCELLED;
}

const struct adit_host job_host = {
    .size = sizeof(struct adit_host),
    .abi_major = ADIT_ABI_MAJOR,
    .abi_minor = ADIT_ABI_MINOR,
    .source_size = job_source_size,
    .read = job_read,
    .view = job_view,
    .option = service_option,
    .resource = service_resource,
    .emit = service_emit,
    .begin = service_begin,
    .end = service_end,
    .warn = service_warn,
    .refine = service_refine,
    .stream_range = service_stream_range,
    .stream_open = service_stream_open,
    .artifact_open = service_artifact_open,
    .write = service_write,
    .close = service_close,
    .need = job_need_root,
    .node_child = job_node_child,
    .node_first = job_node_first,
    .node_next = job_node_next,
    .node_get = job_node_get,
    .companion = service_companion,
    .source_name = service_source_name,
    .source_media = service_source_media,
    .progress = service_progress,
    .link = job_map_link,
    .kept = job_kept,
    .keep = job_keep,
};

/* ---- running ---- */

void job_set_source(struct adit_job *job, const struct job_source *source, struct adit_text name, struct adit_text media)
{
    job->sources[0] = *source;
    job->source_count = 1;
    job->name = name;
    job->media = media;
    job_forget_read_ahead(job);
}

struct adit_call job_call(struct adit_job *job)
{
    return (struct adit_call){.size = sizeof(struct adit_call), .host = &job_host, .job = job};
}

void job_begin(struct adit_job *job, const struct job_plugin *plugin)
{
    job->plugin = plugin;
    if (job->source_count > 1) { /* companions of the plugin before */
        job->source_count = 1;
        memset(job->block_at, 0, sizeof job->block_at);
    }
    job->depth = 0;
    job->writing = false;
    job->emitted = job->events = job->refused = 0;
    job->artifacts_left = plugin->artifact_most;
    job->artifact_left = plugin->artifact_bytes;
    job->end_flags = 0;
    job->stream_left = job->quota < plugin->stream_bytes ? job->quota : plugin->stream_bytes;
    job->sink->put(job->sink->context, RECORD_JOB_BEGIN, 0, &plugin->index, sizeof plugin->index, NULL, 0);
}

void job_end(struct adit_job *job, int32_t status)
{
    if (job->writing)
        (void)service_close(job, ADIT_STREAM_TRUNCATED);
    if (job->depth > 0)
        job->end_flags |= JOB_END_NESTING;
    while (job->depth > 0)
        (void)service_end(job);
    struct wire_job_end end = {.status = status, .flags = job->end_flags, .refused = job->refused};
    job->sink->put(job->sink->context, RECORD_JOB_END, 0, &end, sizeof end, NULL, 0);
    arena_reset(&job->views);
}

void job_run(struct adit_job *job, const struct job_plugin *plugin)
{
    job_begin(job, plugin);
    struct adit_call call = job_call(job);
    static const char no_run[] = "the module has no run(): it maps identifiers, and [map] field binds it to none";
    int32_t status = ADIT_FAILED;
    if (plugin->table->run)
        status = plugin->table->run(plugin->state, &call);
    else if (plugin->table->run_batch)
        plugin->table->run_batch(plugin->state, &call, &status, 1);
    else if (service_option(job, "map.field").data)
        status = job_bound_run(job, &call);
    else
        (void)service_warn(job, no_run, sizeof no_run - 1);
    job_end(job, status);
}

struct last_warning { char *text; size_t room; const struct job_sink *also; };

static void keep_warning(void *context, enum wire_record kind, uint8_t flags, const void *a, size_t a_size, const void *b,
                         size_t b_size)
{
    struct last_warning *w = context;
    if (kind != RECORD_WARN)
        return;
    if (w->room > 0)
        (void)snprintf(w->text, w->room, "%.*s", (int)a_size, (const char *)a);
    if (w->also)
        w->also->put(w->also->context, kind, flags, a, a_size, b, b_size);
}

static bool never_cancelled(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)done, (void)total;
    return false;
}

int32_t job_open(struct adit_job *job, struct job_plugin *plugin, char *reason, size_t n)
{
    struct last_warning warning = {reason, n, job->sink};
    const struct job_sink sink = {.context = &warning, .put = keep_warning, .progress = never_cancelled};
    if (n > 0)
        reason[0] = '\0';
    if (!plugin->table->open)
        return ADIT_OK;
    const struct job_sink *before = job->sink;
    job->sink = &sink;
    job->plugin = plugin;
    job->opening = true;
    job->source_count = job->mapping_count = 0;
    job->kept_bytes = 0;
    job_forget_read_ahead(job);
    struct adit_call call = job_call(job);
    int32_t status = plugin->table->open(&call, &plugin->state);
    job->opening = false;
    job->source_count = 0;
    job_forget_read_ahead(job);
    job->sink = before;
    while (status != ADIT_OK && job->mapping_count > 0) {
        job->mapping_count--;
        (void)munmap(job->mappings[job->mapping_count].at, job->mappings[job->mapping_count].size);
    }
    arena_release(&plugin->opened);
    plugin->opened = job->views;
    job->views = (struct arena){0};
    return status;
}

void job_release_source(struct adit_job *job)
{
    arena_reset(&job->views);
    arena_reset(&job->nodes_arena);
    job->nodes = NULL;
    job->node_count = 0;
    job->nodes_ready = false;
    job->source_count = 0;
}
