/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include <adit/pcm.h>

#include "memory_job.h"

/* A stream in the making: `room` bytes of it fit. */
static unsigned char made[4096];
static size_t held, room;
static int opened, closed, warned, flags;

static int stream_open(struct adit_job *job, const struct adit_stream *stream)
{
    (void)job;
    assert_true(adit_text_is(stream->media, "application/x-adit-pcm"));
    held = 0;
    opened++;
    return room == 0 ? ADIT_E_UNWANTED : 0;
}

static int take(struct adit_job *job, const void *data, size_t n)
{
    (void)job;
    size_t kept = n < room - held ? n : room - held;
    memcpy(made + held, data, kept);
    held += kept;
    return kept < n ? ADIT_E_LIMIT : 0;
}

static int stream_close(struct adit_job *job, uint32_t how)
{
    (void)job;
    closed++;
    flags = (int)how;
    return 0;
}

static int warn(struct adit_job *job, const char *text, size_t n)
{
    (void)job, (void)text, (void)n;
    warned++;
    return 0;
}

static struct adit_job source;
static struct adit_call call_of(const void *data, size_t size)
{
    static struct adit_host host;
    struct adit_call call = memory_call(&source, data, size);
    host = memory_host;
    host.stream_open = stream_open;
    host.write = take;
    host.close = stream_close;
    host.warn = warn;
    call.host = &host;
    return call;
}

static int set_up(void **state)
{
    (void)state;
    room = sizeof made;
    opened = closed = warned = flags = 0;
    return 0;
}

static void test_16_bits(void **state)
{
    static const unsigned char head[ADIT_PCM_HEAD] = "AditPcm1\x44\xac\0\0\2\0\1\0\3\0\0\0\0\0\0\0";
    static const unsigned char samples[] = {0, 0, 0xff, 0x7f, 0, 0x80, 1, 0, 0xff, 0xff, 0, 0x40};
    static const float expected[] = {0, 32767 / 32768.0f, -1, 1 / 32768.0f, -1 / 32768.0f, 0.5f};
    static const struct adit_pcm is = {44100, 2, ADIT_PCM_S16, 3};
    struct adit_call call = call_of("", 0);
    struct adit_pcm_view view;
    (void)state;
    assert_int_equal(adit_pcm_begin(&call, &is), 0);
    assert_int_equal(adit_pcm_write(&call, &is, samples, 3), 0);
    assert_int_equal(adit_pcm_end(&call, true), 0);
    assert_int_equal(held, sizeof head + sizeof samples);
    assert_memory_equal(made, head, sizeof head);
    assert_memory_equal(made + sizeof head, samples, sizeof samples);
    assert_int_equal(flags, 0);

    call = call_of(made, held);
    assert_int_equal(adit_pcm_open(&call, &view), ADIT_OK);
    assert_int_equal(view.is.rate, 44100);
    assert_int_equal(view.is.channels, 2);
    assert_int_equal(view.is.frames, 3);
    assert_int_equal(view.frames, 3);
    for (uint64_t first = 0; first <= 4; first++)
        for (size_t count = 0; count <= 4; count++) {
            size_t there = first >= 3 ? 0 : count < 3 - first ? count : (size_t)(3 - first);
            float *out = malloc(count * 2 * sizeof *out + 1);
            assert_non_null(out);
            assert_int_equal(adit_pcm_read(&view, first, count, out), there);
            for (size_t i = 0; i < there * 2; i++)
                assert_float_equal(out[i], expected[first * 2 + i], 0);
            free(out);
        }
}

