/* SPDX-License-Identifier: MIT */
/* What libsndfile tells of a file: its format, channels, texts, cues, instruments and loops; and its samples, measured. Source: sndfile.h
 * and "sf_command" of its manual. Part of sndfile.c. */
#ifndef PLUGINS_AUDIO_SNDFILE_TOLD_H
#define PLUGINS_AUDIO_SNDFILE_TOLD_H

#include "sndfile_names.h"
#include <adit/adit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CHANNELS = 1024, MAX_CUES = 2500, MEASURE_SAMPLES = 64 * 1024 };

/* Samples of more than a byte have an order: as stored, told from whether this machine would have to swap them. */
static void emit_endianness(const struct adit_call *job, SNDFILE *file, int container, int subtype)
{
    const uint16_t probe = 1;
    bool pcm = subtype == SF_FORMAT_PCM_16 || subtype == SF_FORMAT_PCM_24 || subtype == SF_FORMAT_PCM_32;
    if (!pcm && subtype != SF_FORMAT_FLOAT && subtype != SF_FORMAT_DOUBLE)
        return;
    if (container == SF_FORMAT_FLAC || container == SF_FORMAT_SDS || container == SF_FORMAT_PAF) /* packed otherwise */
        return;
    bool swap = sf_command(file, SFC_RAW_DATA_NEEDS_ENDSWAP, NULL, 0) == SF_TRUE;
    bool little = *(const uint8_t *)&probe == 1;
    adit_emit_string(job, "endianness", little != swap ? "little" : "big");
}

static void emit_info(const struct adit_call *job, SNDFILE *file, const SF_INFO *info)
{
    int subtype = info->format & SF_FORMAT_SUBMASK;
    const struct adit_tag *tag = adit_tag_find(ADIT_TAGS(subtypes), (uint64_t)subtype);
    bool known = info->frames >= 0 && info->frames < SF_COUNT_MAX;
    adit_emit_tag(job, "container", ADIT_TAGS(containers), (uint64_t)(info->format & SF_FORMAT_TYPEMASK));
    if (tag)
        adit_emit_string(job, "subtype", tag->name);
    adit_emit_u64(job, "sample_rate", (uint64_t)info->samplerate);
    adit_emit_u64(job, "channels", (uint64_t)info->channels);
    if (known)
        adit_emit_u64(job, "frames", (uint64_t)info->frames);
    if (known && info->samplerate > 0)
        adit_emit_f64(job, "duration", (double)info->frames / info->samplerate);
    if (tag && tag->form > 0)
        adit_emit_u64(job, "bits_per_sample", tag->form);
    emit_endianness(job, file, info->format & SF_FORMAT_TYPEMASK, subtype);
    if (info->sections > 1)
        adit_emit_u64(job, "sections", (uint64_t)info->sections);
}

/* For AIFF and CAF, libsndfile 1.2 keeps as many places as the layout tag names, of the channels known when it met
 * the tag, and copies as many as there are channels: where that is more, it would read beyond its memory. (Apple's
 * CoreAudioTypes.h: the low bits of a tag count the channels.) */
static bool channel_map_is_whole(SNDFILE *file, int container, int channels, bool early)
{
    uint8_t tag[4] = {0};
    SF_CHUNK_INFO chunk = {.id_size = 4, .datalen = sizeof tag, .data = tag};
    if (container != SF_FORMAT_AIFF && container != SF_FORMAT_CAF)
        return true;
    if (early)
        return false;
    memcpy(chunk.id, container == SF_FORMAT_AIFF ? "CHAN" : "chan", 4);
    SF_CHUNK_ITERATOR *place = sf_get_chunk_iterator(file, &chunk);
    return place && sf_get_chunk_data(place, &chunk) == SF_ERR_NO_ERROR && tag[3] >= channels;
}

static void emit_channels(const struct adit_call *job, SNDFILE *file, const SF_INFO *info, bool early)
{
    int channels = info->channels;
    int map[MAX_CHANNELS];
    double peaks[MAX_CHANNELS];
    if (channels < 1 || channels > MAX_CHANNELS)
        return;
    if (channel_map_is_whole(file, info->format & SF_FORMAT_TYPEMASK, channels, early) &&
        sf_command(file, SFC_GET_CHANNEL_MAP_INFO, map, channels * (int)sizeof *map) == SF_TRUE) {
        adit_begin_list(job, "channel_map");
        for (int i = 0; i < channels; i++)
            adit_emit_tag(job, "", ADIT_TAGS(speakers), (uint64_t)map[i]);
        adit_end(job);
    }
    if (sf_command(file, SFC_WAVEX_GET_AMBISONIC, NULL, 0) == SF_AMBISONIC_B_FORMAT)
        adit_emit_string(job, "ambisonic", "B-format");
    if (sf_command(file, SFC_GET_MAX_ALL_CHANNELS, peaks, channels * (int)sizeof *peaks) == SF_TRUE) {
        adit_begin_list(job, "peak");
        for (int i = 0; i < channels; i++)
            adit_emit_f64(job, "", peaks[i]);
        adit_end(job);
    }
}

