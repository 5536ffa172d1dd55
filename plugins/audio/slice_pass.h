/* SPDX-License-Identifier: MIT */
/* One pass over a sound: each block goes to the windows that it is part of, and those that end in it are given away. */
#ifndef PLUGINS_AUDIO_SLICE_PASS_H
#define PLUGINS_AUDIO_SLICE_PASS_H

#include "slice_cut.h"

/* ---- windows ---- */

/* Is this part of a window changed by a fade? */
static inline bool fades(const struct cutter *c, const struct active *a, uint64_t from, uint64_t to)
{
    return from - a->start < frames_of(c->o->fade_in, c->rate) || a->end - to < frames_of(c->o->fade_out, c->rate);
}

/* May the window take the whole block as it is kept for all? */
static inline bool takes_kept(const struct cutter *c, const struct active *a)
{
    uint64_t base = c->number * BLOCK, to = base + BLOCK;
    return !a->alone && a->start <= base && a->end > to && c->got == BLOCK && a->carried == 0 && a->after.size == 0 && !fades(c, a, base, to);
}

static inline double gain_of(const struct cutter *c, const struct active *a, uint64_t at)
{
    double in = (double)frames_of(c->o->fade_in, c->rate), out = (double)frames_of(c->o->fade_out, c->rate);
    double from_start = (double)(at - a->start) + 0.5, to_end = (double)(a->end - at) - 0.5, gain = 1;
    gain *= from_start < in ? from_start / in : 1;
    return to_end < out ? gain * to_end / out : gain;
}

/* Samples [from, to) of the block, and before them those that were carried, in c->own. Returns how many. */
static inline uint32_t own_samples(struct cutter *c, struct active *a, uint64_t from, uint64_t to)
{
    uint32_t n = (uint32_t)(to - from), ch = c->channels;
    int32_t *own = c->own;
    memcpy(own, a->carry, (size_t)a->carried * ch * sizeof *own);
    own += (size_t)a->carried * ch;
    memcpy(own, c->block + (size_t)(from - c->number * BLOCK) * ch, (size_t)n * ch * sizeof *own);
    for (uint64_t at = from; fades(c, a, from, to) && at < to; at++) {
        double gain = gain_of(c, a, at);
        for (uint32_t k = 0; k < ch; k++, own++) {
            if (c->bits > 0 || c->flac)
                *own = (int32_t)lrint(*own * gain);
            else
                *(float *)(void *)own *= (float)gain;
        }
    }
    return a->carried + n;
}

static inline void encode_own(struct cutter *c, struct active *a, uint64_t from, uint64_t to)
{
    uint32_t n = own_samples(c, a, from, to);
    bool last = to == a->end, alone = last && a->frames == 0 && a->kept_from == a->kept_to;
    if (n < FLAC_LEAST && !last) { /* RFC 9639, 9.1.1: only the last block may be so short */
        memcpy(a->carry, c->own, (size_t)n * c->channels * sizeof *c->own);
        a->carried = n;
        return;
    }
    uint64_t at = from - a->carried - a->start;
    a->carried = 0;
    struct bytes *to_bytes = a->kept_from < a->kept_to ? &a->after : &a->before;
    uint32_t size = 0;
    if (encoder_once(&c->edge, &c->format, c->own, n) && c->caught.body)
        size = frame_put(&c->caught, at, alone, to_bytes);
    free(c->caught.body);
    c->caught.body = NULL;
    c->failed |= size == 0;
    a->frames++;
    if (!last && n < a->info.least_block)
        a->info.least_block = n;
    a->info.most_block = n > a->info.most_block ? n : a->info.most_block;
    a->info.least_frame = size < a->info.least_frame ? size : a->info.least_frame;
    a->info.most_frame = size > a->info.most_frame ? size : a->info.most_frame;
}

static inline void encode_alone(struct cutter *c, struct active *a, uint64_t from, uint64_t to)
{
    uint32_t n = own_samples(c, a, from, to);
    bool fed = (a->alone->open || encoder_open(a->alone, &c->format, BLOCK)) &&
               FLAC__stream_encoder_process_interleaved(a->alone->flac, c->own, n) && (to < a->end || encoder_close(a->alone));
    c->failed |= !fed || a->before.failed;
}