static void test_32_bits(void **state)
{
    static const int32_t whole[] = {INT32_MIN, 0x40000000, 256};
    static const float real[] = {-1.5f, 0.25f, 1e-30f}, expected[] = {-1, 0.5f, 256 / 2147483648.0f};
    struct adit_pcm is = {8000, 1, ADIT_PCM_S32, UINT64_MAX};
    float out[3];
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct adit_call call = call_of("", 0);
        struct adit_pcm_view view;
        is.format = i == 0 ? ADIT_PCM_S32 : ADIT_PCM_F32;
        assert_int_equal(adit_pcm_begin(&call, &is), 0);
        assert_int_equal(adit_pcm_write(&call, &is, i == 0 ? (const void *)whole : real, 3), 0);
        assert_int_equal(adit_pcm_end(&call, true), 0);
        call = call_of(made, held);
        assert_int_equal(adit_pcm_open(&call, &view), ADIT_OK);
        assert_true(view.is.frames == UINT64_MAX);
        assert_int_equal(adit_pcm_read(&view, 0, 9, out), 3);
        for (size_t k = 0; k < 3; k++)
            assert_float_equal(out[k], i == 0 ? expected[k] : real[k], 0);
    }
}

static void test_ends_early(void **state)
{
    static const int16_t samples[8] = {0};
    static const struct adit_pcm is = {8000, 2, ADIT_PCM_S16, 4};
    struct adit_call call = call_of("", 0);
    struct adit_pcm_view view;
    float out[8];
    (void)state;
    room = ADIT_PCM_HEAD + 10;
    assert_int_equal(adit_pcm_begin(&call, &is), 0);
    assert_int_equal(adit_pcm_write(&call, &is, samples, 4), ADIT_E_LIMIT);
    assert_int_equal(adit_pcm_end(&call, false), 0);
    assert_int_equal(flags, ADIT_STREAM_TRUNCATED);
    call = call_of(made, held);
    assert_int_equal(adit_pcm_open(&call, &view), ADIT_OK);
    assert_int_equal(view.frames, 2);
    assert_int_equal(adit_pcm_read(&view, 0, 4, out), 2);
    source.fail_at = ADIT_PCM_HEAD + 5;
    assert_int_equal(adit_pcm_read(&view, 0, 1, out), 1);
    assert_int_equal(adit_pcm_read(&view, 1, 1, out), ADIT_E_IO);
    room = ADIT_PCM_HEAD - 1;
    closed = 0;
    assert_int_equal(adit_pcm_begin(&call, &is), ADIT_E_LIMIT);
    assert_int_equal(closed, 1);
    room = 0;
    assert_int_equal(adit_pcm_begin(&call, &is), ADIT_E_UNWANTED);
    assert_int_equal(closed, 1);
}

static void test_cannot_be(void **state)
{
    static const struct adit_pcm none[] = {{0, 1, 1, 0}, {ADIT_PCM_RATE_MAX + 1u, 1, 1, 0},
                                           {1, 0, 1, 0}, {1, ADIT_PCM_CHANNELS_MAX + 1, 1, 0},
                                           {1, 1, 0, 0}, {1, 1, 4, 0}};
    static const size_t places[] = {15, 24, 31};
    unsigned char head[ADIT_PCM_HEAD] = "AditPcm1\1\0\0\0\1\0\1";
    struct adit_call call = call_of("", 0);
    struct adit_pcm_view view;
    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(adit_pcm_begin(&call, &none[i]), ADIT_E_USAGE);
    assert_int_equal(opened, 0);
    for (size_t n = 0; n < sizeof head; n++) {
        call = call_of(head, n);
        assert_int_equal(adit_pcm_open(&call, &view), ADIT_DECLINED);
    }
    call = call_of(head, sizeof head);
    assert_int_equal(adit_pcm_open(&call, &view), ADIT_OK);
    assert_int_equal(view.frames, 0);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        head[places[i]] = 1;
        assert_int_equal(adit_pcm_open(&call, &view), ADIT_MALFORMED);
        head[places[i]] = 0;
    }
    head[14] = 4;
    assert_int_equal(adit_pcm_open(&call, &view), ADIT_MALFORMED);
    assert_int_equal(warned, 4);
    head[0] = 'a';
    assert_int_equal(adit_pcm_open(&call, &view), ADIT_DECLINED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_16_bits, set_up),
        cmocka_unit_test_setup(test_32_bits, set_up),
        cmocka_unit_test_setup(test_ends_early, set_up),
        cmocka_unit_test_setup(test_cannot_be, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
