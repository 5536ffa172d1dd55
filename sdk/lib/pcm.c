/* SPDX-License-Identifier: MIT */
#include <adit/cursor.h>
#include <adit/emit.h>
#include <adit/pcm.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "samples are written as this machine has them: little-endian ones alone"
#endif

static bool is_possible(const struct adit_pcm *is)
{
    return is->rate > 0 && is->rate <= ADIT_PCM_RATE_MAX && is->channels > 0 && is->channels <= ADIT_PCM_CHANNELS_MAX &&
           adit_pcm_frame(is) > 0;
}

int adit_pcm_begin(const struct adit_call *job, const struct adit_pcm *is)
{
    uint8_t head[ADIT_PCM_HEAD] = {0};
    if (!is_possible(is))
        return ADIT_E_USAGE;
    int error = adit_open_stream(job, ADIT_TEXT("pcm"), ADIT_PCM_MEDIA);
    if (error)
        return error;
    memcpy(head, ADIT_PCM_MAGIC, 8);
    adit_put_number(head + 8, is->rate, 4, false);
    adit_put_number(head + 12, is->channels, 2, false);
    adit_put_number(head + 14, is->format, 1, false);
    adit_put_number(head + 16, is->frames, 8, false);
    error = adit_write(job, head, sizeof head);
    if (error)
        (void)adit_pcm_end(job, false);
    return error;
}

int adit_pcm_write(const struct adit_call *job, const struct adit_pcm *is, const void *frames, size_t count)
{
    return adit_write(job, frames, count * adit_pcm_frame(is));
}

int adit_pcm_end(const struct adit_call *job, bool whole)
{
    return whole ? adit_close(job) : adit_close_truncated(job);
}

int32_t adit_pcm_open(const struct adit_call *job, struct adit_pcm_view *view)
{
    struct adit_cursor c = adit_cursor(job);
    if (adit_left(&c) < ADIT_PCM_HEAD || !adit_match(&c, ADIT_PCM_MAGIC, 8))
        return ADIT_DECLINED;
    view->job = job;
    view->is.rate = adit_read_u32le(&c);
    view->is.channels = adit_read_u16le(&c);
    view->is.format = adit_read_u8(&c);
    uint8_t reserved = adit_read_u8(&c);
    view->is.frames = adit_read_u64le(&c);
    if (!is_possible(&view->is) || reserved || adit_read_u64le(&c)) {
        adit_warnf(job,
                   "pcm: rate %u, %u channels, format %u: expected a rate of 1 to %d, 1 to %d channels, format 1 to 3, "
                   "and 0 in the rest of the head",
                   view->is.rate, view->is.channels, view->is.format, ADIT_PCM_RATE_MAX, ADIT_PCM_CHANNELS_MAX);
        return ADIT_MALFORMED;
    }
    view->frames = (adit_size(job) - ADIT_PCM_HEAD) / adit_pcm_frame(&view->is);
    return ADIT_OK;
}

static float sample(const uint8_t *p, uint32_t format)
{
    if (format == ADIT_PCM_S16)
        return (float)(int16_t)adit_number(p, 2, false) / 32768.0f;
    uint32_t bits = (uint32_t)adit_number(p, 4, false);
    float real;
    if (format == ADIT_PCM_S32)
        return (float)(int32_t)bits / 2147483648.0f;
    memcpy(&real, &bits, sizeof real);
    return real;
}

/* Reads into the end of `out`, where 2 bytes become 4 on the way to its beginning. */
int64_t adit_pcm_read(const struct adit_pcm_view *view, uint64_t first, size_t count, float *out)
{
    size_t frame = adit_pcm_frame(&view->is), size = frame / view->is.channels;
    if (first >= view->frames)
        return 0;
    if (count > view->frames - first)
        count = (size_t)(view->frames - first);
    uint8_t *raw = (uint8_t *)out + count * view->is.channels * (sizeof *out - size);
    int64_t got = adit_read(view->job, ADIT_SOURCE_MAIN, ADIT_PCM_HEAD + first * frame, raw, count * frame);
    if (got < 0)
        return got;
    got /= (int64_t)frame;
    for (size_t i = 0; i < (size_t)got * view->is.channels; i++)
        out[i] = sample(raw + i * size, view->is.format);
    return got;
}
