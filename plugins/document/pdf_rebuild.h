/* SPDX-License-Identifier: MIT */
/* The cross-reference table of a file whose own is broken or missing, made from what "12 0 obj" stands in it. ISO 32000-1 annex C.2
 * and 7.5.1 leave it to the reader how. */
#ifndef DOCUMENT_PDF_REBUILD_H
#define DOCUMENT_PDF_REBUILD_H

#include "pdf_xref.h"

enum { PDF_SCAN = 64 * 1024, PDF_OVERLAP = 64, PDF_TRAILERS_MOST = 256 };

static void pdf_read_encrypt(struct pdf *d); /* pdf_security.h */

/* The digits that end in front of `end`, and where they begin; false: there are none, or too many. */
static inline bool pdf_number_before(const uint8_t *block, size_t *end, uint64_t *value)
{
    size_t i = *end;
    uint64_t scale = 1;
    *value = 0;
    while (i > 0 && *end - i < 10 && block[i - 1] >= '0' && block[i - 1] <= '9') {
        *value += scale * (uint64_t)(block[--i] - '0');
        scale *= 10;
    }
    bool some = i < *end;
    *end = i;
    return some;
}

static inline size_t pdf_spaces_before(const uint8_t *block, size_t end)
{
    while (end > 0 && pdf_is_space(block[end - 1]))
        end--;
    return end;
}

/* "12 0 obj" whose "obj" is at `at` of the block. */
static inline void pdf_found_object(struct pdf *d, const uint8_t *block, uint64_t block_at, size_t at)
{
    uint64_t number, generation;
    size_t end = pdf_spaces_before(block, at);
    if (!pdf_number_before(block, &end, &generation) || generation > 65535)
        return;
    size_t gap = pdf_spaces_before(block, end);
    if (gap == end)
        return;
    end = gap;
    if (!pdf_number_before(block, &end, &number))
        return;
    struct pdf_entry *entry = pdf_entry_make(d, number);
    if (entry) { /* the last one in the file is the newest (7.5.6) */
        entry->place = PDF_AT_OFFSET;
        entry->where = block_at + end;
        entry->index = (uint32_t)generation;
    }
}

/* The last trailer that names a root is the newest. */
static inline void pdf_found_trailer(struct pdf *d, uint64_t offset)
{
    struct pdf_lexer l;
    pdf_lexer_at(&l, d, NULL, offset, d->size);
    l.arena = &d->kept;
    struct pdf_object *o = pdf_parse(&l);
    if (pdf_find(o, "Root"))
        d->trailer = o;
}

static inline void pdf_scan(struct pdf *d, bool trailers)
{
    uint8_t *block = malloc(PDF_SCAN);
    unsigned left = PDF_TRAILERS_MOST;
    for (uint64_t at = 0; block && at < d->size;) {
        int64_t got = pdf_work(d, PDF_SCAN / 8) ? adit_read(d->job, ADIT_SOURCE_MAIN, at, block, PDF_SCAN) : 0;
        size_t n = got > 0 ? (size_t)got : 0, from = at > 0 ? PDF_OVERLAP - 16 : 0; /* what is before was looked at */
        const uint8_t *found = block + (from < n ? from : n);
        for (const uint8_t *f = found; (f = pdf_search(f, (size_t)(block + n - f), "obj", 3)) != NULL; f += 3)
            pdf_found_object(d, block, at, (size_t)(f - block));
        for (const uint8_t *f = found;
             trailers && left > 0 && (f = pdf_search(f, (size_t)(block + n - f), "trailer", 7)) != NULL; f += 7, left--)
            pdf_found_trailer(d, at + (uint64_t)(f - block) + 7);
        if (n <= PDF_OVERLAP || at + n == d->size)
            break;
        at += n - PDF_OVERLAP;
    }
    free(block);
}

/* What only objects tell: cross-reference streams are trailers, a catalog is the root where no trailer names one. */
static inline void pdf_look_for_root(struct pdf *d)
{
    uint64_t newest = 0;
    uint32_t catalog = 0;
    for (uint32_t i = 0; i < d->top && !d->exhausted; i++) {
        const struct pdf_entry *entry = pdf_entry(d, i);
        if (!entry || entry->place != PDF_AT_OFFSET)
            continue;
        struct pdf_mark mark = pdf_mark(&d->arena);
        struct pdf_object *o = pdf_load_at(d, &d->arena, entry->where, i), *type = pdf_find(o, "Type");
        bool is_trailer = pdf_is_name(type, "XRef") && pdf_find(o, "Root") && entry->where >= newest;
        catalog = pdf_is_name(type, "Catalog") || (d->is_fdf && pdf_find(o, "FDF")) ? i : catalog;
        pdf_release(&d->arena, mark);
        if (is_trailer) {
            newest = entry->where;
            d->trailer = pdf_load_at(d, &d->kept, entry->where, i);
        }
    }
    if (d->trailer || catalog == 0)
        return;
    d->trailer = pdf_take(&d->kept, sizeof *d->trailer);
    struct pdf_object *root = pdf_take(&d->kept, sizeof *root);
    if (!d->trailer || !root)
        return;
    *root = (struct pdf_object){
        .kind = PDF_REFERENCE, .key = adit_text_c("Root"), .reference = {.number = catalog, .generation = 0}};
    *d->trailer = (struct pdf_object){.kind = PDF_DICTIONARY, .count = 1, .first = root};
}

/* The objects of object streams, unless they stand in the file behind the stream as well. */
static inline void pdf_look_into_streams(struct pdf *d)
{
    for (uint32_t i = 0, top = d->top; i < top && !d->exhausted; i++) {
        const struct pdf_entry *entry = pdf_entry(d, i);
        if (!entry || entry->place != PDF_AT_OFFSET)
            continue;
        uint64_t where = entry->where;
        struct pdf_mark mark = pdf_mark(&d->arena);
        struct pdf_object *o = pdf_load_at(d, &d->arena, where, i);
        const struct pdf_cached *c =
            o && o->stream && pdf_is_name(pdf_find(o, "Type"), "ObjStm") ? pdf_object_stream(d, i) : NULL;
        for (uint32_t k = 0; c && k < c->count; k++) {
            struct pdf_entry *packed = pdf_entry_make(d, c->objects[k].number);
            const struct pdf_entry *other =
                packed && packed->place == PDF_IN_STREAM ? pdf_entry(d, packed->where) : packed;
            if (!packed || (packed->place != PDF_FREE && other && other->where > where))
                continue;
            packed->place = PDF_IN_STREAM;
            packed->where = i;
            packed->index = k;
        }
        pdf_release(&d->arena, mark);
    }
}

/* Once, however often it is asked for. The visits of entries stay. */
static void pdf_rebuild(struct pdf *d)
{
    if (d->rebuilt)
        return;
    d->rebuilt = true;
    for (uint32_t i = 0; i < d->top; i++) {
        struct pdf_entry *entry = pdf_entry(d, i);
        if (entry)
            entry->place = PDF_FREE;
    }
    for (size_t i = 0; i < PDF_CACHED; i++)
        pdf_drop_cache(d, &d->cache[i]);
    bool has_root = pdf_find(d->trailer, "Root") != NULL;
    if (!has_root)
        d->trailer = NULL;
    pdf_scan(d, !has_root);
    if (!d->trailer)
        pdf_look_for_root(d);
    pdf_read_encrypt(d);
    pdf_look_into_streams(d);
}

#endif
