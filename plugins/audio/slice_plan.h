/* SPDX-License-Identifier: MIT */
/* Where slices begin and end: from notes and options to windows of frames, before any audio is touched. */
#ifndef PLUGINS_AUDIO_SLICE_PLAN_H
#define PLUGINS_AUDIO_SLICE_PLAN_H

#include "slice_options.h"
#include <adit/smf.h>
#include <math.h>

enum { NOTES_MAX = 400000 };

struct slice {
    uint64_t start, end; /* frames of the source: end is the first one after it */
    uint64_t onset;
    uint32_t note;       /* its number among all notes of the file, from 0 */
    uint8_t channel, pitch, velocity;
};

struct slice_plan {
    struct slice *list;   /* by start, end, note */
    uint32_t count, notes, quiet, outside, cut, windows;
};

/* ---- windows ---- */

static inline uint64_t frames_of(double seconds, uint64_t rate)
{
    return (uint64_t)llround(seconds * (double)rate);
}

static inline uint64_t moved(uint64_t at, double seconds, uint64_t rate)
{
    uint64_t by = frames_of(fabs(seconds), rate);
    if (seconds < 0)
        return at > by ? at - by : 0;
    return at > UINT64_MAX / 4 ? UINT64_MAX / 4 : at + by; /* no source is that long */
}

static inline int by_window(const void *a, const void *b)
{
    const struct slice *x = (const struct slice *)a, *y = (const struct slice *)b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return x->note < y->note ? -1 : x->note > y->note;
}

/* When the window would end without limits. `later`: when the next note begins, `choke`: when one of its group does. */
static inline uint64_t ending_of(const struct slice_options *o, uint64_t onset, uint64_t off, uint64_t later, uint64_t choke, uint64_t rate)
{
    uint64_t end = o->ending == ENDING_FIXED ? moved(onset, o->length, rate) : o->ending == ENDING_ONSET ? later : off;
    end = end < UINT64_MAX ? moved(end, o->post, rate) : end;
    return end < choke ? end : choke;
}

/* The notes, from the last to the first, so that what comes after each is known. */
static inline void plan_notes(struct slice_plan *p, const struct slice_options *o, const struct adit_smf *smf, const struct adit_smf_notes *notes,
                              uint64_t rate, uint64_t frames, uint64_t most)
{
    uint64_t next = UINT64_MAX, here = UINT64_MAX, choke[CHOKE_GROUPS + 1], choke_here[CHOKE_GROUPS + 1];
    for (int i = 0; i <= CHOKE_GROUPS; i++)
        choke[i] = choke_here[i] = UINT64_MAX;
    for (uint32_t i = notes->count; i-- > 0;) {
        const struct adit_smf_note *n = &notes->list[i];
        uint64_t onset = moved(adit_smf_sample(smf, n->start, rate), o->latency, rate);
        uint64_t off = moved(adit_smf_sample(smf, n->end, rate), o->latency, rate);
        uint8_t group = o->choke[n->pitch];
        if (n->velocity < o->least_velocity) {
            p->quiet++;
            continue;
        }
        if (onset != here) { /* notes that begin together do not end each other */
            next = here;
            here = onset;
        }
        if (onset != choke_here[group]) {
            choke[group] = choke_here[group];
            choke_here[group] = onset;
        }
        struct slice s = {.onset = onset, .note = i, .channel = n->channel, .pitch = n->pitch, .velocity = n->velocity};
        s.start = moved(onset, -o->pre, rate);
        s.end = ending_of(o, onset, off, next, group ? choke[group] : UINT64_MAX, rate);
        if (s.end > s.start && s.end - s.start > most)
            s.end = s.start + most;
        p->cut += s.end > frames && s.start < frames;
        s.end = s.end > frames ? frames : s.end;
        if (s.start >= s.end)
            p->outside++;
        else
            p->list[p->count++] = s;
    }
}

/* `most`: frames of the longest window that there may be. False: memory is short. */
static inline bool plan_slices(struct slice_plan *p, const struct slice_options *o, const struct adit_smf *smf, const struct adit_smf_notes *notes,
                               uint64_t rate, uint64_t frames, uint64_t most)
{
    *p = (struct slice_plan){.notes = notes->count};
    p->list = (struct slice *)malloc((notes->count + 1) * sizeof *p->list);
    if (!p->list)
        return false;
    plan_notes(p, o, smf, notes, rate, frames, most);
    if (p->count > 1)
        qsort(p->list, p->count, sizeof *p->list, by_window);
    for (uint32_t i = 0; i < p->count; i++)
        p->windows += i == 0 || p->list[i].start != p->list[i - 1].start || p->list[i].end != p->list[i - 1].end;
    return true;
}

#endif
