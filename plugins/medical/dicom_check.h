/* SPDX-License-Identifier: MIT */
/* An attribute of a module against the fields of the plugin dicom: is it there, has it a value, is it as it is declared. */
#ifndef MEDICAL_DICOM_CHECK_H
#define MEDICAL_DICOM_CHECK_H

#include "dicom_attributes.h"

/* Does this list of texts have it? */
static inline bool has(const struct adit_call *job, uint32_t list, struct adit_text keyword)
{
    for (uint32_t at = adit_first(job, list); at; at = adit_next(job, at))
        if (adit_text_equal(adit_get(job, at).as.text, keyword))
            return true;
    return false;
}

/* The field of an attribute; *size: it is the one that tells the size of its bytes. 0: it has no value. */
static inline uint32_t field_of(const struct adit_call *job, uint32_t data_set, struct adit_text keyword, bool *size)
{
    char name[128];
    int n = snprintf(name, sizeof name, "%.*s_size", (int)keyword.size, keyword.data);
    uint32_t node = adit_child_named(job, data_set, keyword);
    *size = node == 0;
    return node || n < 0 || n >= (int)sizeof name ? node : adit_child(job, data_set, name);
}

static inline bool is_empty(const struct adit_call *job, uint32_t node)
{
    uint32_t kind = adit_get(job, node).kind;
    return (kind == ADIT_KIND_LIST || kind == ADIT_KIND_OBJECT) && !adit_first(job, node);
}

static inline bool is_of_kind(struct adit_value v, enum adit_kind kind)
{
    if (kind == ADIT_KIND_U64 && v.kind == ADIT_KIND_I64)
        return v.as.i64 >= 0;
    if (kind == ADIT_KIND_I64 && v.kind == ADIT_KIND_U64)
        return v.as.u64 <= INT64_MAX;
    bool single = v.kind != ADIT_KIND_LIST && v.kind != ADIT_KIND_OBJECT;
    return kind == ADIT_KIND_NONE ? single : v.kind == (uint32_t)kind;
}

/* Can the field be emitted as it is declared? What is not of its VR, the plugin dicom tells as text. */
static inline bool fits(const struct adit_call *job, uint32_t node, const struct attribute *a)
{
    struct adit_value v = adit_get(job, node);
    if (!a->told || v.kind != ADIT_KIND_LIST)
        return !a->told || (!a->list && is_of_kind(v, a->kind));
    for (uint32_t at = adit_first(job, node); at; at = adit_next(job, at))
        if (!is_of_kind(adit_get(job, at), a->kind))
            return false;
    return a->list;
}

enum finding { FINE = 0, MISSING, EMPTY, INVALID };

/* Emits an attribute that has a value; says what is wrong where it should have one. */
static inline enum finding look_at(const struct adit_call *job, uint32_t data_set, uint32_t empty,
                                   const struct attribute *a)
{
    bool one = adit_text_is(a->type, "1"), two = adit_text_is(a->type, "2");
    bool size;
    uint32_t node = field_of(job, data_set, a->keyword, &size);
    bool without = node ? is_empty(job, node) : has(job, empty, a->keyword);
    if (without)
        return one ? EMPTY : FINE;
    if (node && ((a->told && size != a->size) || !fits(job, node, a)))
        return INVALID;
    if (node)
        (void)adit_emit_node(job, adit_node_name(job, node), node);
    return node || !(one || two) ? FINE : MISSING;
}

#endif
