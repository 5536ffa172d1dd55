/* SPDX-License-Identifier: MIT */
/* Cuts windows out of a sound in one pass, block by block. What several windows have in common, the blocks inside of them,
 * is encoded once and kept as long as a window needs it; what is a window's own, its edges, is encoded for it. Where few windows
 * overlap, blocks end where windows begin and end, so that there are no edges. */
#ifndef PLUGINS_AUDIO_SLICE_CUT_H
#define PLUGINS_AUDIO_SLICE_CUT_H

#include "slice_fixed.h"
#include "slice_md5.h"
#include "slice_plan.h"
#include <sndfile.h>

enum {
    BLOCK = FLAC_BLOCK,
    ACTIVE_MAX = 1024,
    CHANNELS_MAX = 256,
    GROUP_BYTES = 2 << 20,   /* of samples, whose windows are hashed together */
    KEPT_BYTES = 16 << 20,
    ACTIVE_BYTES = 8 << 20,
    FEW_WINDOWS = 2,         /* at once: blocks are cut where one of them begins or ends */
    FIXED_LEVEL = 5,         /* above it libFLAC encodes short blocks, too */
};

/* A block that windows share. */
struct kept {
    uint64_t at;
    uint32_t samples;
    struct frame frame;  /* FLAC */
    struct bytes packed; /* otherwise */
    bool ready;
};

/* A window that has begun. */
struct active {
    uint32_t first, count;         /* of the plan: notes with this window */
    uint64_t start, end;
    struct bytes before, after;    /* its own: up to the first and from the last kept block on */
    uint64_t kept_from, kept_to;   /* numbers of kept blocks: [from, to) */
    struct flac_info info;
    struct md5 md5;
    size_t hash_from, hash_to;     /* in `packed`: what the digest still lacks */
    uint32_t frames, carried;
    int32_t carry[FLAC_LEAST * FLAC_CHANNELS]; /* too few samples for a frame, that go with the next */
};

struct cutter {
    const struct adit_call *job;
    const struct slice_options *o;
    const struct slice_plan *plan;
    SNDFILE *file;
    uint32_t rate, source_channels, channels, bits; /* bits: of integers; 0: floats */
    bool flac;
    enum pack pack;
    struct flac_format format;
    struct encoder once, edge;
    struct fixed *fixed;
    struct frame caught; /* the edge encoder's */
    uint64_t fed;        /* number of the block that the encoder of kept blocks has not given back yet */
    bool feeding;
    md5_run *md5;
    struct active **active, **ended; /* ACTIVE_MAX: those that have begun; those that wait for their digest */
    uint32_t active_count, ended_count, active_most;
    struct md5_job *first_jobs, *rest_jobs; /* of each of them */
    struct kept *kept;        /* by number, from kept_first on */
    uint32_t kept_count, kept_first, kept_room;
    uint64_t kept_base;       /* number of kept[0] */
    int32_t *raw, *block, *own;     /* BLOCK frames and what may be carried; floats have the same size */
    uint8_t *packed, *own_packed;   /* packed: the blocks of a group */
    size_t packed_size, packed_room;
    uint64_t frames;          /* of the source */
    uint64_t at;              /* of the block in `block` */
    uint32_t got;             /* frames in it */
    uint64_t not_finite, slices, bytes;
    uint32_t windows_done;
    bool cut_off; /* the sound ends early */
    bool failed, stopped;
    void (*finish)(struct cutter *c, struct active *a, struct bytes *out);
    struct bytes out, json;
};

/* ---- reading ---- */

static inline void mix(struct cutter *c, uint32_t frames)
{
    uint32_t n = c->source_channels;
    float *to = (float *)(void *)c->block;
    for (uint32_t i = 0; i < frames; i++) {
        int64_t sum = 0;
        double real = 0;
        for (uint32_t k = 0; k < n; k++) {
            if (c->bits > 0)
                sum += c->raw[i * n + k];
            else
                real += (double)((const float *)(const void *)c->raw)[i * n + k];
        }
        if (c->bits > 0)
            c->block[i] = (int32_t)((sum + (sum < 0 ? -(int64_t)(n / 2) : (int64_t)(n / 2))) / (int64_t)n);
        else
            to[i] = (float)(real / n);
    }
}

/* Floats as the integers of 24 bits that a FLAC holds. */
static inline void quantise(struct cutter *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float value;
        memcpy(&value, &c->block[i], sizeof value);
        double scaled = (double)value * 8388608.0;
        c->block[i] = scaled >= 8388607.0 ? 8388607 : scaled <= -8388608.0 ? -8388608 : (int32_t)lrint(scaled);
    }
}

static inline bool seek_frame(struct cutter *c, uint64_t frame)
{
    return sf_seek(c->file, (sf_count_t)frame, SF_SEEK_SET) == (sf_count_t)frame;
}

