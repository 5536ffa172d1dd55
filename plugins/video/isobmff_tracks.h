/* SPDX-License-Identifier: MIT */
/* Tracks. ISO/IEC 14496-12, 8.3 to 8.6. */
#ifndef PLUGINS_VIDEO_ISOBMFF_TRACKS_H
#define PLUGINS_VIDEO_ISOBMFF_TRACKS_H

#include "isobmff_encoder.h"
#include "isobmff_samples.h"
#include "isobmff_tags.h"
#include <adit/record.h>

/* 8.3.2 */
static inline void read_tkhd(struct isobmff *x, struct adit_cursor *c)
{
    uint32_t flags;
    uint8_t version = adit_read_full_box(c, &flags);
    uint64_t created = read_versioned(c, version), modified = read_versioned(c, version);
    x->track_id = adit_read_u32(c);
    adit_skip(c, 4);
    uint64_t duration = read_versioned(c, version);
    if (!adit_ok(c))
        return;
    (void)adit_emit_u64(x->job, "id", x->track_id);
    (void)adit_emit_bool(x->job, "enabled", flags & 1);
    (void)adit_emit_bool(x->job, "in_movie", flags & 2);
    (void)adit_emit_u64(x->job, "header_version", version);
    emit_date(x, "creation_time", created);
    emit_date(x, "modification_time", modified);
    emit_duration(x, "duration", duration, x->movie_timescale, version);
    adit_skip(c, 8);
    (void)adit_emit_i64(x->job, "layer", (int16_t)adit_read_u16(c));
    (void)adit_emit_i64(x->job, "alternate_group", (int16_t)adit_read_u16(c));
    (void)adit_emit_f64(x->job, "volume", (int16_t)adit_read_u16(c) / 256.0);
    adit_skip(c, 2);
    emit_matrix(x, c, true);
    double width = adit_read_u32(c) / 65536.0, height = adit_read_u32(c) / 65536.0;
    if (!adit_ok(c) || width <= 0 || height <= 0)
        return;
    x->width_shown = width;
    x->height_shown = height;
    (void)adit_emit_f64(x->job, "width", width);
    (void)adit_emit_f64(x->job, "height", height);
}

/* 8.4.2 */
static inline void read_mdhd(struct isobmff *x, struct adit_cursor *c)
{
    uint8_t version = adit_read_full_box(c, NULL);
    uint64_t created = read_versioned(c, version), modified = read_versioned(c, version);
    x->timescale = adit_read_u32(c);
    x->media_duration = read_versioned(c, version);
    uint16_t language = adit_read_u16(c);
    if (!adit_ok(c))
        return;
    emit_date(x, "media_creation_time", created);
    emit_date(x, "media_modification_time", modified);
    (void)adit_emit_u64(x->job, "media_header_version", version);
    (void)adit_emit_u64(x->job, "timescale", x->timescale);
    emit_duration(x, "media_duration", x->media_duration, x->timescale, version);
    emit_language(x, language);
}

/* 8.4.3; QuickTime has a class before the type, a vendor after it, and a counted name. */
static inline void read_hdlr(struct isobmff *x, struct adit_cursor *c, bool *told)
{
    adit_skip(c, 4);
    uint32_t class = adit_read_u32(c), type = adit_read_u32(c), vendor = adit_read_u32(c);
    adit_skip(c, 8);
    if (!adit_ok(c) || *told || class == BOX('d', 'h', 'l', 'r'))
        return;
    *told = true;
    x->handler = type;
    emit_fourcc(x, "handler_type", type);
    emit_fourcc(x, "handler_class", class);
    emit_fourcc(x, "handler_vendor", vendor);
    struct adit_cursor peek = *c;
    uint8_t counted = adit_read_u8(&peek);
    if (adit_left(c) > 0 && class && counted == adit_left(c) - 1)
        adit_skip(c, 1);
    if (adit_left(c) > 1)
        emit_rest_as_text(x, "handler_name", c);
}

