/* SPDX-License-Identifier: MIT */
/* Data sets: PS3.5 section 7. Elements one after the other, sequences and the items in them. */
#ifndef MEDICAL_DICOM_DATA_H
#define MEDICAL_DICOM_DATA_H

#include "dicom_heed.h"
#include "dicom_pixels.h"

static const struct encoding explicit_little = {false, false}, implicit_little = {true, false};

static inline uint64_t read_set(struct dicom *d, struct set *s, uint64_t at);

/* ---- values ---- */

static inline bool make_room(struct dicom *d, size_t n)
{
    if (n * 3 + 16 <= d->room_size)
        return true;
    size_t size = n * 3 + 16 < 4096 ? 4096 : n * 3 + 16;
    char *room = (char *)realloc(d->room, size);
    if (!room)
        return false;
    d->room = room;
    d->room_size = size;
    return true;
}

/* PS3.10 7.1: two bytes that are a version each for itself. */
static inline void emit_version(struct dicom *d, const struct element *e)
{
    const uint8_t *p = bytes_at(&d->bytes, e->value, 2);
    (void)adit_begin_list(d->job, "FileMetaInformationVersion");
    for (int i = 0; p && i < 2; i++)
        (void)adit_emit_u64(d->job, "", p[i]);
    (void)adit_end(d->job);
}

static inline void emit_value(struct dicom *d, const struct set *s, const struct element *e)
{
    unsigned size = number_size(e->vr);
    bool binary =
        e->vr == VR('U', 'N') || (is_long(e->vr) && e->vr >> 8 == 'O') || (!is_long(e->vr) && !is_short(e->vr));
    if (e->tag == 0x00020001 && e->length == 2) {
        emit_version(d, e);
    } else if ((e->tag & 0xffff) == 0 && e->tag >> 16 != 2) {
        return; /* 7.2: group lengths are retired, and say nothing of the content */
    } else if (binary) {
        emit_size(d, e, e->length);
    } else if (size) {
        emit_numbers(d, s, e, size);
    } else {
        const uint8_t *p = make_room(d, e->length) ? bytes_at(&d->bytes, e->value, e->length) : NULL;
        if (p)
            emit_texts(d, s, e, adit_text_of((const char *)p, e->length));
        else
            emit_size(d, e, e->length);
    }
}

/* ---- sequences ---- */

/* 7.5: one item; returns where the next one begins. */
static inline uint64_t read_item(struct dicom *d, const struct set *s, const struct element *of,
                                 const struct element *item, uint64_t end, bool quiet)
{
    bool defined = item->length != UNDEFINED, fits = defined && item->length <= end - item->value;
    struct set inner = {.repertoire = s->repertoire,
                        .encoding = of->encoding,
                        .end = fits ? item->value + item->length : end,
                        .depth = s->depth + 1,
                        .item = !defined,
                        .quiet = quiet,
                        .is_signed = s->is_signed};
    if (defined && !fits)
        adit_complain(&d->report, "item at offset %llu: it should have %u bytes, there are %llu", LL(item->offset),
                      item->length, LL(end - item->value));
    if (quiet && fits)
        return inner.end;
    if (!quiet)
        (void)adit_begin_object(d->job, "");
    uint64_t at = read_set(d, &inner, item->value);
    if (!quiet)
        (void)adit_end(d->job);
    return fits ? inner.end : at;
}

/* Items up to `end`, or to a delimiter where the length is undefined; returns where the data set goes on. */
static inline uint64_t read_items(struct dicom *d, const struct set *s, const struct element *e, uint64_t end,
                                  bool quiet)
{
    const struct set outer = {.encoding = e->encoding, .end = end};
    bool defined = e->length != UNDEFINED;
    uint64_t at = e->value;
    struct element item;
    for (uint64_t n = 0; !d->stop && (!defined || at < end); n++) {
        if (!read_head(d, &outer, at, &item)) {
            adit_complain(&d->report, "sequence at offset %llu: it ends at offset %llu, before its %s", LL(e->offset),
                          LL(end), defined ? "last item" : "delimiter");
            return end;
        }
        if (item.tag == TAG_SEQUENCE_END)
            return defined ? end : item.value;
        if (item.tag != TAG_ITEM) {
            adit_complain(&d->report, "offset %llu: expected an item, found (%04X,%04X)", LL(at), item.tag >> 16,
                          item.tag & 0xffff);
            d->stop = !defined;
            return end;
        }
        d->cut_items += !quiet && n == d->max_items;
        at = read_item(d, s, e, &item, end, quiet || n >= d->max_items);
        if (n % 1024 == 1023 && !adit_progress(d->job, at, d->bytes.size))
            d->stop = true;
    }
    return at;
}

static inline uint64_t read_sequence(struct dicom *d, const struct set *s, const struct element *e, uint64_t end)
{
    char name[112];
    bool quiet = s->quiet || s->depth >= EMIT_DEPTH;
    d->too_deep += !s->quiet && quiet;
    if (s->depth >= PARSE_DEPTH) {
        adit_remark(&d->report, "offset %llu: sequences in more than %d others are not read", LL(e->offset),
                    PARSE_DEPTH);
        d->deep = d->stop = true;
        return end;
    }
    if (!quiet)
        (void)adit_begin_named(d->job, name_of(e, "", name), ADIT_KIND_LIST);
    uint64_t at = read_items(d, s, e, end, quiet);
    if (!quiet)
        (void)adit_end(d->job);
    return at;
}

