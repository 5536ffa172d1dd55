/* SPDX-License-Identifier: MIT */
/* What pages draw with: fonts, images and colour profiles, each once. ISO 32000-1 and 32000-2, 7.8.3, 8.6.5.5, 8.9, 8.10, 9.5 to 9.9. */
#ifndef DOCUMENT_PDF_RESOURCES_H
#define DOCUMENT_PDF_RESOURCES_H

#include "pdf_streams.h"
#include "pdf_text.h"
#include "pdf_trees.h"

enum { PDF_FORMS_DEEP = 12 };

struct pdf_resources {
    uint64_t fonts, most_fonts, images;
    struct pdf_tally filters;
};

/* 9.9: the font's program is in one of three streams of the descriptor; a Type 3 font is made of streams of its own. */
static inline bool pdf_is_embedded(struct pdf *d, const struct pdf_object *font)
{
    struct pdf_object *descriptor = pdf_get_dictionary(d, font, "FontDescriptor");
    return pdf_find(descriptor, "FontFile") || pdf_find(descriptor, "FontFile2") || pdf_find(descriptor, "FontFile3");
}

/* 9.6.4 (32000-1: 9.6.4; 32000-2: 9.9.2): six capital letters and a plus sign in front of a subset's name. */
static inline bool pdf_is_subset(struct adit_text name)
{
    for (size_t i = 0; i < 6; i++)
        if (name.size < 8 || name.data[i] < 'A' || name.data[i] > 'Z')
            return false;
    return name.data[6] == '+';
}

static inline void pdf_emit_font(struct pdf *d, struct pdf_object *reference)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    const struct pdf_object *font = pdf_resolve(d, reference), *program = font;
    struct adit_text type = pdf_get_text(d, font, "Subtype"), name = pdf_get_text(d, font, "BaseFont");
    struct pdf_object *encoding = pdf_get(d, font, "Encoding");
    if (adit_text_is(type, "Type0")) { /* 9.7: composite; its one descendant has the program */
        struct pdf_object *first = pdf_first(pdf_get_kind(d, font, "DescendantFonts", PDF_ARRAY));
        program = first ? pdf_resolve(d, first) : NULL;
    }
    if (font && font->kind == PDF_DICTIONARY) {
        (void)adit_begin_object(d->job, "fonts");
        if (name.size > 0)
            (void)adit_emit_text(d->job, "name", name);
        (void)adit_emit_text(d->job, "type", type);
        if (program && program != font)
            pdf_emit_text(d, program, "Subtype", "descendant_type");
        if (encoding && encoding->kind == PDF_NAME)
            (void)adit_emit_text(d->job, "encoding", encoding->text);
        (void)adit_emit_bool(d->job, "embedded", adit_text_is(type, "Type3") || pdf_is_embedded(d, program));
        (void)adit_emit_bool(d->job, "subset", pdf_is_subset(name));
        (void)adit_emit_bool(d->job, "to_unicode", pdf_find(font, "ToUnicode") != NULL);
        (void)adit_end(d->job);
    }
    pdf_release(&d->arena, mark);
}

/* 8.6.5.5: [/ICCBased stream] */
static inline void pdf_give_profile(struct pdf *d, struct pdf_object *space)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    struct pdf_object *name = pdf_first(pdf_resolve(d, space)), *profile = name ? name->next : NULL;
    if (pdf_is_name(name, "ICCBased") && profile && profile->kind == PDF_REFERENCE &&
        pdf_visit(d, profile, PDF_VISIT_STREAM))
        (void)pdf_give_stream(d, pdf_resolve(d, profile), ADIT_TEXT("icc"), "application/vnd.iccprofile");
    pdf_release(&d->arena, mark);
}

static inline void pdf_read_resources(struct pdf *d, struct pdf_resources *r, struct pdf_object *resources,
                                      unsigned depth);

/* The last filter of a stream, which is the image's own. */
static inline struct adit_text pdf_image_filter(struct pdf *d, const struct pdf_object *o)
{
    struct pdf_object *filter = pdf_get(d, o, "Filter");
    if (filter && filter->kind == PDF_ARRAY) {
        filter = filter->first;
        while (filter && filter->next)
            filter = filter->next;
        filter = pdf_resolve(d, filter);
    }
    return filter && filter->kind == PDF_NAME ? filter->text : adit_text_c("none");
}

static inline void pdf_read_xobject(struct pdf *d, struct pdf_resources *r, struct pdf_object *reference,
                                    unsigned depth)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    const struct pdf_object *o = pdf_resolve(d, reference);
    uint32_t number = reference->kind == PDF_REFERENCE ? reference->reference.number : 0;
    struct pdf_object *space = pdf_find(o, "ColorSpace");
    if (o && o->stream && pdf_is_name(pdf_get(d, o, "Subtype"), "Image")) {
        r->images++;
        pdf_tally_add(&r->filters, pdf_image_filter(d, o));
        if (space)
            pdf_give_profile(d, space);
        pdf_give_image(d, o, number);
    } else if (o && o->stream && pdf_find(o, "Resources")) {
        pdf_read_resources(d, r, pdf_find(o, "Resources"), depth + 1);
    }
    pdf_release(&d->arena, mark);
}

/* 7.8.3: a resource dictionary, and those of the forms in it. */
static inline void pdf_read_resources(struct pdf *d, struct pdf_resources *r, struct pdf_object *resources,
                                      unsigned depth)
{
    if (!resources || depth > PDF_FORMS_DEEP || d->exhausted || !pdf_visit(d, resources, PDF_VISIT_RESOURCES))
        return;
    struct pdf_mark mark = pdf_mark(&d->arena);
    const struct pdf_object *o = pdf_resolve(d, resources);
    struct pdf_object *fonts = pdf_find(o, "Font"), *spaces = pdf_find(o, "ColorSpace"),
                      *objects = pdf_find(o, "XObject");
    for (struct pdf_object *m = fonts && pdf_visit(d, fonts, PDF_VISIT_RESOURCES) ? pdf_first(pdf_resolve(d, fonts))
                                                                                  : NULL;
         m && !d->exhausted; m = m->next)
        if (pdf_visit(d, m, PDF_VISIT_FONT) && r->fonts++ < r->most_fonts)
            pdf_emit_font(d, m);
    for (struct pdf_object *m = spaces && pdf_visit(d, spaces, PDF_VISIT_RESOURCES) ? pdf_first(pdf_resolve(d, spaces))
                                                                                    : NULL;
         m && !d->exhausted; m = m->next)
        pdf_give_profile(d, m);
    for (struct pdf_object *m =
             objects && pdf_visit(d, objects, PDF_VISIT_RESOURCES) ? pdf_first(pdf_resolve(d, objects)) : NULL;
         m && !d->exhausted; m = m->next)
        if (pdf_visit(d, m, PDF_VISIT_STREAM))
            pdf_read_xobject(d, r, m, depth);
    pdf_release(&d->arena, mark);
}

#endif
