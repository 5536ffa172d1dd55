/* SPDX-License-Identifier: MIT */
/* Tracks, event by event, for what belongs to the file as a whole. Source: RP-001. */
#ifndef PLUGINS_MIDI_READING_H
#define PLUGINS_MIDI_READING_H

#include "meta.h"
#include "summary.h"
#include "sysex.h"

struct reading {
    const struct adit_call *job;
    struct adit_smf smf;
    struct summary sum;
    struct texts texts;
    struct sysex sysex;
    struct manufacturers specific; /* of sequencer-specific meta events */
    uint32_t specifics;
    bool titled, offset, malformed, cancelled;
};

static inline void on_tempo(struct reading *r, const struct adit_smf_event *e)
{
    struct adit_cursor c = adit_cursor_at(r->job, ADIT_SOURCE_MAIN, e->payload, e->size);
    struct summary *s = &r->sum;
    uint32_t microseconds = adit_read_u24be(&c);
    if (!adit_ok(&c))
        return;
    if (s->tempos++ == 0)
        s->slowest = s->fastest = microseconds;
    s->slowest = microseconds > s->slowest ? microseconds : s->slowest;
    s->fastest = microseconds < s->fastest ? microseconds : s->fastest;
}

static inline void on_meta(struct reading *r, const struct adit_smf_event *e)
{
    static const char *const lists[16] = {[1] = "text", [2] = "copyright", [5] = "lyrics"};
    struct texts *x = &r->texts;
    switch (e->type) {
    case 0x06:
    case 0x07:
        if (may_tell(x))
            emit_moment(x, e->type == 0x06 ? "markers" : "cue_points", e);
        return;
    case 0x51:
        on_tempo(r, e);
        return;
    case 0x54:
        if (!r->offset)
            emit_smpte_offset(x, e);
        r->offset = true;
        return;
    case 0x58:
    case 0x59:
        if (may_tell(x))
            (e->type == 0x58 ? emit_time_signature : emit_key_signature)(x, e);
        return;
    case 0x7f:
        r->specifics++;
        note_manufacturer(&r->specific, payload_of(x, e));
        return;
    case 0x00:
    case 0x03:
    case 0x04:
    case 0x08:
    case 0x09:
    case 0x20:
    case 0x21:
    case 0x2f:
        return; /* of the track */
    default:
        break;
    }
    if (e->type > 15)
        r->sum.unknown_meta++;
    else if (may_tell(x))
        emit_payload(x, lists[e->type] ? lists[e->type] : "other_texts", e);
}

/* What is wrong with a track that was read: where it ended, and how. */
static inline void tell_faults(struct reading *r, const struct adit_smf_track *t, int got, uint64_t at)
{
    if (got < 0) {
        adit_warnf(r->job, "track %u: %s at offset %llu", t->number,
                   t->truncated ? "the file ends within an event" : "no event", (unsigned long long)at);
        r->malformed = true;
    } else if (t->truncated) {
        adit_warnf(r->job, "track %u: its chunk goes on beyond the end of the file", t->number);
        r->malformed = true;
    } else if (!t->ended && !r->cancelled) {
        adit_warnf(r->job, "track %u: no End of Track", t->number);
    } else if (adit_left(&t->c) > 0) {
        adit_warnf(r->job, "track %u: %llu bytes after its End of Track", t->number,
                   (unsigned long long)adit_left(&t->c));
    }
    if (t->borrowed > 0)
        adit_warnf(r->job, "track %u: running status goes on after sysex or meta events, which cancel it (%u times)",
                   t->number, t->borrowed);
    if (t->strays > 0)
        adit_warnf(r->job, "track %u: %u system messages outside of escapes were passed over", t->number, t->strays);
}

/* Everything of a track that belongs to the file. */
static inline void read_track(struct reading *r, struct adit_smf_track t)
{
    struct adit_smf_event e = {.at = 0};
    bool open = false;
    uint32_t turns = 0;
    int got;
    while ((got = adit_smf_next(&t, &e)) == 1 && !r->cancelled) {
        if (++turns % 65536 == 0 && !adit_progress(r->job, e.at, adit_size(r->job)))
            r->cancelled = true;
        if (e.status == ADIT_SMF_META)
            on_meta(r, &e);
        else if (e.status == ADIT_SMF_SYSEX || e.status == ADIT_SMF_ESCAPE)
            on_sysex(&r->sysex, &r->texts, &e, &open);
        else
            count_voice(&r->sum, &e, adit_smf_units(&r->smf, e.tick));
    }
    count_track(&r->sum, t.tick, adit_smf_units(&r->smf, t.tick));
    tell_faults(r, &t, got, e.at);
}

/* RP-001, "Sequence/Track Name": in format 0, and in the first track of format 1, it is the name of the sequence. */
static inline void emit_title(struct reading *r, struct adit_smf_track t)
{
    struct adit_smf_event e;
    while (!r->titled && adit_smf_next(&t, &e) == 1)
        if (e.status == ADIT_SMF_META && e.type == 0x03) {
            emit_payload(&r->texts, "title", &e);
            r->titled = true;
        }
    r->titled = true;
}

/* What is odd about the chunks, but does not keep them from being read. */
static inline void tell_oddities(const struct reading *r)
{
    if (r->smf.garbage > 0)
        adit_warnf(r->job, "%llu bytes between chunks are none, the first at offset %llu",
                   (unsigned long long)r->smf.garbage, (unsigned long long)r->smf.garbage_at);
    if (r->smf.tracks != r->smf.declared_tracks)
        adit_warnf(r->job, "%u tracks: the header promises %u", r->smf.tracks, r->smf.declared_tracks);
    else if (r->smf.format == 0 && r->smf.tracks != 1)
        adit_warnf(r->job, "%u tracks: format 0 has one", r->smf.tracks);
    if (r->smf.tempo_cut)
        adit_warnf(r->job, "only the first %d changes of tempo count", ADIT_SMF_TEMPOS);
}

#endif
