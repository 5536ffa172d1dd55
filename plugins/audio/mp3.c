/* SPDX-License-Identifier: MIT */
/* MPEG audio, Layers I to III: the stream's format, its length, what the encoder tells, and the tags around it. ISO/IEC 11172-3 and
 * 13818-3. */
#include <adit/adit.h>
#include <adit/charset.h>
#include <adit/report.h>

#include "mp3_info.h"
#include "mp3_tags.h"
#include "mpeg_frame.h"

ADIT_MODULE("mp3", "1.0.0")

enum { SEARCH = 1 << 18, PIECE = 4096, MAX_FREE = 8192, WALK = 1024, MAX_VERSION = 24 };

static const struct adit_tag versions[] = {{MPEG_2_5, 0, "2.5"}, {MPEG_2, 0, "2"}, {MPEG_1, 0, "1"}};
static const struct adit_tag modes[] = {{STEREO, 2, "stereo"},
                                        {JOINT_STEREO, 2, "joint stereo"},
                                        {DUAL_CHANNEL, 2, "dual channel"},
                                        {SINGLE_CHANNEL, 1, "single channel"}};
static const struct adit_tag emphases[] = {{0, 0, "none"}, {1, 0, "50/15 microseconds"}, {3, 0, "CCITT J.17"}};

struct mp3 {
    const struct adit_call *job;
    struct adit_report report;
    struct adit_cursor audio; /* between the tags */
    struct mpeg_frame first;
    uint64_t start;     /* of the first frame */
    uint32_t free_size; /* of a frame in free format, without padding */
    struct mp3_info info;
    /* of the frames walked */
    uint64_t frames, bytes;
    uint32_t sound_rate; /* bit rate of the first, or of the one behind a header's */
    bool varies, all;
};

/* Of a frame in free format: the next header of the same stream says where it ends. 0: there is none. */
static uint32_t free_size(const struct adit_cursor *audio, uint64_t offset, const struct mpeg_frame *f)
{
    struct adit_cursor c = *audio;
    struct mpeg_frame next;
    uint32_t header = 0;
    c.at = offset + 4;
    for (uint32_t n = 4; n < MAX_FREE && adit_left(&c) > 0; n++) {
        header = header << 8 | adit_read_u8(&c);
        if (n >= 32 && mpeg_frame(header, &next) && mpeg_same_stream(f, &next) && next.bit_rate == 0)
            return n - 3;
    }
    return 0;
}

/* The size of a frame of the stream; in free format all have the first one's, but for padding (ISO/IEC 11172-3, 2.4.2.3). */
static uint32_t size_of(const struct mp3 *m, const struct mpeg_frame *f)
{
    return f->size ? f->size : m->free_size ? m->free_size + (f->header >> 9 & 1) : 0;
}

/* Do frames of one stream follow one another from here, to the end or three of them? Two, where audio should begin. */
static bool is_start(struct mp3 *m, uint64_t offset, struct mpeg_frame *first)
{
    struct mpeg_frame f;
    int enough = offset == m->audio.start ? 2 : 3;
    for (int i = 0; i < enough; i++) {
        if (!mpeg_frame_at(&m->audio, offset, &f) || (i > 0 && !mpeg_same_stream(first, &f)))
            return i > 0 && offset == m->audio.end;
        if (i == 0)
            *first = f;
        if (i == 0 && f.size == 0 && offset == m->audio.start) {
            uint32_t whole = free_size(&m->audio, offset, &f);
            m->free_size = whole ? whole - (f.header >> 9 & 1) : 0;
        }
        uint32_t size = size_of(m, &f);
        if (size == 0 || size > m->audio.end - offset)
            return i > 0 && size > 0;
        offset += size;
    }
    return true;
}

/* The first frame, which may come after what is no audio. */
static bool find_start(struct mp3 *m)
{
    uint8_t piece[PIECE];
    uint64_t end = m->audio.end - m->audio.start > SEARCH ? m->audio.start + SEARCH : m->audio.end;
    for (uint64_t at = m->audio.start; at < end; at += PIECE - 1) {
        int64_t got = adit_read(m->job, ADIT_SOURCE_MAIN, at, piece, sizeof piece);
        for (int64_t i = 0; i + 1 < got; i++)
            if (piece[i] == 0xff && piece[i + 1] >= 0xe0 && is_start(m, at + (uint64_t)i, &m->first)) {
                m->start = at + (uint64_t)i;
                return true;
            }
        if (got < PIECE)
            break;
    }
    /* A single frame, which nothing confirms, where it must be. */
    m->start = m->audio.start;
    return mpeg_frame_at(&m->audio, m->start, &m->first);
}

