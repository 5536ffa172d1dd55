/* SPDX-License-Identifier: MIT */
/* What workers tell about a source becomes part of its result. Every byte here is hostile: its shape is checked by the pool, its
 * content here. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "detect.h"
#include "digest.h"
#include "engine_impl.h"

enum { LARGE = 1 << 20, WARNING_BYTES = 1024, REFINES = 16 };

static struct source *source_of(struct pool_task *task)
{
    return task->owner;
}

static const struct plugin *plugin_at(const struct engine *g, uint32_t plugin)
{
    return &g->options.registry->plugins[plugin];
}

/* A media type as it may be printed: of the form of RFC 6838, lower case; else NULL. */
static const char *media_from(const struct engine *g, struct source *s, const char *text, size_t n)
{
    const char *known = detect_canonical(g->options.registry->detect, text, n);
    if (known)
        return known;
    size_t slashes = 0;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        slashes += c == '/';
        bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!letter && (i == 0 || !strchr("!#$&-^_.+/;= ", c) || c == '\0'))
            return NULL;
    }
    return slashes == 1 && n < 256 ? arena_strndup(&s->file->arena, text, n) : NULL;
}

static bool matches(const char *declared, const char *media)
{
    size_t n = strlen(declared);
    if (strcmp(declared, "*") == 0 || strcmp(declared, media) == 0)
        return true;
    return n > 1 && declared[n - 1] == '*' && strncmp(declared, media, n - 1) == 0;
}

static bool is_declared(const char *const *list, size_t count, const char *media)
{
    for (size_t i = 0; i < count; i++)
        if (matches(list[i], media))
            return true;
    return false;
}

/* ---- streams ---- */

static int put_in_memory(struct source *s, const uint8_t *data, size_t n)
{
    if (s->made_fd < 0)
        s->made_fd = memfd_create("adit-stream", MFD_CLOEXEC);
    if (s->made_fd < 0)
        return -errno;
    for (size_t done = 0; done < n;) {
        ssize_t wrote = pwrite(s->made_fd, data + done, n - done, (off_t)(s->made_size + done));
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return -ENOSPC;
        done += (size_t)wrote;
    }
    s->made_size += n;
    return 0;
}

/* NULL: a bound was reached (said in the parent), or memory is short. */
static struct source *new_stream(struct engine *g, struct source *s, uint32_t plugin, const struct wire_stream *head, const uint8_t *name)
{
    struct file *f = s->file;
    if (f->streams >= MAX_STREAMS) {
        s->result.limit = "2000 streams in a file";
        return NULL;
    }
    struct source *child = source_new(f, s);
    char *copy = child ? arena_strndup(&f->arena, (const char *)name, head->name_size) : NULL;
    if (!copy) {
        engine_no_memory(g);
        return NULL;
    }
    f->streams++;
    child->found_by = plugin;
    child->result.name = copy;
    child->result.name_size = head->name_size;
    child->result.source_plugin = plugin_at(g, plugin)->conf.name;
    child->result.truncated = (head->flags & ADIT_STREAM_TRUNCATED) != 0;
    child->result.offset = UINT64_MAX;
    const char *media = "";
    if (head->media_size > 0)
        media = media_from(g, s, (const char *)name + head->name_size, head->media_size);
    child->result.media = media ? media : "";
    struct job_state *j = source_job(s, plugin);
    if (j)
        j->part.produced_streams = true;
    return child;
}

static bool stream_is_allowed(struct engine *g, struct source *s, uint32_t plugin, const struct wire_stream *head, const uint8_t *name)
{
    const struct conf *c = &plugin_at(g, plugin)->conf;
    char media[256] = "";
    memcpy(media, name + head->name_size, head->media_size);
    if (is_declared(c->streams, c->stream_count, media))
        return true;
    char text[400];
    int n = snprintf(text, sizeof text, "a stream of type %s is not declared in [produces] and was left out", media[0] ? media : "(none)");
    source_warn(s, source_job(s, plugin), text, (size_t)n);
    return false;
}

static void on_range(struct engine *g, struct source *s, uint32_t plugin, const uint8_t *payload)
{
    struct wire_stream head;
    memcpy(&head, payload, sizeof head);
    const uint8_t *name = payload + sizeof head;
    if (head.offset > s->result.size || head.size > s->result.size - head.offset || !stream_is_allowed(g, s, plugin, &head, name))
        return;
    struct source *child = new_stream(g, s, plugin, &head, name);
    if (!child)
        return;
    child->result.offset = head.offset;
    child->result.size = head.size;
    child->fd = s->fd;
    child->task.offset = s->task.offset + head.offset;
    source_start(g, child);
}

