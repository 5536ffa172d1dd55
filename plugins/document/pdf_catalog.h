/* SPDX-License-Identifier: MIT */
/* The catalog: what holds for the document as a whole. ISO 32000-1 and 32000-2, 7.7.2, 12.3.3, 12.4.2, 14.7, 14.11.5, 8.11. */
#ifndef DOCUMENT_PDF_CATALOG_H
#define DOCUMENT_PDF_CATALOG_H

#include "pdf_info.h"
#include "pdf_pages.h"

enum { PDF_LISTED = 1000 };

/* 7.12: extensions by developers; a name may stand for several. */
static inline void pdf_emit_extensions(struct pdf *d, const struct pdf_object *catalog)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    unsigned n = 0;
    for (struct pdf_object *m = pdf_first(pdf_get_dictionary(d, catalog, "Extensions")); m && n < PDF_LISTED;
         m = m->next) {
        struct pdf_object *o = pdf_resolve(d, m);
        struct pdf_object one = {.kind = PDF_NULL}, *each = o && o->kind == PDF_ARRAY ? o->first : &one;
        for (; each && n < PDF_LISTED; each = each->next) {
            const struct pdf_object *extension = each == &one ? o : pdf_resolve(d, each);
            if (!extension || extension->kind != PDF_DICTIONARY)
                continue;
            n++;
            (void)adit_begin_object(d->job, "extensions");
            (void)adit_emit_text(d->job, "name", m->key);
            pdf_emit_text(d, extension, "BaseVersion", "base_version");
            (void)adit_emit_i64(d->job, "level", pdf_get_integer(d, extension, "ExtensionLevel", 0));
            (void)adit_end(d->job);
        }
    }
    pdf_release(&d->arena, mark);
}

/* 12.3.3: items beneath an outline or an item, and how deep they go. */
static inline uint64_t pdf_count_outline(struct pdf *d, const struct pdf_object *parent, unsigned depth,
                                         unsigned *deepest)
{
    uint64_t n = 0;
    struct pdf_object item = {.kind = PDF_NULL}, *first = pdf_find(parent, "First");
    if (first && first->kind == PDF_REFERENCE)
        item = *first;
    while (item.kind == PDF_REFERENCE && depth < PDF_DEPTH && !d->exhausted && pdf_visit(d, &item, PDF_VISIT_OUTLINE)) {
        struct pdf_mark mark = pdf_mark(&d->arena);
        const struct pdf_object *o = pdf_resolve(d, &item), *next = pdf_find(o, "Next");
        if (o && o->kind == PDF_DICTIONARY) {
            n++;
            *deepest = depth + 1 > *deepest ? depth + 1 : *deepest;
            n += pdf_count_outline(d, o, depth + 1, deepest);
        }
        item = (struct pdf_object){.kind = PDF_NULL};
        if (next && next->kind == PDF_REFERENCE)
            item = *next;
        pdf_release(&d->arena, mark);
    }
    return n;
}

/* 14.11.5: what the colours are meant for; the profile as a stream. */
static inline void pdf_emit_intents(struct pdf *d, const struct pdf_object *catalog)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    unsigned n = 0;
    for (struct pdf_object *m = pdf_first(pdf_get_kind(d, catalog, "OutputIntents", PDF_ARRAY)); m && n < PDF_LISTED;
         m = m->next, n++) {
        struct pdf_object *o = pdf_resolve(d, m), *profile = pdf_find(o, "DestOutputProfile");
        (void)adit_begin_object(d->job, "output_intents");
        pdf_emit_text(d, o, "S", "subtype");
        pdf_emit_text(d, o, "OutputCondition", "condition");
        pdf_emit_text(d, o, "OutputConditionIdentifier", "condition_identifier");
        pdf_emit_text(d, o, "RegistryName", "registry");
        pdf_emit_text(d, o, "Info", "info");
        (void)adit_end(d->job);
        if (profile && pdf_visit(d, profile, PDF_VISIT_STREAM))
            (void)pdf_give_stream(d, pdf_resolve(d, profile), ADIT_TEXT("icc"), "application/vnd.iccprofile");
    }
    pdf_release(&d->arena, mark);
}

