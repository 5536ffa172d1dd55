/* SPDX-License-Identifier: MIT */
/* The page tree, with what pages inherit, their boxes, and their annotations. ISO 32000-1 and 32000-2, 7.7.3, 12.5, 14.11.2. */
#ifndef DOCUMENT_PDF_PAGES_H
#define DOCUMENT_PDF_PAGES_H

#include "pdf_actions.h"
#include "pdf_files.h"
#include "pdf_resources.h"

enum { PDF_SIZES = 64 };

/* 7.7.3.4: what a page has of the nodes above it. Boxes are read where they stand: nodes above stay in memory meanwhile. */
struct pdf_inherited {
    const struct pdf_object *media_box, *crop_box, *rotate;
    struct pdf_object *resources;
};

/* A box as its lower left and upper right corner. */
struct pdf_box {
    bool there;
    double at[4];
};

struct pdf_pages {
    uint64_t pages, most_pages;
    bool stopped; /* there are more than are looked at */
    struct pdf_resources resources;
    struct pdf_actions actions;
    struct pdf_tally annotations;
    size_t size_count;
    struct pdf_page_size {
        double width, height;
        int rotate;
        uint64_t count;
    } sizes[PDF_SIZES];
};

/* 7.9.5: any two opposite corners. */
static inline struct pdf_box pdf_read_box(struct pdf *d, const struct pdf_object *array)
{
    struct pdf_box box = {false, {0}};
    unsigned n = 0;
    for (struct pdf_object *m = pdf_first(array); m && n < 4; m = m->next) {
        const struct pdf_object *o = pdf_resolve(d, m);
        if (!pdf_is_number(o))
            return box;
        box.at[n++] = pdf_number(o);
    }
    for (unsigned i = 0; i < 2; i++)
        if (box.at[i] > box.at[i + 2]) {
            double swap = box.at[i];
            box.at[i] = box.at[i + 2];
            box.at[i + 2] = swap;
        }
    box.there = n == 4;
    return box;
}

static inline void pdf_emit_box(struct pdf *d, const char *field, const struct pdf_box *box)
{
    for (int i = 0; box->there && i < 4; i++)
        (void)adit_emit_f64(d->job, field, box->at[i]);
}

/* 14.11.2.1: the crop box is cut at the media box, and is the same where it is not given. */
static inline struct pdf_box pdf_visible(const struct pdf_box *media, const struct pdf_box *crop)
{
    struct pdf_box box = crop->there ? *crop : *media;
    for (unsigned i = 0; media->there && i < 2; i++) {
        box.at[i] = box.at[i] > media->at[i] ? box.at[i] : media->at[i];
        box.at[i + 2] = box.at[i + 2] < media->at[i + 2] ? box.at[i + 2] : media->at[i + 2];
    }
    bool empty = box.at[0] >= box.at[2] || box.at[1] >= box.at[3];
    return empty ? *media : box;
}

static inline void pdf_count_size(struct pdf_pages *p, double width, double height, int rotate)
{
    size_t i = 0;
    while (i < p->size_count &&
           !(p->sizes[i].width == width && p->sizes[i].height == height && p->sizes[i].rotate == rotate))
        i++;
    if (i == PDF_SIZES)
        return;
    if (i == p->size_count)
        p->sizes[p->size_count++] = (struct pdf_page_size){width, height, rotate, 0};
    p->sizes[i].count++;
}

static inline void pdf_emit_sizes(struct pdf *d, const struct pdf_pages *p)
{
    for (size_t i = 0; i < p->size_count; i++) {
        (void)adit_begin_object(d->job, "page_sizes");
        (void)adit_emit_f64(d->job, "width", p->sizes[i].width);
        (void)adit_emit_f64(d->job, "height", p->sizes[i].height);
        (void)adit_emit_i64(d->job, "rotate", p->sizes[i].rotate);
        (void)adit_emit_u64(d->job, "count", p->sizes[i].count);
        (void)adit_end(d->job);
    }
}

