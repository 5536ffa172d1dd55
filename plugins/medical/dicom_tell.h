/* SPDX-License-Identifier: MIT */
/* What is told when the data set was read: the document in it, what is empty, and what was left out. */
#ifndef MEDICAL_DICOM_TELL_H
#define MEDICAL_DICOM_TELL_H

#include "dicom_set.h"

/* PS3.3 C.24.2: (0042,0012) is its type, (0042,0015) its size without the byte that makes the element's length even. */
static inline void emit_document(struct dicom *d)
{
    uint64_t size = d->document.size;
    if (size == 0)
        return;
    if (d->document_length > 0 && d->document_length <= size)
        size = d->document_length;
    bytes_emit(&d->bytes, "EncapsulatedDocument", d->document_media[0] ? d->document_media : NULL, d->document.offset,
               size);
}

static inline void emit_empty(struct dicom *d)
{
    char name[112];
    if (d->empty_count == 0)
        return;
    (void)adit_begin_list(d->job, "empty");
    for (size_t i = 0; i < d->empty_count; i++) {
        struct element e = {.tag = d->empty[i], .attribute = find_attribute(d->tables, d->empty[i])};
        (void)adit_emit_text(d->job, "", name_of(&e, "", name));
    }
    (void)adit_end(d->job);
}

static inline void tell_bounds(struct dicom *d)
{
    if (d->cut_values)
        adit_remark(&d->report, "%zu elements have more values than %llu: the first ones are told (option max_values)",
                    d->cut_values, LL(d->max_values));
    if (d->cut_items)
        adit_remark(&d->report, "%zu sequences have more items than %llu: the first ones are told (option max_items)",
                    d->cut_items, LL(d->max_items));
    if (d->too_deep)
        adit_remark(&d->report, "%zu sequences are in more than %d others, and not told", d->too_deep, EMIT_DEPTH);
}

#endif