static void on_open(struct engine *g, struct source *s, uint32_t plugin, const uint8_t *payload)
{
    struct wire_stream head;
    memcpy(&head, payload, sizeof head);
    const uint8_t *name = payload + sizeof head;
    s->writing = NULL;
    if (!stream_is_allowed(g, s, plugin, &head, name))
        return;
    struct source *child = new_stream(g, s, plugin, &head, name);
    if (!child)
        return;
    child->task.offset = s->made_size;
    s->writing = child;
}

static const char file_limit[] = "64 MiB of decoded streams in a file";

/* Nothing more may be made of this file: tasks that wait are not to decode for nothing. */
static void leave_nothing(struct source *s)
{
    s->task.stream_bytes = 0;
    for (struct source *c = s->first; c; c = c->next)
        leave_nothing(c);
}

static void on_stream_data(struct engine *g, struct source *s, const uint8_t *data, size_t n)
{
    struct file *f = s->file;
    struct source *child = s->writing;
    if (n > FILE_STREAM_BYTES - f->made_bytes) {
        child->result.truncated = true;
        child->result.limit = file_limit;
        n = (size_t)(FILE_STREAM_BYTES - f->made_bytes);
    }
    f->made_bytes += n;
    engine_keep(g, f, n);
    if (n > 0 && f->made_bytes == FILE_STREAM_BYTES)
        leave_nothing(&f->root);
    if (put_in_memory(s, data, n) != 0) {
        engine_no_memory(g);
        return;
    }
    child->result.size += n;
}

static void on_stream_close(struct engine *g, struct source *s, uint8_t flags)
{
    struct source *child = s->writing;
    const struct conf *c = &plugin_at(g, child->found_by)->conf;
    s->writing = NULL;
    child->result.truncated |= (flags & ADIT_STREAM_TRUNCATED) != 0;
    if ((flags & WIRE_CLOSE_LIMIT) && !child->result.limit[0])
        child->result.limit = s->task.stream_bytes < c->stream_bytes ? file_limit : "[limits] stream of its plugin";
    child->fd = s->made_fd;
    source_start(g, child);
}

/* ---- records ---- */

static void on_data(struct engine *g, struct source *s, uint32_t plugin, const uint8_t *data, size_t n)
{
    if (s->writing)
        on_stream_data(g, s, data, n);
    else if (s->artifact || s->spooling)
        record_artifact_data(g, s, plugin_at(g, plugin), data, n);
}

static void on_refine(struct engine *g, struct source *s, uint32_t plugin, const uint8_t *payload, size_t n)
{
    const struct conf *c = &plugin_at(g, plugin)->conf;
    struct job_state *j = source_job(s, plugin);
    if (!j || j->refined++ > REFINES) /* the last ones count no more, and cost nothing */
        return;
    if (n > 255)
        n = 255;
    const char *media = media_from(g, s, (const char *)payload, n);
    if (media && is_declared(c->refines, c->refine_count, media)) {
        s->refined = media;
        return;
    }
    char text[400];
    int size = snprintf(text, sizeof text, "refining the type to %.*s is not declared in [produces] and was left out", (int)n, (const char *)payload);
    source_warn(s, j, text, (size_t)size);
}

static void job_begun(void *context, struct pool_task *task, uint32_t plugin)
{
    (void)context, (void)plugin;
    buf_reset(&source_of(task)->raw);
}

/* A worker keeps within [limits] output by itself; one that does not is no worker of ours. What it sent is replaced by events that
 * make no sense, so that the job ends as a breach of the protocol. */
static void on_field(struct engine *g, struct source *s, uint32_t plugin, const uint8_t *payload, size_t n)
{
    uint64_t most = plugin_at(g, plugin)->conf.output_bytes + WIRE_RECORD + FIELD_MAX_EVENTS;
    if (s->raw.size + n > most) {
        buf_reset(&s->raw);
        field_put_end(&s->raw);
    }
    buf_add(&s->raw, payload, n);
}

static void on_record(void *context, struct pool_task *task, uint32_t plugin, const struct wire_record_head *head, const uint8_t *payload)
{
    struct engine *g = context;
    struct source *s = source_of(task);
    switch ((enum wire_record)head->kind) {
    case RECORD_FIELD: on_field(g, s, plugin, payload, head->size); break;
    case RECORD_WARN:
        source_warn(s, source_job(s, plugin), (const char *)payload, head->size < WARNING_BYTES ? head->size : WARNING_BYTES);
        break;
    case RECORD_REFINE: on_refine(g, s, plugin, payload, head->size); break;
    case RECORD_STREAM_RANGE: on_range(g, s, plugin, payload); break;
    case RECORD_STREAM_OPEN: on_open(g, s, plugin, payload); break;
    case RECORD_ARTIFACT_OPEN: record_artifact(g, s, plugin_at(g, plugin), payload); break;
    case RECORD_DATA: on_data(g, s, plugin, payload, head->size); break;
    case RECORD_CLOSE:
        if (s->writing)
            on_stream_close(g, s, head->flags);
        else if (s->artifact || s->spooling)
            record_artifact_close(g, s, plugin_at(g, plugin), head->flags);
        break;
    default: break;
    }
}

