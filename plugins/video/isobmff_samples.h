/* SPDX-License-Identifier: MIT */
/* A track's sample table: how samples are coded, how many there are, how long and how large. ISO/IEC 14496-12, 8.5 to 8.7 and 12;
 * QuickTime File Format, "Sample Description Atoms". */
#ifndef PLUGINS_VIDEO_ISOBMFF_SAMPLES_H
#define PLUGINS_VIDEO_ISOBMFF_SAMPLES_H

#include "isobmff_codecs.h"

enum { MAX_ENTRIES = 1 << 20 }; /* of a table; what is beyond is told */

/* 12.1.3.2 */
static inline void read_visual_entry(struct isobmff *x, struct adit_cursor *c)
{
    adit_skip(c, 4);
    emit_fourcc(x, "vendor", adit_read_u32(c)); /* QuickTime; pre_defined = 0 in ISO */
    adit_skip(c, 8);
    uint16_t width = adit_read_u16(c), height = adit_read_u16(c);
    double across = read_fixed(c), down = read_fixed(c);
    adit_skip(c, 6);
    uint8_t length = adit_read_u8(c);
    char name[31];
    (void)adit_read_exact(c, name, sizeof name);
    uint16_t depth = adit_read_u16(c);
    adit_skip(c, 2);
    if (!adit_ok(c))
        return;
    (void)adit_emit_u64(x->job, "width", width);
    (void)adit_emit_u64(x->job, "height", height);
    (void)adit_emit_f64(x->job, "horizontal_resolution", across);
    (void)adit_emit_f64(x->job, "vertical_resolution", down);
    struct adit_text text = adit_text_until_nul(adit_text_of(name, length < sizeof name ? length : sizeof name));
    if (text.size > 0)
        (void)adit_emit_text(x->job, "compressor", text);
    (void)adit_emit_u64(x->job, "depth", depth);
}

/* What lpcm says of its samples in a version 2 entry; version: of the entry. */
struct pcm {
    uint16_t version;
    uint32_t flags;
};

/* 12.2.3.2; QuickTime has versions 1 and 2 with more. */
static inline struct pcm read_audio_entry(struct isobmff *x, struct adit_cursor *c)
{
    struct pcm pcm = {0, 0};
    uint16_t version = adit_read_u16(c);
    adit_skip(c, 6);
    uint32_t channels = adit_read_u16(c);
    uint32_t size = adit_read_u16(c);
    adit_skip(c, 4);
    double rate = adit_read_u32(c) / 65536.0;
    if (version == 1) {
        adit_skip(c, 16);
    } else if (version == 2 && (x->brand == 0 || x->brand == BOX('q', 't', ' ', ' '))) {
        adit_skip(c, 4);
        rate = adit_read_f64(c);
        channels = adit_read_u32(c);
        adit_skip(c, 4);
        size = adit_read_u32(c);
        pcm.flags = adit_read_u32(c);
        adit_skip(c, 8);
        pcm.version = 2;
    }
    if (!adit_ok(c))
        return pcm;
    (void)adit_emit_u64(x->job, "channels", channels);
    (void)adit_emit_u64(x->job, "sample_size", size);
    (void)adit_emit_f64(x->job, "sample_rate", rate);
    return pcm;
}

/* Boxes of a sample entry; `wave` of QuickTime and `sinf` of encrypted tracks hold more. */
static inline void read_entry_boxes(struct isobmff *x, struct adit_boxes boxes, const char *format)
{
    struct adit_box box;
    while (adit_next_box(&boxes, &box)) {
        struct adit_cursor c = adit_box_cursor(&boxes, &box);
        if (box.type == BOX('w', 'a', 'v', 'e') || box.type == BOX('s', 'i', 'n', 'f') ||
            box.type == BOX('s', 'c', 'h', 'i')) {
            read_entry_boxes(x, adit_box_enter(&boxes, &box, 0), format);
        } else if (box.type == BOX('f', 'r', 'm', 'a') && format[0] == 'e' &&
                   add_once(&x->in_entry, box.type)) { /* 8.12.2: encv, enca */
            x->original_format = adit_read_u32(&c);
            emit_fourcc(x, "original_format", x->original_format);
        } else if (box.type == BOX('s', 'c', 'h', 'm') && add_once(&x->in_entry, box.type)) {
            adit_skip(&c, 4);
            emit_fourcc(x, "scheme_type", adit_read_u32(&c));
            (void)adit_emit_u64(x->job, "scheme_version", adit_read_u32(&c));
        } else {
            read_description(x, &box, &c, format);
        }
        if (box.type == 0) /* QuickTime's terminator, and padding */
            break;
    }
}

/* The first entry tells what the samples are made of. */
static inline void read_entry(struct isobmff *x, const struct adit_boxes *boxes, const struct adit_box *box,
                              struct adit_cursor *c)
{
    bool picture = x->handler == BOX('v', 'i', 'd', 'e') || x->handler == BOX('p', 'i', 'c', 't') ||
                   x->handler == BOX('a', 'u', 'x', 'v');
    bool sound = x->handler == BOX('s', 'o', 'u', 'n');
    struct pcm pcm = {0, 0};
    begin_description(x);
    (void)add_once(&x->in_entry, BOX('i', 's', 'p', 'e')); /* a property of items alone, as are rotations */
    (void)add_once(&x->in_entry, BOX('i', 'r', 'o', 't'));
    emit_fourcc(x, "format", box->type);
    adit_skip(c, 8);
    if (picture)
        read_visual_entry(x, c);
    else if (sound)
        pcm = read_audio_entry(x, c);
    if ((picture || sound) && adit_left(c) >= 8)
        read_entry_boxes(x, adit_box_enter(boxes, box, adit_tell(c)), box->name);
    if (sound)
        emit_amr(x, box->type);
    if (sound)
        emit_pcm(x, box->type, pcm.flags, pcm.version == 2);
    end_description(x, box->type);
}