/* The text "LAME" and a version of digits and points in a piece of the audio; of no size where there is none. */
static struct adit_text find_version(const uint8_t *piece, size_t size)
{
    for (size_t i = 0; i + 5 < size; i++) {
        if (piece[i] != 'L' || __builtin_memcmp(piece + i, "LAME", 4) != 0 || piece[i + 4] < '0' || piece[i + 4] > '9')
            continue;
        size_t n = 5;
        while (i + n < size && n < MAX_VERSION && (piece[i + n] == '.' || (piece[i + n] >= '0' && piece[i + n] <= '9')))
            n++;
        return adit_text_of((const char *)piece + i, n);
    }
    return adit_text_of("", 0);
}

/* LAME fills what is left of a frame with its name and version (drain_into_ancillary in its bitstream.c): in the first frames, or in the
 * last ones. */
static void emit_ancillary_encoder(const struct mp3 *m)
{
    uint8_t piece[PIECE];
    uint64_t from = m->start + (m->info.found ? m->first.size : 0), end = m->audio.end;
    if (m->first.layer != 3 || from >= end)
        return;
    uint64_t places[2] = {from, end - from > 2 * PIECE ? end - PIECE : from + PIECE};
    for (int i = 0; i < 2 && places[i] < end; i++) {
        uint64_t size = end - places[i] < PIECE ? end - places[i] : PIECE;
        int64_t got = adit_read(m->job, ADIT_SOURCE_MAIN, places[i], piece, (size_t)size);
        struct adit_text version = find_version(piece, got > 0 ? (size_t)got : 0);
        if (version.size > 0) {
            (void)adit_emit_text(m->job, "ancillary_encoder", version);
            return;
        }
    }
}

/* Goes through up to WALK frames: are they all alike, and how many bits do they take? */
static void walk(struct mp3 *m)
{
    struct mpeg_frame f;
    uint64_t at = m->start;
    for (int n = 0; n < WALK && at < m->audio.end; n++) {
        if (!mpeg_frame_at(&m->audio, at, &f) || !mpeg_same_stream(&m->first, &f)) {
            if (m->audio.end - at >= 4)
                adit_remark(&m->report, "offset %llu: expected the header of frame %d, found something else",
                            (unsigned long long)at, n + 1);
            break;
        }
        uint32_t size = size_of(m, &f);
        if (size == 0)
            break;
        m->varies |= f.bit_rate != m->first.bit_rate;
        m->sound_rate = n < 2 ? f.bit_rate : m->sound_rate;
        if (size > m->audio.end - at)
            adit_remark(&m->report, "frame %d at offset %llu: has %u bytes, %llu are there", n + 1,
                        (unsigned long long)at, (unsigned)size, (unsigned long long)(m->audio.end - at));
        else
            m->frames++;
        m->bytes += size;
        at += size;
    }
    m->all = at >= m->audio.end;
}

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
    if (!find_start(&m)) {
        adit_complain(
            &m.report, "offset %llu: expected frames of MPEG audio, found none in %llu bytes",
            (unsigned long long)m.audio.start,
            (unsigned long long)(m.audio.end - m.audio.start < SEARCH ? m.audio.end - m.audio.start : SEARCH));
        return adit_verdict(&m.report);
    }
    if (m.start > m.audio.start) {
        (void)adit_emit_u64(job, "skipped", m.start - m.audio.start);
        adit_remark(&m.report, "offset %llu: %llu bytes before the first frame are no audio",
                    (unsigned long long)m.audio.start, (unsigned long long)(m.start - m.audio.start));
    }
    emit_header(&m);
    read_info(job, &m.first, m.start, m.audio.end, &m.info);
    emit_ancillary_encoder(&m);
    walk(&m);
    emit_length(&m);
    return adit_verdict(&m.report);
}
ADIT_PLUGIN(NULL, run, NULL, NULL)
