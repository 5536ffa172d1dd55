/* SPDX-License-Identifier: MIT */
/* libraries: flac */
/* FLAC frames of its own, as libFLAC decodes them: every size up to the largest, what is hard to predict and what is easy. And
 * digests of many lanes beside those of one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../../../../plugins/audio/slice_fixed.h"
#include "../../../../plugins/audio/slice_md5.h"
#include <FLAC/stream_decoder.h>

enum { SIGNALS = 9 };

/* ---- frames ---- */

struct decoded {
    struct bytes in;
    size_t at;
    int32_t samples[FIXED_MOST * FLAC_CHANNELS];
    uint32_t count, channels, bits, rate, errors;
};

static FLAC__StreamDecoderReadStatus on_read(const FLAC__StreamDecoder *d, FLAC__byte to[], size_t *n, void *user)
{
    struct decoded *x = user;
    (void)d;
    *n = *n < x->in.size - x->at ? *n : x->in.size - x->at;
    memcpy(to, x->in.data + x->at, *n);
    x->at += *n;
    return *n > 0 ? FLAC__STREAM_DECODER_READ_STATUS_CONTINUE : FLAC__STREAM_DECODER_READ_STATUS_END_OF_STREAM;
}

static FLAC__StreamDecoderWriteStatus on_write(const FLAC__StreamDecoder *d, const FLAC__Frame *f, const FLAC__int32 *const planes[], void *user)
{
    struct decoded *x = user;
    (void)d;
    x->channels = f->header.channels;
    x->bits = f->header.bits_per_sample;
    x->rate = f->header.sample_rate;
    for (uint32_t i = 0; i < f->header.blocksize; i++)
        for (uint32_t k = 0; k < x->channels; k++)
            x->samples[(x->count + i) * x->channels + k] = planes[k][i];
    x->count += f->header.blocksize;
    return FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE;
}

static void on_error(const FLAC__StreamDecoder *d, FLAC__StreamDecoderErrorStatus status, void *user)
{
    (void)d, (void)status;
    ((struct decoded *)user)->errors++;
}

static uint32_t draw(uint32_t *seed)
{
    return *seed = *seed * 1664525 + 1013904223;
}

/* Sample i of a channel; bits as they are in a file. */
static int32_t sample_of(int signal, uint32_t i, uint32_t channel, uint32_t bits, uint32_t *seed)
{
    int32_t most = (int32_t)((1u << (bits - 1)) - 1), random = (int32_t)draw(seed) >> (32 - bits);
    switch (signal) {
    case 0: return 0;
    case 1: return channel ? most : -most - 1;
    case 2: return random;
    case 3: return (i + channel) % 2 ? most : -most - 1; /* the largest residuals there are */
    case 4: return (int32_t)(i * i / 3 + channel) % most;
    case 5: return i % 97 == channel ? most : 0;
    case 6: return random & ~7;                          /* wasted bits */
    case 7: return (random >> 4) + (int32_t)(i % 40);
    default: return channel % 2 ? -(int32_t)(i % 50) : (int32_t)(i % 50);
    }
}

static void assert_decodes(struct fixed *x, const struct flac_format *format, const int32_t *samples, uint32_t n)
{
    static struct decoded got;
    struct frame f = {0};
    struct flac_info info = {.least_block = FLAC_BLOCK, .most_block = FLAC_BLOCK * 2, .samples = n};
    got = (struct decoded){0};
    assert_true(fixed_frame(x, format, samples, n, &f));
    (void)bytes_more(&got.in, FLAC_HEAD);
    assert_int_not_equal(frame_put(&f, 0, true, &got.in), 0);
    assert_true(f.body_size <= format->channels * ((size_t)n * (format->bits + 2) / 8 + 128));
    flac_head(format, &info, got.in.data);
    FLAC__StreamDecoder *d = FLAC__stream_decoder_new();
    assert_int_equal(FLAC__stream_decoder_init_stream(d, on_read, NULL, NULL, NULL, NULL, on_write, NULL, on_error, &got), 0);
    assert_true(FLAC__stream_decoder_process_until_end_of_stream(d));
    FLAC__stream_decoder_delete(d);
    assert_int_equal(got.errors, 0);
    assert_int_equal(got.count, n);
    assert_int_equal(got.channels, format->channels);
    assert_int_equal(got.bits, format->bits);
    assert_int_equal(got.rate, format->rate);
    assert_memory_equal(got.samples, samples, (size_t)n * format->channels * sizeof *samples);
    free(f.body);
    bytes_free(&got.in);
}

