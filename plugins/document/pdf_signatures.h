/* SPDX-License-Identifier: MIT */
/* The interactive form and the digital signatures in it. ISO 32000-1 and 32000-2, 12.7, 12.8; RFC 5652 (what a signature is); XFA 3.3. */
#ifndef DOCUMENT_PDF_SIGNATURES_H
#define DOCUMENT_PDF_SIGNATURES_H

#include "pdf_actions.h"
#include <adit/der.h>

struct pdf_form {
    struct pdf_tally types; /* fields by what they take: Btn, Tx, Ch, Sig */
    struct pdf_actions *actions;
    uint64_t signatures;
};

/* 12.8.1: pairs of an offset and a length that are signed; what is left between them is the signature itself. */
static inline void pdf_emit_byte_range(struct pdf *d, const struct pdf_object *signature)
{
    uint64_t end = 0, covered = 0;
    unsigned n = 0;
    int64_t offset = 0;
    for (struct pdf_object *m = pdf_first(pdf_get_kind(d, signature, "ByteRange", PDF_ARRAY)); m && n < 32;
         m = m->next, n++) {
        if (m->kind != PDF_INTEGER || m->integer < 0) {
            adit_complain(&d->report, "signature: ByteRange has something else than offsets and lengths");
            return;
        }
        (void)adit_emit_i64(d->job, "byte_range", m->integer);
        if (n % 2 == 1 && (uint64_t)m->integer <= d->size) {
            covered += (uint64_t)m->integer;
            end = (uint64_t)offset + (uint64_t)m->integer;
        }
        offset = m->integer;
    }
    if (n < 2)
        return;
    (void)adit_emit_u64(d->job, "signed_size", covered);
    (void)adit_emit_bool(d->job, "covers_file", end == d->size);
}

/* The bytes that the signature's one value takes; those behind it are padding. */
static inline size_t pdf_der_size(struct adit_text text)
{
    struct adit_der d = adit_der(text);
    struct adit_der_item item;
    return adit_der_next(&d, &item) ? text.size - d.rest.size : text.size;
}

/* Table 252 (32000-1), table 255 (32000-2). */
static inline void pdf_give_signature(struct pdf *d, struct pdf_form *f, const struct pdf_object *o)
{
    static const char *const texts[][2] = {
        {"Type", "type"},         {"Filter", "filter"}, {"SubFilter", "sub_filter"},    {"Name", "name"},
        {"Location", "location"}, {"Reason", "reason"}, {"ContactInfo", "contact_info"}};
    struct adit_text contents = pdf_get_text(d, o, "Contents");
    char name[32];
    bool locked = d->crypt.dictionary && !d->crypt.opens;
    (void)adit_begin_object(d->job, "signatures");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!locked || i < 3)
            pdf_emit_text(d, o, texts[i][0], texts[i][1]);
    if (!locked)
        pdf_emit_date(d, o, "M", "signing_time");
    pdf_emit_byte_range(d, o);
    const struct pdf_object *first = pdf_resolve(d, pdf_first(pdf_get_kind(d, o, "Reference", PDF_ARRAY)));
    if (pdf_is_name(pdf_get(d, first, "TransformMethod"),
                    "DocMDP")) /* 12.8.2.2: a certification, and what may be changed still */
        (void)adit_emit_i64(d->job, "certification_level",
                            pdf_get_integer(d, pdf_get_dictionary(d, first, "TransformParams"), "P", 2));
    (void)adit_end(d->job);
    (void)snprintf(name, sizeof name, "signature-%llu", LL(++f->signatures));
    struct adit_text sub_filter = pdf_get_text(d, o, "SubFilter");
    bool cms = sub_filter.size > 0 && !adit_text_is(sub_filter, "adbe.x509.rsa_sha1"); /* that one is an octet string */
    if (contents.size > 0 && cms && d->streams_given < d->most_streams) {
        d->streams_given++;
        (void)adit_emit_stream(d->job, adit_text_c(name), "application/pkcs7-signature", contents.data,
                               pdf_der_size(contents));
    }
}

