/* SPDX-License-Identifier: MIT */
/* Items of HEIF and AVIF: what they are, where they are, their properties. ISO/IEC 14496-12, 8.11; ISO/IEC 23008-12, 6 and A. */
#ifndef PLUGINS_VIDEO_ISOBMFF_ITEMS_H
#define PLUGINS_VIDEO_ISOBMFF_ITEMS_H

#include "isobmff_codecs.h"
#include <stdlib.h>

enum { MAX_ITEMS = 256, MAX_PROPERTIES = 1024, MAX_LOOKED_AT = 65536 };

/* The boxes of a meta box, each a cursor over its data; empty where there is none. */
struct items {
    struct adit_cursor pitm, iinf, iloc, iref, ipma, idat;
    struct adit_boxes properties; /* of ipco */
    struct adit_box property[MAX_PROPERTIES];
    size_t property_count;
    uint32_t primary, width, height, primary_turn;
};

struct place {
    uint64_t offset, size; /* size: of all its pieces */
    bool found;            /* in this file */
    bool whole;            /* and in one piece, at offset */
};

/* 8.11.3: of the item with this identifier. */
static inline struct place find_place(const struct items *h, uint32_t id)
{
    struct adit_cursor c = h->iloc;
    struct place none = {0, 0, false, false};
    uint8_t version = adit_read_full_box(&c, NULL);
    uint16_t sizes = adit_read_u16(&c);
    uint32_t offset_size = sizes >> 12, length_size = sizes >> 8 & 15, base_size = sizes >> 4 & 15,
             index_size = version ? sizes & 15 : 0;
    uint32_t count = version < 2 ? adit_read_u16(&c) : adit_read_u32(&c);
    if (offset_size > 8 || length_size > 8 || base_size > 8 || index_size > 8)
        return none;
    for (uint32_t i = 0; i < count && i < MAX_LOOKED_AT && adit_left(&c) > 0; i++) {
        uint32_t item = version < 2 ? adit_read_u16(&c) : adit_read_u32(&c);
        unsigned method = version ? adit_read_u16(&c) & 15u : 0;
        uint16_t reference = adit_read_u16(&c);
        uint64_t base = adit_cursor_number(&c, base_size, true);
        uint16_t extents = adit_read_u16(&c);
        if (item != id) {
            adit_skip(&c, (uint64_t)extents * (index_size + offset_size + length_size));
            continue;
        }
        uint64_t offset = 0, size = 0;
        for (uint16_t n = 0; n < extents && adit_ok(&c); n++) {
            adit_skip(&c, index_size);
            uint64_t at = base + adit_cursor_number(&c, offset_size, true);
            offset = n == 0 ? at : offset;
            size += adit_cursor_number(&c, length_size, true);
        }
        const struct adit_cursor *in = &h->idat;
        if (!adit_ok(&c) || extents == 0 || reference != 0 || method > 1)
            return none;
        if (extents > 1)
            return (struct place){offset, size, true, false};
        if (method == 1) { /* in idat */
            if (offset > adit_length(in) || size > adit_length(in) - offset)
                return none;
            offset += in->start;
        }
        return (struct place){offset, size, true, true};
    }
    return none;
}

/* 23008-12, A.2.1: where the TIFF header is, counted from behind these four bytes. */
static inline void emit_exif(struct isobmff *x, const struct place *place)
{
    struct adit_cursor c = adit_cursor_at(x->job, ADIT_SOURCE_MAIN, place->offset, place->size);
    uint64_t skip = adit_read_u32be(&c);
    adit_skip(&c, skip);
    if (adit_left(&c) > 0)
        (void)adit_emit_range(x->job, ADIT_TEXT("Exif"), "application/x-exif", c.at, adit_left(&c));
}

