/* SPDX-License-Identifier: MIT */
/* What a document does: actions counted by their type, scripts as streams. ISO 32000-1 and 32000-2, 12.6. */
#ifndef DOCUMENT_PDF_ACTIONS_H
#define DOCUMENT_PDF_ACTIONS_H

#include "pdf_streams.h"
#include "pdf_text.h"
#include "pdf_trees.h"

struct pdf_actions {
    struct pdf_tally types;
    uint32_t scripts;
};

/* 12.6.4.16 (32000-1), 12.6.4.17 (32000-2): JS is a text string or a stream. */
static inline void pdf_give_script(struct pdf *d, struct pdf_actions *a, struct pdf_object *js)
{
    char name[32];
    (void)snprintf(name, sizeof name, "script-%u", ++a->scripts);
    struct pdf_object *o = pdf_resolve(d, js);
    if (!o || !pdf_visit(d, js, PDF_VISIT_STREAM))
        return;
    if (o->stream) {
        (void)pdf_give_stream(d, o, adit_text_c(name), "text/javascript");
    } else if (o->kind == PDF_STRING && o->text.size > 0 && d->streams_given < d->most_streams) {
        struct adit_text text = pdf_to_utf8(d, o->text);
        d->streams_given++;
        (void)adit_emit_stream(d->job, adit_text_c(name), "text/javascript", text.data, text.size);
    }
}

/* An action, and those that follow it. 12.6.2: Next is one, or an array. */
static inline void pdf_count_action(struct pdf *d, struct pdf_actions *a, struct pdf_object *action, unsigned depth)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    const struct pdf_object *o = depth < PDF_DEPTH && !d->exhausted ? pdf_resolve(d, action) : NULL;
    struct adit_text type = o && o->kind == PDF_DICTIONARY ? pdf_get_text(d, o, "S") : adit_text_of("", 0);
    if (type.size > 0) {
        struct pdf_object *next = pdf_find(o, "Next"), *several = pdf_get_kind(d, o, "Next", PDF_ARRAY);
        pdf_tally_add(&a->types, type);
        if (adit_text_is(type, "JavaScript") || (adit_text_is(type, "Rendition") && pdf_find(o, "JS")))
            pdf_give_script(d, a, pdf_find(o, "JS"));
        for (struct pdf_object *m = several ? several->first : next; m; m = several ? m->next : NULL)
            if (pdf_visit(d, m, PDF_VISIT_ACTION))
                pdf_count_action(d, a, m, depth + 1);
    }
    pdf_release(&d->arena, mark);
}

/* 12.6.3: additional actions, by what triggers them. */
static inline void pdf_count_additional(struct pdf *d, struct pdf_actions *a, const struct pdf_object *owner)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    for (struct pdf_object *m = pdf_first(pdf_get_dictionary(d, owner, "AA")); m; m = m->next)
        pdf_count_action(d, a, m, 0);
    pdf_release(&d->arena, mark);
}

static inline bool pdf_count_named(struct pdf *d, void *context, struct pdf_object *key, struct pdf_object *value)
{
    (void)key;
    pdf_count_action(d, context, value, 0);
    return !d->exhausted;
}

/* Those of the document: scripts that run when it is opened, and what opening does. */
static inline void pdf_count_of_document(struct pdf *d, struct pdf_actions *a, const struct pdf_object *catalog)
{
    struct pdf_mark mark = pdf_mark(&d->arena);
    struct pdf_object *scripts = pdf_find(pdf_get_dictionary(d, catalog, "Names"), "JavaScript");
    if (scripts)
        (void)pdf_walk_tree(d, scripts, "Names", pdf_count_named, a, 0);
    struct pdf_object *open = pdf_find(catalog, "OpenAction"); /* an action, or a destination: an array */
    if (open)
        pdf_count_action(d, a, open, 0);
    pdf_count_additional(d, a, catalog);
    pdf_release(&d->arena, mark);
}

#endif
