/* SPDX-License-Identifier: MIT */
/* Standard MIDI Files: what they say, track by track, and their notes. Source: Standard MIDI Files 1.0 (RP-001). */
#include "notes.h"
#include "reading.h"
#include "track.h"
#include <stdlib.h>

ADIT_MODULE("smf", "1.0.0")

enum { TRACKS_MAX = 2000, RATES_MAX = 8, NOTE_FIELDS = 480000 /* of the 500,000 of a job */ };

struct options {
    uint64_t rates[RATES_MAX];
    size_t rate_count;
    bool notes;
    enum adit_charset charset;
};

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    struct options *o = (struct options *)calloc(1, sizeof *o);
    if (!o || !adit_option_numbers(job, "rates", 1, UINT32_MAX, o->rates, RATES_MAX, &o->rate_count) ||
        !adit_option_charset(job, "charset", &o->charset)) {
        free(o);
        return ADIT_FAILED;
    }
    o->notes = adit_option_bool(job, "notes", false);
    *state = o;
    return ADIT_OK;
}

static void emit_header(const struct adit_call *job, const struct adit_smf *s)
{
    struct adit_cursor c = adit_cursor(job);
    adit_emit_u64(job, "format", s->format);
    adit_emit_u64(job, "declared_tracks", s->declared_tracks);
    if (s->frames > 0) {
        adit_emit_u64(job, "smpte_frames", s->frames);
        adit_emit_u64(job, "ticks_per_frame", s->ticks);
    } else {
        adit_emit_u64(job, "ticks_per_quarter", s->ticks);
    }
    if (adit_match_literal(&c, "RIFF"))
        adit_emit_bool(job, "riff", true);
}

static void emit_whole(struct reading *r)
{
    const struct adit_call *job = r->job;
    adit_emit_f64(job, "duration", adit_smf_seconds(&r->smf, r->sum.duration));
    adit_emit_u64(job, "ticks", r->sum.ticks);
    emit_tempo(job, &r->sum, r->smf.frames > 0);
    emit_notes(job, &r->smf, &r->sum);
    emit_messages(job, &r->sum);
    emit_sysex(job, &r->sysex);
    emit_specific(job, r->specifics, &r->specific);
    emit_some(job, "alien_chunks", r->smf.alien_chunks);
    emit_some(job, "garbage_bytes", r->smf.garbage);
    tell_oddities(r);
}

static int32_t read_file(struct reading *r, const struct options *o)
{
    struct adit_smf_track t;
    struct adit_smf *s = &r->smf;
    bool fits = s->format == 2 || adit_smf_map(s, NULL);
    emit_header(r->job, s);
    while (fits && !r->cancelled && adit_smf_next_track(s, &t)) {
        fits = s->format != 2 || adit_smf_map(s, &t);
        if (t.number == 0 && s->tempo_count > 0)
            r->sum.first_tempo = s->tempo[0].microseconds;
        emit_title(r, t);
        read_track(r, t);
        if (t.number < TRACKS_MAX)
            emit_track(&r->texts, s, t);
        else if (t.number == TRACKS_MAX)
            adit_warnf(r->job, "only the first %d tracks are told", TRACKS_MAX);
    }
    if (!fits)
        return ADIT_FAILED;
    emit_whole(r);
    if (o->notes) {
        int32_t status =
            emit_note_list(r->job, s, (uint32_t)(NOTE_FIELDS / (12 + 2 * o->rate_count)), o->rates, o->rate_count);
        if (status != ADIT_OK)
            return status;
    }
    return r->malformed || s->tracks < s->declared_tracks ? ADIT_MALFORMED : ADIT_OK;
}

static int32_t run(void *state, const struct adit_call *job)
{
    const struct options *o = (const struct options *)state;
    struct reading *r = (struct reading *)calloc(1, sizeof *r);
    if (!r)
        return ADIT_FAILED;
    r->job = job;
    r->texts.job = job;
    r->texts.charset = o->charset;
    int32_t status = adit_smf_open(job, ADIT_SOURCE_MAIN, &r->smf);
    if (status == ADIT_OK) {
        status = read_file(r, o);
    } else if (r->smf.next > 0) { /* the header is there, and says what cannot be read */
        adit_emit_u64(job, "format", r->smf.format);
        adit_emit_u64(job, "declared_tracks", r->smf.declared_tracks);
    }
    adit_smf_close(&r->smf);
    free(r);
    return status;
}

static void close_plugin(void *state)
{
    free(state);
}
ADIT_PLUGIN(open_plugin, run, NULL, close_plugin)