static inline void pdf_read_boxes(struct pdf *d, struct pdf_pages *p, const struct pdf_object *page,
                                  const struct pdf_inherited *from)
{
    struct pdf_box media = pdf_read_box(d, from->media_box), crop = pdf_read_box(d, from->crop_box);
    struct pdf_box visible = pdf_visible(&media, &crop);
    const struct pdf_object *unit = pdf_get(d, page, "UserUnit");
    double scale = pdf_is_number(unit) && pdf_number(unit) > 0 ? pdf_number(unit) : 1;
    double width = (visible.at[2] - visible.at[0]) * scale, height = (visible.at[3] - visible.at[1]) * scale;
    double turned = pdf_number(from->rotate);
    int rotate = turned > -1e6 && turned < 1e6 ? ((int)turned % 360 + 360) % 360 : 0;
    if (media.there || crop.there)
        pdf_count_size(p, width, height, rotate);
    if (p->pages > 1)
        return;
    (void)adit_begin_object(d->job, "first_page");
    if (media.there || crop.there) {
        (void)adit_emit_f64(d->job, "width", width);
        (void)adit_emit_f64(d->job, "height", height);
    }
    (void)adit_emit_i64(d->job, "rotate", rotate);
    pdf_emit_number(d, page, "UserUnit", "user_unit");
    pdf_emit_box(d, "media_box", &media);
    pdf_emit_box(d, "crop_box", &crop);
    static const char *const others[][2] = {{"BleedBox", "bleed_box"}, {"TrimBox", "trim_box"}, {"ArtBox", "art_box"}};
    for (size_t i = 0; i < 3; i++) {
        struct pdf_box box = pdf_read_box(d, pdf_get(d, page, others[i][0]));
        pdf_emit_box(d, others[i][1], &box);
    }
    (void)adit_end(d->job);
}

/* 12.5.5: how an annotation looks, a form or a dictionary of forms by states: what that draws with. */
static inline void pdf_read_appearance(struct pdf *d, struct pdf_pages *p, const struct pdf_object *annotation)
{
    struct pdf_object *normal = pdf_find(pdf_get_dictionary(d, annotation, "AP"), "N"), *o;
    if (!normal || !pdf_visit(d, normal, PDF_VISIT_STREAM) || !(o = pdf_resolve(d, normal)))
        return;
    if (o->stream)
        pdf_read_resources(d, &p->resources, pdf_find(o, "Resources"), 0);
    for (struct pdf_object *m = o->stream ? NULL : pdf_first(o); m && !d->exhausted; m = m->next) {
        struct pdf_mark mark = pdf_mark(&d->arena);
        if (pdf_visit(d, m, PDF_VISIT_STREAM))
            pdf_read_resources(d, &p->resources, pdf_find(pdf_resolve(d, m), "Resources"), 0);
        pdf_release(&d->arena, mark);
    }
}

/* 12.5.2: by their subtype; their actions; files that are attached to a place (12.5.6.15). */
static inline void pdf_read_annotations(struct pdf *d, struct pdf_pages *p, const struct pdf_object *page)
{
    for (struct pdf_object *m = pdf_first(pdf_get_kind(d, page, "Annots", PDF_ARRAY)); m && !d->exhausted;
         m = m->next) {
        struct pdf_mark mark = pdf_mark(&d->arena);
        const struct pdf_object *o = pdf_resolve(d, m);
        struct adit_text type = pdf_get_text(d, o, "Subtype");
        struct pdf_object *action = pdf_find(o, "A");
        if (type.size > 0)
            pdf_tally_add(&p->annotations, type);
        if (action)
            pdf_count_action(d, &p->actions, action, 0);
        pdf_count_additional(d, &p->actions, o);
        if (adit_text_is(type, "FileAttachment") && pdf_find(o, "FS"))
            pdf_give_file(d, pdf_find(o, "FS"), NULL);
        pdf_read_appearance(d, p, o);
        pdf_release(&d->arena, mark);
    }
}

static inline void pdf_read_page(struct pdf *d, struct pdf_pages *p, const struct pdf_object *page,
                                 const struct pdf_inherited *from)
{
    p->pages++;
    pdf_read_boxes(d, p, page, from);
    pdf_read_resources(d, &p->resources, from->resources, 0);
    pdf_read_annotations(d, p, page);
    pdf_count_additional(d, &p->actions, page);
    for (struct pdf_object *m = pdf_first(pdf_get_kind(d, page, "AF", PDF_ARRAY)); m && !d->exhausted; m = m->next)
        pdf_give_file(d, m, NULL);
}

