/* SPDX-License-Identifier: MIT */
#include "job_map.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "links.h"

/* Kept from one job to the next. */
struct job_map {
    uint8_t *source; size_t source_capacity;
    struct adit_text *ids; size_t capacity;
    uint64_t id_count; /* of the running call; 0: none runs */
    struct links_block links;
};

static void flush(struct adit_job *job)
{
    struct links_block *b = &job->map->links;
    job->refused += links_drop_invalid(b);
    if (b->count > 0)
        job->sink->put(job->sink->context, RECORD_LINKS, 0, b, links_heads_size(b), b->bytes, b->size);
    b->count = b->size = 0;
}

int job_map_link(struct adit_job *job, uint32_t id, const struct adit_link *link)
{
    struct job_map *m = job->map;
    int error = 0;
    if (!m || !link || id >= m->id_count || (!link->target.data && link->target.size))
        error = ADIT_E_USAGE;
    else if (link->flags & ~(uint32_t)LINK_FLAGS || (link->target.size == 0 && !(link->flags & ADIT_LINK_OBSOLETE)))
        error = ADIT_E_TYPE;
    else if (link->target.size > LINK_TARGET || link->target.size + sizeof(struct link_head) > job->plugin->output_bytes - job->emitted)
        error = ADIT_E_LIMIT;
    if (error) {
        job->refused++;
        job->end_flags |= error == ADIT_E_LIMIT ? JOB_END_LIMIT : 0;
        return error;
    }
    if (!links_fits(&m->links, link->target.size))
        flush(job);
    job->emitted += link->target.size + sizeof(struct link_head);
    links_put(&m->links, id, link->target.size ? link->target.data : "", link->target.size, link->flags);
    return 0;
}

static struct job_map *map_of(struct adit_job *job)
{
    if (!job->map)
        job->map = calloc(1, sizeof *job->map);
    return job->map;
}

void job_map_release(struct adit_job *job)
{
    if (job->map) {
        free(job->map->source);
        free(job->map->ids);
    }
    free(job->map);
    job->map = NULL;
}

/* The identifiers' bytes, or NULL: they cannot be read, or memory is short. */
static const uint8_t *bytes_of(struct adit_job *job)
{
    const struct job_source *s = &job->sources[0];
    struct job_map *m = job->map;
    if (s->fd < 0)
        return s->memory;
    if (!vec_grow(&m->source, &m->source_capacity, (size_t)s->size, 1) ||
        job_host.read(job, 0, 0, m->source, (size_t)s->size) != (int64_t)s->size)
        return NULL;
    return m->source;
}

/* The host's own words, checked for our own mistakes only. */
static bool split(struct job_map *m, const uint8_t *at, size_t size, size_t *out)
{
    const uint8_t *end = at + size;
    size_t n = 0;
    while (at < end) {
        uint32_t bytes;
        if ((size_t)(end - at) < sizeof bytes)
            return false;
        memcpy(&bytes, at, sizeof bytes);
        at += sizeof bytes;
        if (bytes > (size_t)(end - at))
            return false;
        if (n == m->capacity && !vec_grow(&m->ids, &m->capacity, n + 1, sizeof *m->ids))
            return false;
        m->ids[n++] = (struct adit_text){(const char *)at, bytes};
        at += bytes;
    }
    *out = n;
    return n > 0;
}

int32_t job_map_call(struct adit_job *job, const struct adit_call *call, const struct adit_text *ids, size_t n, uint32_t flags)
{
    struct job_map *m = map_of(job);
    if (!m)
        return ADIT_FAILED;
    size_t sources = job->source_count;
    m->id_count = n;
    job->source_count = 0;
    int32_t status = job->plugin->table->map(job->plugin->state, call, ids, n, flags);
    job->source_count = sources;
    flush(job);
    m->id_count = 0;
    return status;
}

void job_map_run(struct adit_job *job, const struct job_plugin *plugin)
{
    static const char no_map[] = "the module has no map(): it is no id mapper", unread[] = "the identifiers could not be read";
    const char *why = NULL;
    int32_t status = ADIT_FAILED;
    size_t n = 0;
    job_begin(job, plugin);
    const uint8_t *bytes = map_of(job) ? bytes_of(job) : NULL;
    if (!plugin->table->map)
        why = no_map;
    else if (!bytes || !split(job->map, bytes, (size_t)job->sources[0].size, &n))
        why = unread;
    if (why) {
        job->sink->put(job->sink->context, RECORD_WARN, 0, why, strlen(why), NULL, 0);
    } else {
        struct adit_call call = job_call(job);
        status = job_map_call(job, &call, job->map->ids, n, job->task_flags & WIRE_TASK_MAP_BACKWARD ? ADIT_MAP_BACKWARD : 0);
    }
    job_end(job, status);
}
