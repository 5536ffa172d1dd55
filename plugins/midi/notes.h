/* SPDX-License-Identifier: MIT */
/* Every note of a Standard MIDI File as fields, on request. */
#ifndef PLUGINS_MIDI_NOTES_H
#define PLUGINS_MIDI_NOTES_H

#include <adit/adit.h>
#include <adit/smf.h>

static inline void emit_samples(const struct adit_call *job, const struct adit_smf *smf, const char *name, uint64_t units,
                                const uint64_t *rates, size_t count)
{
    for (size_t i = 0; i < count; i++)
        adit_emit_u64(job, name, adit_smf_sample(smf, units, rates[i]));
}

static inline int32_t emit_note_list(const struct adit_call *job, struct adit_smf *smf, uint32_t most, const uint64_t *rates, size_t count)
{
    struct adit_smf_notes notes;
    int32_t status = adit_smf_notes(smf, most, &notes);
    for (uint32_t i = 0; i < notes.count && status == ADIT_OK; i++) {
        const struct adit_smf_note *n = &notes.list[i];
        adit_begin_object(job, "note_list");
        adit_emit_u64(job, "tick", n->tick);
        adit_emit_u64(job, "end_tick", n->end_tick);
        adit_emit_f64(job, "start", adit_smf_seconds(smf, n->start));
        adit_emit_f64(job, "end", adit_smf_seconds(smf, n->end));
        emit_samples(job, smf, "samples", n->start, rates, count);
        emit_samples(job, smf, "end_samples", n->end, rates, count);
        adit_emit_u64(job, "track", n->track);
        adit_emit_u64(job, "channel", n->channel + 1u);
        adit_emit_u64(job, "pitch", n->pitch);
        adit_emit_u64(job, "velocity", n->velocity);
        if (n->unended)
            adit_emit_bool(job, "unended", true);
        else
            adit_emit_u64(job, "off_velocity", n->off_velocity);
        adit_end(job);
    }
    if (status == ADIT_OK && notes.left_out > 0)
        adit_warnf(job, "note_list has the first %u notes of %u", notes.count, notes.count + notes.left_out);
    adit_smf_notes_free(&notes);
    return status;
}

#endif