static void test_frames(void **state)
{
    static const uint32_t sizes[] = {1, 2, 5, 8, 9, 15, 16, 17, 31, 64, 96, 255, 256, 257, 1000, 1024, 2205, 4095, 4096, FIXED_MOST};
    static const uint32_t bits[] = {8, 16, 24}, channels[] = {1, 2, 3, 8}, rates[] = {44100, 96000, 11000, 11025, 384000, 1};
    static int32_t samples[FIXED_MOST * FLAC_CHANNELS];
    struct fixed *x = malloc(sizeof *x);
    uint32_t seed = 1;
    (void)state;
    assert_non_null(x);
    crc_tables();
    for (size_t b = 0; b < 3; b++)
        for (size_t c = 0; c < 4; c++)
            for (int signal = 0; signal < SIGNALS; signal++)
                for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
                    struct flac_format format = {rates[(s + b + c) % 6], channels[c], bits[b], 5};
                    for (uint32_t i = 0; i < sizes[s]; i++)
                        for (uint32_t k = 0; k < channels[c]; k++)
                            samples[i * channels[c] + k] = sample_of(signal, i, k, bits[b], &seed);
                    assert_decodes(x, &format, samples, sizes[s]);
                }
    free(x);
}

/* Not only exact but small: near what libFLAC's fixed predictors make of it. */
static void test_sizes(void **state)
{
    static const struct {
        int signal;
        uint32_t most;
    } of[] = {{0, 40}, {1, 40}, {2, 4096 * 4 * 41 / 40}, {4, 9000}, {6, 4096 * 4 * 14 / 16}, {7, 4096 * 4 * 13 / 16}, {8, 2100}};
    static int32_t samples[FIXED_MOST * 2];
    struct fixed *x = malloc(sizeof *x);
    uint32_t seed = 1;
    (void)state;
    assert_non_null(x);
    for (size_t s = 0; s < sizeof of / sizeof *of; s++) {
        struct frame f = {0};
        for (uint32_t i = 0; i < 4096 * 2; i++)
            samples[i] = sample_of(of[s].signal, i / 2, i % 2, 16, &seed);
        assert_true(fixed_frame(x, &(struct flac_format){44100, 2, 16, 5}, samples, 4096, &f));
        if (f.body_size > of[s].most)
            fail_msg("signal %d: %u bytes, expected %u at most", of[s].signal, f.body_size, of[s].most);
        free(f.body);
    }
    free(x);
}

/* RFC 9639, 9.3: a byte at a time, as eight are. */
static void test_crc(void **state)
{
    uint8_t data[200];
    uint32_t seed = 9;
    (void)state;
    crc_tables();
    assert_int_equal(crc16_of((const uint8_t *)"123456789", 9), 0xfee8); /* CRC-16/UMTS of the usual check string */
    for (size_t n = 0; n < sizeof data; n++) {
        unsigned crc = 0;
        data[n] = (uint8_t)(draw(&seed) >> 24);
        for (size_t i = 0; i <= n; i++) {
            crc ^= (unsigned)data[i] << 8;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc << 1 ^ (crc & 0x8000 ? 0x8005 : 0)) & 0xffff;
        }
        assert_int_equal(crc16_of(data, n + 1), crc);
    }
}

/* ---- digests ---- */

static void test_known_digests(void **state)
{
    static const struct {
        const char *text;
        uint8_t first[4];
    } of[] = {{"", {0xd4, 0x1d, 0x8c, 0xd9}}, {"abc", {0x90, 0x01, 0x50, 0x98}}, /* RFC 1321, A.5 */
              {"12345678901234567890123456789012345678901234567890123456789012345678901234567890", {0x57, 0xed, 0xf4, 0xa2}}};
    (void)state;
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        struct md5 m;
        uint8_t digest[16];
        md5_begin(&m);
        md5_add(md5_one, &m, (const uint8_t *)of[i].text, strlen(of[i].text));
        md5_end(md5_one, &m, digest);
        assert_memory_equal(digest, of[i].first, 4);
    }
}

static void test_lanes(void **state)
{
    enum { STATES = 41, BYTES = 20000 };
    static uint8_t data[BYTES];
    md5_run *const runs[] = {md5_four, md5_widest()};
    uint32_t seed = 3;
    (void)state;
    for (size_t i = 0; i < BYTES; i++)
        data[i] = (uint8_t)(draw(&seed) >> 24);
    for (size_t r = 0; r < 2; r++) {
        struct md5 one[STATES], many[STATES];
        struct md5_job first[STATES], rest[STATES];
        for (size_t i = 0; i < STATES; i++) {
            md5_begin(&one[i]);
            md5_begin(&many[i]);
        }
        for (int turn = 0; turn < 20; turn++) {
            for (size_t i = 0; i < STATES; i++) {
                size_t from = draw(&seed) % BYTES, n = i % 5 == 0 ? draw(&seed) % 70 : draw(&seed) % (BYTES - from);
                n = n < BYTES - from ? n : BYTES - from;
                md5_add(md5_one, &one[i], data + from, n);
                md5_take(&many[i], data + from, n, &first[i], &rest[i]);
            }
            runs[r](first, STATES);
            runs[r](rest, STATES);
            for (size_t i = 0; i < STATES; i++)
                md5_keep(&rest[i]);
        }
        for (size_t i = 0; i < STATES; i++) {
            uint8_t expected[16], got[16];
            md5_end(md5_one, &one[i], expected);
            md5_end(runs[r], &many[i], got);
            assert_memory_equal(got, expected, 16);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames), cmocka_unit_test(test_sizes), cmocka_unit_test(test_crc),
        cmocka_unit_test(test_known_digests), cmocka_unit_test(test_lanes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
