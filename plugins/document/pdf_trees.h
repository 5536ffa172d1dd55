/* SPDX-License-Identifier: MIT */
/* Name trees and number trees, and counts by name. ISO 32000-1 and 32000-2, 7.9.6, 7.9.7. */
#ifndef DOCUMENT_PDF_TREES_H
#define DOCUMENT_PDF_TREES_H

#include "pdf_load.h"

/* What a tree's leaf is given to: the key (a string or a number), and the value, not resolved. False: that is enough. */
typedef bool (*pdf_leaf)(struct pdf *d, void *context, struct pdf_object *key, struct pdf_object *value);

/* Each pair of a tree whose leaves are called `leaves`: Names or Nums. */
static inline bool pdf_walk_tree(struct pdf *d, struct pdf_object *node, const char *leaves, pdf_leaf leaf,
                                 void *context, unsigned depth)
{
    bool more = depth < PDF_DEPTH && !d->exhausted;
    if (!more || !pdf_visit(d, node, PDF_VISIT_TREE))
        return more;
    struct pdf_mark mark = pdf_mark(&d->arena);
    struct pdf_object *o = pdf_resolve(d, node);
    for (struct pdf_object *m = pdf_first(pdf_get_kind(d, o, leaves, PDF_ARRAY)); more && m && m->next;
         m = m->next->next) {
        struct pdf_mark inner = pdf_mark(&d->arena);
        struct pdf_object *key = pdf_resolve(d, m);
        more = !key || leaf(d, context, key, m->next);
        pdf_release(&d->arena, inner);
    }
    for (struct pdf_object *m = pdf_first(pdf_get_kind(d, o, "Kids", PDF_ARRAY)); more && m; m = m->next)
        more = pdf_walk_tree(d, m, leaves, leaf, context, depth + 1);
    pdf_release(&d->arena, mark);
    return more;
}

/* How often each name came. Those beyond the room are counted together, under the empty name. */
enum { PDF_TALLIED = 40, PDF_TALLY_NAME = 32 };
struct pdf_tally {
    size_t count;
    struct {
        char name[PDF_TALLY_NAME];
        size_t size;
        uint64_t n;
    } of[PDF_TALLIED];
};

static inline void pdf_tally_add(struct pdf_tally *t, struct adit_text name)
{
    size_t i = 0;
    if (name.size > PDF_TALLY_NAME || t->count == PDF_TALLIED)
        name.size = name.size > PDF_TALLY_NAME ? PDF_TALLY_NAME : name.size;
    while (i < t->count && !adit_text_equal(adit_text_of(t->of[i].name, t->of[i].size), name))
        i++;
    if (i == PDF_TALLIED)
        i--;
    if (i == t->count) {
        t->count++;
        memcpy(t->of[i].name, name.data, name.size);
        t->of[i].size = i == PDF_TALLIED - 1 ? 0 : name.size; /* the last place is for all others */
    }
    t->of[i].n++;
}

static inline uint64_t pdf_tally_of(const struct pdf_tally *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (adit_text_is(adit_text_of(t->of[i].name, t->of[i].size), name))
            return t->of[i].n;
    return 0;
}

/* As a list of objects with a name and a count. */
static inline void pdf_emit_tally(struct pdf *d, const struct pdf_tally *t, const char *list, const char *name)
{
    for (size_t i = 0; i < t->count; i++) {
        (void)adit_begin_object(d->job, list);
        (void)adit_emit_text(d->job, name, adit_text_of(t->of[i].name, t->of[i].size));
        (void)adit_emit_u64(d->job, "count", t->of[i].n);
        (void)adit_end(d->job);
    }
}

#endif
