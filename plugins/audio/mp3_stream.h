/* SPDX-License-Identifier: MIT */
/* The stream of frames: where it begins, and what they are like. ISO/IEC 11172-3, 2.4.2.3. Part of mp3.c. */
#ifndef PLUGINS_AUDIO_MP3_STREAM_H
#define PLUGINS_AUDIO_MP3_STREAM_H

#include "mp3_info.h"
#include "mpeg_frame.h"
#include <adit/report.h>

enum { SEARCH = 1 << 18, MAX_FREE = 8192, WALK = 1024 };

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
static inline uint32_t free_size(const struct adit_cursor *audio, uint64_t offset, const struct mpeg_frame *f)
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
static inline uint32_t size_of(const struct mp3 *m, const struct mpeg_frame *f)
{
    return f->size ? f->size : m->free_size ? m->free_size + (f->header >> 9 & 1) : 0;
}

/* Do frames of one stream follow one another from here, to the end or three of them? Two, where audio should begin. */
static inline bool is_start(struct mp3 *m, uint64_t offset, struct mpeg_frame *first)
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
static inline bool search_start(struct mp3 *m)
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

/* The same, telling what is wrong. */
static inline bool find_start(struct mp3 *m)
{
    uint64_t offset = m->audio.start, size = m->audio.end - offset;
    if (!search_start(m)) {
        adit_complain(&m->report, "offset %llu: expected frames of MPEG audio, found none in %llu bytes",
                      (unsigned long long)offset, (unsigned long long)(size < SEARCH ? size : SEARCH));
        return false;
    }
    if (m->start > offset) {
        (void)adit_emit_u64(m->job, "skipped", m->start - offset);
        adit_remark(&m->report, "offset %llu: %llu bytes before the first frame are no audio",
                    (unsigned long long)offset, (unsigned long long)(m->start - offset));
    }
    return true;
}

/* Goes through up to WALK frames: are they all alike, and how many bits do they take? */
static inline void walk(struct mp3 *m)
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

#endif
