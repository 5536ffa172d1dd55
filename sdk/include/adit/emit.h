/* SPDX-License-Identifier: MIT */
/*
 * Emitting fields [run]. Names and types are declared in the .conf's [fields]; the host checks them and refuses what is
 * not declared. Results are 0 or enum adit_error and may be ignored: what was refused is told to the user with the
 * plugin's name, and the rest is kept.
 *
 * Nesting: adit_begin_object(job, "pixel"); adit_emit_u64(job, "x", 1); adit_end(job);
 * Lists:   adit_begin_list(job, "members"); adit_begin_object(job, ""); …; adit_end(job); adit_end(job);
 *          or, for a field declared NAME[], emit NAME again and again.
 */
#ifndef ADIT_EMIT_H
#define ADIT_EMIT_H

#include <adit/abi.h>
#include <adit/text.h>

static inline int adit_emit(const struct adit_call *job, const char *name, const struct adit_value *value)
{
    return job->host->emit(job->job, name, __builtin_strlen(name), value);
}

/* For names that are data (the key of a text entry): any UTF-8. They must fit a declared wildcard such as `text.*`. */
static inline int adit_emit_named(const struct adit_call *job, struct adit_text name, const struct adit_value *value)
{
    return job->host->emit(job->job, name.data, name.size, value);
}

static inline struct adit_value adit_value_bool(bool v)
{
    struct adit_value value = {ADIT_KIND_BOOL, 0, {0}};
    value.as.u64 = 0;
    value.as.boolean = v;
    return value;
}
static inline struct adit_value adit_value_i64(int64_t v)
{
    struct adit_value value = {ADIT_KIND_I64, 0, {0}};
    value.as.i64 = v;
    return value;
}
static inline struct adit_value adit_value_u64(uint64_t v)
{
    struct adit_value value = {ADIT_KIND_U64, 0, {0}};
    value.as.u64 = v;
    return value;
}
static inline struct adit_value adit_value_f64(double v)
{
    struct adit_value value = {ADIT_KIND_F64, 0, {0}};
    value.as.f64 = v;
    return value;
}
/* Text that should be UTF-8. Where it is not, the host keeps the bytes and prints them as such: nothing is lost. */
static inline struct adit_value adit_value_text(struct adit_text v)
{
    struct adit_value value = {ADIT_KIND_STRING, 0, {0}};
    value.as.text = v;
    return value;
}
static inline struct adit_value adit_value_bytes(struct adit_text v)
{
    struct adit_value value = {ADIT_KIND_BYTES, 0, {0}};
    value.as.text = v;
    return value;
}
static inline struct adit_value adit_value_time(struct adit_time v)
{
    struct adit_value value = {ADIT_KIND_TIME, 0, {0}};
    value.as.time = v;
    return value;
}

static inline int adit_emit_bool(const struct adit_call *job, const char *name, bool v)
{
    struct adit_value value = adit_value_bool(v);
    return adit_emit(job, name, &value);
}
static inline int adit_emit_i64(const struct adit_call *job, const char *name, int64_t v)
{
    struct adit_value value = adit_value_i64(v);
    return adit_emit(job, name, &value);
}
static inline int adit_emit_u64(const struct adit_call *job, const char *name, uint64_t v)
{
    struct adit_value value = adit_value_u64(v);
    return adit_emit(job, name, &value);
}
static inline int adit_emit_f64(const struct adit_call *job, const char *name, double v)
{
    struct adit_value value = adit_value_f64(v);
    return adit_emit(job, name, &value);
}
static inline int adit_emit_text(const struct adit_call *job, const char *name, struct adit_text v)
{
    struct adit_value value = adit_value_text(v);
    return adit_emit(job, name, &value);
}
static inline int adit_emit_string(const struct adit_call *job, const char *name, const char *v)
{
    return adit_emit_text(job, name, adit_text_c(v));
}
static inline int adit_emit_bytes(const struct adit_call *job, const char *name, struct adit_text v)
{
    struct adit_value value = adit_value_bytes(v);
    return adit_emit(job, name, &value);
}
static inline int adit_emit_time(const struct adit_call *job, const char *name, struct adit_time v)
{
    struct adit_value value = adit_value_time(v);
    return adit_emit(job, name, &value);
}

/* Emits a text that may be empty: then nothing is emitted. */
static inline int adit_emit_text_if(const struct adit_call *job, const char *name, struct adit_text v)
{
    return v.size > 0 ? adit_emit_text(job, name, v) : 0;
}
/* Emits a moment that may not be there: precision 0, and nothing is emitted. */
static inline int adit_emit_time_if(const struct adit_call *job, const char *name, struct adit_time v)
{
    return v.precision ? adit_emit_time(job, name, v) : 0;
}

/* Inside a list the name is "". */
static inline int adit_begin_object(const struct adit_call *job, const char *name)
{
    return job->host->begin(job->job, name, __builtin_strlen(name), ADIT_KIND_OBJECT);
}
static inline int adit_begin_list(const struct adit_call *job, const char *name)
{
    return job->host->begin(job->job, name, __builtin_strlen(name), ADIT_KIND_LIST);
}
/* For names that are data: ADIT_KIND_OBJECT or ADIT_KIND_LIST under any UTF-8 that fits a declared wildcard. */
static inline int adit_begin_named(const struct adit_call *job, struct adit_text name, enum adit_kind kind)
{
    return job->host->begin(job->job, name.data, name.size, kind);
}
static inline int adit_end(const struct adit_call *job)
{
    return job->host->end(job->job);
}

/* One line for the user: what is odd about this file. Not for progress, not for debugging. */
static inline int adit_warn(const struct adit_call *job, const char *text)
{
    return job->host->warn(job->job, text, __builtin_strlen(text));
}

/* "This zip is a docx": a type declared by `refine` in [produces]. */
static inline int adit_refine(const struct adit_call *job, const char *media)
{
    return job->host->refine(job->job, media, __builtin_strlen(media));
}

#ifdef __cplusplus
extern "C" {
#endif
/* As adit_warn, formatted as by snprintf and cut at 480 bytes. In libadit-sdk. */
int adit_warnf(const struct adit_call *job, const char *format, ...) __attribute__((format(printf, 2, 3)));
#ifdef __cplusplus
}
#endif

#endif