/* ---- the end of a job ---- */

static void forget_raw(struct source *s)
{
    if (s->raw.capacity > LARGE)
        buf_release(&s->raw);
    buf_reset(&s->raw);
}

/* Events of a job that was cut off may leave objects open: they are closed, so that what there is can be kept. */
static void close_open(struct buf *raw)
{
    struct field_reader r = field_reader_of(raw->data, raw->size);
    struct field_event e;
    size_t depth = 0;
    while (field_next(&r, &e) == 1) {
        if (e.tag == FIELD_OBJECT || e.tag == FIELD_LIST)
            depth++;
        else if (e.tag == FIELD_END && depth > 0)
            depth--;
    }
    for (; depth > 0 && depth <= FIELD_MAX_DEPTH; depth--)
        field_put_end(raw);
}

/* Fields from raw events into the part. False: the bytes are no fields. */
static bool keep_fields(struct engine *g, struct source *s, struct job_state *j)
{
    struct collect_warnings warnings = {.count = 0};
    buf_reset(&g->scratch);
    if (s->raw.failed) {
        engine_no_memory(g);
        return true;
    }
    close_open(&s->raw);
    int error = collect_fields(g->collector, plugin_at(g, j->plugin), s->raw.data, s->raw.size, &g->scratch, &warnings);
    if (error == -ENOMEM)
        engine_no_memory(g);
    if (error)
        return error != -EBADMSG;
    if (s->raw.capacity > LARGE) /* not thrice in memory */
        buf_release(&s->raw);
    j->part.fields = arena_dup(&s->file->arena, g->scratch.data, g->scratch.size);
    j->part.fields_size = g->scratch.size;
    engine_keep(g, s->file, g->scratch.size);
    if (g->scratch.capacity > LARGE)
        buf_release(&g->scratch);
    for (size_t i = 0; i < warnings.count; i++)
        source_warn(s, j, warnings.text[i], strlen(warnings.text[i]));
    if (warnings.left_out > warnings.count) {
        char text[80];
        int n = snprintf(text, sizeof text, "%llu fields were left out in all", (unsigned long long)warnings.left_out);
        source_warn(s, j, text, (size_t)n);
    }
    return true;
}

static enum part_status status_of(struct source *s, struct job_state *j, const struct wire_job_end *end, const char **reason)
{
    static const enum part_status plain[] = {PART_OK, PART_DECLINED, PART_MALFORMED, PART_UNSUPPORTED, PART_FAILED};
    bool known = end->status >= ADIT_OK && end->status <= ADIT_FAILED;
    enum part_status status = known ? plain[end->status] : PART_FAILED;
    *reason = known ? "" : "run() returned a number that is no status";
    if (end->flags & (JOB_END_SHRANK | JOB_END_READ_ERROR)) {
        s->file->keep = false;
        *reason = end->flags & JOB_END_SHRANK ? "the file became shorter while it was read" : "the file could not be read to its end";
        return PART_FAILED;
    }
    if (end->flags & JOB_END_CANCELLED) {
        *reason = "interrupted";
        return PART_CANCELLED;
    }
    if ((end->flags & JOB_END_NO_MEMORY) && status != PART_OK) {
        *reason = "ran out of memory ([limits] memory)";
        return PART_OUT_OF_MEMORY;
    }
    if (((end->flags & JOB_END_LIMIT) || j->artifact_limit) && status == PART_OK) {
        *reason = "stopped at a limit: 500,000 fields, 1 MiB a value, or [limits] output, artifact or artifacts";
        status = PART_PARTIAL;
    }
    if ((end->flags & JOB_END_VIEWS) && status == PART_OK) {
        *reason = "wanted to hold more than 16 MiB of the file at once";
        status = PART_PARTIAL;
    }
    static const char open[] = "an object or list was begun and not ended", unbegun[] = "an object or list was ended and not begun";
    if (end->flags & JOB_END_NESTING)
        source_warn(s, j, open, sizeof open - 1);
    if (end->flags & JOB_END_UNBEGUN)
        source_warn(s, j, unbegun, sizeof unbegun - 1);
    return status;
}

static void finish_job(struct engine *g, struct source *s, struct job_state *j, enum part_status status, const char *reason)
{
    s->writing = NULL;
    record_artifact_cut(s);
    if (!keep_fields(g, s, j)) {
        status = PART_CRASHED;
        reason = "broke the protocol: fields that make no sense";
    }
    j->part.status = status;
    j->part.reason = reason[0] ? arena_strdup(&s->file->arena, reason) : "";
    if (!j->part.reason)
        engine_no_memory(g);
    j->progress = JOB_DONE;
    forget_raw(s);
}

