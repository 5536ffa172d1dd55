/* SPDX-License-Identifier: MIT */
/* What the parts of the plugin dicom share: the file, one data set of it, one element; and the element's head (PS3.5 7.1). */
#ifndef MEDICAL_DICOM_SET_H
#define MEDICAL_DICOM_SET_H

#include <adit/adit.h>
#include <adit/report.h>
#include <stdio.h>

#include "dicom_bytes.h"
#include "dicom_moments.h"
#include "dicom_syntax.h"
#include "dicom_tables.h"
#include "dicom_text.h"

#define LL(x) ((unsigned long long)(x))
#define UNDEFINED 0xffffffffu

enum {
    TAG_TRANSFER_SYNTAX = 0x00020010,
    TAG_MEDIA_SOP_CLASS = 0x00020002,
    TAG_CHARACTER_SET = 0x00080005,
    TAG_SOP_CLASS = 0x00080016,
    TAG_ZONE = 0x00080201,
    TAG_FRAMES = 0x00280008,
    TAG_PIXEL_REPRESENTATION = 0x00280103,
    TAG_ICC = 0x00282000,
    TAG_DOCUMENT = 0x00420011,
    TAG_DOCUMENT_MEDIA = 0x00420012,
    TAG_DOCUMENT_LENGTH = 0x00420015,
    TAG_FRAME_OFFSETS = 0x7fe00001,
    TAG_PIXEL_DATA = 0x7fe00010,
};
#define TAG_ITEM 0xfffee000u
#define TAG_ITEM_END 0xfffee00du
#define TAG_SEQUENCE_END 0xfffee0ddu

/* Lists and the objects in them count: the host takes 16 levels. PARSE_DEPTH: of sequences that are only passed over. */
enum { EMIT_DEPTH = 6, PARSE_DEPTH = 48, EMPTY_MAX = 512, TAGS_MAX = 2048 };

struct encoding {
    bool implicit, big;
};

struct range {
    uint64_t offset, size;
};

struct dicom {
    const struct tables *tables;
    const struct adit_call *job;
    struct bytes bytes;
    struct adit_report report;
    uint64_t max_values, max_items, max_frames;
    const struct transfer_syntax *syntax; /* NULL: private, unknown or not given */
    struct moments moments;
    char sop_class[65], media_sop_class[65], syntax_uid[65], document_media[65];
    struct range document, frame_offsets;
    uint64_t document_length, frames, elements;
    char *room; /* of text as UTF-8: three bytes for each of a value */
    size_t room_size;
    uint32_t empty[EMPTY_MAX], tags[TAGS_MAX]; /* of the outermost data set */
    size_t empty_count, tag_count, cut_values, cut_items, too_deep, icc_profiles;
    bool sop_told, order_told, odd_told, stop, unread_told, undeclared_told, deep;
};

/* A data set: the file's own, or an item of a sequence. */
struct set {
    struct repertoire repertoire;
    struct encoding encoding;
    uint64_t end;      /* it goes no further */
    uint32_t group;    /* ends before the first element of another group; 0: of any */
    uint32_t last_tag; /* elements are in ascending order */
    unsigned depth;
    bool item, quiet; /* quiet: passed over, nothing is emitted */
    bool is_signed;   /* (0028,0103), for elements that are US or SS */
};

struct element {
    const struct attribute *attribute; /* NULL: not in the dictionary */
    uint64_t offset, value;            /* of its head, of its value */
    uint32_t tag, length;
    uint16_t vr;
    struct encoding encoding; /* of what is in it */
};

/* PS3.5 7.1.2: these have a length of 32 bits. */
static inline bool is_long(uint16_t vr)
{
    switch (vr) {
    case VR('O', 'B'):
    case VR('O', 'D'):
    case VR('O', 'F'):
    case VR('O', 'L'):
    case VR('O', 'V'):
    case VR('O', 'W'):
    case VR('S', 'Q'):
    case VR('S', 'V'):
    case VR('U', 'C'):
    case VR('U', 'N'):
    case VR('U', 'R'):
    case VR('U', 'T'):
    case VR('U', 'V'):
        return true;
    default:
        return false;
    }
}

