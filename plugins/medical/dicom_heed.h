/* SPDX-License-Identifier: MIT */
/* Elements that the rest of the file is read by, or that are told for the file as a whole: its character sets (PS3.3 C.12.1.1.2), its
 * classes and syntax, the number of frames, the document that it holds (PS3.3 C.24.2). */
#ifndef MEDICAL_DICOM_HEED_H
#define MEDICAL_DICOM_HEED_H

#include "dicom_values.h"

/* The text of an element, as it is in the file, in `out`. */
static inline void copy_text(struct dicom *d, const struct element *e, char *out, size_t room)
{
    const uint8_t *p = e->length < room ? bytes_at(&d->bytes, e->value, e->length) : NULL;
    struct adit_text text = trim_value(adit_text_of((const char *)p, p ? e->length : 0), true);
    if (text.size > 0)
        memcpy(out, text.data, text.size);
    out[text.size] = '\0';
}

/* (0008,0005), of this data set and of the items in it. */
static inline void read_repertoire(struct dicom *d, struct set *s, const struct element *e)
{
    const uint8_t *p = bytes_at(&d->bytes, e->value, e->length);
    struct adit_text rest = adit_text_of((const char *)p, p ? e->length : 0);
    for (size_t i = 0; i == 0 || rest.size > 0; i++) {
        struct adit_text term = trim_value(adit_text_next(&rest, "\\"), true);
        if (!add_term(&s->repertoire, term, i) && !s->quiet)
            adit_complain(&d->report, "SpecificCharacterSet at offset %llu: \"%.*s\" is none of PS3.3 C.12.1.1.2",
                          LL(e->offset), (int)(term.size < 40 ? term.size : 40), term.data);
    }
}

static inline uint64_t number_of(struct dicom *d, const struct element *e)
{
    char text[24];
    unsigned size = number_size(e->vr);
    const uint8_t *p = size && e->length >= size ? bytes_at(&d->bytes, e->value, size) : NULL;
    if (size)
        return p ? adit_number(p, size, e->encoding.big) : 0;
    copy_text(d, e, text, sizeof text);
    return strtoull(text, NULL, 10);
}

static inline void tell_sop_class(struct dicom *d, const char *uid)
{
    const struct row *r = find(&d->tables->sops, adit_text_c(uid));
    if (d->sop_told || !*uid)
        return;
    d->sop_told = true;
    (void)adit_emit_string(d->job, "sop_class", uid);
    if (r)
        (void)adit_emit_text(d->job, "sop_class_name", r->value);
}

/* What the rest of the file is read by. */
static inline void heed(struct dicom *d, struct set *s, const struct element *e)
{
    if (e->tag == TAG_CHARACTER_SET)
        read_repertoire(d, s, e);
    else if (e->tag == TAG_PIXEL_REPRESENTATION)
        s->is_signed = number_of(d, e) != 0;
    else if (e->tag == TAG_ICC && !s->quiet && d->icc_profiles++ < 8)
        bytes_emit(&d->bytes, "ICCProfile", "application/vnd.iccprofile", e->value, e->length);
    if (s->depth > 0)
        return;
    switch (e->tag) {
    case TAG_TRANSFER_SYNTAX:
        copy_text(d, e, d->syntax_uid, sizeof d->syntax_uid);
        break;
    case TAG_MEDIA_SOP_CLASS:
        copy_text(d, e, d->media_sop_class, sizeof d->media_sop_class);
        break;
    case TAG_SOP_CLASS:
        copy_text(d, e, d->sop_class, sizeof d->sop_class);
        tell_sop_class(d, d->sop_class);
        break;
    case TAG_FRAMES:
        d->frames = number_of(d, e);
        break;
    case TAG_DOCUMENT:
        d->document = (struct range){e->value, e->length};
        break;
    case TAG_DOCUMENT_MEDIA:
        copy_text(d, e, d->document_media, sizeof d->document_media);
        for (char *c = d->document_media; *c; c++) /* RFC 2045 5.1: in any case */
            *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
        break;
    case TAG_DOCUMENT_LENGTH:
        d->document_length = number_of(d, e);
        break;
    case TAG_FRAME_OFFSETS:
        d->frame_offsets = (struct range){e->value, e->length};
        break;
    default:
        break;
    }
}

#endif
