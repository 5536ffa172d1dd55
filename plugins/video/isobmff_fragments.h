/* SPDX-License-Identifier: MIT */
/* Movie fragments: how many there are, and how long they are in each track. ISO/IEC 14496-12, 8.8. */
#ifndef PLUGINS_VIDEO_ISOBMFF_FRAGMENTS_H
#define PLUGINS_VIDEO_ISOBMFF_FRAGMENTS_H

#include "isobmff_values.h"

/* 8.8.2 and 8.8.3 */
static inline void read_mvex(struct isobmff *x, struct adit_boxes boxes)
{
    struct adit_box box;
    while (adit_next_box(&boxes, &box)) {
        struct adit_cursor c = adit_box_cursor(&boxes, &box);
        if (box.type == BOX('m', 'e', 'h', 'd'))
            x->fragment_duration = read_versioned(&c, adit_read_full_box(&c, NULL));
        if (box.type != BOX('t', 'r', 'e', 'x'))
            continue;
        adit_skip(&c, 4);
        struct fragment_track *track = track_of(x, adit_read_u32(&c));
        adit_skip(&c, 4);
        uint32_t duration = adit_read_u32(&c), size = adit_read_u32(&c);
        if (track && adit_ok(&c)) {
            track->default_duration = duration;
            track->default_size = size;
        }
    }
}

/* 8.8.8: a duration (flag 0x100) and a size (0x200) for each sample, or the default ones for all. */
static inline void read_trun(struct fragment_track *track, struct adit_cursor *c, uint32_t duration, uint32_t size)
{
    uint32_t flags;
    (void)adit_read_full_box(c, &flags);
    uint32_t count = adit_read_u32(c);
    bool timed = flags & 0x100, sized = flags & 0x200;
    adit_skip(c, (flags & 1 ? 4u : 0u) + (flags & 4 ? 4u : 0u));
    uint64_t rest = (flags & 0x400 ? 4u : 0u) + (flags & 0x800 ? 4u : 0u);
    if (!adit_ok(c))
        return;
    track->samples += count;
    track->duration += timed ? 0 : (uint64_t)count * duration;
    track->bytes += sized ? 0 : (uint64_t)count * size;
    for (uint32_t i = 0; i < count && (timed || sized) && adit_left(c) >= (timed ? 4u : 0u) + (sized ? 4u : 0u) + rest;
         i++) {
        track->duration += timed ? adit_read_u32(c) : 0;
        track->bytes += sized ? adit_read_u32(c) : 0;
        adit_skip(c, rest);
    }
}

/* 8.8.6 */
static inline void read_traf(struct isobmff *x, struct adit_boxes boxes)
{
    struct adit_box box;
    struct fragment_track *track = NULL;
    uint32_t duration = 0, size = 0;
    while (adit_next_box(&boxes, &box)) {
        struct adit_cursor c = adit_box_cursor(&boxes, &box);
        if (box.type == BOX('t', 'f', 'h', 'd')) { /* 8.8.7: which of its fields are there */
            uint32_t flags;
            (void)adit_read_full_box(&c, &flags);
            track = track_of(x, adit_read_u32(&c));
            adit_skip(&c, (flags & 1 ? 8u : 0u) + (flags & 2 ? 4u : 0u));
            duration = flags & 8 ? adit_read_u32(&c) : track ? track->default_duration : 0;
            size = flags & 16 ? adit_read_u32(&c) : track ? track->default_size : 0;
        } else if (box.type == BOX('t', 'r', 'u', 'n') && track) {
            read_trun(track, &c, duration, size);
        }
    }
}

static inline void read_moof(struct isobmff *x, struct adit_boxes boxes)
{
    struct adit_box box;
    x->fragments++;
    while (adit_next_box(&boxes, &box)) {
        struct adit_cursor c = adit_box_cursor(&boxes, &box);
        if (box.type == BOX('m', 'f', 'h', 'd')) {
            adit_skip(&c, 4);
            x->last_sequence = adit_read_u32(&c);
            x->first_sequence = x->fragments == 1 ? x->last_sequence : x->first_sequence;
        } else if (box.type == BOX('t', 'r', 'a', 'f')) {
            read_traf(x, adit_box_enter(&boxes, &box, 0));
        }
    }
    check_walk(x, &boxes, &box);
}

static inline void emit_fragments(struct isobmff *x)
{
    bool timed = x->fragment_duration > 0 && x->movie_timescale > 0;
    if (x->fragments == 0 && !timed)
        return;
    (void)adit_begin_object(x->job, "fragments");
    if (timed)
        (void)adit_emit_f64(x->job, "movie_duration", (double)x->fragment_duration / x->movie_timescale);
    (void)adit_emit_u64(x->job, "count", x->fragments);
    if (x->fragments > 0) {
        (void)adit_emit_u64(x->job, "first_sequence", x->first_sequence);
        (void)adit_emit_u64(x->job, "last_sequence", x->last_sequence);
    }
    for (size_t i = 0; i < x->track_count; i++) {
        const struct fragment_track *track = &x->tracks[i];
        if (track->samples == 0)
            continue;
        (void)adit_begin_object(x->job, "tracks");
        (void)adit_emit_u64(x->job, "id", track->id);
        (void)adit_emit_u64(x->job, "samples", track->samples);
        double seconds = track->timescale > 0 ? (double)track->duration / track->timescale : 0;
        if (track->timescale > 0)
            (void)adit_emit_f64(x->job, "duration", seconds);
        if (track->bytes > 0)
            (void)adit_emit_u64(x->job, "sample_bytes", track->bytes);
        if (seconds > 0 && track->bytes > 0)
            (void)adit_emit_f64(x->job, "bit_rate", (double)track->bytes * 8 / seconds);
        if (seconds > 0 && track->picture)
            (void)adit_emit_f64(x->job, "frame_rate", (double)track->samples / seconds);
        (void)adit_end(x->job);
    }
    (void)adit_end(x->job);
}

#endif
