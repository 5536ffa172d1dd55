/* SPDX-License-Identifier: MIT */
/* Standard MIDI Files: what they say, track by track, and their notes. Source: Standard MIDI Files 1.0 (RP-001). */
#include "meta.h"
#include "notes.h"
#include "summary.h"
#include "track.h"
#include <adit/tag.h>
#include <stdlib.h>

ADIT_MODULE("smf", "1.0.0")

enum { TRACKS_MAX = 2000, RATES_MAX = 8, NOTE_FIELDS = 480000 /* of the 500,000 of a job */ };

struct options {
    uint64_t rates[RATES_MAX];
    size_t rate_count;
    bool notes;
    int charset;
};

struct reading {
    const struct adit_call *job;
    struct adit_smf smf;
    struct summary sum;
    struct texts texts;
    struct manufacturers sysex, specific;
    unsigned resets;
    bool titled, offset, malformed, cancelled;
};

static const struct adit_tag charsets[] = {
    {ADIT_CHARSET_LATIN1, 0, "latin1"}, {ADIT_CHARSET_WINDOWS_1252, 0, "windows-1252"}, {ADIT_CHARSET_CP437, 0, "cp437"}};

static bool read_rates(const struct adit_call *job, struct options *o)
{
    struct adit_text rates = adit_option(job, "rates");
    for (size_t i = 0; i < rates.size;) {
        uint64_t rate = 0;
        size_t first = i;
        for (; i < rates.size && rates.data[i] >= '0' && rates.data[i] <= '9' && rate <= UINT32_MAX; i++)
            rate = rate * 10 + (uint64_t)(rates.data[i] - '0');
        bool ends = i == rates.size || rates.data[i] == ' ';
        if (i == first || !ends || rate == 0 || rate > UINT32_MAX || o->rate_count == RATES_MAX) {
            adit_warnf(job, "option rates: expected up to %d numbers from 1 to 4294967295, found '%.*s'", RATES_MAX, (int)rates.size, rates.data);
            return false;
        }
        o->rates[o->rate_count++] = rate;
        while (i < rates.size && rates.data[i] == ' ')
            i++;
    }
    return true;
}

static bool read_charset(const struct adit_call *job, struct options *o)
{
    struct adit_text charset = adit_option(job, "charset");
    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++)
        if (adit_text_is(charset, charsets[i].name))
            o->charset = (int)charsets[i].number;
    if (charset.size == 0 || o->charset || adit_text_is(charset, "bytes"))
        return true;
    adit_warnf(job, "option charset: expected bytes, latin1, windows-1252 or cp437, found '%.*s'", (int)charset.size, charset.data);
    return false;
}

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    struct options *o = (struct options *)calloc(1, sizeof *o);
    if (!o || !read_rates(job, o) || !read_charset(job, o)) {
        free(o);
        return ADIT_FAILED;
    }
    o->notes = adit_option_bool(job, "notes", false);
    *state = o;
    return ADIT_OK;
}

/* ---- what is said in the file as a whole ---- */

static void on_tempo(struct reading *r, const struct adit_smf_event *e)
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

static void on_meta(struct reading *r, const struct adit_smf_event *e)
{
    static const char *const lists[16] = {[1] = "text", [2] = "copyright", [5] = "lyrics"};
    struct texts *x = &r->texts;
    switch (e->type) {
    case 0x06: case 0x07:
        if (may_tell(x))
            emit_moment(x, e->type == 0x06 ? "markers" : "cue_points", e);
        return;
    case 0x51: on_tempo(r, e); return;
    case 0x54:
        if (!r->offset)
            emit_smpte_offset(x, e);
        r->offset = true;
        return;
    case 0x58: case 0x59:
        if (may_tell(x))
            (e->type == 0x58 ? emit_time_signature : emit_key_signature)(x, e);
        return;
    case 0x7f:
        r->sum.specific++;
        note_manufacturer(&r->specific, payload_of(x, e));
        return;
    case 0x00: case 0x03: case 0x04: case 0x08: case 0x09: case 0x20: case 0x21: case 0x2f: return; /* of the track */
    default: break;
    }
    if (e->type > 15)
        r->sum.unknown_meta++;
    else if (may_tell(x))
        emit_payload(x, lists[e->type] ? lists[e->type] : "other_texts", e);
}

static void on_sysex(struct reading *r, const struct adit_smf_event *e, bool *open)
{
    struct adit_text p = payload_of(&r->texts, e);
    r->sum.sysex_bytes += e->size;
    if (e->status == ADIT_SMF_SYSEX) {
        r->sum.sysex++;
        note_manufacturer(&r->sysex, p);
        r->resets |= reset_of(p);
        *open = p.size > 0 && e->size <= TEXT_MAX && (uint8_t)p.data[p.size - 1] != 0xf7;
    } else if (*open) { /* RP-001: an F7 event after a sysex without its end goes on with it */
        r->sum.continued++;
        *open = !(p.size > 0 && (uint8_t)p.data[p.size - 1] == 0xf7);
    } else {
        r->sum.escapes++;
    }
}

