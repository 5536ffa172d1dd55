/* SPDX-License-Identifier: MIT */
/* A job over bytes in memory that writes down what is emitted: "name=value;", "name{…}", "!warning;". For testing SDK helpers. */
#ifndef TESTS_SDK_EMIT_LOG_H
#define TESTS_SDK_EMIT_LOG_H

#include "memory_job.h"
#include <stdio.h>

struct emit_log {
    struct adit_job job; /* first */
    size_t size;
    int depth;
    char text[4096];
};

static inline void log_put(struct adit_job *job, const char *text, size_t n)
{
    struct emit_log *log = (struct emit_log *)(void *)job;
    n = n < sizeof log->text - 1 - log->size ? n : sizeof log->text - 1 - log->size;
    memcpy(log->text + log->size, text, n);
    log->size += n;
    log->text[log->size] = '\0';
}

static inline int log_emit(struct adit_job *job, const char *name, size_t n, const struct adit_value *v)
{
    char value[64];
    const struct adit_time *t = &v->as.time;
    log_put(job, name, n);
    log_put(job, "=", 1);
    if (v->kind == ADIT_KIND_STRING || v->kind == ADIT_KIND_BYTES) {
        log_put(job, v->kind == ADIT_KIND_BYTES ? "b:" : "", v->kind == ADIT_KIND_BYTES ? 2 : 0);
        log_put(job, v->as.text.data, v->as.text.size);
    } else if (v->kind == ADIT_KIND_TIME) {
        int k = snprintf(value, sizeof value, "%d-%02u-%02uT%02u:%02u:%02u%s", (int)t->year, t->month, t->day, t->hour,
                         t->minute, t->second, t->zone == 0 ? "Z" : "");
        log_put(job, value, (size_t)k);
    } else {
        int k = v->kind == ADIT_KIND_BOOL  ? snprintf(value, sizeof value, "%s", v->as.boolean ? "true" : "false")
                : v->kind == ADIT_KIND_I64 ? snprintf(value, sizeof value, "%lld", (long long)v->as.i64)
                : v->kind == ADIT_KIND_U64 ? snprintf(value, sizeof value, "%llu", (unsigned long long)v->as.u64)
                                           : snprintf(value, sizeof value, "%g", v->as.f64);
        log_put(job, value, (size_t)k);
    }
    log_put(job, ";", 1);
    return 0;
}

static inline int log_begin(struct adit_job *job, const char *name, size_t n, uint32_t kind)
{
    ((struct emit_log *)(void *)job)->depth++;
    log_put(job, name, n);
    log_put(job, kind == ADIT_KIND_LIST ? "[" : "{", 1);
    return 0;
}

static inline int log_end(struct adit_job *job)
{
    ((struct emit_log *)(void *)job)->depth--;
    log_put(job, "}", 1);
    return 0;
}

static inline int log_warn(struct adit_job *job, const char *text, size_t n)
{
    log_put(job, "!", 1);
    log_put(job, text, n);
    log_put(job, ";", 1);
    return 0;
}

static inline const void *log_view(struct adit_job *job, adit_source source, uint64_t offset, size_t n)
{
    (void)source;
    return offset <= job->size && n <= job->size - offset ? (const char *)job->data + offset : NULL;
}

static const struct adit_host log_host = {
    .size = sizeof(struct adit_host),
    .abi_major = ADIT_ABI_MAJOR,
    .abi_minor = ADIT_ABI_MINOR,
    .source_size = memory_size,
    .read = memory_read,
    .view = log_view,
    .emit = log_emit,
    .begin = log_begin,
    .end = log_end,
    .warn = log_warn,
};

static inline struct adit_call log_call(struct emit_log *log, const void *data, size_t size)
{
    struct adit_call call = {sizeof call, 0, &log_host, &log->job};
    log->job.data = data;
    log->job.size = size;
    log->job.fail_at = UINT64_MAX;
    log->size = 0;
    log->depth = 0;
    log->text[0] = '\0';
    return call;
}

#endif