/* A node of the tree: a page, or a node with Kids (7.7.3.2). Type is often wrong, so Kids tell. */
static inline void pdf_walk_pages(struct pdf *d, struct pdf_pages *p, struct pdf_object *node,
                                  struct pdf_inherited from, unsigned depth)
{
    if (!pdf_go_on(d) || p->pages >= p->most_pages) {
        p->stopped = true;
        return;
    }
    if (!pdf_visit(d, node, PDF_VISIT_PAGE)) {
        const struct pdf_entry *entry = node->kind == PDF_REFERENCE ? pdf_entry(d, node->reference.number) : NULL;
        if (entry && entry->visits & PDF_VISIT_PAGE)
            adit_complain(&d->report, "page tree: object %u is met twice", node->reference.number);
        return;
    }
    struct pdf_mark mark = pdf_mark(&d->arena);
    struct pdf_object *o = pdf_resolve(d, node), *kids = pdf_get_kind(d, o, "Kids", PDF_ARRAY);
    struct pdf_object *media = pdf_get_kind(d, o, "MediaBox", PDF_ARRAY),
                      *crop = pdf_get_kind(d, o, "CropBox", PDF_ARRAY);
    struct pdf_object *rotate = pdf_get(d, o, "Rotate"), *resources = pdf_find(o, "Resources");
    from.media_box = media ? media : from.media_box;
    from.crop_box = crop ? crop : from.crop_box;
    from.rotate = pdf_is_number(rotate) ? rotate : from.rotate;
    from.resources = resources ? resources : from.resources;
    if (depth >= PDF_DEPTH)
        adit_complain(&d->report, "page tree: is nested more than %d deep", PDF_DEPTH);
    else if (kids)
        for (struct pdf_object *m = kids->first; m && !p->stopped; m = m->next)
            pdf_walk_pages(d, p, m, from, depth + 1);
    else if (o && o->kind == PDF_DICTIONARY && !pdf_is_name(pdf_find(o, "Type"), "Pages"))
        pdf_read_page(d, p, o, &from);
    pdf_release(&d->arena, mark);
}

/* All pages; how many there are is checked against what the root of the tree says. */
static inline void pdf_read_pages(struct pdf *d, struct pdf_pages *p, const struct pdf_object *catalog)
{
    struct pdf_object *root = pdf_find(catalog, "Pages");
    struct pdf_mark mark = pdf_mark(&d->arena);
    pdf_read_resources(d, &p->resources, pdf_find(pdf_get_dictionary(d, catalog, "AcroForm"), "DR"), 0); /* 12.7.2 */
    int64_t count = pdf_get_integer(d, pdf_get_dictionary(d, catalog, "Pages"), "Count", -1);
    pdf_release(&d->arena, mark);
    if (root)
        pdf_walk_pages(d, p, root, (struct pdf_inherited){NULL, NULL, NULL, NULL}, 0);
    else
        adit_complain(&d->report, "catalog: expected Pages, found none");
    if (p->stopped && count > (int64_t)p->pages) {
        adit_remark(&d->report, "%llu pages were looked at; the document says that it has %lld", LL(p->pages),
                    (long long)count);
        p->pages = (uint64_t)count;
    } else if (d->hidden && count > (int64_t)p->pages) {
        p->pages = (uint64_t)count; /* those that are not found are in object streams */
    } else if (root && count < 0 && !d->hidden) {
        adit_complain(&d->report, "page tree: Count is missing; there are %llu pages", LL(p->pages));
    } else if (root && count != (int64_t)p->pages && !d->hidden) {
        adit_complain(&d->report, "page tree: Count is %lld, and there are %llu pages", (long long)count, LL(p->pages));
    }
    pdf_emit_count(d, "page_count", p->pages);
    pdf_emit_sizes(d, p);
    if (p->resources.fonts > p->resources.most_fonts)
        adit_remark(&d->report, "%llu of %llu fonts are given (option max_fonts)", LL(p->resources.most_fonts),
                    LL(p->resources.fonts));
    pdf_emit_count(d, "font_count", p->resources.fonts);
    pdf_emit_count(d, "image_count", p->resources.images);
    pdf_emit_tally(d, &p->resources.filters, "images", "filter");
    pdf_emit_tally(d, &p->annotations, "annotations", "subtype");
}

#endif