/* The next `frames`, BLOCK at most, mixed. */
static inline void read_block(struct cutter *c, uint32_t frames)
{
    int32_t *to = c->o->mono && c->source_channels > 1 ? c->raw : c->block;
    sf_count_t got = c->bits > 0 ? sf_readf_int(c->file, to, frames) : sf_readf_float(c->file, (float *)(void *)to, frames);
    c->got = got > 0 ? (uint32_t)got : 0;
    c->cut_off |= c->got < frames;
    size_t n = (size_t)c->got * c->source_channels;
    if (c->bits > 0 && c->bits < 32)
        shift_down(to, n, 32 - c->bits); /* libsndfile aligns to the left */
    for (size_t i = 0; i < n && c->bits == 0; i++) {
        float *value = (float *)(void *)&to[i];
        if (!isfinite(*value)) {
            *value = 0;
            c->not_finite++;
        }
    }
    if (to == c->raw)
        mix(c, c->got);
    n = (size_t)c->got * c->channels;
    if (c->flac && c->bits == 0)
        quantise(c, n);
}

static inline void pack(const struct cutter *c, const int32_t *in, size_t frames, uint8_t *out)
{
    size_t n = frames * c->channels;
    if (c->bits > 0 && c->pack == PACK_F16) {
        for (size_t i = 0; i < n; i++) {
            uint16_t half = half_of((float)ldexp((double)in[i], 1 - (int)c->bits));
            memcpy(out + 2 * i, &half, 2);
        }
    } else if (c->bits > 0 || c->flac) {
        pack_integers(c->pack, in, n, out);
    } else {
        pack_floats(c->pack, (const float *)(const void *)in, n, out);
    }
}

/* ---- kept blocks ---- */

static inline struct kept *kept_of(const struct cutter *c, uint64_t number)
{
    uint64_t at = number - c->kept_base;
    return number >= c->kept_base && at >= c->kept_first && at < c->kept_count ? &c->kept[at] : NULL;
}

static inline void take_kept(void *user, const uint8_t *data, size_t n, uint32_t samples)
{
    struct cutter *c = (struct cutter *)user;
    struct kept *k = kept_of(c, c->fed);
    if (!k || k->ready || !frame_take(&k->frame, data, n, samples))
        c->failed = true;
    else
        k->ready = true;
}

static inline void take_edge(void *user, const uint8_t *data, size_t n, uint32_t samples)
{
    struct cutter *c = (struct cutter *)user;
    if (c->caught.body || !frame_take(&c->caught, data, n, samples))
        c->failed = true;
}

/* libFLAC gives a frame back when it gets the first sample after it, or is told that there is none. */
static inline void flush_kept(struct cutter *c)
{
    if (c->feeding && !encoder_close(&c->once))
        c->failed = true;
    c->feeding = false;
}

/* A frame of a size that libFLAC would have to be opened anew for; only where it pays, it is. */
static inline bool encode_short(struct cutter *c, const int32_t *samples, uint32_t n, struct frame *out)
{
    if (n < BLOCK && c->format.level <= FIXED_LEVEL && c->format.bits <= FIXED_BITS)
        return fixed_frame(c->fixed, &c->format, samples, n, out);
    bool done = encoder_once(&c->edge, &c->format, samples, n) && c->caught.body;
    *out = c->caught;
    c->caught.body = NULL;
    return done;
}

static inline struct kept *new_kept(struct cutter *c)
{
    if (c->kept_count == c->kept_room) {
        uint32_t live = c->kept_count - c->kept_first, room = live * 2 + 64;
        if (live > 0)
            memmove(c->kept, c->kept + c->kept_first, live * sizeof *c->kept);
        struct kept *more = (struct kept *)realloc(c->kept, room * sizeof *more);
        c->kept_base += c->kept_first;
        c->kept_first = 0;
        c->kept_count = live;
        if (!more)
            return NULL;
        c->kept = more;
        c->kept_room = room;
    }
    struct kept *k = &c->kept[c->kept_count++];
    *k = (struct kept){.at = c->at, .samples = c->got};
    return k;
}

/* The block, whose packed samples these are. */
static inline void keep_block(struct cutter *c, const uint8_t *packed)
{
    struct kept *k = new_kept(c);
    if (!k) {
        c->failed = true;
    } else if (!c->flac) {
        bytes_add(&k->packed, packed, (size_t)c->got * c->channels * pack_size(c->pack));
        c->failed |= k->packed.failed;
        k->ready = true;
    } else if (c->got < BLOCK) {
        k->ready = encode_short(c, c->block, c->got, &k->frame);
        c->failed |= !k->ready;
    } else {
        bool fed = (c->feeding || encoder_open(&c->once, &c->format, BLOCK)) &&
                   FLAC__stream_encoder_process_interleaved(c->once.flac, c->block, c->got);
        c->failed |= !fed;
        c->feeding = fed;
        c->fed = c->kept_base + c->kept_count - 1;
    }
}

/* Those with a number below it. */
static inline void forget_kept(struct cutter *c, uint64_t number)
{
    for (; c->kept_first < c->kept_count && c->kept_base + c->kept_first < number; c->kept_first++) {
        free(c->kept[c->kept_first].frame.body);
        bytes_free(&c->kept[c->kept_first].packed);
    }
}

#endif
