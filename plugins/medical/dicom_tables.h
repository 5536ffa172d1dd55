/* SPDX-License-Identifier: MIT */
/* The tables of the standard that come as resources, read once, in open(): data elements by tag (PS3.6), SOP classes by UID (PS3.4),
 * information object definitions and modules (PS3.3). */
#ifndef MEDICAL_DICOM_TABLES_H
#define MEDICAL_DICOM_TABLES_H

#include <adit/adit.h>
#include <stdlib.h>
#include <string.h>

enum { ATTRIBUTES_MAX = 16384, ROWS_MAX = 1024 };

/* A VR as its two letters. */
#define VR(a, b) ((uint16_t)((a) << 8 | (b)))

struct attribute {
    uint32_t tag;
    uint16_t vr;   /* 0: the table says none */
    bool pixel_vr; /* US or SS, as (0028,0103) says */
    bool list;     /* its VM may be more than 1 */
    struct adit_text keyword;
};

struct row {
    struct adit_text key, value, more, attributes;
};

struct table {
    char *text;
    struct row *rows;
    size_t count;
};

struct tables {
    char *text; /* of the attributes */
    struct attribute *attributes;
    size_t attribute_count;
    struct table sops;    /* UID, name, IOD */
    struct table iods;    /* id, mandatory modules, the others */
    struct table modules; /* id, name, section, attributes */
};

/* A copy of a resource; *out begins behind the columns' names. NULL: told. */
static inline char *load(const struct adit_call *job, const char *label, struct adit_text *out)
{
    adit_source source = adit_resource(job, label);
    uint64_t size = source < 0 ? 0 : adit_source_size(job, source);
    char *text = size > 0 && size < (8u << 20) ? (char *)malloc((size_t)size) : NULL;
    if (!text || adit_read(job, source, 0, text, (size_t)size) != (int64_t)size) {
        (void)adit_warnf(job, "the resource %s cannot be read", label);
        free(text);
        return NULL;
    }
    *out = adit_text_of(text, (size_t)size);
    (void)adit_text_next(out, "\n");
    return text;
}

static inline uint32_t hex_of(struct adit_text text)
{
    uint32_t value = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        value = value << 4 | (uint32_t)(c <= '9' ? c - '0' : (c & 7) + 9);
    }
    return value;
}

/* "US", "US or SS", "OB or OW" (implicit: OW), "" */
static inline void read_vr(struct attribute *a, struct adit_text vr)
{
    if (vr.size < 2)
        return;
    a->vr = VR((uint8_t)vr.data[0], (uint8_t)vr.data[1]);
    a->pixel_vr = vr.size >= 8 && memcmp(vr.data, "US or SS", 8) == 0;
    if (vr.size > 2 && !a->pixel_vr)
        a->vr = VR((uint8_t)vr.data[vr.size - 2], (uint8_t)vr.data[vr.size - 1]);
}

static inline bool load_attributes(const struct adit_call *job, struct tables *t)
{
    struct adit_text rest;
    t->text = load(job, "attributes", &rest);
    t->attributes = (struct attribute *)calloc(ATTRIBUTES_MAX, sizeof *t->attributes);
    if (!t->text || !t->attributes)
        return false;
    while (t->attribute_count < ATTRIBUTES_MAX && rest.size > 0) {
        struct adit_text line = adit_text_next(&rest, "\n");
        struct attribute *a = &t->attributes[t->attribute_count];
        struct adit_text tag = adit_text_next(&line, "\t");
        a->tag = hex_of(tag);
        a->keyword = adit_text_next(&line, "\t");
        read_vr(a, adit_text_next(&line, "\t"));
        a->list = !adit_text_is(adit_text_next(&line, "\t"), "1");
        if (tag.size != 8)
            continue;
        if (t->attribute_count > 0 && a[-1].tag >= a->tag) {
            (void)adit_warnf(job, "attributes: %.8s is not in the order of tags", tag.data);
            return false;
        }
        t->attribute_count++;
    }
    return true;
}

static inline bool load_table(const struct adit_call *job, const char *label, struct table *t)
{
    struct adit_text rest;
    t->text = load(job, label, &rest);
    t->rows = (struct row *)calloc(ROWS_MAX, sizeof *t->rows);
    if (!t->text || !t->rows)
        return false;
    while (t->count < ROWS_MAX && rest.size > 0) {
        struct adit_text line = adit_text_next(&rest, "\n");
        struct row *r = &t->rows[t->count++];
        r->key = adit_text_next(&line, "\t");
        r->value = adit_text_next(&line, "\t");
        r->more = adit_text_next(&line, "\t");
        r->attributes = adit_text_next(&line, "\t");
    }
    return true;
}

static inline void free_tables(struct tables *t)
{
    if (!t)
        return;
    free(t->text);
    free(t->attributes);
    struct table *tables[] = {&t->sops, &t->iods, &t->modules};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        free(tables[i]->text);
        free(tables[i]->rows);
    }
    free(t);
}

/* NULL: told. */
static inline struct tables *load_tables(const struct adit_call *job)
{
    struct tables *t = (struct tables *)calloc(1, sizeof *t);
    if (t && load_attributes(job, t) && load_table(job, "sop_classes", &t->sops) && load_table(job, "iods", &t->iods) &&
        load_table(job, "modules", &t->modules))
        return t;
    free_tables(t);
    return NULL;
}

/* NULL: it is not there. Tables of names are short, and asked a few times a file. */
static inline const struct row *find(const struct table *t, struct adit_text key)
{
    for (size_t i = 0; i < t->count; i++)
        if (adit_text_equal(t->rows[i].key, key))
            return &t->rows[i];
    return NULL;
}

static inline const struct attribute *find_exact(const struct tables *t, uint32_t tag)
{
    size_t low = 0, high = t->attribute_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->attributes[middle].tag < tag)
            low = middle + 1;
        else
            high = middle;
    }
    return low < t->attribute_count && t->attributes[low].tag == tag ? &t->attributes[low] : NULL;
}

/* The attribute of a tag; elements of repeating groups stand in the table with their first x (PS3.5 7.6; PS3.6 section 6:
 * 50xx and 60xx, and the retired 7Fxx, (0020,31xx), (0028,04x0), (0028,08x0), (1000,xxx0), (1010,xxxx)). */
static inline const struct attribute *find_attribute(const struct tables *t, uint32_t tag)
{
    static const struct {
        uint32_t first, last, mask, first_x;
    } repeating[] = {
        {0x50000000, 0x50ffffff, 0xff00ffff, 0},    {0x60000000, 0x60ffffff, 0xff00ffff, 0},
        {0x7f000000, 0x7fdfffff, 0xff00ffff, 0},    {0x00203100, 0x002031ff, 0xffffff00, 0},
        {0x00280410, 0x002804ff, 0xffffff0f, 0x10}, {0x00280800, 0x002808ff, 0xffffff0f, 0},
        {0x10000000, 0x1000ffff, 0xffff000f, 0},    {0x10100000, 0x1010ffff, 0xffff0000, 0},
    };
    const struct attribute *a = find_exact(t, tag);
    if (a || (tag >> 16 & 1))
        return a;
    for (size_t i = 0; i < sizeof repeating / sizeof *repeating; i++)
        if (tag >= repeating[i].first && tag <= repeating[i].last)
            return find_exact(t, (tag & repeating[i].mask) | repeating[i].first_x);
    return NULL;
}

#endif
