/* SPDX-License-Identifier: MIT */
/* One pass over a sound: each block goes to the windows that it is part of; those that have ended wait until many of them are
 * hashed together, and are given away. */
#ifndef PLUGINS_AUDIO_SLICE_PASS_H
#define PLUGINS_AUDIO_SLICE_PASS_H

#include "slice_part.h"

/* ---- windows ---- */

static inline void activate(struct cutter *c, uint32_t first, uint32_t count)
{
    const struct slice *s = &c->plan->list[first];
    struct active *a = (struct active *)calloc(1, sizeof *a);
    if (!a) {
        c->failed = true;
        return;
    }
    *a = (struct active){.first = first, .count = count, .start = s->start, .end = s->end};
    a->info = (struct flac_info){.least_block = UINT32_MAX, .least_frame = UINT32_MAX, .samples = s->end - s->start};
    md5_begin(&a->md5);
    c->active[c->active_count++] = a;
}

static inline void release(struct active *a)
{
    bytes_free(&a->before);
    bytes_free(&a->after);
    free(a);
}

/* The windows that have ended are given away, and what none of the others needs is forgotten. */
static inline void end_group(struct cutter *c)
{
    uint64_t needed = c->kept_base + c->kept_count;
    if (c->flac)
        hash_pending(c);
    for (uint32_t i = 0; i < c->ended_count; i++) {
        struct active *a = c->ended[i];
        if (c->feeding && a->kept_from < a->kept_to && a->kept_to > c->fed)
            flush_kept(c);
        if (!c->failed)
            c->finish(c, a, &c->out);
        release(a);
    }
    c->ended_count = 0;
    for (uint32_t i = 0; i < c->active_count; i++) {
        struct active *a = c->active[i];
        a->hash_from = a->hash_to = 0;
        needed = a->kept_from < a->kept_to && a->kept_from < needed ? a->kept_from : needed;
    }
    forget_kept(c, c->feeding && c->fed < needed ? c->fed : needed);
    c->packed_size = 0;
}

/* ---- the pass ---- */

/* Where the windows are that have not begun. */
struct queue {
    uint32_t at, left; /* left: those for which there was no memory, for another pass */
    uint8_t *done;
};

/* Those that begin before `limit`. */
static inline void begin_windows(struct cutter *c, struct queue *q, uint64_t limit)
{
    const struct slice *list = c->plan->list;
    for (uint32_t count; q->at < c->plan->count && list[q->at].start < limit; q->at += count) {
        for (count = 1; q->at + count < c->plan->count && list[q->at].start == list[q->at + count].start &&
                        list[q->at].end == list[q->at + count].end;)
            count++;
        if (q->done[q->at])
            continue;
        if (c->active_count + c->ended_count == c->active_most)
            end_group(c);
        if (c->active_count == c->active_most) {
            q->left++;
            continue;
        }
        memset(q->done + q->at, 1, count);
        activate(c, q->at, count);
    }
}

static inline bool cuts(const struct cutter *c, uint64_t at, uint64_t end)
{
    return at >= c->at + FLAC_LEAST && at < end;
}

/* Frames of the next block. Many windows have no use for blocks that are short for one of them. */
static inline uint32_t block_length(const struct cutter *c, const struct queue *q)
{
    uint64_t end = c->frames - c->at < BLOCK ? c->frames : c->at + BLOCK;
    if (c->active_count <= FEW_WINDOWS && q->at < c->plan->count && cuts(c, c->plan->list[q->at].start, end))
        end = c->plan->list[q->at].start;
    for (uint32_t i = 0; i < c->active_count && c->active_count <= FEW_WINDOWS; i++)
        if (cuts(c, c->active[i]->end, end))
            end = c->active[i]->end;
    return (uint32_t)(end - c->at);
}

static inline void cut_block(struct cutter *c, uint32_t frames)
{
    size_t packed = c->packed_size;
    uint32_t left = 0;
    bool keep = false;
    read_block(c, frames);
    pack(c, c->block, c->got, c->packed + packed);
    c->packed_size += (size_t)c->got * c->channels * pack_size(c->pack);
    for (uint32_t i = 0; i < c->active_count && !keep; i++)
        keep = takes_kept(c, c->active[i]);
    if (keep)
        keep_block(c, c->packed + packed);
    for (uint32_t i = 0; i < c->active_count; i++)
        take_part(c, c->active[i], packed);
    c->at += c->got;
    for (uint32_t i = 0; i < c->active_count; i++) {
        struct active *a = c->active[i];
        struct active **to = a->end <= c->at ? &c->ended[c->ended_count++] : &c->active[left++];
        *to = a;
    }
    c->active_count = left;
    if (!c->flac || c->packed_size >= GROUP_BYTES)
        end_group(c);
}

