/* SPDX-License-Identifier: MIT */
/* libraries: sndfile flac */
/* A recording and its MIDI file: a slice for each note. Positions are computed first; the sound is decoded once. */
#include "slice_index.h"
#include "sndfile_chunks.h"
#include <adit/charset.h>

ADIT_MODULE("note-slices", "1.0.0")

/* A job emits 500,000 fields, beginnings and ends of rows among them; a row is 11. */
enum { ROWS_MAX = 45000 };

static bool read_options(const struct adit_call *job, struct slice_options *o)
{
    static const char *const windows[] = {"fixed", "next-onset", "note-off", NULL};
    static const char *const encodings[] = {"auto", "flac", "wav", "float16", "index", NULL};
    static const char *const columns[] = {"gm", "td11", "nine", "eight", "three", "none", NULL};
    static const char *const duplicates[] = {"write", "refer", NULL};
    int window, encoding, twice;
    o->mono = adit_option_bool(job, "mono", false);
    o->level = adit_option_u64(job, "level", 5);
    o->least_velocity = adit_option_u64(job, "least_velocity", 1);
    if (o->level > 8) {
        adit_warnf(job, "option level: expected 0 to 8, found %llu", (unsigned long long)o->level);
        return false;
    }
    if (!read_choice(job, "window", windows, &window) || !read_choice(job, "encoding", encodings, &encoding) ||
        !read_choice(job, "classes", columns, &o->class_column) || !read_choice(job, "duplicates", duplicates, &twice))
        return false;
    o->ending = (enum ending)window;
    o->encoding = (enum encoding)encoding;
    o->class_column = o->class_column < ADIT_DRUM_COLUMNS ? o->class_column : -1;
    o->refer = twice == 1;
    return read_seconds(job, "length", 0.001, 3600, &o->length) && read_seconds(job, "longest", 0.001, 3600, &o->longest) &&
           read_seconds(job, "pre", 0, 3600, &o->pre) && read_seconds(job, "post", 0, 3600, &o->post) &&
           read_seconds(job, "latency", -3600, 3600, &o->latency) && read_seconds(job, "fade_in", 0, 3600, &o->fade_in) &&
           read_seconds(job, "fade_out", 0, 3600, &o->fade_out) && read_choke(job, o->choke);
}

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

/* ---- the sound ---- */

/* Bits of an integer sample; 0: floats. */
static uint32_t bits_of(int format)
{
    switch (format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_S8: case SF_FORMAT_PCM_U8: return 8;
    case SF_FORMAT_PCM_24: case SF_FORMAT_ALAC_20: case SF_FORMAT_ALAC_24: case SF_FORMAT_DWVW_24: case SF_FORMAT_DWVW_N: return 24;
    case SF_FORMAT_PCM_32: case SF_FORMAT_ALAC_32: return 32;
    case SF_FORMAT_FLOAT: case SF_FORMAT_DOUBLE: case SF_FORMAT_VORBIS: case SF_FORMAT_OPUS:
    case SF_FORMAT_MPEG_LAYER_I: case SF_FORMAT_MPEG_LAYER_II: case SF_FORMAT_MPEG_LAYER_III: return 0;
    default: return 16;
    }
}

static enum pack pack_of(const struct cutter *c, enum encoding encoding)
{
    uint32_t bits = c->bits > 0 ? c->bits : 24;
    if (encoding == ENCODE_FLOAT16)
        return PACK_F16;
    if (encoding == ENCODE_WAV && c->bits == 0)
        return PACK_F32;
    return bits == 8 ? (encoding == ENCODE_WAV ? PACK_U8 : PACK_S8) : bits == 16 ? PACK_S16 : bits == 24 ? PACK_S24 : PACK_S32;
}

static int32_t set_up(struct cutter *c, const SF_INFO *info, enum encoding *encoding)
{
    *encoding = c->o->encoding;
    c->rate = (uint32_t)info->samplerate;
    c->source_channels = (uint32_t)info->channels;
    c->channels = c->o->mono ? 1 : c->source_channels;
    c->bits = bits_of(info->format);
    if (*encoding == ENCODE_AUTO)
        *encoding = c->bits > 0 ? ENCODE_FLAC : ENCODE_FLOAT16;
    c->flac = *encoding == ENCODE_FLAC || *encoding == ENCODE_INDEX;
    c->pack = pack_of(c, *encoding);
    c->format = (struct flac_format){c->rate, c->channels, c->bits > 0 ? c->bits : 24, (uint32_t)c->o->level};
    c->finish = finish_window;
    c->frames = info->frames > 0 && info->frames < SF_COUNT_MAX ? (uint64_t)info->frames : 0;
    if (info->samplerate < 1 || info->channels < 1 || info->channels > CHANNELS_MAX) {
        adit_warnf(c->job, "%d channels at %d Hz: expected 1 to %d channels", info->channels, info->samplerate, CHANNELS_MAX);
        return ADIT_UNSUPPORTED;
    }
    if (c->flac && (c->channels > FLAC_CHANNELS || c->rate > 1048575)) {
        adit_warnf(c->job, "%u channels at %u Hz: FLAC holds %d channels and 1048575 Hz; option encoding = wav or mono = yes takes more", c->channels,
                   c->rate, FLAC_CHANNELS);
        return ADIT_UNSUPPORTED;
    }
    return ADIT_OK;
}

/* ---- what is told ---- */

static void emit_rows(const struct cutter *c, bool index)
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

static void emit_plan(const struct cutter *c, enum encoding encoding, uint64_t frames)
{
    static const char *const encodings[] = {"auto", "flac", "wav", "float16", "index"};
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
    adit_emit_string(c->job, "encoding", encodings[encoding]);
    if (p->outside > 0)
        adit_warnf(c->job, "%u of %u notes lie outside of the recording of %llu frames: is this its MIDI file?", p->outside, p->notes,
                   (unsigned long long)frames);
    emit_rows(c, encoding == ENCODE_INDEX);
}

static int32_t tell_end(struct cutter *c, uint64_t frames)
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

/* ---- the whole ---- */

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