static inline void emit_item_stream(struct isobmff *x, uint32_t type, struct adit_text media, const struct place *place)
{
    char text[128];
    if (!place->whole || place->size == 0)
        return;
    if (type == BOX('E', 'x', 'i', 'f')) {
        emit_exif(x, place);
    } else if (type == BOX('j', 'p', 'e', 'g')) {
        (void)adit_emit_range(x->job, ADIT_TEXT("jpeg"), "image/jpeg", place->offset, place->size);
    } else if (type == BOX('m', 'i', 'm', 'e') && media.size > 0 && media.size < sizeof text) {
        __builtin_memcpy(text, media.data, media.size);
        text[media.size] = '\0';
        (void)adit_emit_range(x->job, ADIT_TEXT("mime"), adit_text_is(media, "application/rdf+xml") ? text : NULL,
                              place->offset, place->size);
    }
}

/* 8.11.14: the properties of an item; those of the primary one give the size of the picture. */
static inline void emit_properties(struct isobmff *x, struct items *h, uint32_t id, const char *format)
{
    struct adit_cursor c = h->ipma;
    uint32_t flags;
    uint8_t version = adit_read_full_box(&c, &flags);
    uint32_t entries = adit_read_u32(&c);
    for (uint32_t i = 0; i < entries && i < MAX_LOOKED_AT && adit_left(&c) > 0; i++) {
        uint32_t item = version < 1 ? adit_read_u16(&c) : adit_read_u32(&c);
        uint8_t count = adit_read_u8(&c);
        for (uint8_t n = 0; n < count && adit_ok(&c); n++) {
            size_t index = flags & 1 ? adit_read_u16(&c) & 0x7fffu : adit_read_u8(&c) & 0x7fu;
            if (item != id || index == 0 || index > h->property_count)
                continue;
            const struct adit_box *box = &h->property[index - 1];
            struct adit_cursor p = adit_box_cursor(&h->properties, box), size = p;
            read_description(x, box, &p, format);
            adit_skip(&size, box->type == BOX('i', 's', 'p', 'e') ? 4 : 0);
            if (id == h->primary && box->type == BOX('i', 's', 'p', 'e')) {
                h->width = adit_read_u32(&size);
                h->height = adit_read_u32(&size);
            } else if (id == h->primary && box->type == BOX('i', 'r', 'o', 't')) {
                h->primary_turn = adit_read_u8(&size) & 1;
            }
        }
    }
}

/* 8.11.6 */
static inline void read_infe(struct isobmff *x, struct items *h, struct adit_cursor *c)
{
    uint32_t flags;
    char format[5];
    uint8_t version = adit_read_full_box(c, &flags);
    uint32_t id = version == 3 ? adit_read_u32(c) : adit_read_u16(c);
    adit_skip(c, 2);
    uint32_t type = version >= 2 ? adit_read_u32(c) : 0;
    if (!adit_ok(c))
        return;
    struct adit_text name = adit_left(c) > 0 ? adit_read_string(c, 4096) : adit_text_of("", 0), media = {NULL, 0};
    if (type == BOX('m', 'i', 'm', 'e') && adit_left(c) > 0)
        media = adit_read_string(c, 4096);
    struct place place = find_place(h, id);
    adit_fourcc_name(type, format);
    (void)adit_begin_object(x->job, "items");
    begin_description(x);
    (void)adit_emit_u64(x->job, "id", id);
    emit_fourcc(x, "type", type);
    if (flags & 1)
        (void)adit_emit_bool(x->job, "hidden", true);
    if (id == h->primary)
        (void)adit_emit_bool(x->job, "primary", true);
    if (name.size > 0)
        (void)adit_emit_text(x->job, "name", name);
    if (media.size > 0)
        (void)adit_emit_text(x->job, "content_type", media);
    if (place.found)
        (void)adit_emit_u64(x->job, "size", place.size);
    emit_properties(x, h, id, format);
    end_description(x, type);
    (void)adit_end(x->job);
    emit_item_stream(x, type, media, &place);
}

static inline void read_iinf(struct isobmff *x, struct items *h)
{
    struct adit_cursor c = h->iinf;
    uint8_t version = adit_read_full_box(&c, NULL);
    uint32_t count = version == 0 ? adit_read_u16(&c) : adit_read_u32(&c);
    struct adit_boxes boxes = adit_boxes(&c);
    struct adit_box box;
    if (!adit_ok(&c))
        return;
    (void)adit_emit_u64(x->job, "item_count", count);
    for (int n = 0; n < MAX_ITEMS && adit_next_box(&boxes, &box); n++) {
        struct adit_cursor infe = adit_box_cursor(&boxes, &box);
        if (box.type == BOX('i', 'n', 'f', 'e'))
            read_infe(x, h, &infe);
    }
    if (count > MAX_ITEMS)
        adit_remark(&x->report, "iinf: has %u items; the first %d are told", (unsigned)count, MAX_ITEMS);
}

