/* SPDX-License-Identifier: MIT */
/* Reading sources without a cursor. For parsing use cursor.h. Phases: [open] for resources, [run] for the rest. */
#ifndef ADIT_SOURCE_H
#define ADIT_SOURCE_H

#include <adit/abi.h>

/* The job's own source. */
#define ADIT_SOURCE_MAIN 0

static inline uint64_t adit_size(const struct adit_call *job)
{
    return job->host->source_size(job->job, ADIT_SOURCE_MAIN);
}

static inline uint64_t adit_source_size(const struct adit_call *job, adit_source source)
{
    return job->host->source_size(job->job, source);
}

/* Copies up to n bytes at `offset` into `buffer`. Returns the number of bytes (less than n only at the end, 0 beyond it)
 * or a negative enum adit_error. */
static inline int64_t adit_read(const struct adit_call *job, adit_source source, uint64_t offset, void *buffer, size_t n)
{
    return job->host->read(job->job, source, offset, buffer, n);
}

/* n bytes at `offset`, all or nothing: data is NULL when they are not all there. Borrowed until run() returns. At most
 * 4 MiB at once and 16 MiB a job: read larger inputs piece by piece with adit_read. */
static inline struct adit_text adit_view(const struct adit_call *job, adit_source source, uint64_t offset, size_t n)
{
    struct adit_text text = {(const char *)job->host->view(job->job, source, offset, n), n};
    if (!text.data)
        text.size = 0;
    return text;
}

/* [run] The file declared under this label in [companions]; negative: there is none. */
static inline adit_source adit_companion(const struct adit_call *job, const char *label)
{
    return job->host->companion(job->job, label);
}

/* [open] The file declared under this key in [resources]; negative: it could not be opened. */
static inline adit_source adit_resource(const struct adit_call *job, const char *key)
{
    return job->host->resource(job->job, key);
}

/* [open] What adit_keep kept in an earlier run for the same module, options and resources; negative: nothing. Check what it says. */
static inline adit_source adit_kept(const struct adit_call *job)
{
    return job->host->kept(job->job);
}

/* [open] Keeps `parts`, one behind the other, for later runs. Only what takes long to make of a large resource (1 MiB and more) is
 * kept at all; the result may be ignored. */
static inline int adit_keep(const struct adit_call *job, const struct adit_text *parts, size_t n)
{
    return job->host->keep(job->job, parts, n);
}

/* [run] The source's name (a file's base name, a stream's name) and media type. For choices and messages only. */
static inline struct adit_text adit_source_name(const struct adit_call *job)
{
    return job->host->source_name(job->job);
}
static inline struct adit_text adit_source_media(const struct adit_call *job)
{
    return job->host->source_media(job->job);
}

/* [run] Reports progress. False: stop soon, keep what was emitted, return ADIT_OK. */
static inline bool adit_progress(const struct adit_call *job, uint64_t done, uint64_t total)
{
    return job->host->progress(job->job, done, total) == 0;
}

#endif
