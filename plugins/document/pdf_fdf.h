/* SPDX-License-Identifier: MIT */
/* Forms data: the values of a form's fields in a file of their own, and the document that they are for. ISO 32000-1, 12.7.7; 32000-2, 12.7.8. */
#ifndef DOCUMENT_PDF_FDF_H
#define DOCUMENT_PDF_FDF_H

#include "pdf_text.h"
#include "pdf_trees.h"

/* Table 246: fields by their names, those beneath others joined with a period. */
static inline uint64_t pdf_count_fdf_fields(struct pdf *d, const struct pdf_object *owner, const char *key,
                                            unsigned depth)
{
    uint64_t n = 0;
    for (struct pdf_object *m = pdf_first(pdf_get_kind(d, owner, key, PDF_ARRAY));
         m && depth < PDF_DEPTH && !d->exhausted; m = m->next) {
        struct pdf_mark mark = pdf_mark(&d->arena);
        struct pdf_object *o = pdf_visit(d, m, PDF_VISIT_FIELD) ? pdf_resolve(d, m) : NULL;
        if (pdf_find(o, "Kids"))
            n += pdf_count_fdf_fields(d, o, "Kids", depth + 1);
        else
            n += o != NULL;
        pdf_release(&d->arena, mark);
    }
    return n;
}

static inline void pdf_read_fdf(struct pdf *d, const struct pdf_object *catalog)
{
    struct pdf_object *fdf = pdf_get_dictionary(d, catalog, "FDF"), *file = pdf_get(d, fdf, "F");
    struct pdf_tally annotations = {0};
    if (!fdf)
        adit_complain(&d->report, "catalog: expected a dictionary FDF, found none");
    if (file && file->kind == PDF_DICTIONARY)
        pdf_emit_text(d, file, pdf_find(file, "UF") ? "UF" : "F", "target");
    else
        pdf_emit_text(d, fdf, "F", "target");
    pdf_emit_text(d, fdf, "Status", "status");
    (void)adit_emit_u64(d->job, "field_count", pdf_count_fdf_fields(d, fdf, "Fields", 0));
    for (struct pdf_object *m = pdf_first(pdf_get_kind(d, fdf, "Annots", PDF_ARRAY)); m && !d->exhausted; m = m->next) {
        struct pdf_mark mark = pdf_mark(&d->arena);
        struct adit_text type = pdf_get_text(d, pdf_resolve(d, m), "Subtype");
        if (type.size > 0)
            pdf_tally_add(&annotations, type);
        pdf_release(&d->arena, mark);
    }
    pdf_emit_tally(d, &annotations, "annotations", "subtype");
}

#endif
