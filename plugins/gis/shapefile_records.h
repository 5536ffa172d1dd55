/* SPDX-License-Identifier: MIT */
/* "Main File Records": how many there are, and of how many points and parts. Part of shapefile.c. */
#ifndef PLUGINS_GIS_SHAPEFILE_RECORDS_H
#define PLUGINS_GIS_SHAPEFILE_RECORDS_H

#include <adit/adit.h>
#include <adit/record.h>
#include <math.h>

#define LL(x) ((unsigned long long)(x))

/* "Shape types". The form: how the content begins, and whether it has Z. */
enum { FORM_POINTS = 1, FORM_PARTS = 2, FORM_ONE_POINT = 3, FORM_OF = 3, FORM_Z = 4 };
static const struct adit_tag shapes[] = {
    {0, 0, "Null Shape"},
    {1, FORM_ONE_POINT, "Point"},
    {3, FORM_PARTS, "PolyLine"},
    {5, FORM_PARTS, "Polygon"},
    {8, FORM_POINTS, "MultiPoint"},
    {11, FORM_ONE_POINT | FORM_Z, "PointZ"},
    {13, FORM_PARTS | FORM_Z, "PolyLineZ"},
    {15, FORM_PARTS | FORM_Z, "PolygonZ"},
    {18, FORM_POINTS | FORM_Z, "MultiPointZ"},
    {21, FORM_ONE_POINT, "PointM"},
    {23, FORM_PARTS, "PolyLineM"},
    {25, FORM_PARTS, "PolygonM"},
    {28, FORM_POINTS, "MultiPointM"},
    {31, FORM_PARTS | FORM_Z, "MultiPatch"},
};

struct shapefile {
    const struct adit_call *job;
    int32_t status;
    uint32_t words; /* of 16 bits, that the file should have */
    uint32_t type;
    uint64_t records, nulls, parts, points, other;
};

static uint32_t form_of(const struct shapefile *s)
{
    const struct adit_tag *shape = adit_tag_find(ADIT_TAGS(shapes), s->type);
    return shape ? shape->form : 0;
}

/* The content begins with its own shape type. */
static void read_content(struct shapefile *s, uint32_t form, struct adit_cursor *content)
{
    uint32_t type = adit_read_u32le(content);
    s->nulls += type == 0;
    s->other += type != 0 && type != s->type;
    if (type == 0 || type != s->type)
        return;
    if (form == FORM_ONE_POINT) {
        s->points++;
        return;
    }
    adit_skip(content, 32);
    uint32_t parts = form == FORM_PARTS ? adit_read_u32le(content) : 0, points = adit_read_u32le(content);
    if (adit_ok(content) && parts * 4ull + points * 16ull <= adit_left(content)) {
        s->parts += parts;
        s->points += points;
    } else {
        s->other++;
    }
}

/* A number and a length, then the content. False: there are more than `most`. */
static bool read_records(struct shapefile *s, struct adit_cursor *c, uint64_t most)
{
    uint32_t form = form_of(s) & FORM_OF;
    while (adit_left(c) >= 12 && s->records < most) {
        uint64_t offset = adit_tell(c);
        uint32_t number = adit_read_u32be(c);
        uint64_t size = adit_read_u32be(c) * 2ull;
        if (size < 4 || size > adit_left(c)) {
            (void)adit_warnf(s->job, "offset %llu: record %u should have %llu bytes, there are %llu", LL(offset),
                             number, LL(size), LL(adit_left(c)));
            s->status = ADIT_MALFORMED;
            return true;
        }
        struct adit_cursor content = adit_sub(c, size);
        read_content(s, form, &content);
        s->records++;
        if (s->records % 4096 == 0 && !adit_progress(s->job, adit_tell(c), adit_length(c)))
            return false;
    }
    return adit_left(c) < 12;
}

/* The index has a header like the main file's, and 8 bytes a record. */
static void emit_records(struct shapefile *s, bool whole)
{
    enum { HEADER = 100 };
    adit_source index = adit_companion(s->job, "shx");
    uint64_t size = index > 0 ? adit_source_size(s->job, index) : 0;
    uint64_t indexed = size >= HEADER ? (size - HEADER) / 8 : 0;
    const char *name = adit_tag_name(ADIT_TAGS(shapes), s->type);
    if (size >= HEADER)
        (void)adit_emit_u64(s->job, "index_count", indexed);
    if (!whole) {
        (void)adit_warnf(s->job, "only the first %llu records were examined (option max_records)", LL(s->records));
        return;
    }
    (void)adit_emit_u64(s->job, "record_count", s->records);
    (void)adit_emit_u64(s->job, "null_shapes", s->nulls);
    (void)adit_emit_u64(s->job, "points", s->points);
    if ((form_of(s) & FORM_OF) == FORM_PARTS)
        (void)adit_emit_u64(s->job, "parts", s->parts);
    if (s->other > 0) {
        (void)adit_warnf(s->job, "%llu records are no %s, or shorter than their points", LL(s->other),
                         name ? name : "known shape");
        s->status = ADIT_MALFORMED;
    }
    if (index > 0 && indexed != s->records)
        (void)adit_warnf(s->job, "the index has %llu records, the main file %llu", LL(indexed), LL(s->records));
}

#endif