static void job_ended(void *context, struct pool_task *task, uint32_t plugin, const struct wire_job_end *end)
{
    struct engine *g = context;
    struct source *s = source_of(task);
    struct job_state *j = source_job(s, plugin);
    const char *reason;
    enum part_status status = status_of(s, j, end, &reason);
    if (end->flags & JOB_END_DEPTH)
        s->result.limit = "streams 8 deep";
    finish_job(g, s, j, status, reason);
}

/* What was known of it before does not hold any more: it crashed once more, or its module turned out to be another one. */
static void disable_if_quarantined(struct engine *g, const struct plugin *p)
{
    g->quarantined[p->index] = NULL;
    const char *why = engine_quarantined(g, p);
    if (why)
        pool_disable(g->pool, p->index, PART_QUARANTINED, why);
}

/* Copies and other names of one bad file are no more reason to distrust a plugin than the file itself. */
static void note_failure(struct engine *g, const struct source *s, const struct plugin *p, const char *reason)
{
    enum { LOOKED_AT = 1 << 16 };
    static unsigned char head[LOOKED_AT];
    const struct source *root = &s->file->root;
    unsigned char digest[DIGEST_SIZE];
    char content[17] = "";
    ssize_t n = root->fd >= 0 ? pread(root->fd, head, sizeof head, 0) : -1;
    struct digest d;
    digest_init(&d);
    digest_add_u64(&d, root->result.size);
    digest_add(&d, head, n > 0 ? (size_t)n : 0);
    digest_finish(&d, digest);
    for (size_t i = 0; n >= 0 && i < 8; i++)
        (void)snprintf(content + 2 * i, 3, "%02x", digest[i]);
    char *real = realpath(root->result.name, NULL);
    const char *path = real ? real : root->result.name;
    const struct quarantine_file file = {path, real ? strlen(real) : root->result.name_size, content};
    if (quarantine_note(g->options.quarantine, p->conf.name, p->module_digest, &file, reason))
        disable_if_quarantined(g, p);
    free(real);
}

static void job_lost(void *context, struct pool_task *task, uint32_t plugin, enum part_status status, const char *reason)
{
    struct engine *g = context;
    struct source *s = source_of(task);
    if (s->writing) { /* what was made of it is kept, as the beginning of a stream */
        s->writing->result.truncated = true;
        on_stream_close(g, s, 0);
    }
    const struct plugin *p = plugin_at(g, plugin);
    if ((status == PART_CRASHED || status == PART_TIMEOUT) && p->has_module_digest)
        note_failure(g, s, p, reason);
    finish_job(g, s, source_job(s, plugin), status, reason);
}

static void job_again(void *context, struct pool_task *task, uint32_t plugin)
{
    struct source *s = source_of(task);
    struct job_state *j = source_job(s, plugin);
    forget_raw(s);
    s->refined = NULL;
    j->refined = 0;
    if (s->writing) {
        s->writing->discarded = s->writing->finished = true;
        s->unfinished--;
    }
    s->writing = NULL;
    record_artifact_again(s, plugin_at(context, plugin));
    for (struct source *child = s->first; child; child = child->next)
        child->discarded |= child->found_by == plugin;
    j->part.warning_count = 0;
    j->part.produced_streams = false;
}

static void sealed(void *context, uint32_t plugin, const unsigned char digest[32])
{
    struct engine *g = context;
    struct plugin *p = &g->options.registry->plugins[plugin];
    registry_set_digest(g->options.registry, p, digest);
    disable_if_quarantined(g, p);
}

static void task_done(void *context, struct pool_task *task)
{
    struct engine *g = context;
    struct source *s = source_of(task);
    s->running = false;
    source_close_companions(s);
    source_advance(g, s);
}

static void warned(void *context, uint32_t plugin, const char *text)
{
    const struct engine *g = context;
    if (g->options.warned)
        g->options.warned(g->options.context, plugin_at(g, plugin)->conf.name, text);
}

/* Results are printed in order: the first file is what all others wait for. */
static bool is_urgent(void *context, const struct pool_task *task)
{
    const struct engine *g = context;
    return ((const struct source *)task->owner)->file == g->first;
}

struct pool_events record_events(struct engine *g)
{
    return (struct pool_events){
        .context = g,
        .job_begun = job_begun,
        .record = on_record,
        .job_ended = job_ended,
        .job_lost = job_lost,
        .job_again = job_again,
        .sealed = sealed,
        .task_done = task_done,
        .urgent = is_urgent,
        .warned = warned,
    };
}
