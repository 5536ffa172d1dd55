/* SPDX-License-Identifier: MIT */
/* libraries: libebur128 */
/* How loud a sound is. Sources: ITU-R BS.1770-4 (loudness, true peak); EBU R 128; EBU Tech 3341 (momentary and short-term
 * loudness), 3342 (range); ReplayGain 2.0 (reference -18 LUFS). */
#include "loudness_meter.h"

ADIT_MODULE("loudness", "1.0.0")

enum { REFERENCE = -18 };

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
    if (!meter_open(&l)) {
        adit_warnf(job, "%u channels at %u Hz: more than can be measured", l.pcm.is.channels, l.pcm.is.rate);
        status = ADIT_UNSUPPORTED;
    } else {
        bool whole = measure(&l);
        emit_all(&l);
        if (!whole || (l.pcm.is.frames != UINT64_MAX && l.pcm.frames < l.pcm.is.frames))
            adit_warnf(job, "only the first %.1f s were measured", (double)l.done / l.pcm.is.rate);
    }
    meter_close(&l);
    return status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