/* 8.6.6: parts of the media that the track plays, in its order; media_time -1 is a gap. */
static inline void read_elst(struct isobmff *x, struct adit_cursor *c)
{
    uint8_t version = adit_read_full_box(c, NULL);
    uint32_t entries = adit_read_u32(c);
    for (uint32_t i = 0; i < entries && i < 256 && adit_left(c) >= 12; i++) {
        uint64_t duration = read_versioned(c, version);
        int64_t from = version == 1 ? adit_read_i64(c) : adit_read_i32(c);
        (void)adit_begin_object(x->job, "edits");
        emit_duration(x, "duration", duration, x->movie_timescale, version);
        (void)adit_emit_i64(x->job, "media_time", from);
        (void)adit_emit_f64(x->job, "rate", read_fixed(c));
        (void)adit_end(x->job);
    }
}

static inline void read_tref(struct isobmff *x, struct adit_boxes boxes)
{
    struct adit_box box;
    while (adit_next_box(&boxes, &box)) {
        struct adit_cursor c = adit_box_cursor(&boxes, &box);
        (void)adit_begin_object(x->job, "references");
        emit_fourcc(x, "type", box.type);
        for (int i = 0; i < 64 && adit_left(&c) >= 4; i++) {
            uint32_t id = adit_read_u32(&c);
            (void)adit_emit_u64(x->job, "track_ids", id);
            if (box.type == BOX('c', 'h', 'a', 'p') && x->chapter_id_count < MAX_TEXT_TRACKS)
                x->chapter_ids[x->chapter_id_count++] = id;
        }
        (void)adit_end(x->job);
    }
}

/* 12.2.2 and 12.1.2, behind the version and flags. */
static const struct adit_row smhd[] = {ADIT_SKIP(4), ADIT_I16("balance", ADIT_PER(256))};
static const struct adit_row vmhd[] = {ADIT_SKIP(4), ADIT_U16("graphics_mode"), ADIT_U16("op_color", ADIT_TIMES(3))};

/* Those that a track has once. */
static inline bool is_single(uint32_t type)
{
    return type == BOX('t', 'k', 'h', 'd') || type == BOX('m', 'd', 'h', 'd') || type == BOX('v', 'm', 'h', 'd') ||
           type == BOX('s', 'm', 'h', 'd') || type == BOX('s', 't', 'b', 'l');
}

/* QuickTime, "Track Aperture Mode Dimensions Atoms": the picture's width and height in three ways of showing it. */
static inline void read_tapt(struct isobmff *x, struct adit_boxes boxes)
{
    static const struct adit_tag modes[] = {{BOX('c', 'l', 'e', 'f'), 0, "clean_aperture_size"},
                                            {BOX('e', 'n', 'o', 'f'), 0, "encoded_pixels_size"},
                                            {BOX('p', 'r', 'o', 'f'), 0, "production_aperture_size"}};
    struct adit_box box;
    while (adit_next_box(&boxes, &box)) {
        struct adit_cursor c = adit_box_cursor(&boxes, &box);
        const char *field = adit_tag_name(ADIT_TAGS(modes), box.type);
        adit_skip(&c, 4);
        for (int i = 0; i < 2 && field && adit_left(&c) >= 4; i++)
            (void)adit_emit_f64(x->job, field, read_fixed(&c));
    }
}

