/* SPDX-License-Identifier: MIT */
/* libraries: sndfile */
/* Decodes what libsndfile reads, for plugins that listen. Samples keep what the file has: 16 bits, 32 bits, or floating point. */
#include "sndfile_chunks.h"
#include <adit/pcm.h>
#include <stdlib.h>

ADIT_MODULE("pcm", "1.0.0")

enum { BLOCK_SAMPLES = 16 * 1024 };

/* The least format that keeps every bit of the file's. */
static uint32_t format_of(const SF_INFO *info)
{
    switch (info->format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_S8:
    case SF_FORMAT_PCM_U8:
    case SF_FORMAT_PCM_16:
    case SF_FORMAT_ULAW:
    case SF_FORMAT_ALAW:
    case SF_FORMAT_DPCM_8:
    case SF_FORMAT_DPCM_16:
    case SF_FORMAT_IMA_ADPCM:
    case SF_FORMAT_MS_ADPCM:
    case SF_FORMAT_GSM610:
    case SF_FORMAT_VOX_ADPCM:
    case SF_FORMAT_ALAC_16:
        return ADIT_PCM_S16;
    case SF_FORMAT_PCM_24:
    case SF_FORMAT_PCM_32:
    case SF_FORMAT_ALAC_20:
    case SF_FORMAT_ALAC_24:
    case SF_FORMAT_ALAC_32:
        return ADIT_PCM_S32;
    default:
        return ADIT_PCM_F32;
    }
}

static sf_count_t decode(SNDFILE *file, const struct adit_pcm *is, void *block, sf_count_t frames)
{
    return is->format == ADIT_PCM_S16   ? sf_readf_short(file, (short *)block, frames)
           : is->format == ADIT_PCM_S32 ? sf_readf_int(file, (int *)block, frames)
                                        : sf_readf_float(file, (float *)block, frames);
}

/* Until the end, the stream's bound, or the user's. */
static int32_t copy(const struct adit_call *job, SNDFILE *file, const struct adit_pcm *is, void *block)
{
    sf_count_t step = BLOCK_SAMPLES / (sf_count_t)is->channels, got = 0;
    uint64_t done = 0;
    bool go_on = true;
    while (go_on && (got = decode(file, is, block, step)) > 0) {
        done += (uint64_t)got;
        go_on = adit_pcm_write(job, is, block, (size_t)got) == 0 && adit_progress(job, done, is->frames);
    }
    bool cut = is->frames != UINT64_MAX && done < is->frames;
    (void)adit_pcm_end(job, go_on && !cut);
    if (go_on && cut)
        adit_warnf(job, "expected %llu frames, found %llu", (unsigned long long)is->frames, (unsigned long long)done);
    return go_on && cut ? ADIT_MALFORMED : ADIT_OK;
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct place place = {job, 0};
    SF_INFO info;
    (void)state;
    SNDFILE *file = sound_open(&place, &info);
    if (!file)
        return ADIT_DECLINED;
    bool known = info.frames >= 0 && info.frames < SF_COUNT_MAX;
    struct adit_pcm is = {(uint32_t)info.samplerate, (uint32_t)info.channels, format_of(&info),
                          known ? (uint64_t)info.frames : UINT64_MAX};
    void *block = malloc(BLOCK_SAMPLES * sizeof(float));
    int error = block ? adit_pcm_begin(job, &is) : ADIT_E_LIMIT;
    int32_t status = error ? error == ADIT_E_USAGE ? ADIT_UNSUPPORTED : ADIT_OK : copy(job, file, &is, block);
    free(block);
    (void)sf_close(file);
    return status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
