/* SPDX-License-Identifier: MIT */
/* MPEG audio, Layers I to III: the stream's format, its length, what the encoder tells, and the tags around it. ISO/IEC 11172-3 and
 * 13818-3. */
#include "mp3_stream.h"
#include "mp3_tags.h"

ADIT_MODULE("mp3", "1.0.0")

static const struct adit_tag versions[] = {{MPEG_2_5, 0, "2.5"}, {MPEG_2, 0, "2"}, {MPEG_1, 0, "1"}};
static const struct adit_tag modes[] = {{STEREO, 2, "stereo"},
                                        {JOINT_STEREO, 2, "joint stereo"},
                                        {DUAL_CHANNEL, 2, "dual channel"},
                                        {SINGLE_CHANNEL, 1, "single channel"}};
static const struct adit_tag emphases[] = {{0, 0, "none"}, {1, 0, "50/15 microseconds"}, {3, 0, "CCITT J.17"}};

static void emit_header(const struct mp3 *m)
{
    const struct adit_call *job = m->job;
    const struct mpeg_frame *f = &m->first;
    const struct adit_tag *mode = adit_tag_find(ADIT_TAGS(modes), f->mode);
    (void)adit_emit_tag(job, "mpeg_version", ADIT_TAGS(versions), f->version);
    (void)adit_emit_u64(job, "layer", f->layer);
    (void)adit_emit_u64(job, "sample_rate", f->sample_rate);
    (void)adit_emit_u64(job, "channels", mode->form);
    (void)adit_emit_string(job, "channel_mode", mode->name);
    (void)adit_emit_u64(job, "samples_per_frame", f->samples);
    if (f->layer == 3) {
        bool joint = f->mode == JOINT_STEREO;
        (void)adit_emit_bool(job, "ms_stereo", joint && f->mode_extension & 2);
        (void)adit_emit_bool(job, "intensity_stereo", joint && f->mode_extension & 1);
    }
    (void)adit_emit_u64(job, "first_bit_rate", f->bit_rate);
    (void)adit_emit_bool(job, "crc", !(f->header & 0x10000));
    (void)adit_emit_bool(job, "copyright", f->header & 8);
    (void)adit_emit_bool(job, "original", f->header & 4);
    (void)adit_emit_tag(job, "emphasis", ADIT_TAGS(emphases), f->emphasis);
}

/* From what the encoder tells; else from the frames, counted, or estimated from those walked. */
static void emit_length(struct mp3 *m)
{
    const struct adit_call *job = m->job;
    uint64_t size = m->audio.end - m->start, frames = m->info.frames;
    bool estimated = frames == 0 && !m->all;
    if (frames == 0 && m->bytes > 0)
        frames = m->all ? m->frames : (uint64_t)((double)size / (double)m->bytes * (double)m->frames);
    uint64_t samples = frames * m->first.samples, cut = (uint64_t)m->info.delay + m->info.padding;
    bool variable = m->info.found ? !m->info.is_constant : m->varies;
    (void)adit_emit_string(job, "bit_rate_mode", variable ? "VBR" : "CBR");
    (void)adit_emit_u64(job, "audio_offset", m->start);
    (void)adit_emit_u64(job, "audio_size", size);
    if (m->info.found)
        (void)adit_emit_u64(job, "info_frame_size", m->first.size);
    (void)adit_emit_u64(job, "frames", frames);
    (void)adit_emit_u64(job, "samples", samples);
    if (m->info.delay || m->info.padding) {
        (void)adit_emit_u64(job, "encoder_delay", m->info.delay);
        (void)adit_emit_u64(job, "encoder_padding", m->info.padding);
    }
    double duration = (double)samples / m->first.sample_rate;
    uint64_t bytes = m->info.bytes ? m->info.bytes : size;
    if (m->info.found && bytes > m->first.size)
        bytes -= m->first.size; /* that of the header itself */
    (void)adit_emit_f64(job, "duration", duration);
    if (cut > 0 && cut < samples)
        (void)adit_emit_f64(job, "trimmed_duration", (double)(samples - cut) / m->first.sample_rate);
    (void)adit_emit_bool(job, "duration_is_estimated", estimated);
    uint32_t rate = m->info.found ? m->sound_rate : m->first.bit_rate;
    if (!variable && rate > 0)
        (void)adit_emit_f64(job, "bit_rate", rate);
    else if (duration > 0)
        (void)adit_emit_f64(job, "bit_rate", (double)bytes * 8 / duration);
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct mp3 m = {.job = job, .report = adit_report(job)};
    struct mp3_tags tags;
    find_tags(job, &tags);
    m.audio = between(job, tags.start, tags.end);
    struct adit_cursor c = m.audio;
    if (adit_match_literal(&c, "fLaC")) {
        (void)adit_refine(job, "audio/flac");
        return ADIT_DECLINED;
    }
    emit_tags(job, &tags);
    if (tags.count > 0 && tags.start >= tags.end) {
        adit_remark(&m.report, "there is no audio, there are tags alone");
        return adit_verdict(&m.report);
    }
    if (!find_start(&m))
        return adit_verdict(&m.report);
    emit_header(&m);
    read_info(job, &m.first, m.start, m.audio.end, &m.info);
    emit_ancillary_encoder(job, &m.first, m.start + (m.info.found ? m.first.size : 0), m.audio.end);
    walk(&m);
    emit_length(&m);
    return adit_verdict(&m.report);
}
ADIT_PLUGIN(NULL, run, NULL, NULL)
