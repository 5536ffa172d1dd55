/* SPDX-License-Identifier: MIT */
/* Metadata: iTunes' list, QuickTime's keys, user data of QuickTime, 3GPP and Nero. Sources: QuickTime File Format, "User Data Atoms"
 * and "Metadata"; 3GPP TS 26.244, 8; ISO/IEC 14496-12, 8.10 and 8.11. */
#ifndef PLUGINS_VIDEO_ISOBMFF_TAGS_H
#define PLUGINS_VIDEO_ISOBMFF_TAGS_H

#include "isobmff_names.h"
#include "isobmff_values.h"
#include <adit/genre.h>

/* QuickTime, "Well-known types" of data boxes. */
enum {
    DATA_UTF8 = 1,
    DATA_UTF16 = 2,
    DATA_JPEG = 13,
    DATA_PNG = 14,
    DATA_SIGNED = 21,
    DATA_UNSIGNED = 22,
    DATA_F32 = 23,
    DATA_F64 = 24,
    DATA_BMP = 27
};

static inline int64_t read_signed(struct adit_cursor *c)
{
    uint64_t n = adit_left(c) < 8 ? adit_left(c) : 8, value = adit_cursor_number(c, (uint32_t)n, true);
    if (n > 0 && n < 8 && value >> (8 * n - 1))
        value |= UINT64_MAX << (8 * n);
    return (int64_t)value;
}

/* One value as its type says; binary ones that nobody knows are told by what they are. */
static inline void emit_data(struct isobmff *x, const char *field, uint32_t type, struct adit_cursor *c)
{
    uint64_t left = adit_left(c);
    if (type == DATA_UTF8) {
        emit_rest_as_text(x, field, c);
    } else if (type == DATA_UTF16) {
        (void)adit_emit_in_charset(x->job, field, ADIT_CHARSET_UTF16BE,
                                   adit_read_bytes(c, left < MAX_TEXT ? left : MAX_TEXT));
    } else if (type == DATA_F32 && left == 4) {
        (void)adit_emit_f64(x->job, field, (double)adit_read_f32(c));
    } else if (type == DATA_F64 && left == 8) {
        (void)adit_emit_f64(x->job, field, adit_read_f64(c));
    } else if ((type == DATA_SIGNED || (type >= 65 && type <= 74)) && left <= 8) {
        (void)adit_emit_i64(x->job, field, read_signed(c));
    } else if (type == DATA_UNSIGNED && left <= 8) {
        (void)adit_emit_u64(x->job, field, adit_cursor_number(c, (uint32_t)left, true));
    } else if (left <= 4096) {
        (void)adit_emit_bytes(x->job, field, left > 0 ? adit_read_bytes(c, left) : adit_text_of("", 0));
    }
}

static inline void emit_cover(struct isobmff *x, uint32_t type, const struct adit_cursor *c)
{
    const char *media = type == DATA_JPEG  ? "image/jpeg"
                        : type == DATA_PNG ? "image/png"
                        : type == DATA_BMP ? "image/bmp"
                                           : NULL;
    (void)adit_begin_object(x->job, "covers");
    (void)adit_emit_string(x->job, "format", media ? media : "not told");
    (void)adit_emit_u64(x->job, "size", adit_left(c));
    (void)adit_end(x->job);
    if (adit_left(c) > 0)
        (void)adit_emit_range(x->job, ADIT_TEXT("covr"), NULL, c->at, adit_left(c));
}

/* trkn and disk: a number and how many there are, after two bytes. */
static inline void emit_pair(struct isobmff *x, const struct adit_tag *tag, struct adit_cursor *c)
{
    adit_skip(c, 2);
    uint16_t number = adit_read_u16(c);
    uint16_t total = adit_left(c) >= 2 ? adit_read_u16(c) : 0;
    if (!adit_ok(c))
        return;
    (void)adit_emit_u64(x->job, tag->name, number);
    if (total > 0)
        (void)adit_emit_u64(x->job, tag->number == BOX('t', 'r', 'k', 'n') ? "track_total" : "disk_total", total);
}

/* One more than ID3v1's number. */
static inline void emit_genre(struct isobmff *x, const struct adit_tag *tag, struct adit_cursor *c)
{
    uint16_t number = adit_read_u16(c);
    const char *name = number > 0 ? adit_genre_name(number - 1u) : NULL;
    if (name)
        (void)adit_emit_string(x->job, tag->name, name);
    else
        adit_remark(&x->report, "gnre at offset %llu: there is no genre %u", (unsigned long long)c->start, number);
}

/* The data boxes of one item of the list; `field` where it has no name of its own. */
static inline void read_item_data(struct isobmff *x, struct adit_boxes boxes, const struct adit_tag *tag,
                                  const char *field)
{
    struct adit_box box;
    while (adit_next_box(&boxes, &box)) {
        struct adit_cursor c = adit_box_cursor(&boxes, &box);
        if (box.type != BOX('d', 'a', 't', 'a'))
            continue;
        uint32_t type = adit_read_u32(&c) & 0xffffff;
        adit_skip(&c, 4);
        if (!adit_ok(&c))
            adit_complain(&x->report, "data at offset %llu: expected 8 bytes or more", (unsigned long long)box.offset);
        else if (!tag)
            emit_data(x, field, type, &c);
        else if (tag->form == FORM_COVER)
            emit_cover(x, type, &c);
        else if (tag->form == FORM_PAIR)
            emit_pair(x, tag, &c);
        else if (tag->form == FORM_NUMBER)
            (void)adit_emit_i64(x->job, tag->name, read_signed(&c));
        else if (tag->form == FORM_GENRE)
            emit_genre(x, tag, &c);
        else
            emit_rest_as_text(x, tag->name, &c);
    }
}