static inline void read_stsd(struct isobmff *x, const struct adit_boxes *parent, const struct adit_box *stsd)
{
    struct adit_boxes boxes = adit_box_enter(parent, stsd, 8);
    struct adit_box box;
    while (adit_next_box(&boxes, &box)) {
        struct adit_cursor c = adit_box_cursor(&boxes, &box);
        (void)adit_begin_object(x->job, "formats");
        read_entry(x, &boxes, &box, &c);
        (void)adit_end(x->job);
        if (!adit_ok(&c))
            adit_complain(&x->report, "stsd at offset %llu: entry %s is too short", (unsigned long long)stsd->offset,
                          box.name);
    }
    check_walk(x, &boxes, &box);
}

/* 8.6.1.2: runs of samples of one duration. That of the last sample says nothing of the rate. */
static inline void read_stts(struct isobmff *x, struct adit_cursor *c)
{
    adit_skip(c, 4);
    uint32_t entries = adit_read_u32(c);
    for (uint32_t i = 0; i < entries && i < MAX_ENTRIES && adit_left(c) >= 8; i++) {
        uint64_t count = adit_read_u32(c), delta = adit_read_u32(c);
        x->samples += count;
        x->sample_ticks += count * delta;
        if (count == 0 || (count == 1 && i > 0 && i + 1 == entries))
            continue;
        x->least_delta = x->least_delta == 0 || delta < x->least_delta ? delta : x->least_delta;
        x->greatest_delta = delta > x->greatest_delta ? delta : x->greatest_delta;
    }
}

/* 8.7.3.2: one size for all, or one for each. */
static inline void read_stsz(struct isobmff *x, struct adit_cursor *c)
{
    adit_skip(c, 4);
    uint32_t size = adit_read_u32(c), count = adit_read_u32(c);
    uint8_t block[4096];
    x->sample_bytes = (uint64_t)size * count;
    (void)adit_emit_u64(x->job, "sample_count", count);
    struct adit_cursor first = *c;
    x->first_size = size > 0 ? size : adit_read_u32(&first);
    if (size > 0)
        return;
    uint32_t left = count < MAX_ENTRIES ? count : MAX_ENTRIES;
    while (left > 0 && adit_left(c) >= 4) {
        uint64_t n = left < sizeof block / 4 ? left : sizeof block / 4;
        n = n < adit_left(c) / 4 ? n : adit_left(c) / 4;
        if (!adit_read_exact(c, block, (size_t)n * 4))
            break;
        for (size_t i = 0; i < n * 4; i += 4)
            x->sample_bytes += adit_number(block + i, 4, true);
        left -= (uint32_t)n;
    }
    if (count > MAX_ENTRIES)
        adit_remark(&x->report, "stsz: has %u sizes; the first %d are added up", (unsigned)count, MAX_ENTRIES);
}

/* 8.7.3.3: sizes of 4, 8 or 16 bits. */
static inline void read_stz2(struct isobmff *x, struct adit_cursor *c)
{
    adit_skip(c, 7);
    unsigned bits = adit_read_u8(c);
    uint32_t count = adit_read_u32(c);
    if (!adit_ok(c) || (bits != 4 && bits != 8 && bits != 16))
        return;
    (void)adit_emit_u64(x->job, "sample_count", count);
    struct adit_bits b = adit_bits_msb(c);
    for (uint32_t i = 0; i < count && i < MAX_ENTRIES && adit_bits_left(&b) >= bits; i++) {
        x->sample_bytes += adit_read_bits(&b, bits);
        x->first_size = i == 0 ? x->sample_bytes : x->first_size;
    }
    if (count > MAX_ENTRIES)
        adit_remark(&x->report, "stz2: has %u sizes; the first %d are added up", (unsigned)count, MAX_ENTRIES);
}

/* For the samples of a track of text, and the first one of any. */
static inline void keep_table(struct isobmff *x, const struct adit_box *box, const struct adit_cursor *c)
{
    if (box->type == BOX('s', 't', 't', 's'))
        x->text.stts = *c;
    else if (box->type == BOX('s', 't', 's', 'c'))
        x->text.stsc = *c;
    else if (box->type == BOX('s', 't', 's', 'z'))
        x->text.stsz = *c;
    else if (box->type == BOX('s', 't', 'c', 'o') || box->type == BOX('c', 'o', '6', '4'))
        x->text.stco = *c;
    x->text.wide |= box->type == BOX('c', 'o', '6', '4');
}

static inline void read_stbl(struct isobmff *x, struct adit_boxes boxes)
{
    struct adit_box box;
    while (adit_next_box(&boxes, &box)) {
        struct adit_cursor c = adit_box_cursor(&boxes, &box);
        if (!add_once(&x->in_track, box.type))
            continue;
        keep_table(x, &box, &c);
        if (box.type == BOX('s', 't', 's', 'd'))
            read_stsd(x, &boxes, &box);
        else if (box.type == BOX('s', 't', 't', 's'))
            read_stts(x, &c);
        else if (box.type == BOX('s', 't', 's', 'z'))
            read_stsz(x, &c);
        else if (box.type == BOX('s', 't', 'z', '2') && add_once(&x->in_track, BOX('s', 't', 's', 'z')))
            read_stz2(x, &c);
        else if (box.type == BOX('s', 't', 's', 's')) { /* 8.6.2: where decoding can begin */
            adit_skip(&c, 4);
            (void)adit_emit_u64(x->job, "sync_sample_count", adit_read_u32(&c));
        }
    }
    check_walk(x, &boxes, &box);
}

#endif
