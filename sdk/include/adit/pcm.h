/* SPDX-License-Identifier: MIT */
/*
 * Decoded sound between plugins: streams of the type application/x-adit-pcm [run]. One plugin decodes, any number listen.
 * In libadit-sdk.
 *
 * The stream: a head of 32 bytes, then frames (a sample of each channel, in the file's order of channels) without padding.
 * Numbers are little-endian.
 *
 *     offset 0   8 bytes  "AditPcm1"
 *     offset 8   u32      rate      frames a second, 1..ADIT_PCM_RATE_MAX
 *     offset 12  u16      channels  1..ADIT_PCM_CHANNELS_MAX
 *     offset 14  u8       format    enum adit_pcm_format
 *     offset 15  u8       0
 *     offset 16  u64      frames    of the whole sound, as its file says; UINT64_MAX: it does not say
 *     offset 24  u64      0
 *
 * Full scale is 1.0, -32768 or -2147483648. A stream that ends early ([limits] stream, or a fault in the file) has the
 * first frames.
 */
#ifndef ADIT_PCM_H
#define ADIT_PCM_H

#include <adit/abi.h>
#include <adit/source.h>
#include <adit/stream.h>

#define ADIT_PCM_MEDIA "application/x-adit-pcm"
#define ADIT_PCM_MAGIC "AditPcm1"
enum { ADIT_PCM_HEAD = 32, ADIT_PCM_CHANNELS_MAX = 1024, ADIT_PCM_RATE_MAX = 1 << 30 };

enum adit_pcm_format {
    ADIT_PCM_S16 = 1, /* 2 bytes, two's complement */
    ADIT_PCM_S32 = 2, /* 4 bytes, two's complement; 24 bits stand in the upper ones */
    ADIT_PCM_F32 = 3, /* 4 bytes, IEEE 754; may be beyond full scale, or no number */
};

struct adit_pcm {
    uint32_t rate;     /* frames a second */
    uint32_t channels; /* samples a frame */
    uint32_t format;   /* enum adit_pcm_format */
    uint64_t frames;   /* of the whole sound; UINT64_MAX: not known */
};

/* Bytes a frame; 0: there is no such format. */
static inline size_t adit_pcm_frame(const struct adit_pcm *is)
{
    return is->channels * (size_t)(is->format == ADIT_PCM_S16                                 ? 2
                                   : is->format == ADIT_PCM_S32 || is->format == ADIT_PCM_F32 ? 4
                                                                                              : 0);
}

#ifdef __cplusplus
extern "C" {
#endif

/* ---- a decoder's side ---- */

/* Opens the stream and writes its head. Results: 0; ADIT_E_UNWANTED (nobody listens: do not decode), ADIT_E_LIMIT (too deep),
 * ADIT_E_USAGE (no such format, no such rate or number of channels). Only after 0 is there something to finish. */
int adit_pcm_begin(const struct adit_call *job, const struct adit_pcm *is);

/* The next frames, of adit_pcm_frame(is) bytes each, in this machine's byte order. Results: 0, ADIT_E_LIMIT ([limits] stream is
 * reached: stop). */
int adit_pcm_write(const struct adit_call *job, const struct adit_pcm *is, const void *frames, size_t count);

/* Closes the stream; not `whole`: it counts as truncated. */
int adit_pcm_end(const struct adit_call *job, bool whole);

/* ---- a listener's side ---- */

struct adit_pcm_view {
    const struct adit_call *job;
    struct adit_pcm is;
    uint64_t frames; /* that are there: fewer than is.frames where decoding ended early */
};

/* Reads the head of the job's source. ADIT_OK; ADIT_DECLINED: it does not begin as such a stream; ADIT_MALFORMED: its head says
 * what cannot be (warned). Nothing is kept open. */
int32_t adit_pcm_open(const struct adit_call *job, struct adit_pcm_view *view);

/* Copies up to `count` frames from frame `first` into `out`, which has room for count * view->is.channels samples, as
 * numbers with full scale 1.0. Returns how many frames it read: fewer only at the end. Negative: enum adit_error. */
int64_t adit_pcm_read(const struct adit_pcm_view *view, uint64_t first, size_t count, float *out);

#ifdef __cplusplus
}
#endif

#endif
