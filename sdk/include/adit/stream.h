/* SPDX-License-Identifier: MIT */
/* Bytes for others: streams (dispatched like files) and artifacts (kept for the user) [run]. */
#ifndef ADIT_STREAM_H
#define ADIT_STREAM_H

#include <adit/abi.h>
#include <adit/source.h>
#include <adit/text.h>

static inline struct adit_stream adit_stream(struct adit_text name, const char *media)
{
    struct adit_stream stream = {sizeof(struct adit_stream), 0, name, adit_text_c(media)};
    return stream;
}

/* A range of the job's own source, without a copy. `media` NULL: the host detects the type. Results: 0, ADIT_E_RANGE,
 * ADIT_E_LIMIT (too many, too deep), ADIT_E_UNDECLARED, ADIT_E_UNWANTED. */
static inline int adit_emit_range(const struct adit_call *job, struct adit_text name, const char *media,
                                  uint64_t offset, uint64_t n)
{
    struct adit_stream stream = adit_stream(name, media);
    return job->host->stream_range(job->job, &stream, ADIT_SOURCE_MAIN, offset, n);
}

/* Content that has to be made: open, write as often as needed, close. One at a time. adit_open_stream gives
 * ADIT_E_UNWANTED where nobody wants it: then do not decode. adit_write keeps what fits the quota ([limits] streams);
 * beyond it returns ADIT_E_LIMIT, and the stream counts as truncated. */
static inline int adit_open_stream(const struct adit_call *job, struct adit_text name, const char *media)
{
    struct adit_stream stream = adit_stream(name, media);
    return job->host->stream_open(job->job, &stream);
}

/* A file for the user, under --artifacts DIR: `name` is relative ("cover.jpg", "notes/0001.flac"). ADIT_E_UNWANTED where
 * no artifacts were asked for. */
static inline int adit_open_artifact(const struct adit_call *job, struct adit_text name, const char *media)
{
    struct adit_artifact artifact = {sizeof(struct adit_artifact), 0, name, adit_text_c(media)};
    return job->host->artifact_open(job->job, &artifact);
}

/* Before work that is for artifacts alone: would anybody want them? */
static inline bool adit_artifacts_wanted(const struct adit_call *job)
{
    struct adit_artifact artifact = {sizeof(struct adit_artifact), ADIT_ARTIFACT_ASK, {NULL, 0}, {NULL, 0}};
    return job->host->artifact_open(job->job, &artifact) == 0;
}

static inline int adit_write(const struct adit_call *job, const void *data, size_t n)
{
    return job->host->write(job->job, data, n);
}

static inline int adit_close(const struct adit_call *job)
{
    return job->host->close(job->job, 0);
}

/* As adit_close, and says that the content goes on beyond what was written. */
static inline int adit_close_truncated(const struct adit_call *job)
{
    return job->host->close(job->job, ADIT_STREAM_TRUNCATED);
}

/* The one, or where not all of the content was written the other. */
static inline int adit_close_as(const struct adit_call *job, bool whole)
{
    return whole ? adit_close(job) : adit_close_truncated(job);
}

#ifdef __cplusplus
extern "C" {
#endif
/* Writes n bytes of a source from `offset` on, or n zeroes (the holes of sparse files), to what is open. False: the quota is
 * used up, the source ends before, or it is time to stop. In libadit-sdk. */
bool adit_write_range(const struct adit_call *job, adit_source source, uint64_t offset, uint64_t n);
bool adit_write_zeroes(const struct adit_call *job, uint64_t n);
#ifdef __cplusplus
}
#endif

/* Bytes that the plugin has in memory, in one go. */
static inline int adit_emit_stream(const struct adit_call *job, struct adit_text name, const char *media,
                                   const void *data, size_t n)
{
    int error = adit_open_stream(job, name, media);
    if (error)
        return error;
    error = adit_write(job, data, n);
    int closed = adit_close(job);
    return error ? error : closed;
}

#endif
