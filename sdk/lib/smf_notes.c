/* SPDX-License-Identifier: MIT */
/* The notes of a Standard MIDI File, each with its end. */
#include <adit/smf.h>
#include <stdlib.h>

enum { NONE = UINT32_MAX, VELOCITY_OF_RUNNING_OFF = 64 };

struct matching {
    struct adit_smf *smf;
    struct adit_smf_notes *out;
    uint32_t max, room;
    uint32_t oldest[16][128], newest[16][128]; /* sounding notes of the track, by channel and pitch */
    bool failed;
};

static void begin_note(struct matching *m, const struct adit_smf_event *e, uint16_t track)
{
    struct adit_smf_notes *out = m->out;
    uint8_t channel = e->status & 0x0f, pitch = e->data[0];
    if (out->count == m->max) {
        out->left_out++;
        return;
    }
    if (out->count == m->room) {
        uint32_t room = m->room ? m->room * 2 : 1024;
        if (room > m->max)
            room = m->max;
        struct adit_smf_note *more = (struct adit_smf_note *)realloc(out->list, room * sizeof *more);
        if (!more) {
            m->failed = true;
            return;
        }
        out->list = more;
        m->room = room;
    }
    uint32_t *newest = &m->newest[channel][pitch];
    struct adit_smf_note note = {.tick = e->tick, .end_tick = e->tick, .next = NONE, .track = track, .channel = channel,
                                 .pitch = pitch, .velocity = e->data[1], .unended = true};
    note.start = note.end = adit_smf_units(m->smf, e->tick);
    note.overlapping = *newest != NONE;
    if (*newest == NONE)
        m->oldest[channel][pitch] = out->count;
    else
        out->list[*newest].next = out->count;
    *newest = out->count;
    out->list[out->count++] = note;
}

static void end_note(struct matching *m, const struct adit_smf_event *e)
{
    uint8_t channel = e->status & 0x0f, pitch = e->data[0];
    uint32_t at = m->oldest[channel][pitch];
    if (at == NONE) {
        m->out->stray_offs += m->out->left_out == 0;
        return;
    }
    struct adit_smf_note *note = &m->out->list[at];
    note->end_tick = e->tick;
    note->end = adit_smf_units(m->smf, e->tick);
    note->off_velocity = e->status < 0x90 ? e->data[1] : VELOCITY_OF_RUNNING_OFF;
    note->unended = false;
    m->oldest[channel][pitch] = note->next;
    if (note->next == NONE)
        m->newest[channel][pitch] = NONE;
}

static void match_track(struct matching *m, struct adit_smf_track *t)
{
    struct adit_smf_event e;
    uint32_t first = m->out->count;
    int got;
    for (int channel = 0; channel < 16; channel++)
        for (int pitch = 0; pitch < 128; pitch++)
            m->oldest[channel][pitch] = m->newest[channel][pitch] = NONE;
    while (!m->failed && (got = adit_smf_next(t, &e)) != 0) {
        uint8_t kind = e.status & 0xf0;
        if (got < 0) {
            m->out->malformed = true;
            break;
        }
        if (kind == 0x90 && e.data[1] > 0)
            begin_note(m, &e, t->number < UINT16_MAX ? (uint16_t)t->number : UINT16_MAX);
        else if (kind == 0x80 || kind == 0x90)
            end_note(m, &e);
    }
    uint64_t units = adit_smf_units(m->smf, t->tick);
    for (uint32_t i = first; i < m->out->count; i++)
        if (m->out->list[i].unended) {
            m->out->list[i].end_tick = t->tick;
            m->out->list[i].end = units;
        }
    for (uint32_t i = first; i < m->out->count; i++)
        m->out->list[i].next = i; /* from here on the order of the file */
}

static int by_start(const void *a, const void *b)
{
    const struct adit_smf_note *x = (const struct adit_smf_note *)a, *y = (const struct adit_smf_note *)b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->next < y->next ? -1 : x->next > y->next;
}

int32_t adit_smf_notes(struct adit_smf *s, uint32_t max, struct adit_smf_notes *notes)
{
    struct matching m = {.smf = s, .out = notes, .max = max};
    struct adit_smf_track t;
    *notes = (struct adit_smf_notes){0};
    adit_smf_rewind(s);
    if (s->format != 2 && !adit_smf_map(s, NULL))
        return ADIT_FAILED;
    while (!m.failed && adit_smf_next_track(s, &t)) {
        if (s->format == 2 && !adit_smf_map(s, &t))
            return ADIT_FAILED;
        notes->malformed |= t.truncated;
        match_track(&m, &t);
    }
    if (m.failed)
        return ADIT_FAILED;
    if (notes->count > 1)
        qsort(notes->list, notes->count, sizeof *notes->list, by_start);
    return ADIT_OK;
}

void adit_smf_notes_free(struct adit_smf_notes *notes)
{
    free(notes->list);
    notes->list = NULL;
    notes->count = 0;
}