/* Everything of a track that belongs to the file. */
static void read_track(struct reading *r, struct adit_smf_track t)
{
    struct adit_smf_event e;
    bool open = false;
    uint32_t turns = 0;
    int got;
    while ((got = adit_smf_next(&t, &e)) == 1 && !r->cancelled) {
        if (++turns % 65536 == 0 && !adit_progress(r->job, e.at, adit_size(r->job)))
            r->cancelled = true;
        if (e.status == ADIT_SMF_META)
            on_meta(r, &e);
        else if (e.status == ADIT_SMF_SYSEX || e.status == ADIT_SMF_ESCAPE)
            on_sysex(r, &e, &open);
        else
            count_voice(&r->sum, &e, adit_smf_units(&r->smf, e.tick));
    }
    count_track(&r->sum, t.tick, adit_smf_units(&r->smf, t.tick));
    if (got < 0) {
        adit_warnf(r->job, "track %u: %s at offset %llu", t.number, t.truncated ? "the file ends within an event" : "no event", (unsigned long long)e.at);
        r->malformed = true;
    } else if (t.truncated) {
        adit_warnf(r->job, "track %u: its chunk goes on beyond the end of the file", t.number);
        r->malformed = true;
    } else if (!t.ended && !r->cancelled) {
        adit_warnf(r->job, "track %u: no End of Track", t.number);
    } else if (adit_left(&t.c) > 0) {
        adit_warnf(r->job, "track %u: %llu bytes after its End of Track", t.number, (unsigned long long)adit_left(&t.c));
    }
    if (t.borrowed > 0)
        adit_warnf(r->job, "track %u: running status goes on after sysex or meta events, which cancel it (%u times)", t.number, t.borrowed);
    if (t.strays > 0)
        adit_warnf(r->job, "track %u: %u system messages outside of escapes were passed over", t.number, t.strays);
}

/* RP-001, "Sequence/Track Name": in format 0, and in the first track of format 1, it is the name of the sequence. */
static void emit_title(struct reading *r, struct adit_smf_track t)
{
    struct adit_smf_event e;
    while (!r->titled && adit_smf_next(&t, &e) == 1)
        if (e.status == ADIT_SMF_META && e.type == 0x03) {
            emit_payload(&r->texts, "title", &e);
            r->titled = true;
        }
    r->titled = true;
}

/* ---- the whole ---- */

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

static void emit_sysex(const struct reading *r)
{
    static const char *const resets[4] = {"GM", "GM2", "GS", "XG"};
    const struct adit_call *job = r->job;
    if (r->sum.sysex + r->sum.escapes + r->sum.continued > 0) {
        adit_begin_object(job, "sysex");
        adit_emit_u64(job, "messages", r->sum.sysex);
        emit_some(job, "continued", r->sum.continued);
        emit_some(job, "escapes", r->sum.escapes);
        adit_emit_u64(job, "bytes", r->sum.sysex_bytes);
        emit_manufacturers(job, &r->sysex);
        for (int i = 0; i < 4; i++)
            if (r->resets >> i & 1)
                adit_emit_string(job, "resets", resets[i]);
        adit_end(job);
    }
    if (r->sum.specific > 0) {
        adit_begin_object(job, "sequencer_specific");
        adit_emit_u64(job, "events", r->sum.specific);
        emit_manufacturers(job, &r->specific);
        adit_end(job);
    }
}

static void emit_whole(struct reading *r)
{
    const struct adit_call *job = r->job;
    adit_emit_f64(job, "duration", adit_smf_seconds(&r->smf, r->sum.duration));
    adit_emit_u64(job, "ticks", r->sum.ticks);
    emit_tempo(job, &r->sum, r->smf.frames > 0);
    emit_notes(job, &r->smf, &r->sum);
    emit_messages(job, &r->sum);
    emit_sysex(r);
    emit_some(job, "alien_chunks", r->smf.alien_chunks);
    emit_some(job, "garbage_bytes", r->smf.garbage);
    if (r->smf.garbage > 0)
        adit_warnf(job, "%llu bytes between chunks are none, the first at offset %llu", (unsigned long long)r->smf.garbage,
                   (unsigned long long)r->smf.garbage_at);
    if (r->smf.tracks != r->smf.declared_tracks)
        adit_warnf(job, "%u tracks: the header promises %u", r->smf.tracks, r->smf.declared_tracks);
    else if (r->smf.format == 0 && r->smf.tracks != 1)
        adit_warnf(job, "%u tracks: format 0 has one", r->smf.tracks);
    if (r->smf.tempo_cut)
        adit_warnf(job, "only the first %d changes of tempo count", ADIT_SMF_TEMPOS);
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
        int32_t status = emit_note_list(r->job, s, (uint32_t)(NOTE_FIELDS / (12 + 2 * o->rate_count)), o->rates, o->rate_count);
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