static inline bool is_short(uint16_t vr)
{
    static const char known[] = "AEASATCSDADSDTFLFDISLOLTPNSHSLSSSTTMUIULUS";
    for (size_t i = 0; i + 1 < sizeof known; i += 2)
        if (VR((uint8_t)known[i], (uint8_t)known[i + 1]) == vr)
            return true;
    return false;
}

static inline bool is_letters(uint16_t vr)
{
    return vr >> 8 >= 'A' && vr >> 8 <= 'Z' && (vr & 0xff) >= 'A' && (vr & 0xff) <= 'Z';
}

/* Private creators are LO (PS3.5 7.8.1); group lengths UL (7.2). 0: not known. */
static inline uint16_t vr_of(const struct set *s, uint32_t tag, const struct attribute *a)
{
    if ((tag & 0xffff) == 0)
        return VR('U', 'L');
    if ((tag >> 16 & 1) && (tag & 0xffff) >= 0x10 && (tag & 0xffff) <= 0xff)
        return VR('L', 'O');
    if (!a || !a->vr)
        return VR('U', 'N');
    return a->pixel_vr && s->is_signed ? VR('S', 'S') : a->vr;
}

/* The head of the element at `at`. False: it is not all there. */
static inline bool read_head(struct dicom *d, const struct set *s, uint64_t at, struct element *e)
{
    const uint8_t *p = at < s->end && s->end - at >= 8 ? bytes_at(&d->bytes, at, 8) : NULL;
    bool big = s->encoding.big;
    if (!p)
        return false;
    *e = (struct element){.offset = at, .value = at + 8, .encoding = s->encoding};
    e->tag = (uint32_t)adit_number(p, 2, big) << 16 | (uint32_t)adit_number(p + 2, 2, big);
    e->length = (uint32_t)adit_number(p + 4, 4, big);
    if (e->tag >> 16 == 0xfffe) /* 7.5: without a VR in every syntax */
        return true;
    e->attribute = find_attribute(d->tables, e->tag);
    e->vr = VR(p[4], p[5]);
    if (s->encoding.implicit)
        e->vr = vr_of(s, e->tag, e->attribute);
    if (s->encoding.implicit)
        return true;
    if (is_short(e->vr)) {
        e->length = (uint32_t)adit_number(p + 6, 2, big);
    } else if (is_long(e->vr) || is_letters(e->vr)) { /* 7.1.2: and so will VRs that are yet to come */
        if (!is_long(e->vr) && !s->quiet)
            adit_remark(&d->report, "(%04X,%04X) at offset %llu: the VR %c%c is not known", e->tag >> 16,
                        e->tag & 0xffff, LL(at), e->vr >> 8, e->vr & 0xff);
        if (s->end - at < 12 || !(p = bytes_at(&d->bytes, at, 12)))
            return false;
        e->length = (uint32_t)adit_number(p + 8, 4, big);
        e->value = at + 12;
    } else { /* no VR: as if it were implicit, where that fits */
        e->vr = vr_of(s, e->tag, e->attribute);
        if (e->length > s->end - e->value)
            e->length = (uint32_t)adit_number(p + 6, 2, big);
        if (!s->quiet)
            adit_complain(&d->report, "(%04X,%04X) at offset %llu: expected a VR of two letters, found 0x%02x 0x%02x",
                          e->tag >> 16, e->tag & 0xffff, LL(at), p[4], p[5]);
    }
    return true;
}

/* What an element is called: its keyword, with the group where it is not the first of a repeating one; else the tag as PS3.18 F.2.2
 * writes it. `more` comes behind that. */
static inline struct adit_text name_of(const struct element *e, const char *more, char out[112])
{
    const struct attribute *a = e->attribute;
    int n;
    if (!a || a->keyword.size == 0 || a->keyword.size > 80)
        n = snprintf(out, 112, "%08X%s", e->tag, more);
    else if (a->tag == e->tag)
        n = snprintf(out, 112, "%.*s%s", (int)a->keyword.size, a->keyword.data, more);
    else
        n = snprintf(out, 112, "%.*s_%04X%s", (int)a->keyword.size, a->keyword.data,
                     a->tag >> 16 == e->tag >> 16 ? e->tag & 0xffff : e->tag >> 16, more);
    return adit_text_of(out, (size_t)n);
}

#endif
