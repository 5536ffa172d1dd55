/* SPDX-License-Identifier: MIT */
#include "job_kept.h"

#include <string.h>
#include <sys/mman.h>

#include "job.h"
#include "kept.h"

adit_source job_kept(struct adit_job *job)
{
    if (!job->opening)
        return ADIT_E_USAGE;
    if (job->plugin->keeping != JOB_HAS_KEPT)
        return ADIT_E_RANGE;
    if (job->source_count == JOB_MAX_SOURCES)
        return ADIT_E_LIMIT;
    job->sources[job->source_count] =
        (struct job_source){.fd = job->plugin->kept_fd, .offset = KEPT_HEAD, .size = job->plugin->kept_size};
    return (adit_source)job->source_count++;
}

/* Into the host's memory file, through a mapping: a write would meet RLIMIT_FSIZE, which is 0. */
int job_keep(struct adit_job *job, const struct adit_text *parts, size_t n)
{
    uint64_t size = 0;
    if (!job->opening || (!parts && n > 0))
        return ADIT_E_USAGE;
    for (size_t i = 0; i < n; i++) {
        if ((!parts[i].data && parts[i].size) || parts[i].size > KEPT_MOST)
            return parts[i].size > KEPT_MOST ? ADIT_E_LIMIT : ADIT_E_USAGE;
        size += parts[i].size;
    }
    if (job->plugin->keeping != JOB_MAY_KEEP)
        return ADIT_E_UNWANTED;
    if (size > KEPT_MOST || size == 0)
        return ADIT_E_LIMIT;
    char *to = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, job->plugin->kept_fd, 0);
    if (to == MAP_FAILED)
        return ADIT_E_LIMIT;
    size_t at = 0;
    for (size_t i = 0; i < n; at += parts[i++].size)
        if (parts[i].size)
            memcpy(to + at, parts[i].data, parts[i].size);
    (void)munmap(to, (size_t)size);
    job->kept_bytes = size;
    return 0;
}
