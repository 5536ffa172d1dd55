/* SPDX-License-Identifier: MIT */
/* The members of a ZIP file, listed from its central directory, and those among them that share bytes. Section numbers are those
 * of PKWARE's APPNOTE 6.3.10. */
#ifndef PLUGINS_ARCHIVE_ZIP_LIST_H
#define PLUGINS_ARCHIVE_ZIP_LIST_H

#include "zip_end.h"
#include "zip_fields.h"
#include <adit/array.h>
#include <adit/member.h>
#include <adit/report.h>

enum { PART_MAX = 64 * 1024 };

/* What is kept of each member between listing and unpacking. */
struct slot {
    uint64_t record, header, end; /* end: at least so far do its header and data reach */
    uint64_t compressed_size, uncompressed_size;
    uint32_t crc32;
    bool central, overlaps;
};

struct zip {
    const struct adit_call *job;
    struct adit_report report;
    struct zip_end end;
    struct slot *slots;
    size_t count, capacity;
    uint64_t max_output, max_ratio, output; /* output: bytes unpacked so far, of all members */
    uint64_t compressed, uncompressed, encrypted;
    struct adit_members members;
    size_t mimetype, content_types; /* slots, from 1; 0: none */
    unsigned marks;                 /* bits of `markers` seen */
    struct zip_member m;
    char part[PART_MAX];
};

/* Members whose presence tells the format, the first one found in this order. */
static const struct marker {
    const char *name, *media;
} markers[] = {
    {"AndroidManifest.xml", NULL}, /* with the next one */
    {"classes.dex", "application/vnd.android.package-archive"},
    {"META-INF/mozilla.rsa", "application/x-xpinstall"},
    {"install.rdf", "application/x-xpinstall"},
    {"FixedDocumentSequence.fdseq", "application/oxps"},
    {"FixedDocSeq.fdseq", "application/oxps"},
    {"3D/3dmodel.model", "model/3mf"},
    {"doc.kml", "application/vnd.google-earth.kmz"},
    {"META-INF/MANIFEST.MF", "application/java-archive"},
};

/* A name that ends in a slash (4.4.17.1), or an empty member with the attribute of MS-DOS for directories. */
static inline bool zip_is_directory(const struct zip_member *m)
{
    bool slash = m->name.size > 0 && m->name.data[m->name.size - 1] == '/';
    return slash || (m->central && m->external_attributes & 0x10 && m->uncompressed_size == 0);
}

/* Is it a file with content, as far as the Unix mode tells (a link's content is its target)? */
static inline bool zip_is_file(const struct zip_member *m)
{
    uint8_t host = (uint8_t)(m->version_made_by >> 8);
    uint32_t type = host == 3 || host == 19 ? m->external_attributes >> 28 : 0;
    return !zip_is_directory(m) && (type == 0 || type == 8);
}

/* Looks whether a member's name tells the format. */
static inline void look_at_name(struct zip *z, struct adit_text name)
{
    if (z->mimetype == 0 && adit_text_is(name, "mimetype"))
        z->mimetype = z->count;
    if (adit_text_is(name, "[Content_Types].xml"))
        z->content_types = z->count;
    for (unsigned i = 0; i < sizeof markers / sizeof *markers; i++)
        if (adit_text_is(name, markers[i].name))
            z->marks |= 1u << i;
}

/* Emits the member in z->m, counts it, and remembers where it is. False: no memory. */
static inline bool keep_member(struct zip *z)
{
    const struct zip_member *m = &z->m;
    struct slot *slots = (struct slot *)adit_grow(z->slots, &z->capacity, z->count, sizeof *slots, SIZE_MAX);
    if (!slots)
        return false;
    z->slots = slots;
    uint64_t end = m->header;
    adit_add(&end, ZIP_LOCAL_SIZE + (uint64_t)m->name_size);
    adit_add(&end, m->compressed_size);
    z->slots[z->count++] =
        (struct slot){m->record, m->header, end, m->compressed_size, m->uncompressed_size, m->crc32, m->central, false};
    adit_members_add(&z->members, zip_is_directory(m) ? ADIT_DIRECTORY : ADIT_FILE);
    z->encrypted += m->flags & ZIP_FLAG_ENCRYPTED;
    adit_add(&z->compressed, m->compressed_size);
    adit_add(&z->uncompressed, m->uncompressed_size);
    look_at_name(z, m->name);
    emit_member(z->job, m);
    return true;
}

/* Lists the central directory (4.3.12). It ends where another record begins: a count of 16 bits may have wrapped. */
static inline void list_directory(struct zip *z)
{
    uint64_t at = z->end.directory;
    while (z->count < z->members.most && at < z->end.offset && zip_read_member(z->job, &z->m, at, true)) {
        adit_add(&z->m.header, z->end.prefix);
        if (z->m.header == UINT64_MAX || !keep_member(z))
            break;
        at = z->m.next;
    }
    if (z->count >= z->members.most)
        return;
    if (at < z->end.directory + z->end.directory_size && at < z->end.offset)
        adit_complain(&z->report,
                      "central directory, offset %llu: expected a file header (PK 1 2), found something else",
                      ADIT_LLU(at));
    else if ((z->count & 0xffff) != (z->end.entries & 0xffff) || (z->end.zip64 && z->count != z->end.entries))
        adit_complain(&z->report, "the end record at offset %llu counts %llu members, the central directory has %llu",
                      ADIT_LLU(z->end.offset), ADIT_LLU(z->end.entries), ADIT_LLU(z->count));
}

static inline int by_header(const void *a, const void *b)
{
    const struct slot *const *x = (const struct slot *const *)a, *const *y = (const struct slot *const *)b;
    return ((*x)->header > (*y)->header) - ((*x)->header < (*y)->header);
}

/* Members that share bytes are how a small file claims to hold petabytes (or one that two readers read differently). */
static inline void find_overlaps(struct zip *z)
{
    struct slot **order = (struct slot **)malloc((z->count + 1) * sizeof *order);
    size_t overlapping = 0;
    if (!order)
        return;
    for (size_t i = 0; i < z->count; i++)
        order[i] = &z->slots[i];
    qsort(order, z->count, sizeof *order, by_header);
    for (size_t i = 1, reach = 0; i < z->count; i++) {
        if (order[i - 1]->end > order[reach]->end)
            reach = i - 1;
        if (order[i]->header < order[reach]->end)
            order[i]->overlaps = order[reach]->overlaps = true;
    }
    for (size_t i = 0; i < z->count; i++)
        overlapping += z->slots[i].overlaps;
    if (overlapping > 0)
        adit_complain(&z->report, "%llu members share bytes with others: they are not unpacked", ADIT_LLU(overlapping));
    free(order);
}

#endif
