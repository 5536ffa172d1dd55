/* SPDX-License-Identifier: MIT */
/* What is known of a PDF file while it is read: bounds, cross-reference table, key, decoded object streams. */
#ifndef DOCUMENT_PDF_DOCUMENT_H
#define DOCUMENT_PDF_DOCUMENT_H

#include "pdf_object.h"
#include <adit/report.h>

#define LL(x) ((unsigned long long)(x))

enum {
    PDF_MAX_NUMBER = 8388607, /* ISO 32000-1 annex C: indirect objects */
    PDF_PAGE = 1024,          /* entries of the table that are made at once */
    PDF_DEPTH = 128,          /* arrays in arrays, pages in pages */
    PDF_CACHED = 16,          /* object streams that are kept decoded */
    PDF_ARENA_MOST = 24 << 20,
    PDF_KEPT_MOST = 8 << 20,
    PDF_CACHE_MOST = 16 << 20,
    PDF_NUMBERS_LEAST = 1 << 20, /* numbers of objects that any file may have; larger ones may have more */
};

/* Where an object is (7.5.4, 7.5.8.3), and what was done with it. */
enum pdf_place { PDF_FREE, PDF_AT_OFFSET, PDF_IN_STREAM };
enum pdf_visit {
    PDF_VISIT_PAGE = 1,
    PDF_VISIT_FONT = 2,
    PDF_VISIT_RESOURCES = 4,
    PDF_VISIT_FIELD = 8,
    PDF_VISIT_TREE = 16,
    PDF_VISIT_OUTLINE = 32,
    PDF_VISIT_STREAM = 64, /* given away as a stream */
    PDF_VISIT_ACTION = 128,
};
struct pdf_entry {
    uint64_t where; /* the offset, or the number of the object stream */
    uint32_t index; /* in the object stream; else the generation */
    uint8_t place;  /* enum pdf_place */
    bool known;     /* an earlier section has no say */
    uint8_t visits; /* bits of enum pdf_visit */
};

/* A decoded object stream (7.5.7). */
struct pdf_cached {
    uint32_t number, count;
    uint64_t used; /* when, by a clock that counts uses; 0: the place is free */
    uint8_t *data;
    size_t size;
    struct pdf_indexed {
        uint32_t number, offset;
    } * objects;
};

enum pdf_method { PDF_PLAIN, PDF_RC4, PDF_AES_128, PDF_AES_256, PDF_UNKNOWN_METHOD };
struct pdf_crypt {
    const struct pdf_object *dictionary; /* NULL: the document is not encrypted */
    bool standard, opens, metadata;      /* metadata: it is encrypted as well */
    int64_t version, revision;
    int32_t permissions;
    uint32_t key_size; /* bytes */
    uint8_t key[32];
    enum pdf_method strings, streams, files;
    uint32_t number; /* the object that the dictionary is: its strings are plain; 0: it is direct */
};

struct pdf {
    const struct adit_call *job;
    struct adit_report report;
    struct pdf_arena arena, kept; /* kept: until the end */
    uint64_t size, base;          /* base: where the header is; offsets count from there (annex H, note 15) */
    uint64_t work, most_work;     /* bytes read and decoded so far, and when to stop */
    bool hidden;                  /* object streams cannot be read: what is not found may be there */
    bool exhausted, cancelled;    /* it was reached; the host asked to stop */
    bool too_large;               /* an object did not fit */
    struct pdf_entry *pages[PDF_MAX_NUMBER / PDF_PAGE + 1];
    uint32_t top; /* one more than the highest number */
    struct pdf_object *trailer;
    bool has_table, has_stream, hybrid, rebuilt, is_fdf;
    uint32_t sections; /* cross-reference sections, without those that a hybrid file hides */
    uint64_t startxref;
    struct pdf_crypt crypt;
    struct pdf_cached cache[PDF_CACHED];
    size_t cached_bytes;
    uint64_t clock;
    unsigned loading; /* objects that wait for others */
    uint32_t streams_given, images_given, most_streams, most_images;
    uint64_t most_output;
    uint8_t *scratch; /* of the lexer: text that grows */
    size_t scratch_size, scratch_room;
};

/* Is there more to do? The host is asked: false, and nothing more is read. */
static inline bool pdf_go_on(struct pdf *d)
{
    if (!d->exhausted && !adit_progress(d->job, d->work, 0))
        d->exhausted = d->cancelled = true;
    return !d->exhausted;
}

/* Counts work. False: there was enough of it; what is read is kept. */
static inline bool pdf_work(struct pdf *d, uint64_t n)
{
    uint64_t before = d->work >> 20;
    d->work += n < d->most_work ? n : d->most_work;
    d->exhausted |= d->work >= d->most_work;
    return d->work >> 20 != before ? pdf_go_on(d) : !d->exhausted;
}

/* The entry of an object; NULL: the table has none. */
static inline struct pdf_entry *pdf_entry(struct pdf *d, uint64_t number)
{
    if (number >= d->top || !d->pages[number / PDF_PAGE])
        return NULL;
    return &d->pages[number / PDF_PAGE][number % PDF_PAGE];
}

/* The same, and makes room for it. */
static inline struct pdf_entry *pdf_entry_make(struct pdf *d, uint64_t number)
{
    uint64_t most = d->size > PDF_NUMBERS_LEAST ? d->size : PDF_NUMBERS_LEAST;
    if (number > PDF_MAX_NUMBER || number > most)
        return NULL;
    struct pdf_entry **page = &d->pages[number / PDF_PAGE];
    if (!*page)
        *page = calloc(PDF_PAGE, sizeof **page);
    if (!*page)
        return NULL;
    if (number >= d->top)
        d->top = (uint32_t)number + 1;
    return &(*page)[number % PDF_PAGE];
}

/* Is it the first time that this comes by (for this purpose)? What is no reference always comes for the first time. */
static inline bool pdf_visit(struct pdf *d, const struct pdf_object *o, enum pdf_visit visit)
{
    if (!o || o->kind != PDF_REFERENCE)
        return true;
    struct pdf_entry *entry = pdf_entry(d, o->reference.number);
    if (!entry || entry->visits & visit)
        return false;
    entry->visits |= (uint8_t)visit;
    return true;
}

static inline void pdf_drop_cache(struct pdf *d, struct pdf_cached *c)
{
    d->cached_bytes -= c->size;
    free(c->data);
    free(c->objects);
    *c = (struct pdf_cached){0};
}

/* What was found is told; what was not only where it would have been. */
static inline void pdf_emit_found(const struct pdf *d, const char *field, bool found)
{
    if (found || !d->hidden)
        (void)adit_emit_bool(d->job, field, found);
}
static inline void pdf_emit_count(const struct pdf *d, const char *field, uint64_t count)
{
    if (count > 0 || !d->hidden)
        (void)adit_emit_u64(d->job, field, count);
}

/* Frees all that the document holds. */
static inline void pdf_clear(struct pdf *d)
{
    for (size_t i = 0; i < sizeof d->pages / sizeof *d->pages; i++)
        free(d->pages[i]);
    for (size_t i = 0; i < PDF_CACHED; i++)
        pdf_drop_cache(d, &d->cache[i]);
    pdf_release(&d->arena, (struct pdf_mark){NULL, 0});
    pdf_release(&d->kept, (struct pdf_mark){NULL, 0});
    free(d->scratch);
}

#endif