/* "----": who defined it, its name, and data. */
static inline void read_freeform(struct isobmff *x, const struct adit_boxes *parent, const struct adit_box *item)
{
    struct adit_boxes boxes = adit_box_enter(parent, item, 0);
    struct adit_box box;
    (void)adit_begin_object(x->job, "freeform");
    x->in_entry.count = 0;
    while (adit_next_box(&boxes, &box)) {
        struct adit_cursor c = adit_box_cursor(&boxes, &box);
        adit_skip(&c, 4);
        if ((box.type == BOX('m', 'e', 'a', 'n') || box.type == BOX('n', 'a', 'm', 'e')) &&
            add_once(&x->in_entry, box.type))
            emit_rest_as_text(x, box.type == BOX('m', 'e', 'a', 'n') ? "mean" : "name", &c);
    }
    read_item_data(x, adit_box_enter(parent, item, 0), NULL, "value");
    (void)adit_end(x->job);
}

/* The name that the index of an item stands for; the index begins with 1. */
static inline void emit_key(struct isobmff *x, struct adit_cursor keys, uint32_t index)
{
    adit_skip(&keys, 8);
    for (uint32_t i = 1; i < index && adit_ok(&keys); i++) {
        uint32_t size = adit_read_u32(&keys);
        adit_skip(&keys, size < 8 ? UINT64_MAX : size - 4);
    }
    uint32_t size = adit_read_u32(&keys);
    adit_skip(&keys, 4);
    struct adit_cursor name = adit_sub(&keys, size < 8 ? UINT64_MAX : size - 8);
    if (adit_ok(&name))
        emit_rest_as_text(x, "key", &name);
}

static inline void read_ilst(struct isobmff *x, struct adit_boxes boxes, const struct adit_cursor *keys)
{
    struct adit_box box;
    for (int n = 0; n < 1024 && adit_next_box(&boxes, &box); n++) {
        const struct adit_tag *tag = adit_tag_find(ADIT_TAGS(item_tags), box.type);
        if (box.type == BOX('-', '-', '-', '-')) {
            read_freeform(x, &boxes, &box);
        } else if (keys) {
            (void)adit_begin_object(x->job, "keys");
            emit_key(x, *keys, box.type);
            read_item_data(x, adit_box_enter(&boxes, &box, 0), NULL, "value");
            (void)adit_end(x->job);
        } else if (tag) {
            read_item_data(x, adit_box_enter(&boxes, &box, 0), tag, tag->name);
        } else {
            (void)adit_begin_object(x->job, "other_tags");
            emit_fourcc(x, "type", box.type);
            read_item_data(x, adit_box_enter(&boxes, &box, 0), NULL, "value");
            (void)adit_end(x->job);
        }
    }
    check_walk(x, &boxes, &box);
}

/* 8.11.1; QuickTime's is no full box: its hdlr begins at once. */
static inline uint64_t meta_head(const struct adit_boxes *parent, const struct adit_box *meta)
{
    struct adit_cursor c = adit_box_cursor(parent, meta);
    adit_skip(&c, 4);
    return adit_read_u32(&c) == BOX('h', 'd', 'l', 'r') ? 0 : 4;
}

static inline void emit_meta_handler(struct isobmff *x, struct adit_cursor *c)
{
    adit_skip(c, 8);
    uint32_t type = adit_read_u32(c), vendor = adit_read_u32(c);
    adit_skip(c, 8);
    if (!adit_ok(c))
        return;
    (void)adit_begin_object(x->job, "metadata");
    emit_fourcc(x, "handler_type", type);
    emit_fourcc(x, "handler_vendor", vendor);
    if (adit_left(c) > 1)
        emit_rest_as_text(x, "handler_name", c);
    (void)adit_end(x->job);
}

static inline void read_meta(struct isobmff *x, const struct adit_boxes *parent, const struct adit_box *meta)
{
    struct adit_boxes boxes = adit_box_enter(parent, meta, meta_head(parent, meta));
    struct adit_box box;
    struct adit_cursor keys;
    bool has_keys = false;
    while (adit_next_box(&boxes, &box)) {
        struct adit_cursor c = adit_box_cursor(&boxes, &box);
        if (box.type == BOX('h', 'd', 'l', 'r')) {
            emit_meta_handler(x, &c);
        } else if (box.type == BOX('k', 'e', 'y', 's')) {
            keys = c;
            has_keys = true;
        } else if (box.type == BOX('i', 'l', 's', 't')) {
            read_ilst(x, adit_box_enter(&boxes, &box, 0), has_keys ? &keys : NULL);
        } else if (box.type == BOX('I', 'D', '3', '2') && box.available > 6) {
            (void)adit_emit_range(x->job, ADIT_TEXT("ID32"), "application/x-id3", box.data + 6, box.available - 6);
        }
    }
    check_walk(x, &boxes, &box);
}

#include "isobmff_user_data.h"

#endif
