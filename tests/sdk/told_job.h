/* SPDX-License-Identifier: MIT */
/* A job over bytes in memory that keeps what is told: values as lines "NAME VALUE", warnings as "! TEXT", and what is written to a
 * stream. Options are given as pairs. */
#ifndef TESTS_SDK_TOLD_JOB_H
#define TESTS_SDK_TOLD_JOB_H

#include <stdio.h>

#include "memory_job.h"

struct told {
    char lines[4096], written[4096];
    size_t used, size, room;    /* room: how much may be written */
    const char *const *options; /* key, value, …, NULL */
    unsigned calls_left;        /* of progress, until it says stop */
};

static struct told told; /* by the job in use */

static inline struct adit_text told_option(struct adit_job *job, const char *key)
{
    (void)job;
    for (const char *const *o = told.options; o && *o; o += 2)
        if (strcmp(o[0], key) == 0)
            return adit_text_c(o[1]);
    return adit_text_of(NULL, 0);
}

static inline void told_line(const char *name, size_t n, const char *text, size_t size)
{
    size_t left = sizeof told.lines - told.used;
    int got = snprintf(told.lines + told.used, left, "%.*s %.*s\n", (int)n, name, (int)size, text);
    told.used += got > 0 && (size_t)got < left ? (size_t)got : 0;
}

static inline int told_emit(struct adit_job *job, const char *name, size_t n, const struct adit_value *v)
{
    char text[32];
    (void)job;
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)v->as.u64);
    if (v->kind == ADIT_KIND_STRING)
        told_line(name, n, v->as.text.data, v->as.text.size);
    else
        told_line(name, n, text, strlen(text));
    return 0;
}

static inline int told_warn(struct adit_job *job, const char *text, size_t n)
{
    (void)job;
    told_line("!", 1, text, n);
    return 0;
}

static inline int told_write(struct adit_job *job, const void *data, size_t n)
{
    size_t keep = n < told.room - told.size ? n : told.room - told.size;
    (void)job;
    memcpy(told.written + told.size, data, keep);
    told.size += keep;
    return keep < n ? ADIT_E_LIMIT : 0;
}

static inline int told_close(struct adit_job *job, uint32_t flags)
{
    (void)job;
    told_line("closed", 6, flags & ADIT_STREAM_TRUNCATED ? "truncated" : "whole",
              flags & ADIT_STREAM_TRUNCATED ? 9 : 5);
    return 0;
}

static inline int told_progress(struct adit_job *job, uint64_t done, uint64_t total)
{
    (void)job, (void)done, (void)total;
    if (told.calls_left == 0)
        return ADIT_E_CANCELLED;
    told.calls_left--;
    return 0;
}

static const struct adit_host told_host = {
    .size = sizeof(struct adit_host),
    .abi_major = ADIT_ABI_MAJOR,
    .abi_minor = ADIT_ABI_MINOR,
    .source_size = memory_size,
    .read = memory_read,
    .option = told_option,
    .emit = told_emit,
    .warn = told_warn,
    .write = told_write,
    .close = told_close,
    .progress = told_progress,
};

static inline struct adit_call told_call(struct adit_job *job, const void *data, size_t size)
{
    struct adit_call call = memory_call(job, data, size);
    memset(&told, 0, sizeof told);
    told.room = sizeof told.written;
    told.calls_left = 1000;
    call.host = &told_host;
    return call;
}

#endif
