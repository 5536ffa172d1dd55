/* SPDX-License-Identifier: MIT */
/* Chapters in a track of text that another track refers to. QuickTime File Format, "Chapter Lists" and "Text Sample Data";
 * ISO/IEC 14496-12, 8.6.1.2, 8.7.3 to 8.7.5. */
#ifndef PLUGINS_VIDEO_ISOBMFF_CHAPTERS_H
#define PLUGINS_VIDEO_ISOBMFF_CHAPTERS_H

#include "isobmff_values.h"

enum { MAX_CHAPTERS = 1024 };

/* The next entry of the table of runs; its last one holds for all chunks that are left (8.7.4). */
struct chunk_runs {
    struct adit_cursor stsc;
    uint32_t next_first, samples;
};

static inline void begin_runs(struct chunk_runs *r)
{
    adit_skip(&r->stsc, 8);
    r->next_first = adit_left(&r->stsc) >= 12 ? adit_read_u32(&r->stsc) : 0;
    r->samples = 0;
}

static inline uint32_t samples_of_chunk(struct chunk_runs *r, uint32_t chunk)
{
    while (r->next_first != 0 && r->next_first <= chunk) {
        r->samples = adit_read_u32(&r->stsc);
        adit_skip(&r->stsc, 4);
        r->next_first = adit_left(&r->stsc) >= 12 ? adit_read_u32(&r->stsc) : 0;
    }
    return r->samples;
}

/* When each sample begins, from runs of one duration. */
struct sample_times {
    struct adit_cursor stts;
    uint32_t left, delta;
    uint64_t time;
};

static inline uint64_t next_time(struct sample_times *t)
{
    uint64_t now = t->time;
    if (t->left == 0 && adit_left(&t->stts) >= 8) {
        t->left = adit_read_u32(&t->stts);
        t->delta = adit_read_u32(&t->stts);
    }
    t->time += t->left > 0 ? t->delta : 0;
    t->left -= t->left > 0;
    return now;
}

/* A text sample: its size in two bytes, then UTF-8, or UTF-16 with a byte order mark. */
static inline void emit_chapter(struct isobmff *x, const struct text_track *track, uint64_t offset, uint64_t size,
                                uint64_t time)
{
    struct adit_cursor c = adit_cursor_at(x->job, ADIT_SOURCE_MAIN, offset, size);
    struct adit_cursor text = adit_sub(&c, adit_read_u16be(&c));
    if (!adit_ok(&text)) {
        adit_complain(&x->report, "chapter at offset %llu: its text is not inside of its %llu bytes",
                      (unsigned long long)offset, (unsigned long long)size);
        return;
    }
    (void)adit_begin_object(x->job, "chapters");
    (void)adit_emit_f64(x->job, "start", (double)time / track->timescale);
    emit_rest_as_text(x, "title", &text);
    (void)adit_end(x->job);
}

static inline void read_chapters(struct isobmff *x, const struct text_track *track)
{
    struct chunk_runs runs = {track->stsc, 0, 0};
    struct sample_times times = {track->stts, 0, 0, 0};
    struct adit_cursor sizes = track->stsz, chunks = track->stco;
    adit_skip(&times.stts, 8);
    adit_skip(&sizes, 4);
    uint32_t size = adit_read_u32(&sizes), samples = adit_read_u32(&sizes);
    adit_skip(&chunks, 4);
    uint32_t count = adit_read_u32(&chunks);
    begin_runs(&runs);
    samples = samples < MAX_CHAPTERS ? samples : MAX_CHAPTERS;
    for (uint32_t chunk = 1; chunk <= count && samples > 0 && adit_left(&chunks) > 0; chunk++) {
        uint64_t offset = track->wide ? adit_read_u64(&chunks) : adit_read_u32(&chunks);
        for (uint32_t n = samples_of_chunk(&runs, chunk); n > 0 && samples > 0; n--, samples--) {
            uint32_t bytes = size ? size : adit_read_u32(&sizes);
            if (!adit_ok(&sizes))
                return;
            emit_chapter(x, track, offset, bytes, next_time(&times));
            offset += bytes;
        }
    }
}

/* After all tracks: those that are referred to as chapters, unless Nero's list told them. */
static inline void emit_chapters(struct isobmff *x)
{
    for (size_t i = 0; i < x->text_track_count && !x->has_chapters; i++)
        for (size_t k = 0; k < x->chapter_id_count; k++)
            if (x->text_tracks[i].id == x->chapter_ids[k] && x->text_tracks[i].timescale > 0) {
                read_chapters(x, &x->text_tracks[i]);
                x->has_chapters = true;
                break;
            }
}

#endif