/* 8.11.12 */
static inline void read_iref(struct isobmff *x, const struct items *h)
{
    struct adit_cursor c = h->iref;
    bool wide = adit_read_full_box(&c, NULL) != 0;
    struct adit_boxes boxes = adit_boxes(&c);
    struct adit_box box;
    for (int n = 0; n < MAX_ITEMS && adit_next_box(&boxes, &box); n++) {
        struct adit_cursor r = adit_box_cursor(&boxes, &box);
        (void)adit_begin_object(x->job, "item_references");
        emit_fourcc(x, "type", box.type);
        (void)adit_emit_u64(x->job, "from", wide ? adit_read_u32(&r) : adit_read_u16(&r));
        for (uint16_t i = adit_read_u16(&r); i > 0 && adit_left(&r) > 0; i--)
            (void)adit_emit_u64(x->job, "to", wide ? adit_read_u32(&r) : adit_read_u16(&r));
        (void)adit_end(x->job);
    }
}

/* 8.11.14: ipco holds the properties, ipma which item has which. */
static inline void read_iprp(struct items *h, struct adit_boxes boxes)
{
    struct adit_box box;
    while (adit_next_box(&boxes, &box)) {
        if (box.type == BOX('i', 'p', 'm', 'a'))
            h->ipma = adit_box_cursor(&boxes, &box);
        if (box.type != BOX('i', 'p', 'c', 'o'))
            continue;
        h->properties = adit_box_enter(&boxes, &box, 0);
        while (h->property_count < MAX_PROPERTIES && adit_next_box(&h->properties, &h->property[h->property_count]))
            h->property_count++;
    }
}

static inline void read_items(struct isobmff *x, const struct adit_boxes *parent, const struct adit_box *meta)
{
    struct adit_boxes boxes = adit_box_enter(parent, meta, 4);
    struct adit_box box;
    struct items *h = calloc(1, sizeof *h);
    if (!h)
        return;
    h->pitm = h->iinf = h->iloc = h->iref = h->ipma = h->idat = adit_cursor_at(x->job, ADIT_SOURCE_MAIN, 0, 0);
    while (adit_next_box(&boxes, &box)) {
        struct adit_cursor c = adit_box_cursor(&boxes, &box);
        switch (box.type) {
        case BOX('p', 'i', 't', 'm'):
            h->pitm = c;
            break;
        case BOX('i', 'i', 'n', 'f'):
            h->iinf = c;
            break;
        case BOX('i', 'l', 'o', 'c'):
            h->iloc = c;
            break;
        case BOX('i', 'r', 'e', 'f'):
            h->iref = c;
            break;
        case BOX('i', 'd', 'a', 't'):
            h->idat = c;
            break;
        case BOX('i', 'p', 'r', 'p'):
            read_iprp(h, adit_box_enter(&boxes, &box, 0));
            break;
        default:
            break;
        }
    }
    h->pitm.big_endian = h->iloc.big_endian = h->ipma.big_endian = true;
    bool wide = adit_read_full_box(&h->pitm, NULL) != 0;
    h->primary = wide ? adit_read_u32(&h->pitm) : adit_read_u16(&h->pitm);
    x->has_items = adit_length(&h->iinf) > 0;
    if (adit_ok(&h->pitm))
        (void)adit_emit_u64(x->job, "primary_item", h->primary);
    if (x->has_items)
        read_iinf(x, h);
    read_iref(x, h);
    if (h->width > 0) {
        (void)adit_emit_u64(x->job, "width", h->primary_turn ? h->height : h->width);
        (void)adit_emit_u64(x->job, "height", h->primary_turn ? h->width : h->height);
    }
    free(h);
}

#endif
