/* SPDX-License-Identifier: MIT */
/* What is told of slices: the plan before the sound is touched, what was made at the end. */
#ifndef PLUGINS_AUDIO_SLICE_TELL_H
#define PLUGINS_AUDIO_SLICE_TELL_H

#include "slice_index.h"

/* A job emits 500,000 fields, beginnings and ends of rows among them; a row is 11. */
enum { ROWS_MAX = 45000 };

static inline void emit_rows(const struct cutter *c, bool index)
{
    const struct slice_plan *p = c->plan;
    char stem[16], name[32];
    for (uint32_t i = 0, first = 0; i < p->count && i < ROWS_MAX; i++) {
        const struct slice *s = &p->list[i];
        const char *class = class_of(c->o, s);
        if (s->start != p->list[first].start || s->end != p->list[first].end || !c->o->refer)
            first = i;
        slice_name(c, first, stem);
        (void)snprintf(name, sizeof name, "%s.%s", index ? "source" : stem, slice_ending(c));
        adit_begin_object(c->job, "slices");
        adit_emit_u64(c->job, "note", s->note);
        adit_emit_u64(c->job, "onset", s->onset);
        adit_emit_u64(c->job, "channel", s->channel + 1u);
        adit_emit_u64(c->job, "pitch", s->pitch);
        if (class[0])
            adit_emit_string(c->job, "class", class);
        adit_emit_u64(c->job, "velocity", s->velocity);
        adit_emit_u64(c->job, "start", s->start);
        adit_emit_u64(c->job, "frames", s->end - s->start);
        adit_emit_string(c->job, "artifact", name);
        adit_end(c->job);
    }
    if (p->count > ROWS_MAX)
        adit_warnf(c->job, "only the first %d of %u slices are told; the JSON of --artifacts has all", ROWS_MAX, p->count);
}

static inline void emit_plan(const struct cutter *c, enum encoding encoding, uint64_t frames)
{
    const struct slice_plan *p = c->plan;
    adit_emit_u64(c->job, "notes", p->notes);
    adit_emit_u64(c->job, "windows", p->windows);
    adit_emit_u64(c->job, "duplicates", p->count - p->windows);
    adit_emit_u64(c->job, "quiet", p->quiet);
    adit_emit_u64(c->job, "outside", p->outside);
    adit_emit_u64(c->job, "cut_short", p->cut);
    adit_emit_u64(c->job, "sample_rate", c->rate);
    adit_emit_u64(c->job, "channels", c->channels);
    adit_emit_u64(c->job, "frames", frames);
    adit_emit_string(c->job, "encoding", encoding_names[encoding]);
    if (p->outside > 0)
        adit_warnf(c->job, "%u of %u notes lie outside of the recording of %llu frames: is this its MIDI file?", p->outside, p->notes,
                   (unsigned long long)frames);
    emit_rows(c, encoding == ENCODE_INDEX);
}

static inline int32_t tell_end(struct cutter *c, uint64_t frames)
{
    if (c->not_finite > 0)
        adit_emit_u64(c->job, "not_finite", c->not_finite);
    adit_emit_u64(c->job, "made", c->slices);
    adit_emit_u64(c->job, "bytes", c->bytes);
    if (c->failed) {
        adit_warn(c->job, "the encoder, or memory, failed");
        return ADIT_FAILED;
    }
    if (c->windows_done < c->plan->windows && c->cut_off) {
        adit_warnf(c->job, "the recording ends at frame %llu: its header says %llu", (unsigned long long)c->at, (unsigned long long)frames);
        return ADIT_MALFORMED;
    }
    return ADIT_OK;
}

#endif
