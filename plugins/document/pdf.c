/* SPDX-License-Identifier: MIT */
/* libraries: nettle zlib */
/* PDF and FDF: structure, encryption, what the document says of itself, its pages, and the files and metadata in it as streams.
 * Sources: ISO 32000-1:2008 and ISO 32000-2:2020, whose clauses have the same numbers unless both are named. */
#include "pdf_catalog.h"
#include "pdf_fdf.h"
#include "pdf_security.h"
#include "pdf_signatures.h"

ADIT_MODULE("pdf", "1.0.0")

/* Annex F: the first object is the linearization dictionary; a file that was changed since is longer than its L. */
enum linearized { PDF_NEVER_LINEARIZED, PDF_ONCE_LINEARIZED, PDF_LINEARIZED };
static enum linearized find_linearization(struct pdf *d)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    struct pdf_lexer l;
    uint32_t number, generation;
    pdf_lexer_at(&l, d, NULL, d->base, d->base + 4096);
    pdf_skip_space(&l); /* the header is a comment, and so is what follows it */
    const struct pdf_object *o = pdf_parse_head(&l, &number, &generation) ? pdf_parse(&l) : NULL,
                            *length = pdf_find(o, "L");
    bool once = pdf_find(o, "Linearized") && length && length->kind == PDF_INTEGER;
    bool still = once && length->integer >= 0 && (uint64_t)length->integer == d->size - d->base;
    pdf_release(&d->arena, mark);
    return still ? PDF_LINEARIZED : once ? PDF_ONCE_LINEARIZED : PDF_NEVER_LINEARIZED;
}

static void emit_table(struct pdf *d, enum linearized linearized)
{
    uint64_t objects = 0, packed = 0;
    for (uint32_t i = 1; i < d->top; i++) {
        const struct pdf_entry *entry = pdf_entry(d, i);
        objects += entry && entry->place != PDF_FREE;
        packed += entry && entry->place == PDF_IN_STREAM;
    }
    if (d->has_table || d->has_stream)
        (void)adit_emit_string(d->job, "cross_reference",
                               d->hybrid                       ? "hybrid"
                               : d->has_table && d->has_stream ? "table and stream"
                               : d->has_stream                 ? "stream"
                                                               : "table");
    if (!d->is_fdf)
        (void)adit_emit_bool(d->job, "rebuilt", d->rebuilt);
    (void)adit_emit_u64(d->job, "object_count", objects);
    (void)adit_emit_u64(d->job, "packed_object_count", packed);
    if (d->sections > 0) /* the first page of a linearized file has a section of its own */
        (void)adit_emit_u64(d->job, "revisions", d->sections - (linearized != PDF_NEVER_LINEARIZED && d->sections > 1));
}

/* 7.7.2, Version: the later of the two counts. Those of the standard are one digit, a period, one digit. */
static void emit_version(struct pdf *d, const char *header, uint64_t offset, const struct pdf_object *catalog)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    struct adit_text later = pdf_get_text(d, catalog, "Version");
    bool is_later = later.size == 3 && strlen(header) == 3 && memcmp(later.data, header, 3) > 0;
    (void)adit_emit_string(d->job, "header_version", header);
    (void)adit_emit_text(d->job, "version", is_later ? later : adit_text_c(header));
    if (offset > 0)
        (void)adit_emit_u64(d->job, "header_offset", offset);
    pdf_release(&d->arena, mark);
}

/* Object streams of a document that does not open. */
static bool hides_objects(struct pdf *d)
{
    for (uint32_t i = 0; i < d->top && d->crypt.dictionary && !d->crypt.opens; i++) {
        const struct pdf_entry *entry = pdf_entry(d, i);
        if (entry && entry->place == PDF_IN_STREAM)
            return true;
    }
    return false;
}

