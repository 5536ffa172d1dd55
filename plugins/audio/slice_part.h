/* SPDX-License-Identifier: MIT */
/* A window's part of a block: taken as all windows have it, or faded, encoded and packed for this one. The digests of many windows
 * go on together. */
#ifndef PLUGINS_AUDIO_SLICE_PART_H
#define PLUGINS_AUDIO_SLICE_PART_H

#include "slice_cut.h"

/* Is this part of a window changed by a fade? */
static inline bool fades(const struct cutter *c, const struct active *a, uint64_t from, uint64_t to)
{
    return from - a->start < frames_of(c->o->fade_in, c->rate) || a->end - to < frames_of(c->o->fade_out, c->rate);
}

/* May the window take the whole block as it is kept for all? */
static inline bool takes_kept(const struct cutter *c, const struct active *a)
{
    uint64_t to = c->at + c->got;
    return a->start <= c->at && a->end >= to && c->got >= FLAC_LEAST && a->carried == 0 && a->after.size == 0 && !fades(c, a, c->at, to);
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
    memcpy(own, c->block + (size_t)(from - c->at) * ch, (size_t)n * ch * sizeof *own);
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
    uint32_t n = own_samples(c, a, from, to), size = 0;
    bool last = to == a->end, alone = last && a->frames == 0 && a->kept_from == a->kept_to;
    if (n < FLAC_LEAST && !last) { /* RFC 9639, 9.1.1: only the last block may be so short */
        memcpy(a->carry, c->own, (size_t)n * c->channels * sizeof *c->own);
        a->carried = n;
        return;
    }
    uint64_t at = from - a->carried - a->start;
    struct frame f = {0};
    a->carried = 0;
    if (encode_short(c, c->own, n, &f))
        size = frame_put(&f, at, alone, a->kept_from < a->kept_to ? &a->after : &a->before);
    free(f.body);
    c->failed |= size == 0;
    a->frames++;
    note_frame(&a->info, n, size, last);
}

/* ---- digests ---- */

static inline int by_blocks(const void *a, const void *b)
{
    const struct md5_job *x = (const struct md5_job *)a, *y = (const struct md5_job *)b;
    return x->blocks > y->blocks ? -1 : x->blocks < y->blocks;
}

/* What the windows' digests lack of the group so far. */
static inline void hash_pending(struct cutter *c)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->active_count + c->ended_count; i++) {
        struct active *a = i < c->active_count ? c->active[i] : c->ended[i - c->active_count];
        if (a->hash_to > a->hash_from) {
            md5_take(&a->md5, c->packed + a->hash_from, a->hash_to - a->hash_from, &c->first_jobs[n], &c->rest_jobs[n]);
            n++;
        }
        a->hash_from = a->hash_to;
    }
    c->md5(c->first_jobs, n);
    qsort(c->rest_jobs, n, sizeof *c->rest_jobs, by_blocks);
    c->md5(c->rest_jobs, n);
    for (uint32_t i = 0; i < n; i++)
        md5_keep(&c->rest_jobs[i]);
}

/* ---- the part ---- */

/* The window's part of the block, whose packed samples begin at `packed`. */
static inline void take_part(struct cutter *c, struct active *a, size_t packed)
{
    uint64_t from = a->start > c->at ? a->start : c->at, to = c->at + c->got;
    size_t frame = (size_t)c->channels * pack_size(c->pack);
    to = a->end < to ? a->end : to;
    if (from >= to)
        return;
    bool faded = fades(c, a, from, to);
    size_t at = packed + (size_t)(from - c->at) * frame, n = (size_t)(to - from) * frame;
    if (faded) {
        uint32_t carried = a->carried;
        (void)own_samples(c, a, from, to);
        pack(c, c->own + (size_t)carried * c->channels, (size_t)(to - from), c->own_packed);
        if (c->flac) {
            hash_pending(c);
            md5_add(c->md5, &a->md5, c->own_packed, n);
        }
    }
    if (faded || a->hash_from == a->hash_to)
        a->hash_from = faded ? at + n : at;
    a->hash_to = at + n;
    if (takes_kept(c, a)) {
        uint64_t number = c->kept_base + c->kept_count - 1;
        a->kept_from = a->kept_from == a->kept_to ? number : a->kept_from;
        a->kept_to = number + 1;
    } else if (c->flac) {
        encode_own(c, a, from, to);
    } else {
        bytes_add(a->kept_from < a->kept_to ? &a->after : &a->before, faded ? c->own_packed : c->packed + at, n);
    }
}

#endif
