/* SPDX-License-Identifier: MIT */
/* libFLAC called once for each slice, to measure audio/note-slices against: bench_slices SOUND LEVEL < "START FRAMES" lines.
 * Prints slices, seconds of processor time, and bytes. The sound is in memory; nothing is written. */
#include <FLAC/stream_encoder.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static unsigned long long bytes;

static FLAC__StreamEncoderWriteStatus count(const FLAC__StreamEncoder *e, const FLAC__byte data[], size_t n, uint32_t samples,
                                            uint32_t frame, void *user)
{
    (void)e, (void)data, (void)samples, (void)frame, (void)user;
    bytes += n;
    return FLAC__STREAM_ENCODER_WRITE_STATUS_OK;
}

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    SF_INFO info = {0};
    SNDFILE *f = argc == 3 ? sf_open(argv[1], SFM_READ, &info) : NULL;
    int *samples = f ? malloc((size_t)info.frames * (size_t)info.channels * sizeof *samples) : NULL;
    FLAC__StreamEncoder *e = FLAC__stream_encoder_new();
    unsigned long long start, frames, slices = 0;
    if (!samples || !e || sf_readf_int(f, samples, info.frames) != info.frames)
        return 1;
    for (sf_count_t i = 0; i < info.frames * info.channels; i++)
        samples[i] >>= 16;
    double begin = now();
    while (scanf("%llu %llu", &start, &frames) == 2) {
        (void)FLAC__stream_encoder_set_channels(e, (uint32_t)info.channels);
        (void)FLAC__stream_encoder_set_bits_per_sample(e, 16);
        (void)FLAC__stream_encoder_set_sample_rate(e, (uint32_t)info.samplerate);
        (void)FLAC__stream_encoder_set_compression_level(e, (uint32_t)atoi(argv[2]));
        if (FLAC__stream_encoder_init_stream(e, count, NULL, NULL, NULL, NULL) != FLAC__STREAM_ENCODER_INIT_STATUS_OK ||
            !FLAC__stream_encoder_process_interleaved(e, samples + start * (unsigned)info.channels, (uint32_t)frames) ||
            !FLAC__stream_encoder_finish(e))
            return 1;
        slices++;
    }
    (void)printf("%llu %.4f %llu\n", slices, now() - begin, bytes);
    FLAC__stream_encoder_delete(e);
    free(samples);
    return sf_close(f);
}