/* The catalog, from the table or, where that does not lead to one, from a table that is made anew. */
static struct pdf_object *open_document(struct pdf *d)
{
    if (d->is_fdf || !pdf_read_sections(d)) /* 12.7.7.2 of 32000-1: FDF needs no table */
        pdf_rebuild(d);
    pdf_read_encrypt(d);
    d->hidden = hides_objects(d);
    struct pdf_object *catalog = pdf_get_dictionary(d, d->trailer, "Root");
    if (!catalog && !d->rebuilt && !d->hidden) {
        adit_complain(&d->report, "trailer: Root leads to no dictionary: the cross-reference table is made anew");
        d->trailer = NULL;
        pdf_rebuild(d);
        catalog = pdf_get_dictionary(d, d->trailer, "Root");
    }
    return catalog;
}

static void read_document(struct pdf *d, const struct pdf_object *catalog)
{
    struct pdf_pages *p = pdf_take(&d->arena, sizeof *p);
    if (!p)
        return;
    p->most_pages = adit_option_u64(d->job, "max_pages", 50000);
    p->resources.most_fonts = adit_option_u64(d->job, "max_fonts", 500);
    pdf_emit_info(d);
    pdf_read_catalog(d, catalog);
    pdf_count_of_document(d, &p->actions, catalog);
    pdf_give_files(d, catalog);
    pdf_read_form(d, &p->actions, catalog);
    pdf_read_pages(d, p, catalog);
    pdf_emit_found(d, "javascript", p->actions.scripts > 0);
    pdf_emit_tally(d, &p->actions.types, "actions", "type");
}

static int32_t read_file(struct pdf *d)
{
    char version[8];
    if (!pdf_find_header(d, version)) {
        adit_complain(&d->report, "first 1024 bytes: expected \"%%PDF-\" or \"%%FDF-\" and a version, found none");
        return ADIT_DECLINED;
    }
    uint64_t header = d->base;
    enum linearized linearized = d->is_fdf ? PDF_NEVER_LINEARIZED : find_linearization(d);
    struct pdf_object *catalog = open_document(d);
    emit_version(d, version, header, catalog);
    if (!d->is_fdf) {
        (void)adit_emit_bool(d->job, "linearized", linearized == PDF_LINEARIZED);
        pdf_emit_encryption(d);
        pdf_emit_identifier(d);
    }
    if (!catalog && d->hidden)
        adit_remark(&d->report, "the document catalog is encrypted as well");
    else if (!catalog)
        adit_complain(&d->report,
                      "there is no document catalog, neither by the trailer's Root nor anywhere in the file");
    else if (d->is_fdf)
        pdf_read_fdf(d, catalog);
    else
        read_document(d, catalog);
    emit_table(d, linearized);
    if (d->too_large)
        adit_remark(&d->report, "an object has too many parts to be read: more than %d MiB in memory",
                    PDF_ARENA_MOST >> 20);
    if (d->exhausted && !d->cancelled)
        adit_remark(&d->report, "not all is read: %llu bytes were looked at (option max_work)", LL(d->work));
    if (d->crypt.dictionary && !d->crypt.opens && !d->report.broken)
        return ADIT_UNSUPPORTED;
    return adit_verdict(&d->report);
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct pdf *d = calloc(1, sizeof *d);
    if (!d)
        return ADIT_FAILED;
    d->job = job;
    d->report = adit_report(job);
    d->arena.most = PDF_ARENA_MOST;
    d->kept.most = PDF_KEPT_MOST;
    d->size = adit_size(job);
    d->most_work = adit_option_u64(job, "max_work", 512 << 20);
    d->most_output = adit_option_u64(job, "max_output", 64 << 20);
    d->most_streams = (uint32_t)adit_option_u64(job, "max_streams", 200);
    d->most_images = (uint32_t)adit_option_u64(job, "max_images", 16);
    int32_t status = read_file(d);
    pdf_clear(d);
    free(d);
    return status;
}
ADIT_PLUGIN(NULL, run, NULL, NULL)
