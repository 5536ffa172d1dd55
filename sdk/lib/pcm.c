/* SPDX-License-Identifier: MIT */
#include <adit/emit.h>
#include <adit/pcm.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "samples are written as this machine has them: little-endian ones alone"
#endif

static void put(uint8_t *out, uint64_t value, int size)
{
    for (int i = 0; i < size; i++)
        out[i] = (uint8_t)(value >> 8 * i);
}

static uint64_t get(const uint8_t *in, int size)
{
    uint64_t value = 0;
    for (int i = size - 1; i >= 0; i--)
        value = value << 8 | in[i];
    return value;
}

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
    put(head + 8, is->rate, 4);
    put(head + 12, is->channels, 2);
    put(head + 14, is->format, 1);
    put(head + 16, is->frames, 8);
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
    uint8_t head[ADIT_PCM_HEAD];
    if (adit_read(job, ADIT_SOURCE_MAIN, 0, head, sizeof head) != (int64_t)sizeof head ||
        memcmp(head, ADIT_PCM_MAGIC, 8) != 0)
        return ADIT_DECLINED;
    view->job = job;
    view->is.rate = (uint32_t)get(head + 8, 4);
    view->is.channels = (uint32_t)get(head + 12, 2);
    view->is.format = head[14];
    view->is.frames = get(head + 16, 8);
    if (!is_possible(&view->is) || head[15] || get(head + 24, 8)) {
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
    uint32_t bits = (uint32_t)get(p, format == ADIT_PCM_S16 ? 2 : 4);
    float real;
    if (format == ADIT_PCM_S16)
        return (float)(int16_t)bits / 32768.0f;
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
