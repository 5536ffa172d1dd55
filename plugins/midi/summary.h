/* SPDX-License-Identifier: MIT */
/* What is counted over a Standard MIDI File, and how it is told. */
#ifndef PLUGINS_MIDI_SUMMARY_H
#define PLUGINS_MIDI_SUMMARY_H

#include <adit/adit.h>
#include <adit/smf.h>
#include <stdio.h>
#include <string.h>

struct summary {
    uint32_t notes, offs, zero_offs, overlapping, unended, stray_offs, polyphony;
    uint64_t first, last; /* units */
    uint8_t lowest, highest;
    uint32_t pitches[16][128], controllers[128];
    uint32_t bends, channel_pressures, key_pressures, unknown_meta, tempos;
    uint64_t duration, ticks;
    uint32_t slowest, fastest, first_tempo; /* microseconds of a quarter note */
    uint32_t sounding[16][128], now;        /* of the track that is read */
};

static inline void count_note(struct summary *s, const struct adit_smf_event *e, uint64_t units)
{
    uint8_t channel = e->status & 0x0f, pitch = e->data[0], velocity = e->data[1];
    if (s->notes == 0 || units < s->first)
        s->first = units;
    if (s->notes == 0 || units > s->last)
        s->last = units;
    if (s->notes == 0 || velocity < s->lowest)
        s->lowest = velocity;
    if (velocity > s->highest)
        s->highest = velocity;
    s->notes++;
    s->pitches[channel][pitch]++;
    s->overlapping += s->sounding[channel][pitch] > 0;
    s->sounding[channel][pitch]++;
    if (++s->now > s->polyphony)
        s->polyphony = s->now;
}

static inline void count_off(struct summary *s, const struct adit_smf_event *e)
{
    uint32_t *sounding = &s->sounding[e->status & 0x0f][e->data[0]];
    if (e->status < 0x90)
        s->offs++;
    else
        s->zero_offs++;
    if (*sounding == 0) {
        s->stray_offs++;
        return;
    }
    --*sounding;
    s->now--;
}

static inline void count_voice(struct summary *s, const struct adit_smf_event *e, uint64_t units)
{
    switch (e->status & 0xf0) {
    case 0x80: count_off(s, e); break;
    case 0x90:
        if (e->data[1] > 0)
            count_note(s, e, units);
        else
            count_off(s, e);
        break;
    case 0xa0: s->key_pressures++; break;
    case 0xb0: s->controllers[e->data[0]]++; break;
    case 0xd0: s->channel_pressures++; break;
    case 0xe0: s->bends++; break;
    default: break;
    }
}

/* A track has ended: what sounds is cut off. */
static inline void count_track(struct summary *s, uint64_t ticks, uint64_t units)
{
    s->unended += s->now;
    s->now = 0;
    memset(s->sounding, 0, sizeof s->sounding);
    if (ticks > s->ticks)
        s->ticks = ticks;
    if (units > s->duration)
        s->duration = units;
}

static inline void emit_notes(const struct adit_call *job, const struct adit_smf *smf, const struct summary *s)
{
    adit_begin_object(job, "notes");
    adit_emit_u64(job, "count", s->notes);
    adit_emit_u64(job, "offs", s->offs);
    adit_emit_u64(job, "zero_velocity_offs", s->zero_offs);
    if (s->notes > 0) {
        adit_emit_f64(job, "first", adit_smf_seconds(smf, s->first));
        adit_emit_f64(job, "last", adit_smf_seconds(smf, s->last));
        adit_emit_u64(job, "lowest_velocity", s->lowest);
        adit_emit_u64(job, "highest_velocity", s->highest);
        adit_emit_u64(job, "polyphony", s->polyphony);
    }
    adit_emit_u64(job, "overlapping", s->overlapping);
    adit_emit_u64(job, "unended", s->unended);
    adit_emit_u64(job, "stray_offs", s->stray_offs);
    adit_end(job);
    for (uint32_t at = 0; at < 16 * 128; at++) {
        uint32_t count = s->pitches[at / 128][at % 128];
        if (count == 0)
            continue;
        adit_begin_object(job, "pitches");
        adit_emit_u64(job, "channel", at / 128 + 1);
        adit_emit_u64(job, "pitch", at % 128);
        adit_emit_u64(job, "count", count);
        adit_end(job);
    }
}

static inline void emit_some(const struct adit_call *job, const char *name, uint64_t count)
{
    if (count > 0)
        adit_emit_u64(job, name, count);
}

static inline void emit_messages(const struct adit_call *job, const struct summary *s)
{
    for (uint32_t at = 0; at < 128; at++) {
        if (s->controllers[at] == 0)
            continue;
        adit_begin_object(job, "controllers");
        adit_emit_u64(job, "number", at);
        adit_emit_u64(job, "count", s->controllers[at]);
        adit_end(job);
    }
    emit_some(job, "pitch_bends", s->bends);
    emit_some(job, "channel_pressures", s->channel_pressures);
    emit_some(job, "key_pressures", s->key_pressures);
    emit_some(job, "unknown_meta_events", s->unknown_meta);
}

static inline void emit_tempo(const struct adit_call *job, const struct summary *s, bool smpte)
{
    if (smpte || s->tempos == 0 || s->slowest == 0) /* with an SMPTE division no tempo counts */
        return;
    adit_begin_object(job, "tempo");
    adit_emit_u64(job, "changes", s->tempos);
    adit_emit_u64(job, "microseconds", s->first_tempo);
    if (s->first_tempo > 0)
        adit_emit_f64(job, "initial", 60e6 / s->first_tempo);
    adit_emit_f64(job, "lowest", 60e6 / s->slowest);
    if (s->fastest > 0)
        adit_emit_f64(job, "highest", 60e6 / s->fastest);
    adit_end(job);
}

#endif
