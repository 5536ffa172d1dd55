/* SPDX-License-Identifier: MIT */
/* Movie fragments: how many there are, and how long they are in each track. ISO/IEC 14496-12, 8.8. */
#ifndef PLUGINS_VIDEO_ISOBMFF_FRAGMENTS_H
#define PLUGINS_VIDEO_ISOBMFF_FRAGMENTS_H

#include "isobmff_values.h"

/* 8.8.3 */
static inline void read_mvex(struct isobmff *x, struct adit_boxes boxes)
{
    struct adit_box box;
    while (adit_next_box(&boxes, &box)) {
        struct adit_cursor c = adit_box_cursor(&boxes, &box);
        if (box.type != BOX('t', 'r', 'e', 'x'))
            continue;
        adit_skip(&c, 4);
        struct fragment_track *track = track_of(x, adit_read_u32(&c));
        adit_skip(&c, 4);
        uint32_t duration = adit_read_u32(&c);
        if (track && adit_ok(&c))
            track->default_duration = duration;
    }
}

/* 8.8.8: a duration for each sample (flag 0x100), or the default one for all. */
static inline void read_trun(struct fragment_track *track, struct adit_cursor *c, uint32_t duration)
{
    uint32_t flags;
    (void)adit_read_full_box(c, &flags);
    uint32_t count = adit_read_u32(c);
    adit_skip(c, (flags & 1 ? 4u : 0u) + (flags & 4 ? 4u : 0u));
    uint64_t rest = (flags & 0x200 ? 4u : 0u) + (flags & 0x400 ? 4u : 0u) + (flags & 0x800 ? 4u : 0u);
    if (!adit_ok(c))
        return;
    track->samples += count;
    if (!(flags & 0x100)) {
        track->duration += (uint64_t)count * duration;
        return;
    }
    for (uint32_t i = 0; i < count && adit_left(c) >= 4 + rest; i++) {
        track->duration += adit_read_u32(c);
        adit_skip(c, rest);
    }
}

/* 8.8.6 */
static inline void read_traf(struct isobmff *x, struct adit_boxes boxes)
{
    struct adit_box box;
    struct fragment_track *track = NULL;
    uint32_t duration = 0;
    while (adit_next_box(&boxes, &box)) {
        struct adit_cursor c = adit_box_cursor(&boxes, &box);
        if (box.type == BOX('t', 'f', 'h', 'd')) { /* 8.8.7: which of its fields are there */
            uint32_t flags;
            (void)adit_read_full_box(&c, &flags);
            track = track_of(x, adit_read_u32(&c));
            adit_skip(&c, (flags & 1 ? 8u : 0u) + (flags & 2 ? 4u : 0u));
            duration = flags & 8 ? adit_read_u32(&c) : track ? track->default_duration : 0;
        } else if (box.type == BOX('t', 'r', 'u', 'n') && track) {
            read_trun(track, &c, duration);
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
    if (x->fragments == 0)
        return;
    (void)adit_begin_object(x->job, "fragments");
    (void)adit_emit_u64(x->job, "count", x->fragments);
    (void)adit_emit_u64(x->job, "first_sequence", x->first_sequence);
    (void)adit_emit_u64(x->job, "last_sequence", x->last_sequence);
    for (size_t i = 0; i < x->track_count; i++) {
        const struct fragment_track *track = &x->tracks[i];
        if (track->samples == 0)
            continue;
        (void)adit_begin_object(x->job, "tracks");
        (void)adit_emit_u64(x->job, "id", track->id);
        (void)adit_emit_u64(x->job, "samples", track->samples);
        if (track->timescale > 0)
            (void)adit_emit_f64(x->job, "duration", (double)track->duration / track->timescale);
        (void)adit_end(x->job);
    }
    (void)adit_end(x->job);
}

#endif