/* The window's part of the block. What is to be hashed with others goes to *first and *rest. */
static inline void take_part(struct cutter *c, struct active *a, struct md5_job *first, struct md5_job *rest)
{
    uint64_t base = c->number * BLOCK, from = a->start > base ? a->start : base, to = base + c->got;
    size_t frame = (size_t)c->channels * pack_size(c->pack);
    to = a->end < to ? a->end : to;
    *first = *rest = (struct md5_job){0};
    if (from >= to)
        return;
    bool faded = fades(c, a, from, to), kept = takes_kept(c, a);
    const uint8_t *bytes = c->packed + (size_t)(from - base) * frame;
    size_t n = (size_t)(to - from) * frame;
    if (faded) {
        uint32_t carried = a->carried;
        (void)own_samples(c, a, from, to);
        pack(c, c->own + (size_t)carried * c->channels, (size_t)(to - from), c->own_packed);
        bytes = c->own_packed;
    }
    if (kept) {
        a->kept_from = a->kept_from == a->kept_to ? c->number : a->kept_from;
        a->kept_to = c->number + 1;
    } else if (c->flac) {
        (a->alone ? encode_alone : encode_own)(c, a, from, to);
    } else {
        bytes_add(a->kept_from < a->kept_to ? &a->after : &a->before, bytes, n);
    }
    if (c->flac && faded)
        md5_add(c->md5, &a->md5, bytes, n);
    else if (c->flac)
        md5_take(&a->md5, bytes, n, first, rest);
}

static inline void hash_parts(struct cutter *c)
{
    c->md5(c->first_jobs, c->active_count);
    c->md5(c->rest_jobs, c->active_count);
    for (uint32_t i = 0; i < c->active_count; i++)
        if (c->rest_jobs[i].h)
            md5_keep(&c->active[i]->md5, &c->rest_jobs[i]);
}

/* ---- the pass ---- */

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
    uint64_t next = first + count < c->plan->count ? c->plan->list[first + count].start : UINT64_MAX - BLOCK;
    if (c->flac && next + BLOCK > a->end && c->latest_end < a->start + BLOCK)
        for (int i = 0; i < ALONE_MAX && !a->alone; i++)
            if (!c->alone[i].user)
                a->alone = &c->alone[i];
    if (a->alone) {
        a->alone->user = a;
        a->alone->take = take_alone;
        a->info.least_block = a->info.most_block = BLOCK;
    }
    c->latest_end = a->end > c->latest_end ? a->end : c->latest_end;
}

static inline void release(struct active *a)
{
    if (a->alone) {
        (void)encoder_close(a->alone);
        a->alone->user = NULL;
    }
    bytes_free(&a->before);
    bytes_free(&a->after);
    free(a);
}

/* The windows that end in this block. */
static inline void finish_windows(struct cutter *c)
{
    uint64_t read = c->number * BLOCK + c->got, needed = c->number + 1;
    uint32_t left = 0;
    for (uint32_t i = 0; i < c->active_count; i++) {
        struct active *a = c->active[i];
        bool done = a->end <= read && !c->failed;
        if (done && c->feeding && a->kept_from < a->kept_to && a->kept_to > c->fed)
            flush_kept(c);
        if (done) {
            c->finish(c, a, &c->out);
            release(a);
            continue;
        }
        if (a->kept_from < a->kept_to && a->kept_from < needed)
            needed = a->kept_from;
        c->active[left++] = a;
    }
    c->active_count = left;
    forget_kept(c, needed);
}

static inline void cut_block(struct cutter *c)
{
    bool keep = false;
    read_block(c);
    pack(c, c->block, c->got, c->packed);
    for (uint32_t i = 0; i < c->active_count && !keep; i++)
        keep = takes_kept(c, c->active[i]);
    if (keep)
        keep_block(c);
    for (uint32_t i = 0; i < c->active_count; i++)
        take_part(c, c->active[i], &c->first_jobs[i], &c->rest_jobs[i]);
    if (c->flac)
        hash_parts(c);
    finish_windows(c);
}

