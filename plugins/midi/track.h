/* SPDX-License-Identifier: MIT */
/* What a track of a Standard MIDI File says of itself. Sources: RP-001, "Meta-Events"; RP-019. */
#ifndef PLUGINS_MIDI_TRACK_H
#define PLUGINS_MIDI_TRACK_H

#include "meta.h"
#include <adit/adit.h>
#include <adit/smf.h>

struct track_facts {
    uint32_t events, notes, channels, named; /* named: which meta events were told */
    uint8_t programs[16];
};

static inline void on_track_meta(struct texts *x, const struct adit_smf_event *e, struct track_facts *f)
{
    static const char *const names[16] = {[3] = "name", [4] = "instrument", [8] = "program_name", [9] = "device"};
    struct adit_cursor c = adit_cursor_at(x->job, ADIT_SOURCE_MAIN, e->payload, e->size);
    uint32_t bit = e->type < 32 ? 1u << e->type : e->type == 0x20 ? 1u << 30 : e->type == 0x21 ? 1u << 31 : 0;
    if (f->named & bit)
        return; /* the first of each kind */
    f->named |= bit;
    if (e->type < 16 && names[e->type])
        emit_payload(x, names[e->type], e);
    else if (e->type == 0x20 && e->size > 0)
        adit_emit_u64(x->job, "channel_prefix", (adit_read_u8(&c) & 0x0fu) + 1);
    else if (e->type == 0x21 && e->size > 0)
        adit_emit_u64(x->job, "port", adit_read_u8(&c));
    else if (e->type == 0 && e->size >= 2)
        adit_emit_u64(x->job, "sequence_number", adit_read_u16be(&c));
}

static inline void on_program(struct texts *x, uint8_t program, struct track_facts *f)
{
    uint8_t *seen = &f->programs[program / 8], bit = (uint8_t)(1u << program % 8);
    if (!(*seen & bit))
        adit_emit_u64(x->job, "programs", program);
    *seen |= bit;
}

static inline void emit_track(struct texts *x, const struct adit_smf *smf, struct adit_smf_track t)
{
    struct track_facts f = {0};
    struct adit_smf_event e;
    adit_begin_object(x->job, "tracks");
    while (adit_smf_next(&t, &e) == 1) {
        f.events++;
        if (e.status == ADIT_SMF_META)
            on_track_meta(x, &e, &f);
        if (e.status >= ADIT_SMF_SYSEX)
            continue;
        f.notes += (e.status & 0xf0) == 0x90 && e.data[1] > 0;
        f.channels |= 1u << (e.status & 0x0f);
        if ((e.status & 0xf0) == 0xc0)
            on_program(x, e.data[0], &f);
    }
    adit_emit_u64(x->job, "events", f.events);
    adit_emit_u64(x->job, "notes", f.notes);
    adit_emit_u64(x->job, "ticks", t.tick);
    if (smf->format == 2)
        adit_emit_f64(x->job, "duration", adit_smf_seconds(smf, adit_smf_units(smf, t.tick)));
    for (unsigned channel = 0; channel < 16; channel++)
        if (f.channels >> channel & 1)
            adit_emit_u64(x->job, "channels", channel + 1);
    adit_end(x->job);
}

#endif
