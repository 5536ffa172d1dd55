/* SPDX-License-Identifier: MIT */
/* What programs keep about a document in the property sets of a compound file. Sources: [MS-OLEPS]; [MS-OSHARED] 2.3.3. */
#ifndef OFFICE_OLE2_PROPERTIES_H
#define OFFICE_OLE2_PROPERTIES_H

#include "ole2_names.h"
#include <adit/adit.h>
#include <adit/report.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OLE2_MAX_PROPERTIES = 1 << 20 };

static inline bool ole2_is_number(const struct adit_oleps_value *v)
{
    return v->value.kind == ADIT_KIND_I64 || (v->value.kind == ADIT_KIND_U64 && v->value.as.u64 <= INT64_MAX);
}

static inline bool ole2_is_text(const struct adit_oleps_value *v)
{
    return v->value.kind == ADIT_KIND_STRING && v->value.as.text.size > 0;
}

/* [MS-OSHARED] 2.3.3.1.14: pairs of a text and how many of the titles of parts belong to it. */
static inline void ole2_emit_pairs(const struct adit_call *job, struct adit_oleps *ps, struct adit_oleps_property *p)
{
    struct adit_oleps_value name, count;
    while (adit_oleps_value(ps, p, &name) && adit_oleps_value(ps, p, &count)) {
        if (!ole2_is_text(&name) || !ole2_is_number(&count))
            continue;
        (void)adit_begin_object(job, "heading_pairs");
        (void)adit_oleps_emit_value(job, ADIT_TEXT("name"), &name);
        (void)adit_oleps_emit_value(job, ADIT_TEXT("count"), &count);
        (void)adit_end(job);
    }
}

/* [MS-OSHARED] 2.3.3.1.18: a blob of variants, six to a link: four numbers, where it leads, and the place there. */
static inline void ole2_emit_links(const struct adit_call *job, struct adit_oleps *ps, struct adit_oleps_property *p)
{
    struct adit_oleps_value v[6];
    struct adit_oleps_property links;
    if (!adit_oleps_value(ps, p, &v[0]) || !adit_oleps_enter(ps, &v[0], &links))
        return;
    for (unsigned i = 0; adit_oleps_value(ps, &links, &v[i]); i = (i + 1) % 6) {
        if (i < 5)
            continue;
        (void)adit_begin_object(job, "hyperlinks");
        if (ole2_is_text(&v[4]))
            (void)adit_oleps_emit_value(job, ADIT_TEXT("target"), &v[4]);
        if (ole2_is_text(&v[5]))
            (void)adit_oleps_emit_value(job, ADIT_TEXT("location"), &v[5]);
        (void)adit_end(job);
    }
}

/* A value of one of the known properties. False: it is of another kind than it has to be. */
static inline bool ole2_emit_value(const struct adit_call *job, const struct adit_tag *tag,
                                   const struct adit_oleps_value *v)
{
    uint32_t kind = v->value.kind;
    char text[32];
    switch (tag->form) {
    case OLE2_DURATION:
        return v->type == ADIT_OLEPS_FILETIME && adit_emit_f64(job, tag->name, (double)v->raw / 1e7) == 0;
    case OLE2_VERSION:
        if (!ole2_is_number(v))
            return false;
        (void)snprintf(text, sizeof text, "%u.%04u", (unsigned)(v->raw >> 16 & 0xffff), (unsigned)(v->raw & 0xffff));
        return adit_emit_string(job, tag->name, text) == 0;
    case OLE2_SIZE:
        return kind == ADIT_KIND_BYTES && adit_emit_u64(job, tag->name, v->value.as.text.size) == 0;
    case OLE2_NUMBER:
        return ole2_is_number(v) && adit_oleps_emit_value(job, adit_text_c(tag->name), v) == 0;
    default:
        return kind == (tag->form == OLE2_BOOL   ? ADIT_KIND_BOOL
                        : tag->form == OLE2_TIME ? ADIT_KIND_TIME
                                                 : ADIT_KIND_STRING) &&
               adit_oleps_emit_value(job, adit_text_c(tag->name), v) == 0;
    }
}

static inline void ole2_emit_property(struct adit_report *r, const struct adit_tag *tag, struct adit_oleps *ps,
                                      struct adit_oleps_property *p)
{
    struct adit_oleps_value v;
    if (tag->form == OLE2_PAIRS) {
        ole2_emit_pairs(r->job, ps, p);
        return;
    }
    while (adit_oleps_value(ps, p, &v)) {
        /* Some write the time since never: a moment of the first year is none. */
        bool never = v.value.kind == ADIT_KIND_TIME && v.value.as.time.year == 1601 && tag->form == OLE2_TIME;
        bool none = never || (v.value.kind == ADIT_KIND_NONE && tag->form != OLE2_DURATION) ||
                    (v.value.kind == ADIT_KIND_STRING && v.value.as.text.size == 0);
        if (!none && !ole2_emit_value(r->job, tag, &v)) {
            adit_remark(r, "property %u (%s): a value of type 0x%04x is not what it has to be", (unsigned)p->id,
                        tag->name, (unsigned)v.type);
            return;
        }
    }
}

static inline void ole2_read_sets(struct adit_report *r, struct adit_ole2 *o, const char *stream)
{
    struct adit_oleps ps;
    struct adit_oleps_property p, links = {.id = 0}, base = {.id = 0};
    struct adit_oleps_value v;
    size_t size;
    char *bytes = adit_ole2_load(o, stream, OLE2_MAX_PROPERTIES, &size), name[256];
    bool sets = bytes && adit_oleps_open(&ps, adit_text_of(bytes, size));
    while (sets && adit_oleps_next_set(&ps)) {
        bool summary = adit_guid_is(&ps.format, ADIT_OLEPS_SUMMARY), user = adit_guid_is(&ps.format, ADIT_OLEPS_USER);
        if (summary)
            (void)adit_emit_u64(r->job, "code_page", ps.code_page);
        if (user)
            (void)adit_begin_object(r->job, "custom");
        while ((summary || user || adit_guid_is(&ps.format, ADIT_OLEPS_DOCUMENT)) && adit_oleps_next(&ps, &p)) {
            const struct adit_tag *tag =
                summary ? adit_tag_find(ADIT_TAGS(ole2_summary), p.id) : adit_tag_find(ADIT_TAGS(ole2_document), p.id);
            if (!user && tag)
                ole2_emit_property(r, tag, &ps, &p);
            else if (user && adit_oleps_name(&ps, p.id, name, sizeof name) > 0 && strcmp(name, "_PID_HLINKS") == 0)
                links = p;
            else if (user && strcmp(name, "_PID_LINKBASE") == 0)
                base = p;
            else if (user && *name)
                (void)adit_oleps_emit(r->job, adit_text_c(name), &ps, &p);
        }
        if (user)
            (void)adit_end(r->job);
        if (base.id && adit_oleps_value(&ps, &base, &v) && v.type == ADIT_OLEPS_BLOB && v.value.as.text.size >= 2) {
            struct adit_text text = adit_text_of(v.value.as.text.data, v.value.as.text.size - 2); /* its NUL */
            (void)adit_emit_in_charset(r->job, "hyperlink_base", ADIT_CHARSET_UTF16LE, text);
        }
        if (links.id)
            ole2_emit_links(r->job, &ps, &links);
    }
    if (bytes && ps.fault)
        adit_complain(r, "%s, byte %zu: %s", stream + 1, ps.fault_at, ps.fault);
    free(bytes);
}

#endif
