/* SPDX-License-Identifier: MIT */
/* What properties have that are not one value: ECMA-376 part 1, 22.2.2.8 (heading pairs), 22.3.2.2 (custom properties) and 22.4
 * (variant types). */
#ifndef PLUGINS_OFFICE_OOXML_VARIANT_H
#define PLUGINS_OFFICE_OOXML_VARIANT_H

#include <adit/adit.h>
#include <adit/header.h>
#include <adit/xml_table.h>

struct pairs {
    bool open;
};

/* A vector of strings and counts by turns, which come to one object a pair. */
static inline void end_pair(struct adit_xml_read *r, struct adit_text none)
{
    struct pairs *p = (struct pairs *)r->context;
    if (p->open)
        (void)adit_end(r->job);
    p->open = false;
    (void)none;
}

static inline void begin_pair(struct adit_xml_read *r, struct adit_text title)
{
    end_pair(r, title);
    ((struct pairs *)r->context)->open = true;
    (void)adit_begin_object(r->job, "HeadingPairs");
    (void)adit_emit_text(r->job, "name", title);
}

static inline void emit_count(struct adit_xml_read *r, struct adit_text text)
{
    int64_t count;
    if (((struct pairs *)r->context)->open && adit_text_to_i64(text, &count))
        (void)adit_emit_i64(r->job, "count", count);
}

/* Empty ones too: HeadingPairs counts them. */
static inline void emit_title(struct adit_xml_read *r, struct adit_text title)
{
    (void)adit_emit_text(r->job, "TitlesOfParts", title);
}

/* 22.4: the types of one value, by their first letters and width. */
static inline struct adit_value read_variant(struct adit_text type, struct adit_text text)
{
    static const struct {
        const char *name;
        enum adit_kind kind;
    } types[] = {
        {"bool", ADIT_KIND_BOOL}, {"filetime", ADIT_KIND_TIME}, {"date", ADIT_KIND_TIME}, {"i1", ADIT_KIND_I64},
        {"i2", ADIT_KIND_I64},    {"i4", ADIT_KIND_I64},        {"i8", ADIT_KIND_I64},    {"int", ADIT_KIND_I64},
        {"ui1", ADIT_KIND_I64},   {"ui2", ADIT_KIND_I64},       {"ui4", ADIT_KIND_I64},   {"ui8", ADIT_KIND_I64},
        {"uint", ADIT_KIND_I64},  {"r4", ADIT_KIND_F64},        {"r8", ADIT_KIND_F64},    {"decimal", ADIT_KIND_F64},
    };
    struct adit_value v = adit_value_text(text);
    struct adit_time time;
    int64_t integer;
    double real;
    bool truth;
    size_t i = 0;
    while (i < sizeof types / sizeof *types && !adit_text_is(type, types[i].name))
        i++;
    enum adit_kind kind = i < sizeof types / sizeof *types ? types[i].kind : ADIT_KIND_STRING;
    if (kind == ADIT_KIND_BOOL && adit_text_to_bool(text, &truth))
        v = adit_value_bool(truth);
    else if (kind == ADIT_KIND_TIME && adit_time_parse(text, &time))
        v = adit_value_time(time);
    else if (kind == ADIT_KIND_I64 && adit_text_to_i64(text, &integer))
        v = adit_value_i64(integer);
    else if (kind == ADIT_KIND_F64 && adit_text_to_f64(text, &real))
        v = adit_value_f64(real);
    return v;
}

/* <property name="…"><vt:lpwstr>…</vt:lpwstr></property> */
static inline void read_custom(struct adit_xml_read *r, struct adit_text none)
{
    char name[256], type[16], text[64 * 1024];
    uint32_t depth = r->x->depth;
    struct adit_text called = adit_text_keep(adit_xml_attribute(r->x, "", "name"), name, sizeof name);
    if (called.size > 0 && adit_xml_next_element(r->x, depth)) {
        struct adit_text of = adit_text_keep(r->x->name.local, type, sizeof type);
        size_t n = adit_xml_content(r->x, text, sizeof text);
        struct adit_value v = read_variant(of, adit_text_trim(adit_text_of(text, n < sizeof text ? n : sizeof text)));
        (void)adit_emit_named(r->job, called, &v);
    }
    (void)none;
}

#endif
