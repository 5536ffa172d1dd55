/* SPDX-License-Identifier: MIT */
#include "job_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "job.h"

static const struct job_source *source_of(const struct adit_job *job, adit_source source)
{
    return source >= 0 && (size_t)source < job->source_count ? &job->sources[source] : NULL;
}

uint64_t job_source_size(struct adit_job *job, adit_source source)
{
    const struct job_source *s = source_of(job, source);
    return s ? s->size : 0;
}

/* All n bytes, or an error: a source that is shorter than it was shrank while it was read. */
static int read_fully(struct adit_job *job, const struct job_source *s, uint64_t offset, uint8_t *buffer, size_t n)
{
    while (n > 0) {
        ssize_t got = pread(s->fd, buffer, n, (off_t)(s->offset + offset));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            job->end_flags |= got == 0 ? JOB_END_SHRANK : JOB_END_READ_ERROR;
            return ADIT_E_IO;
        }
        buffer += got;
        offset += (uint64_t)got;
        n -= (size_t)got;
    }
    return 0;
}

static uint8_t *blocks_of(struct adit_job *job)
{
    if (!job->blocks)
        job->blocks = malloc((size_t)JOB_BLOCK * JOB_BLOCKS + JOB_SMALL);
    return job->blocks;
}

void job_forget_read_ahead(struct adit_job *job)
{
    job->small_loaded = false;
    memset(job->block_at, 0, sizeof job->block_at);
}

/* A small main source is read whole, once. NULL: it is not small, or cannot be read. */
static const uint8_t *small_source(struct adit_job *job, adit_source source)
{
    const struct job_source *s = &job->sources[source];
    if (s->fd < 0)
        return s->memory;
    if (source != 0 || job->opening || s->size > JOB_SMALL || !blocks_of(job))
        return NULL;
    uint8_t *small = job->blocks + (size_t)JOB_BLOCK * JOB_BLOCKS;
    if (!job->small_loaded && read_fully(job, s, 0, small, (size_t)s->size) != 0)
        return NULL;
    job->small_loaded = true;
    return small;
}

/* Block `number` of a source in the read-ahead, or NULL. */
static const uint8_t *block_of(struct adit_job *job, adit_source source, uint64_t number, size_t *size)
{
    const struct job_source *s = &job->sources[source];
    uint64_t key = ((uint64_t)source << 56 | number) + 1;
    size_t oldest = 0;
    job->clock++;
    for (size_t i = 0; i < JOB_BLOCKS; i++) {
        if (job->block_at[i] == key) {
            job->block_used[i] = job->clock;
            *size = job->block_size[i];
            return job->blocks + i * JOB_BLOCK;
        }
        if (job->block_used[i] < job->block_used[oldest])
            oldest = i;
    }
    uint64_t left = s->size - number * JOB_BLOCK;
    size_t want = left < JOB_BLOCK ? (size_t)left : JOB_BLOCK;
    job->block_at[oldest] = 0;
    if (!blocks_of(job) || read_fully(job, s, number * JOB_BLOCK, job->blocks + oldest * JOB_BLOCK, want) != 0)
        return NULL;
    job->block_at[oldest] = key;
    job->block_used[oldest] = job->clock;
    job->block_size[oldest] = (uint32_t)want;
    *size = want;
    return job->blocks + oldest * JOB_BLOCK;
}

int64_t job_read(struct adit_job *job, adit_source source, uint64_t offset, void *buffer, size_t n)
{
    const struct job_source *s = source_of(job, source);
    if (!s || (!buffer && n > 0))
        return ADIT_E_USAGE;
    if (offset >= s->size || n == 0)
        return 0;
    if (n > s->size - offset)
        n = (size_t)(s->size - offset);
    if (n > INT64_MAX)
        return ADIT_E_RANGE;
    const uint8_t *whole = small_source(job, source);
    if (whole) {
        memcpy(buffer, whole + offset, n);
        return (int64_t)n;
    }
    if (n >= JOB_BLOCK)
        return read_fully(job, s, offset, buffer, n) ? ADIT_E_IO : (int64_t)n;
    for (size_t done = 0; done < n;) {
        size_t at = (size_t)((offset + done) % JOB_BLOCK), size;
        const uint8_t *block = block_of(job, source, (offset + done) / JOB_BLOCK, &size);
        if (!block || at >= size)
            return ADIT_E_IO;
        size_t part = size - at < n - done ? size - at : n - done;
        memcpy((uint8_t *)buffer + done, block + at, part);
        done += part;
    }
    return (int64_t)n;
}

/* A large resource stays in the file's own pages, which all processes share. Where the file becomes shorter under the plugin the
 * kernel ends the process (SIGBUS): the host tells that as what it is. NULL: no room, or this cannot be mapped. */
static const void *map_resource(struct adit_job *job, const struct job_source *s, uint64_t offset, size_t n)
{
    uint64_t within = (s->offset + offset) % 4096;
    if (job->mapping_count == JOB_MAPPINGS)
        return NULL;
    void *p = mmap(NULL, n + (size_t)within, PROT_READ, MAP_PRIVATE, s->fd, (off_t)(s->offset + offset - within));
    if (p == MAP_FAILED)
        return NULL;
    job->mappings[job->mapping_count++] = (struct job_mapping){p, n + (size_t)within};
    return (const uint8_t *)p + within;
}

const void *job_view(struct adit_job *job, adit_source source, uint64_t offset, size_t n)
{
    const struct job_source *s = source_of(job, source);
    if (!s || offset > s->size || n > s->size - offset)
        return NULL;
    const uint8_t *whole = small_source(job, source);
    if (whole)
        return whole + offset;
    if (job->opening && n >= JOB_MAP_LEAST)
        return map_resource(job, s, offset, n);
    if (n > JOB_VIEW || (!job->opening && job->views.used + n > JOB_VIEWS)) {
        job->end_flags |= JOB_END_VIEWS;
        return NULL;
    }
    uint8_t *copy = arena_alloc(&job->views, n);
    if (!copy || job_read(job, source, offset, copy, n) != (int64_t)n)
        return NULL;
    return copy;
}