static inline uint64_t read_pixels(struct dicom *d, const struct set *s, const struct element *e)
{
    struct pixels p = {.fragments = NULL};
    uint64_t at = read_fragments(d, s, e, &p);
    if (!s->quiet)
        emit_size(d, e, p.bytes);
    if (s->depth == 0 && e->tag == TAG_PIXEL_DATA) {
        (void)adit_emit_u64(d->job, "fragments", p.total);
        emit_frames(d, &p);
    }
    free(p.fragments);
    return at;
}

/* ---- data sets ---- */

static inline void note_empty(struct dicom *d, const struct element *e)
{
    if (d->empty_count < EMPTY_MAX)
        d->empty[d->empty_count++] = e->tag;
}

/* 6.2.2, note 2 and 7.8: what was written as UN is in implicit VR, little endian; the dictionary may know what it is. */
static inline void resolve_unknown(const struct set *s, struct element *e)
{
    if (e->vr != VR('U', 'N'))
        return;
    struct set implicit = *s;
    implicit.encoding = e->encoding = implicit_little;
    e->vr = vr_of(&implicit, e->tag, e->attribute);
}

/* The value behind a head; returns where the next element begins. */
static inline uint64_t read_value(struct dicom *d, struct set *s, struct element *e)
{
    struct set in = *s;
    resolve_unknown(s, e);
    in.encoding = e->encoding;
    if (e->length == UNDEFINED && e->vr >> 8 == 'O')
        return read_pixels(d, &in, e);
    if (e->length == UNDEFINED)
        return read_sequence(d, s, e, s->end);
    bool fits = e->length <= s->end - e->value;
    uint64_t end = fits ? e->value + e->length : s->end;
    if (!fits)
        adit_complain(&d->report, "(%04X,%04X) at offset %llu: it should have %u bytes, there are %llu", e->tag >> 16,
                      e->tag & 0xffff, LL(e->offset), e->length, LL(s->end - e->value));
    if (s->depth == 0 && e->length == 0)
        note_empty(d, e);
    if (e->vr == VR('S', 'Q') && (e->length > 0 || !s->quiet))
        return e->length ? read_sequence(d, s, e, end) : end;
    if (fits && e->length % 2 && !s->quiet && !d->odd_told) {
        d->odd_told = true;
        adit_complain(&d->report, "(%04X,%04X) at offset %llu: its length %u is odd (7.1.1), and so may be others",
                      e->tag >> 16, e->tag & 0xffff, LL(e->offset), e->length);
    }
    if (fits && e->length > 0) {
        heed(d, s, e);
        if (!s->quiet)
            emit_value(d, &in, e);
    } else if (!fits && e->tag == TAG_PIXEL_DATA && s->depth == 0) {
        emit_size(d, e, end - e->value); /* as far as it is there */
    } else if (fits && e->tag == TAG_CHARACTER_SET) {
        s->repertoire = (struct repertoire){.g0 = SET_ASCII, .declared = true};
    }
    return end;
}

static inline uint64_t read_set(struct dicom *d, struct set *s, uint64_t at)
{
    struct element e;
    while (!d->stop && at < s->end) {
        const uint8_t *group = s->group ? bytes_at(&d->bytes, at, 2) : NULL;
        if (group && adit_number(group, 2, s->encoding.big) != s->group)
            return at;
        if (!read_head(d, s, at, &e)) {
            adit_complain(&d->report, "offset %llu: %llu bytes are no data element", LL(at), LL(s->end - at));
            return s->end;
        }
        if (e.tag == TAG_ITEM_END && s->item)
            return e.value;
        if (e.tag >> 16 == 0xfffe) { /* a delimiter that is not expected here */
            adit_complain(&d->report, "offset %llu: (%04X,%04X) delimits nothing", LL(at), e.tag >> 16, e.tag & 0xffff);
            if (s->item)
                return at;
            at = e.value;
            continue;
        }
        if (e.tag <= s->last_tag && !d->order_told) {
            d->order_told = true;
            adit_complain(&d->report, "(%04X,%04X) at offset %llu: it comes after (%04X,%04X) (7.1)", e.tag >> 16,
                          e.tag & 0xffff, LL(at), s->last_tag >> 16, s->last_tag & 0xffff);
        }
        s->last_tag = e.tag;
        if (s->depth == 0 && d->tag_count < TAGS_MAX)
            d->tags[d->tag_count++] = e.tag;
        at = read_value(d, s, &e);
        if (++d->elements % 4096 == 0 && !adit_progress(d->job, at, d->bytes.size))
            d->stop = true;
    }
    if (s->item && !d->stop)
        adit_complain(&d->report, "offset %llu: an item without its delimiter", LL(s->end));
    return at;
}

#endif
