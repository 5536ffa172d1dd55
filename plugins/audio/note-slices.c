/* SPDX-License-Identifier: MIT */
/* libraries: sndfile flac */
/* A recording and its MIDI file: a slice for each note. Positions are computed first; the sound is decoded once. */
#include "slice_format.h"
#include "slice_tell.h"
#include "sndfile_chunks.h"
#include <adit/charset.h>

ADIT_MODULE("note-slices", "1.0.0")

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    struct slice_options *o = (struct slice_options *)calloc(1, sizeof *o);
    if (o && read_options(job, o))
        o->hits = adit_drums_read(job, "hits");
    if (!o || !o->hits) {
        free(o);
        return ADIT_FAILED;
    }
    crc_tables();
    *state = o;
    return ADIT_OK;
}

static int32_t cut(struct cutter *c, enum encoding encoding, uint64_t frames)
{
    if (!adit_artifacts_wanted(c->job) || c->plan->count == 0)
        return ADIT_OK;
    if (!cutter_open(c))
        return ADIT_FAILED;
    if (encoding == ENCODE_INDEX)
        write_index(c, frames);
    else
        cut_all(c);
    return tell_end(c, frames);
}

static int32_t slice_sound(const struct adit_call *job, const struct slice_options *o, const struct adit_smf *smf, const struct adit_smf_notes *notes)
{
    struct place place = {job, 0};
    struct slice_plan plan = {0};
    struct cutter c = {.job = job, .o = o, .plan = &plan};
    enum encoding encoding;
    SF_INFO info;
    c.file = sound_open(&place, &info);
    if (!c.file)
        return ADIT_MALFORMED;
    int32_t status = set_up(&c, &info, &encoding);
    uint64_t frames = c.frames;
    uint64_t most = KEPT_BYTES / (c.channels * pack_size(c.pack) + 1u), wanted = frames_of(o->longest, c.rate);
    if (status == ADIT_OK && !plan_slices(&plan, o, smf, notes, c.rate, frames, wanted < most || encoding == ENCODE_INDEX ? wanted : most))
        status = ADIT_FAILED;
    if (status == ADIT_OK) {
        emit_plan(&c, encoding, frames);
        status = cut(&c, encoding, frames);
    }
    cutter_free(&c);
    free(plan.list);
    (void)sf_close(c.file);
    return status;
}

static int32_t run(void *state, const struct adit_call *job)
{
    const struct slice_options *o = (const struct slice_options *)state;
    struct adit_smf smf;
    struct adit_smf_notes notes = {0};
    adit_source midi = adit_companion(job, "midi");
    if (midi < 0)
        midi = adit_companion(job, "midi2");
    if (midi < 0) {
        adit_warn(job, "no MIDI file beside it: expected the same name with .mid or .midi, or a row in a table given by --companions");
        return ADIT_DECLINED;
    }
    int32_t status = adit_smf_open(job, midi, &smf);
    if (status == ADIT_OK)
        status = adit_smf_notes(&smf, NOTES_MAX, &notes);
    else
        adit_warn(job, "the MIDI file cannot be read");
    if (notes.left_out > 0)
        adit_warnf(job, "only the first %d of %u notes count", NOTES_MAX, notes.count + notes.left_out);
    if (status == ADIT_OK)
        status = slice_sound(job, o, &smf, &notes);
    if (status == ADIT_OK && notes.malformed) {
        adit_warn(job, "the MIDI file breaks off: plugin smf says where");
        status = ADIT_MALFORMED;
    }
    adit_smf_notes_free(&notes);
    adit_smf_close(&smf);
    return status == ADIT_DECLINED ? ADIT_MALFORMED : status;
}

static void close_plugin(void *state)
{
    struct slice_options *o = (struct slice_options *)state;
    free(o->hits);
    free(o);
}
ADIT_PLUGIN(open_plugin, run, NULL, close_plugin)