/* The next block is to begin there. A few frames are read and left out: seeking costs more in a compressed sound. */
static inline bool go_to(struct cutter *c, uint64_t frame)
{
    if (frame < c->at || frame - c->at > 4 * BLOCK) {
        if (!seek_frame(c, frame))
            return false;
        c->at = frame;
    }
    while (c->at < frame && !c->cut_off) {
        read_block(c, frame - c->at < BLOCK ? (uint32_t)(frame - c->at) : BLOCK);
        c->at += c->got;
    }
    return true;
}

/* One pass over the windows that are not done, as many at once as memory is for. Returns how many are left for another. */
static inline uint32_t cut_pass(struct cutter *c, uint8_t *done)
{
    const struct slice_plan *p = c->plan;
    struct queue q = {.done = done};
    while (!c->failed && !c->stopped && !c->cut_off) {
        while (q.at < p->count && done[q.at])
            q.at++;
        if (c->active_count == 0 && q.at == p->count)
            break;
        if (c->active_count == 0 && !go_to(c, p->list[q.at].start)) {
            c->cut_off = true; /* libsndfile finds no such place */
            break;
        }
        begin_windows(c, &q, c->at + 1);
        uint32_t frames = block_length(c, &q);
        begin_windows(c, &q, c->at + frames);
        cut_block(c, frames);
        c->stopped = c->stopped || !adit_progress(c->job, c->slices, p->count);
    }
    end_group(c);
    return q.left;
}

/* Cuts all windows. c->failed: memory or the encoder; c->stopped: what was asked for by the host, or the sound ended early. */
static inline void cut_all(struct cutter *c)
{
    uint8_t *done = (uint8_t *)calloc(c->plan->count + 1, 1);
    c->failed |= !done;
    while (!c->failed && !c->stopped && !c->cut_off && cut_pass(c, done) > 0) {
    }
    free(done);
}

static inline bool cutter_open(struct cutter *c)
{
    size_t frames = BLOCK + FLAC_LEAST, wide = frames * c->source_channels, n = frames * c->channels, size = pack_size(c->pack);
    c->raw = (int32_t *)malloc(wide * sizeof *c->raw);
    c->block = (int32_t *)malloc(wide * sizeof *c->block);
    c->own = (int32_t *)malloc(n * sizeof *c->own);
    c->packed = (uint8_t *)malloc(GROUP_BYTES + n * size);
    c->fixed = (struct fixed *)malloc(sizeof *c->fixed);
    c->own_packed = (uint8_t *)malloc(n * size);
    size_t most = ACTIVE_BYTES / (BLOCK * c->channels * size);
    c->active_most = most > ACTIVE_MAX ? ACTIVE_MAX : most < 16 ? 16 : (uint32_t)most;
    c->active = (struct active **)calloc(ACTIVE_MAX, sizeof *c->active);
    c->ended = (struct active **)calloc(ACTIVE_MAX, sizeof *c->ended);
    c->first_jobs = (struct md5_job *)calloc(ACTIVE_MAX, sizeof *c->first_jobs);
    c->rest_jobs = (struct md5_job *)calloc(ACTIVE_MAX, sizeof *c->rest_jobs);
    c->md5 = md5_widest();
    c->once = (struct encoder){.user = c, .take = take_kept};
    c->edge = (struct encoder){.user = c, .take = take_edge};
    return c->raw && c->block && c->own && c->packed && c->own_packed && c->fixed && c->active && c->ended && c->first_jobs && c->rest_jobs;
}

static inline void cutter_free(struct cutter *c)
{
    (void)encoder_close(&c->once);
    encoder_free(&c->once);
    encoder_free(&c->edge);
    while (c->active && c->active_count > 0)
        release(c->active[--c->active_count]);
    while (c->ended && c->ended_count > 0)
        release(c->ended[--c->ended_count]);
    forget_kept(c, UINT64_MAX);
    free(c->kept);
    free(c->caught.body);
    free(c->raw);
    free(c->block);
    free(c->own);
    free(c->packed);
    free(c->own_packed);
    free(c->active);
    free(c->ended);
    free(c->fixed);
    free(c->first_jobs);
    free(c->rest_jobs);
    bytes_free(&c->out);
    bytes_free(&c->json);
}

#endif