/* 12.7.3: a field, or a node above some. Its type may stand above it. */
static inline void pdf_walk_fields(struct pdf *d, struct pdf_form *f, struct pdf_object *node, struct adit_text type,
                                   unsigned depth)
{
    if (depth >= PDF_DEPTH || d->exhausted || !pdf_visit(d, node, PDF_VISIT_FIELD))
        return;
    struct pdf_mark mark = pdf_mark(&d->arena);
    const struct pdf_object *o = pdf_resolve(d, node);
    struct pdf_object *kids = pdf_get_kind(d, o, "Kids", PDF_ARRAY), *first = kids ? pdf_resolve(d, kids->first) : NULL;
    type = pdf_get_text(d, o, "FT").size > 0 ? pdf_get_text(d, o, "FT") : type;
    bool is_node = first && pdf_find(first, "T"); /* kids without a name are the field's widgets */
    if (is_node)
        for (struct pdf_object *m = kids->first; m && !d->exhausted; m = m->next)
            pdf_walk_fields(d, f, m, type, depth + 1);
    else if (o && o->kind == PDF_DICTIONARY) {
        pdf_tally_add(&f->types, type);
        pdf_count_additional(d, f->actions, o);
        struct pdf_object *value = pdf_find(o, "V");
        if (adit_text_is(type, "Sig") && value && pdf_visit(d, value, PDF_VISIT_TREE) &&
            pdf_first(pdf_resolve(d, value)))
            pdf_give_signature(d, f, pdf_resolve(d, value));
    }
    pdf_release(&d->arena, mark);
}

/* 12.7.8: an XML document, as a stream or as an array of its parts' names and streams. */
static inline void pdf_give_xfa(struct pdf *d, struct pdf_object *xfa)
{
    uint8_t piece[PDF_PIECE];
    int64_t got;
    if (xfa->stream) {
        (void)pdf_give_stream(d, xfa, ADIT_TEXT("xfa"), "application/vnd.adobe.xdp+xml");
        return;
    }
    if (d->streams_given >= d->most_streams ||
        adit_open_stream(d->job, ADIT_TEXT("xfa"), "application/vnd.adobe.xdp+xml") != 0)
        return;
    d->streams_given++;
    for (struct pdf_object *m = pdf_first(xfa); m && m->next && !d->exhausted; m = m->next->next) {
        struct pdf_mark mark = pdf_mark(&d->arena);
        struct pdf_pipe *p = pdf_take(&d->arena, sizeof *p);
        if (p && pdf_open_pipe(d, pdf_resolve(d, m->next), p) && p->rest.size == 0)
            while ((got = adit_read_next(p->last, piece, sizeof piece)) > 0 && pdf_work(d, (uint64_t)got))
                if (adit_write(d->job, piece, (size_t)got) != 0)
                    break;
        if (p)
            pdf_close_pipe(p);
        pdf_release(&d->arena, mark);
    }
    (void)adit_close(d->job);
}

/* 12.7.2, table 218; and the usage rights of 12.8.2.3, which are a signature outside of the form. */
static inline void pdf_read_form(struct pdf *d, struct pdf_actions *actions, const struct pdf_object *catalog)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    struct pdf_form f = {.actions = actions};
    struct pdf_object *form = pdf_get_dictionary(d, catalog, "AcroForm"), *xfa = pdf_get(d, form, "XFA");
    bool has_xfa = xfa && (xfa->stream || (xfa->kind == PDF_ARRAY && xfa->first));
    if (form || !d->hidden)
        (void)adit_emit_string(d->job, "form", has_xfa ? "XFA" : form ? "AcroForm" : "none");
    for (struct pdf_object *m = pdf_first(pdf_get_kind(d, form, "Fields", PDF_ARRAY)); m && !d->exhausted; m = m->next)
        pdf_walk_fields(d, &f, m, adit_text_of("", 0), 0);
    pdf_emit_tally(d, &f.types, "form_fields", "type");
    if (has_xfa)
        pdf_give_xfa(d, xfa);
    struct pdf_object *rights = pdf_find(pdf_get_dictionary(d, catalog, "Perms"), "UR3");
    if (rights && pdf_visit(d, rights, PDF_VISIT_TREE) && pdf_first(pdf_resolve(d, rights)))
        pdf_give_signature(d, &f, pdf_resolve(d, rights));
    pdf_emit_count(d, "signature_count", f.signatures);
    pdf_release(&d->arena, mark);
}

#endif