/* 12.4.2: from which page on pages are numbered how. */
static inline bool pdf_emit_label(struct pdf *d, void *context, struct pdf_object *key, struct pdf_object *value)
{
    unsigned *n = context;
    const struct pdf_object *o = pdf_resolve(d, value);
    if (key->kind != PDF_INTEGER || key->integer < 0 || key->integer > PDF_MAX_NUMBER || !o ||
        o->kind != PDF_DICTIONARY)
        return true;
    (void)adit_begin_object(d->job, "page_labels");
    (void)adit_emit_i64(d->job, "first_page", key->integer + 1);
    pdf_emit_text(d, o, "S", "style");
    pdf_emit_text(d, o, "P", "prefix");
    (void)adit_emit_i64(d->job, "start", pdf_get_integer(d, o, "St", 1));
    (void)adit_end(d->job);
    return ++*n < PDF_LISTED;
}

/* 8.11.4: optional content groups, which programs call layers. */
static inline void pdf_emit_layers(struct pdf *d, const struct pdf_object *catalog)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    struct pdf_object *groups = pdf_get_kind(d, pdf_get_dictionary(d, catalog, "OCProperties"), "OCGs", PDF_ARRAY);
    unsigned n = 0;
    for (struct pdf_object *m = pdf_first(groups); m && n < PDF_LISTED; m = m->next, n++) {
        struct pdf_mark inner = pdf_mark(&d->arena);
        pdf_emit_text(d, pdf_resolve(d, m), "Name", "layers");
        pdf_release(&d->arena, inner);
    }
    pdf_release(&d->arena, mark);
}

static inline void pdf_emit_tagging(struct pdf *d, const struct pdf_object *catalog)
{
    struct pdf_object *mark_info = pdf_get_dictionary(d, catalog, "MarkInfo");
    pdf_emit_found(d, "tagged", pdf_get_boolean(d, mark_info, "Marked", false));
    pdf_emit_found(d, "suspects", pdf_get_boolean(d, mark_info, "Suspects", false));
    pdf_emit_found(d, "user_properties", pdf_get_boolean(d, mark_info, "UserProperties", false));
    (void)adit_emit_bool(d->job, "structure_tree", pdf_find(catalog, "StructTreeRoot") != NULL);
}

/* 14.3.2: the metadata of the document. */
static inline void pdf_give_metadata(struct pdf *d, const struct pdf_object *catalog)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    const struct pdf_object *metadata = pdf_get(d, catalog, "Metadata");
    pdf_emit_found(d, "metadata_stream", metadata && metadata->stream);
    if (metadata && metadata->stream)
        (void)pdf_give_stream(d, metadata, ADIT_TEXT("xmp"), "application/rdf+xml");
    pdf_release(&d->arena, mark);
}

/* All that hangs on the catalog but pages and forms. */
static inline void pdf_read_catalog(struct pdf *d, const struct pdf_object *catalog)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    unsigned depth = 0, labels = 0;
    pdf_emit_extensions(d, catalog);
    pdf_emit_text(d, catalog, "PageLayout", "page_layout");
    pdf_emit_text(d, catalog, "PageMode", "page_mode");
    if (!d->crypt.dictionary || d->crypt.opens) {
        pdf_emit_text(d, catalog, "Lang", "language");
        pdf_emit_layers(d, catalog);
    }
    pdf_emit_members(d, pdf_get_dictionary(d, catalog, "ViewerPreferences"), "viewer_preferences");
    pdf_emit_tagging(d, catalog);
    pdf_give_metadata(d, catalog);
    pdf_emit_intents(d, catalog);
    if (pdf_find(catalog, "PageLabels"))
        (void)pdf_walk_tree(d, pdf_find(catalog, "PageLabels"), "Nums", pdf_emit_label, &labels, 0);
    uint64_t items = pdf_count_outline(d, pdf_get_dictionary(d, catalog, "Outlines"), 0, &depth);
    pdf_emit_count(d, "outline_items", items);
    if (items > 0)
        (void)adit_emit_u64(d->job, "outline_depth", depth);
    pdf_emit_found(d, "portfolio", pdf_get_dictionary(d, catalog, "Collection") != NULL);
    pdf_release(&d->arena, mark);
}

#endif
