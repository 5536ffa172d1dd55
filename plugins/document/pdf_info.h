/* SPDX-License-Identifier: MIT */
/* The document information dictionary, the file identifier, and the viewer preferences. ISO 32000-1 and 32000-2, 14.3.3, 14.4, 12.2. */
#ifndef DOCUMENT_PDF_INFO_H
#define DOCUMENT_PDF_INFO_H

#include <adit/hex.h>

#include "pdf_text.h"

/* Whatever it is: under a name that the file chose. */
static inline void pdf_emit_any(struct pdf *d, struct adit_text name, const struct pdf_object *o)
{
    struct adit_value value;
    if (!o || name.size == 0)
        return;
    if (o->kind == PDF_STRING)
        value = adit_value_text(pdf_to_utf8(d, o->text));
    else if (o->kind == PDF_NAME)
        value = adit_value_text(o->text);
    else if (o->kind == PDF_BOOLEAN)
        value = adit_value_bool(o->boolean);
    else if (o->kind == PDF_INTEGER)
        value = adit_value_i64(o->integer);
    else if (o->kind == PDF_REAL)
        value = adit_value_f64(o->real);
    else
        return; /* arrays and dictionaries: print ranges and what is not of the standard */
    (void)adit_emit_named(d->job, pdf_name_to_utf8(d, name), &value);
}

/* The members of a dictionary under their own names, as an object. */
static inline void pdf_emit_members(struct pdf *d, const struct pdf_object *dictionary, const char *field)
{
    struct pdf_object *m = pdf_first(dictionary);
    if (!m)
        return;
    (void)adit_begin_object(d->job, field);
    for (; m; m = m->next) {
        struct pdf_mark mark = pdf_mark(&d->arena);
        pdf_emit_any(d, m->key, pdf_resolve(d, m));
        pdf_release(&d->arena, mark);
    }
    (void)adit_end(d->job);
}

static inline bool pdf_is_text_of_info(struct adit_text key)
{
    static const char *const keys[] = {"Title", "Author", "Subject", "Keywords", "Creator", "Producer", "Trapped"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (adit_text_is(key, keys[i]))
            return true;
    return false;
}

/* Table 317 (32000-1), table 349 (32000-2), and what else there is: keys may be added at will. */
static inline void pdf_emit_info(struct pdf *d)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    struct pdf_object *info = pdf_get_dictionary(d, d->trailer, "Info"), *m = pdf_first(info);
    bool locked = d->crypt.dictionary && !d->crypt.opens; /* all of its strings are encrypted */
    if (m && !locked)
        (void)adit_begin_object(d->job, "info");
    for (; m && !locked; m = m->next) {
        struct pdf_mark inner = pdf_mark(&d->arena);
        const struct pdf_object *value = pdf_resolve(d, m);
        if (adit_text_is(m->key, "CreationDate"))
            pdf_emit_moment(d, value, "CreationDate", "CreationDate");
        else if (adit_text_is(m->key, "ModDate"))
            pdf_emit_moment(d, value, "ModDate", "ModDate");
        else if (adit_text_is(m->key, "Trapped") && value && value->kind == PDF_BOOLEAN) /* of PDF before 1.3 */
            (void)adit_emit_string(d->job, "Trapped", value->boolean ? "True" : "False");
        else if (value && value->kind != PDF_STRING && value->kind != PDF_NAME && pdf_is_text_of_info(m->key))
            adit_remark(&d->report, "%.*s is no text", (int)m->key.size, m->key.data);
        else if (value && (value->kind != PDF_STRING || value->text.size > 0))
            pdf_emit_any(d, m->key, value);
        pdf_release(&d->arena, inner);
    }
    if (info && pdf_first(info) && !locked)
        (void)adit_end(d->job);
    pdf_release(&d->arena, mark);
}

/* 14.4: the first is the document's, the second this version's of it. */
static inline void pdf_emit_identifier(struct pdf *d)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    struct pdf_object *m = pdf_first(pdf_get_kind(d, d->trailer, "ID", PDF_ARRAY));
    for (int i = 0; m && i < 2; i++, m = m->next) {
        const struct pdf_object *o = pdf_resolve(d, m);
        if (o && o->kind == PDF_STRING && o->text.size > 0)
            (void)adit_emit_hex(d->job, "id", o->text.data, o->text.size < 64 ? o->text.size : 64);
    }
    pdf_release(&d->arena, mark);
}

#endif
