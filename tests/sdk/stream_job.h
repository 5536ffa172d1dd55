/* SPDX-License-Identifier: MIT */
/* A job that keeps the stream which is written, for testing pixels.h and pcm.h without a host. */
#ifndef TESTS_SDK_STREAM_JOB_H
#define TESTS_SDK_STREAM_JOB_H

#include "memory_job.h"

struct stream {
    uint8_t data[64 * 1024];
    size_t size, room;
    char media[64];
    bool unwanted, opened, closed, truncated;
    int warnings;
};

static struct stream *stream_kept; /* by the job in use */

static inline int stream_open(struct adit_job *job, const struct adit_stream *s)
{
    (void)job;
    if (stream_kept->unwanted)
        return ADIT_E_UNWANTED;
    memcpy(stream_kept->media, s->media.data, s->media.size);
    stream_kept->opened = true;
    return 0;
}

static inline int stream_write(struct adit_job *job, const void *data, size_t n)
{
    (void)job;
    size_t left = stream_kept->room - stream_kept->size, keep = n < left ? n : left;
    memcpy(stream_kept->data + stream_kept->size, data, keep);
    stream_kept->size += keep;
    return keep < n ? ADIT_E_LIMIT : 0;
}

static inline int stream_close(struct adit_job *job, uint32_t flags)
{
    (void)job;
    stream_kept->closed = true;
    stream_kept->truncated = (flags & ADIT_STREAM_TRUNCATED) != 0;
    return 0;
}

static inline int stream_warn(struct adit_job *job, const char *text, size_t n)
{
    (void)job, (void)text, (void)n;
    stream_kept->warnings++;
    return 0;
}

static const struct adit_host stream_host = {
    .size = sizeof(struct adit_host),
    .abi_major = ADIT_ABI_MAJOR,
    .abi_minor = ADIT_ABI_MINOR,
    .source_size = memory_size,
    .read = memory_read,
    .stream_open = stream_open,
    .write = stream_write,
    .close = stream_close,
    .warn = stream_warn,
};

/* A job without a source, whose stream is a fresh one. */
static inline struct adit_call stream_call(struct adit_job *job, struct stream *stream)
{
    struct adit_call call = {sizeof call, 0, &stream_host, job};
    memset(job, 0, sizeof *job);
    memset(stream, 0, sizeof *stream);
    job->fail_at = UINT64_MAX;
    stream->room = sizeof stream->data;
    stream_kept = stream;
    return call;
}

#endif
