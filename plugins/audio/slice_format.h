/* SPDX-License-Identifier: MIT */
/* From the recording's format and the options to that of the slices. */
#ifndef PLUGINS_AUDIO_SLICE_FORMAT_H
#define PLUGINS_AUDIO_SLICE_FORMAT_H

#include "slice_write.h"

/* Bits of an integer sample; 0: floats. */
static inline uint32_t bits_of(int format)
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

static inline enum pack pack_of(const struct cutter *c, enum encoding encoding)
{
    uint32_t bits = c->bits > 0 ? c->bits : 24;
    if (encoding == ENCODE_FLOAT16)
        return PACK_F16;
    if (encoding == ENCODE_WAV && c->bits == 0)
        return PACK_F32;
    return bits == 8 ? (encoding == ENCODE_WAV ? PACK_U8 : PACK_S8) : bits == 16 ? PACK_S16 : bits == 24 ? PACK_S24 : PACK_S32;
}

static inline int32_t set_up(struct cutter *c, const SF_INFO *info, enum encoding *encoding)
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

#endif
