/* SPDX-License-Identifier: MIT */
/* libraries: libebur128 */
/* How loud a sound is. Sources: ITU-R BS.1770-4 (loudness, true peak); EBU R 128; EBU Tech 3341 (momentary and short-term
 * loudness), 3342 (range); ReplayGain 2.0 (reference -18 LUFS). */
#include <adit/adit.h>
#include <adit/pcm.h>
#include <ebur128.h>
#include <math.h>
#include <stdlib.h>

ADIT_MODULE("loudness", "1.0.0")

enum { STEPS_A_SECOND = 10 /* Tech 3341, 2.2: at least ten readings a second */, REFERENCE = -18 };

struct loudness {
    const struct adit_call *job;
    struct adit_pcm_view pcm;
    ebur128_state *meter;
    float *block;
    size_t step;                  /* frames of a block */
    uint64_t done, odd;           /* frames; samples that are no numbers */
    double momentary, short_term; /* the greatest, LUFS */
};

/* What is no number, or infinite, would stay in the filters for ever: it counts as silence. */
static void clean(struct loudness *l, size_t samples)
{
    for (size_t i = 0; i < samples; i++)
        if (!isfinite(l->block[i])) {
            l->block[i] = 0;
            l->odd++;
        }
}

static void keep_greatest(double *greatest, double value)
{
    if (value > *greatest)
        *greatest = value;
}

/* False: not everything was measured. */
static bool measure(struct loudness *l)
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

static void emit_level(const struct adit_call *job, const char *name, double value)
{
    if (isfinite(value))
        adit_emit_f64(job, name, round(value * 100) / 100);
}

static void emit_peaks(const struct loudness *l)
{
    double sample = 0, true_peak = 0, value;
    for (unsigned i = 0; i < l->pcm.is.channels; i++) {
        if (ebur128_sample_peak(l->meter, i, &value) == EBUR128_SUCCESS)
            keep_greatest(&sample, value);
        if (ebur128_true_peak(l->meter, i, &value) == EBUR128_SUCCESS)
            keep_greatest(&true_peak, value);
    }
    emit_level(l->job, "sample_peak", 20 * log10(sample));
    emit_level(l->job, "true_peak", 20 * log10(true_peak));
    adit_emit_f64(l->job, "replaygain_track_peak", round(sample * 1e6) / 1e6);
}

static void emit_all(const struct loudness *l)
{
    double integrated = -HUGE_VAL, value;
    (void)ebur128_loudness_global(l->meter, &integrated);
    emit_level(l->job, "integrated", integrated);
    if (isfinite(integrated) && ebur128_relative_threshold(l->meter, &value) == EBUR128_SUCCESS)
        emit_level(l->job, "threshold", value);
    if (isfinite(integrated) && ebur128_loudness_range(l->meter, &value) == EBUR128_SUCCESS)
        emit_level(l->job, "range", value);
    emit_level(l->job, "max_momentary", l->momentary);
    emit_level(l->job, "max_short_term", l->short_term);
    emit_level(l->job, "replaygain_track_gain", REFERENCE - integrated);
    emit_peaks(l);
    adit_emit_f64(l->job, "measured", (double)l->done / l->pcm.is.rate);
    if (l->odd > 0)
        adit_emit_u64(l->job, "not_finite", l->odd);
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct loudness l = {.job = job, .momentary = -HUGE_VAL, .short_term = -HUGE_VAL};
    (void)state;
    int32_t status = adit_pcm_open(job, &l.pcm);
    if (status != ADIT_OK)
        return status;
    if (l.pcm.frames == 0) {
        adit_warnf(job, "there are no frames to measure");
        return ADIT_DECLINED;
    }
    l.step = l.pcm.is.rate / STEPS_A_SECOND + 1;
    l.meter =
        ebur128_init(l.pcm.is.channels, l.pcm.is.rate, EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_TRUE_PEAK);
    l.block = l.meter ? (float *)malloc(l.step * l.pcm.is.channels * sizeof *l.block) : NULL;
    if (!l.block) {
        adit_warnf(job, "%u channels at %u Hz: more than can be measured", l.pcm.is.channels, l.pcm.is.rate);
        status = ADIT_UNSUPPORTED;
    } else {
        bool whole = measure(&l);
        emit_all(&l);
        if (!whole || (l.pcm.is.frames != UINT64_MAX && l.pcm.frames < l.pcm.is.frames))
            adit_warnf(job, "only the first %.1f s were measured", (double)l.done / l.pcm.is.rate);
    }
    free(l.block);
    if (l.meter)
        ebur128_destroy(&l.meter);
    return status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
