/* SPDX-License-Identifier: MIT */
/* Directories and their entries. EXIF 4.6.2 and 4.6.3; TIFF 6.0, section 2. Part of exif.c. */
#ifndef META_EXIF_DIRECTORY_H
#define META_EXIF_DIRECTORY_H

#include "exif_moments.h"
#include "exif_values.h"

/* The pointers of 4.6.3 are LONG; IFD is what TIFF/EP writes. */
static void keep_pointer(struct exif *x, const struct adit_tiff_entry *e)
{
    uint64_t offset = adit_tiff_u64(&x->tiff, e, 0);
    if (e->tag == 0x8769)
        x->exif_ifd = offset;
    else if (e->tag == 0x8825)
        x->gps_ifd = offset;
    else
        x->interop_ifd = offset;
}

static void emit_stream(struct exif *x, const struct adit_tag *tag, const struct adit_tiff_entry *e)
{
    static const struct adit_tag media[] = {{0x02bc, 0, "application/rdf+xml"},
                                            {0x83bb, 0, "application/x-iptc"},
                                            {0x8649, 0, "application/x-photoshop-irb"},
                                            {0x8773, 0, "application/vnd.iccprofile"},
                                            {0x927c, 0, "application/x-makernote"}};
    (void)adit_emit_range(x->job, adit_text_c(tag->name), adit_tag_name(ADIT_TAGS(media), tag->number),
                          adit_tiff_base(&x->tiff) + e->offset, e->size);
}

static void read_value(struct exif *x, const struct adit_tag *tag, const struct adit_tiff_entry *e)
{
    switch (tag->form) {
    case FORM_POINTER:
        keep_pointer(x, e);
        break;
    case FORM_STREAM:
        emit_stream(x, tag, e);
        break;
    case FORM_IGNORE:
        break;
    case FORM_TIME:
    case FORM_OFFSET:
    case FORM_SUBSEC:
        keep_moment(x, tag, e);
        break;
    case FORM_DEGREES:
    case FORM_ALTITUDE:
    case FORM_DATE:
        keep_position(x, tag, e);
        break;
    default:
        emit_value(x, tag, e);
    }
}

static const struct adit_tag *find_tag(int table, uint16_t number)
{
    return adit_tag_find(tables[table].tags, tables[table].count, number);
}

/* TIFF 6.0, section 2: nothing but a directory may be where a directory is. What is said there is read all the same. */
static void check_overlap(struct exif *x, const struct adit_tag *tag, const struct adit_tiff_entry *e)
{
    if (e->offset >= e->entry && e->offset <= e->entry + 12) /* inside of its entry */
        return;
    for (size_t i = 0; i < x->span_count; i++)
        if (e->offset < x->spans[i].end && x->spans[i].start < e->offset + e->size) {
            COMPLAIN(x, "%s: %s lies at offset %llu, %llu bytes, where the directory at offset %llu is", x->directory,
                     tag->name, (unsigned long long)e->offset, (unsigned long long)e->size,
                     (unsigned long long)x->spans[i].start);
            return;
        }
}

/* Tells why an entry cannot be read. */
static bool is_readable(struct exif *x, const struct adit_tag *tag, const struct adit_tiff_entry *e)
{
    if (!e->unit)
        COMPLAIN(x, "%s: %s at offset %llu has type %u, which TIFF does not have", x->directory, tag->name,
                 (unsigned long long)e->entry, e->type);
    else if (!e->inside)
        COMPLAIN(x, "%s: %s (%s, %llu values) points to offset %llu, outside of the %llu bytes that there are",
                 x->directory, tag->name, adit_tiff_type_name(e->type), (unsigned long long)e->count,
                 (unsigned long long)e->offset, (unsigned long long)adit_length(&x->tiff.values));
    else
        check_overlap(x, tag, e);
    return e->unit && e->inside && e->count > 0;
}

