/* SPDX-License-Identifier: MIT */
/* Sound through libebur128's meter, block by block. Sources: ITU-R BS.1770-4; EBU Tech 3341. */
#ifndef AUDIO_LOUDNESS_METER_H
#define AUDIO_LOUDNESS_METER_H

#include <adit/adit.h>
#include <adit/pcm.h>
#include <ebur128.h>
#include <math.h>
#include <stdlib.h>

enum { STEPS_A_SECOND = 10 }; /* Tech 3341, 2.2: at least ten readings a second */

struct loudness {
    const struct adit_call *job;
    struct adit_pcm_view pcm;
    ebur128_state *meter;
    float *block;
    size_t step;                  /* frames of a block */
    uint64_t done, odd;           /* frames; samples that are no numbers */
    double momentary, short_term; /* the greatest, LUFS */
};

/* False: there is no memory, or the sound is more than can be measured. */
static inline bool meter_open(struct loudness *l)
{
    l->step = l->pcm.is.rate / STEPS_A_SECOND + 1;
    l->meter =
        ebur128_init(l->pcm.is.channels, l->pcm.is.rate, EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_TRUE_PEAK);
    l->block = l->meter ? (float *)malloc(l->step * l->pcm.is.channels * sizeof *l->block) : NULL;
    return l->block != NULL;
}

static inline void meter_close(struct loudness *l)
{
    free(l->block);
    if (l->meter)
        ebur128_destroy(&l->meter);
}

/* What is no number, or infinite, would stay in the filters for ever: it counts as silence. */
static inline void clean(struct loudness *l, size_t samples)
{
    for (size_t i = 0; i < samples; i++)
        if (!isfinite(l->block[i])) {
            l->block[i] = 0;
            l->odd++;
        }
}

static inline void keep_greatest(double *greatest, double value)
{
    if (value > *greatest)
        *greatest = value;
}

/* False: not everything was measured. */
static inline bool measure(struct loudness *l)
{
    double value;
    while (l->done < l->pcm.frames) {
        int64_t got = adit_pcm_read(&l->pcm, l->done, l->step, l->block);
        if (got <= 0)
            return false;
        clean(l, (size_t)got * l->pcm.is.channels);
        if (ebur128_add_frames_float(l->meter, l->block, (size_t)got) != EBUR128_SUCCESS)
            return false;
        l->done += (uint64_t)got;
        /* Before a window is full its mean is of less than it says. */
        if (l->done * 10 >= l->pcm.is.rate * 4ull && ebur128_loudness_momentary(l->meter, &value) == EBUR128_SUCCESS)
            keep_greatest(&l->momentary, value);
        if (l->done >= l->pcm.is.rate * 3ull && ebur128_loudness_shortterm(l->meter, &value) == EBUR128_SUCCESS)
            keep_greatest(&l->short_term, value);
        if (!adit_progress(l->job, l->done, l->pcm.frames))
            return false;
    }
    return true;
}

#endif
