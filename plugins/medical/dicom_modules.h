/* SPDX-License-Identifier: MIT */
/* Which modules of its information object definition a data set has (PS3.3 A.1.3): the mandatory ones, and of the others those that
 * show, by an attribute that no other module of the definition has. Of a module whose attributes are not in the tables nothing shows. */
#ifndef MEDICAL_DICOM_MODULES_H
#define MEDICAL_DICOM_MODULES_H

#include "dicom_set.h"

enum { MODULES_MAX = 96 /* of a definition; PS3.3 has 40 at most */ };

struct module_list {
    struct {
        struct adit_text id, attributes; /* TTTTTTTT:TYPE between blanks */
        bool mandatory;
    } items[MODULES_MAX];
    size_t count;
};

static inline void add_modules(const struct dicom *d, struct module_list *l, struct adit_text ids, bool mandatory)
{
    while (ids.size > 0 && l->count < MODULES_MAX) {
        struct adit_text id = adit_text_next(&ids, " ");
        const struct row *r = find(&d->tables->modules, id);
        l->items[l->count].id = id;
        l->items[l->count].attributes = r ? r->attributes : adit_text_of("", 0);
        l->items[l->count++].mandatory = mandatory;
    }
}

/* The tag of one of a module's attributes. */
static inline uint32_t tag_of(struct adit_text word)
{
    return word.size > 9 && word.data[8] == ':' ? hex_of(adit_text_of(word.data, 8)) : 0;
}

static inline bool is_there(const struct dicom *d, uint32_t tag)
{
    for (size_t i = 0; i < d->tag_count; i++)
        if (d->tags[i] == tag)
            return true;
    return false;
}

static inline bool is_in(struct adit_text attributes, struct adit_text tag)
{
    while (attributes.size > 0) {
        struct adit_text word = adit_text_next(&attributes, " ");
        if (word.size > 8 && memcmp(word.data, tag.data, 8) == 0)
            return true;
    }
    return false;
}

static inline bool shows(const struct dicom *d, const struct module_list *l, size_t module)
{
    struct adit_text rest = l->items[module].attributes;
    while (rest.size > 0) {
        struct adit_text word = adit_text_next(&rest, " ");
        bool alone = is_there(d, tag_of(word));
        for (size_t i = 0; alone && i < l->count; i++)
            alone = i == module || !is_in(l->items[i].attributes, word);
        if (alone)
            return true;
    }
    return false;
}

static inline void emit_modules(struct dicom *d)
{
    struct module_list l = {.count = 0};
    const struct row *sop = find(&d->tables->sops, adit_text_c(d->sop_class[0] ? d->sop_class : d->media_sop_class));
    const struct row *iod = sop && sop->more.size > 0 ? find(&d->tables->iods, sop->more) : NULL;
    if (!iod)
        return;
    add_modules(d, &l, iod->value, true);
    add_modules(d, &l, iod->more, false);
    (void)adit_emit_text(d->job, "iod", iod->key);
    (void)adit_begin_list(d->job, "modules");
    for (size_t i = 0; i < l.count; i++)
        if (l.items[i].mandatory || shows(d, &l, i))
            (void)adit_emit_text(d->job, "", l.items[i].id);
    (void)adit_end(d->job);
}

#endif