static bool is_seen(struct exif *x, int table, const struct adit_tag *tag)
{
    size_t line = (size_t)(tag - tables[table].tags);
    uint64_t bit = 1ull << (line & 63);
    bool seen = x->seen[table][line >> 6] & bit;
    x->seen[table][line >> 6] |= bit;
    return seen;
}

static void read_entry(struct exif *x, int table, const struct adit_tiff_entry *e)
{
    const struct adit_tag *tag = find_tag(table, e->tag);
    if (!tag || tag->form == FORM_IGNORE || !is_readable(x, tag, e))
        return;
    if (is_seen(x, table, tag))
        COMPLAIN(x, "%s: %s comes a second time, at offset %llu; the first one is taken", x->directory, tag->name,
                 (unsigned long long)e->entry);
    else
        read_value(x, tag, e);
}

/* Tags of the Exif directory in the 0th one and the other way round (TIFF/EP has them so) count where their own directory
 * does not have them. */
static void read_misplaced(struct exif *x, int table)
{
    struct adit_tiff_entry e;
    int other = !table;
    while (adit_tiff_next(&x->tiff, &x->ifds[table], &e)) {
        const struct adit_tag *tag = find_tag(table, e.tag) ? NULL : find_tag(other, e.tag);
        if (tag && tag->form != FORM_POINTER && tag->form != FORM_IGNORE && is_readable(x, tag, &e) &&
            !is_seen(x, other, tag))
            read_value(x, tag, &e);
    }
}

/* Directories that hold tags nobody knows are told of, so that they do not get lost: not their values. */
static void list_unknown(struct exif *x, int table, struct adit_tiff_ifd ifd)
{
    struct adit_tiff_entry e;
    for (int listed = 0; listed < MAX_UNKNOWN && adit_tiff_next(&x->tiff, &ifd, &e);) {
        if (find_tag(table, e.tag) || (table <= TABLE_EXIF && find_tag(!table, e.tag)))
            continue;
        listed++;
        (void)adit_begin_object(x->job, "unknown_tags");
        (void)adit_emit_string(x->job, "directory", x->directory);
        (void)adit_emit_u64(x->job, "tag", e.tag);
        (void)adit_emit_u64(x->job, "type", e.type);
        (void)adit_emit_u64(x->job, "count", e.count);
        (void)adit_end(x->job);
    }
}

/* Reads one directory; gives the offset of the one after it. */
static uint64_t read_directory(struct exif *x, const char *name, int table, uint64_t offset)
{
    struct adit_tiff_ifd ifd;
    struct adit_tiff_entry e;
    x->directory = name;
    switch (adit_tiff_read_ifd(&x->tiff, offset, &ifd)) {
    case ADIT_TIFF_OK:
        break;
    case ADIT_TIFF_LOOP:
        COMPLAIN(x, "%s: its offset %llu is that of a directory read before", name, (unsigned long long)offset);
        return 0;
    default:
        COMPLAIN(x, "%s: its offset %llu is not inside of the %llu bytes that there are", name,
                 (unsigned long long)offset, (unsigned long long)adit_length(&x->tiff.values));
        return 0;
    }
    if (ifd.available < ifd.count)
        COMPLAIN(x, "%s: has %llu entries, but the data end after %llu of them", name, (unsigned long long)ifd.count,
                 (unsigned long long)ifd.available);
    if (x->span_count < MAX_SPANS) {
        x->spans[x->span_count].start = ifd.offset;
        x->spans[x->span_count++].end = ifd.entries.end - adit_tiff_base(&x->tiff);
    }
    struct adit_tiff_ifd again = ifd;
    if (!x->in_thumbnail && table <= TABLE_EXIF)
        x->ifds[table] = ifd;
    while (adit_tiff_next(&x->tiff, &ifd, &e))
        read_entry(x, table, &e);
    if (!x->in_thumbnail)
        list_unknown(x, table, again);
    return ifd.next;
}

#endif