/* One pass over the windows that are not done, as many at once as memory is for. Returns how many are left for another. */
static inline uint32_t cut_pass(struct cutter *c, uint8_t *done)
{
    const struct slice_plan *p = c->plan;
    uint32_t at = 0, left = 0;
    uint64_t next = UINT64_MAX; /* number of the block that would be read next */
    while (!c->failed && !c->stopped) {
        while (at < p->count && done[at])
            at++;
        if (c->active_count == 0) {
            if (at == p->count)
                break;
            c->number = p->list[at].start / BLOCK;
            if (c->number != next && !seek_block(c, c->number)) {
                c->stopped = true;
                break;
            }
        } else {
            c->number++;
        }
        next = c->number + 1;
        for (uint32_t count; at < p->count && p->list[at].start < next * BLOCK; at += count) {
            for (count = 1; at + count < p->count && p->list[at].start == p->list[at + count].start &&
                            p->list[at].end == p->list[at + count].end;)
                count++;
            if (done[at])
                continue;
            if (c->active_count == c->active_most) {
                left++;
                continue;
            }
            memset(done + at, 1, count);
            activate(c, at, count);
        }
        cut_block(c);
        c->stopped = c->stopped || !adit_progress(c->job, c->slices, p->count) || c->got == 0;
    }
    return left;
}

/* Cuts all windows. c->failed: memory or the encoder; c->stopped: what was asked for by the host, or the sound ended early. */
static inline void cut_all(struct cutter *c)
{
    uint8_t *done = (uint8_t *)calloc(c->plan->count + 1, 1);
    c->failed |= !done;
    while (!c->failed && !c->stopped && cut_pass(c, done) > 0) {
    }
    free(done);
}

static inline bool cutter_open(struct cutter *c)
{
    size_t frames = BLOCK + FLAC_LEAST, wide = frames * c->source_channels, n = frames * c->channels, size = pack_size(c->pack);
    c->raw = (int32_t *)malloc(wide * sizeof *c->raw);
    c->block = (int32_t *)malloc(wide * sizeof *c->block);
    c->own = (int32_t *)malloc(n * sizeof *c->own);
    c->packed = (uint8_t *)malloc(n * size);
    c->own_packed = (uint8_t *)malloc(n * size);
    size_t most = ACTIVE_BYTES / (BLOCK * c->channels * size);
    c->active_most = most > ACTIVE_MAX ? ACTIVE_MAX : most < 16 ? 16 : (uint32_t)most;
    c->active = (struct active **)calloc(ACTIVE_MAX, sizeof *c->active);
    c->first_jobs = (struct md5_job *)calloc(ACTIVE_MAX, sizeof *c->first_jobs);
    c->rest_jobs = (struct md5_job *)calloc(ACTIVE_MAX, sizeof *c->rest_jobs);
    c->md5 = md5_widest();
    c->once = (struct encoder){.user = c, .take = take_kept};
    c->edge = (struct encoder){.user = c, .take = take_edge};
    return c->raw && c->block && c->own && c->packed && c->own_packed && c->active && c->first_jobs && c->rest_jobs;
}

static inline void cutter_free(struct cutter *c)
{
    (void)encoder_close(&c->once);
    encoder_free(&c->once);
    encoder_free(&c->edge);
    while (c->active && c->active_count > 0)
        release(c->active[--c->active_count]);
    for (int i = 0; i < ALONE_MAX; i++)
        encoder_free(&c->alone[i]);
    forget_kept(c, UINT64_MAX);
    free(c->kept);
    free(c->caught.body);
    free(c->raw);
    free(c->block);
    free(c->own);
    free(c->packed);
    free(c->own_packed);
    free(c->active);
    free(c->first_jobs);
    free(c->rest_jobs);
    bytes_free(&c->out);
    bytes_free(&c->json);
}

#endif
