/* SPDX-License-Identifier: MIT */
/* A job whose source is bytes in memory, for testing SDK helpers without a host. Only size, read and view are there. */
#ifndef TESTS_SDK_MEMORY_JOB_H
#define TESTS_SDK_MEMORY_JOB_H

#include <adit/adit.h>
#include <string.h>

struct adit_job {
    const void *data;
    uint64_t size;
    uint64_t fail_at; /* reads that touch this offset fail; UINT64_MAX: none */
};

static inline uint64_t memory_size(struct adit_job *job, adit_source source)
{
    (void)source;
    return job->size;
}

static inline int64_t memory_read(struct adit_job *job, adit_source source, uint64_t offset, void *buffer, size_t n)
{
    (void)source;
    if (offset >= job->size)
        return 0;
    if (n > job->size - offset)
        n = (size_t)(job->size - offset);
    if (job->fail_at >= offset && job->fail_at - offset < n)
        return ADIT_E_IO;
    memcpy(buffer, (const char *)job->data + offset, n);
    return (int64_t)n;
}

static inline const void *memory_view(struct adit_job *job, adit_source source, uint64_t offset, size_t n)
{
    (void)source;
    return offset <= job->size && n <= job->size - offset ? (const char *)job->data + offset : NULL;
}

static const struct adit_host memory_host = {
    .size = sizeof(struct adit_host),
    .abi_major = ADIT_ABI_MAJOR,
    .abi_minor = ADIT_ABI_MINOR,
    .source_size = memory_size,
    .read = memory_read,
    .view = memory_view,
};

static inline struct adit_call memory_call(struct adit_job *job, const void *data, size_t size)
{
    struct adit_call call = {sizeof call, 0, &memory_host, job};
    job->data = data;
    job->size = size;
    job->fail_at = UINT64_MAX;
    return call;
}

/* A cursor over that source; or, what has to give the same, over the same bytes as they are in memory. */
static inline struct adit_cursor memory_cursor(const struct adit_call *call, bool direct)
{
    return direct ? adit_cursor_memory(call->job->data, (size_t)call->job->size) : adit_cursor(call);
}

#endif