/* A track's boxes: those of trak, and of what it is nested in. */
static inline void read_track_boxes(struct isobmff *x, struct adit_boxes boxes, bool *has_handler)
{
    struct adit_box box;
    while (adit_next_box(&boxes, &box)) {
        struct adit_cursor c = adit_box_cursor(&boxes, &box);
        if (is_single(box.type) && !is_first(x, &x->in_track, &box))
            continue;
        switch (box.type) {
        case BOX('t', 'k', 'h', 'd'):
            read_tkhd(x, &c);
            break;
        case BOX('e', 'l', 's', 't'):
            read_elst(x, &c);
            break;
        case BOX('t', 'a', 'p', 't'):
            read_tapt(x, adit_box_enter(&boxes, &box, 0));
            break;
        case BOX('t', 'r', 'e', 'f'):
            read_tref(x, adit_box_enter(&boxes, &box, 0));
            break;
        case BOX('m', 'd', 'h', 'd'):
            read_mdhd(x, &c);
            break;
        case BOX('h', 'd', 'l', 'r'):
            read_hdlr(x, &c, has_handler);
            break;
        case BOX('v', 'm', 'h', 'd'):
            (void)adit_record(&c, ADIT_ROWS(vmhd), NULL);
            break;
        case BOX('s', 'm', 'h', 'd'):
            (void)adit_record(&c, ADIT_ROWS(smhd), NULL);
            break;
        case BOX('s', 't', 'b', 'l'):
            read_stbl(x, adit_box_enter(&boxes, &box, 0));
            break;
        case BOX('u', 'd', 't', 'a'):
            read_user_data(x, adit_box_enter(&boxes, &box, 0), true);
            break;
        case BOX('e', 'd', 't', 's'):
        case BOX('m', 'd', 'i', 'a'):
        case BOX('m', 'i', 'n', 'f'):
            read_track_boxes(x, adit_box_enter(&boxes, &box, 0), has_handler);
            break;
        default:
            break;
        }
    }
    check_walk(x, &boxes, &box);
}

/* The rate of pictures: the mean, and the least and greatest where it varies. */
static inline void emit_frame_rate(struct isobmff *x, double seconds)
{
    if (seconds > 0)
        (void)adit_emit_f64(x->job, "frame_rate", (double)x->samples / seconds);
    if (x->least_delta == 0)
        return;
    bool varies = x->least_delta != x->greatest_delta;
    (void)adit_emit_string(x->job, "frame_rate_mode", varies ? "variable" : "constant");
    if (varies && x->timescale > 0) {
        (void)adit_emit_f64(x->job, "min_frame_rate", (double)x->timescale / (double)x->greatest_delta);
        (void)adit_emit_f64(x->job, "max_frame_rate", (double)x->timescale / (double)x->least_delta);
    }
}

/* What all of its boxes told together. */
static inline void emit_track_totals(struct isobmff *x)
{
    bool picture = x->handler == BOX('v', 'i', 'd', 'e') || x->handler == BOX('p', 'i', 'c', 't');
    double seconds = x->timescale > 0 ? (double)x->sample_ticks / x->timescale : 0;
    if (x->sample_bytes > 0)
        (void)adit_emit_u64(x->job, "sample_bytes", x->sample_bytes);
    if (picture)
        emit_frame_rate(x, seconds);
    if (picture && x->width_shown > 0 && x->height_shown > 0)
        (void)adit_emit_f64(x->job, "display_aspect_ratio", x->width_shown / x->height_shown);
    if (seconds > 0 && x->sample_bytes > 0)
        (void)adit_emit_f64(x->job, "bit_rate", (double)x->sample_bytes * 8 / seconds);
    read_encoder(x);
}

static inline void begin_track(struct isobmff *x)
{
    struct adit_cursor none = adit_cursor_at(x->job, ADIT_SOURCE_MAIN, 0, 0);
    x->timescale = x->handler = x->track_id = 0;
    x->samples = x->sample_ticks = x->sample_bytes = x->first_size = x->least_delta = x->greatest_delta = 0;
    x->width_shown = x->height_shown = 0;
    x->units = UNITS_NONE;
    x->unit_size = 0;
    x->in_track.count = 0;
    x->info = none;
    x->text = (struct text_track){.timescale = 0};
    x->text.stts = x->text.stsc = x->text.stsz = x->text.stco = none;
}

static inline void read_trak(struct isobmff *x, struct adit_boxes boxes)
{
    bool has_handler = false;
    begin_track(x);
    (void)adit_begin_object(x->job, "tracks");
    read_track_boxes(x, boxes, &has_handler);
    emit_track_totals(x);
    (void)adit_end(x->job);
    if (x->handler == BOX('t', 'e', 'x', 't') && x->text_track_count < MAX_TEXT_TRACKS) {
        x->text.id = x->track_id;
        x->text.timescale = x->timescale;
        x->text_tracks[x->text_track_count++] = x->text;
    }
    struct fragment_track *track = track_of(x, x->track_id);
    if (track) {
        track->timescale = x->timescale;
        track->picture = x->handler == BOX('v', 'i', 'd', 'e');
    }
}

#endif