static void emit_strings(const struct adit_call *job, SNDFILE *file)
{
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        const char *text = sf_get_string(file, (int)strings[i].number);
        if (text && *text)
            adit_emit_string(job, strings[i].name, text);
    }
}

static void emit_cues(const struct adit_call *job, SNDFILE *file)
{
    uint32_t count = 0;
    if (sf_command(file, SFC_GET_CUE_COUNT, &count, sizeof count) != SF_TRUE || count == 0)
        return;
    if (count > MAX_CUES) {
        adit_warnf(job, "only the first %d of %u cue points are told", MAX_CUES, count);
        count = MAX_CUES;
    }
    size_t size = offsetof(SF_CUES, cue_points) + count * sizeof(SF_CUE_POINT);
    SF_CUES *cues = (SF_CUES *)calloc(1, size < sizeof *cues ? sizeof *cues : size);
    if (cues && sf_command(file, SFC_GET_CUE, cues, (int)size) == SF_TRUE) {
        const SF_CUE_POINT *points = cues->cue_points;
        adit_begin_list(job, "cues");
        for (uint32_t i = 0; i < count && i < cues->cue_count; i++) {
            adit_begin_object(job, "");
            adit_emit_i64(job, "id", points[i].indx);
            adit_emit_u64(job, "position", points[i].position);
            adit_emit_u64(job, "sample_offset", points[i].sample_offset);
            struct adit_text name = adit_text_until_nul(adit_text_of(points[i].name, sizeof points[i].name));
            if (name.size > 0)
                adit_emit_text(job, "name", name);
            adit_end(job);
        }
        adit_end(job);
    }
    free(cues);
}

static void emit_instrument(const struct adit_call *job, SNDFILE *file)
{
    SF_INSTRUMENT in = {0};
    if (sf_command(file, SFC_GET_INSTRUMENT, &in, sizeof in) != SF_TRUE)
        return;
    adit_begin_object(job, "instrument");
    adit_emit_i64(job, "gain", in.gain);
    adit_emit_i64(job, "basenote", in.basenote);
    adit_emit_i64(job, "detune", in.detune);
    adit_emit_i64(job, "velocity_lo", in.velocity_lo);
    adit_emit_i64(job, "velocity_hi", in.velocity_hi);
    adit_emit_i64(job, "key_lo", in.key_lo);
    adit_emit_i64(job, "key_hi", in.key_hi);
    adit_begin_list(job, "loops");
    for (int i = 0; i < in.loop_count && i < (int)(sizeof in.loops / sizeof *in.loops); i++) {
        adit_begin_object(job, "");
        adit_emit_tag(job, "mode", ADIT_TAGS(loop_modes), (uint64_t)in.loops[i].mode);
        adit_emit_u64(job, "start", in.loops[i].start);
        adit_emit_u64(job, "end", in.loops[i].end);
        adit_emit_u64(job, "count", in.loops[i].count);
        adit_end(job);
    }
    adit_end(job);
    adit_end(job);
}

static void emit_loop(const struct adit_call *job, SNDFILE *file)
{
    SF_LOOP_INFO loop = {0};
    if (sf_command(file, SFC_GET_LOOP_INFO, &loop, sizeof loop) != SF_TRUE)
        return;
    adit_begin_object(job, "loop");
    adit_emit_i64(job, "time_sig_num", loop.time_sig_num);
    adit_emit_i64(job, "time_sig_den", loop.time_sig_den);
    adit_emit_tag(job, "mode", ADIT_TAGS(loop_modes), (uint64_t)loop.loop_mode);
    adit_emit_i64(job, "num_beats", loop.num_beats);
    adit_emit_f64(job, "bpm", (double)loop.bpm);
    adit_emit_i64(job, "root_key", loop.root_key);
    adit_end(job);
}

/* Decodes everything: option `measure`. Samples that are no numbers are counted and left out. */
static void measure(const struct adit_call *job, SNDFILE *file, const SF_INFO *info)
{
    sf_count_t step = MEASURE_SAMPLES / info->channels, got, frames = 0;
    double *samples = (double *)malloc(sizeof *samples * (size_t)(step * info->channels)), peak = 0, sum = 0;
    uint64_t nan = 0, counted = 0;
    if (!samples)
        return;
    while ((got = sf_readf_double(file, samples, step)) > 0) {
        for (sf_count_t i = 0; i < got * info->channels; i++) {
            if (!isfinite(samples[i])) {
                nan++;
                continue;
            }
            counted++;
            sum += samples[i] * samples[i];
            peak = fabs(samples[i]) > peak ? fabs(samples[i]) : peak;
        }
        frames += got;
        if (!adit_progress(job, (uint64_t)frames, (uint64_t)info->frames))
            break;
    }
    free(samples);
    adit_begin_object(job, "measured");
    adit_emit_u64(job, "frames", (uint64_t)frames);
    if (counted > 0) {
        adit_emit_f64(job, "peak", peak);
        adit_emit_f64(job, "rms", sqrt(sum / (double)counted));
    }
    adit_emit_u64(job, "not_finite", nan);
    adit_end(job);
}

#endif
