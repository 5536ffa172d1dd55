/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include <adit/pcm.h>

#include "stream_job.h"

static struct stream stream;
static struct adit_job source;

/* A job whose source is what was written before. */
static struct adit_call again(void)
{
    return memory_call(&source, stream.data, stream.size);
}

static void test_16_bits(void **state)
{
    static const unsigned char head[ADIT_PCM_HEAD] = "AditPcm1\x44\xac\0\0\2\0\1\0\3\0\0\0\0\0\0\0";
    static const unsigned char samples[] = {0, 0, 0xff, 0x7f, 0, 0x80, 1, 0, 0xff, 0xff, 0, 0x40};
    static const float expected[] = {0, 32767 / 32768.0f, -1, 1 / 32768.0f, -1 / 32768.0f, 0.5f};
    static const struct adit_pcm is = {44100, 2, ADIT_PCM_S16, 3};
    struct adit_call call = stream_call(&source, &stream);
    struct adit_pcm_view view;
    (void)state;
    assert_int_equal(adit_pcm_begin(&call, &is), 0);
    assert_int_equal(adit_pcm_write(&call, &is, samples, 3), 0);
    assert_int_equal(adit_pcm_end(&call, true), 0);
    assert_string_equal(stream.media, "application/x-adit-pcm");
    assert_int_equal(stream.size, sizeof head + sizeof samples);
    assert_memory_equal(stream.data, head, sizeof head);
    assert_memory_equal(stream.data + sizeof head, samples, sizeof samples);
    assert_false(stream.truncated);

    call = again();
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
        struct adit_call call = stream_call(&source, &stream);
        struct adit_pcm_view view;
        is.format = i == 0 ? ADIT_PCM_S32 : ADIT_PCM_F32;
        assert_int_equal(adit_pcm_begin(&call, &is), 0);
        assert_int_equal(adit_pcm_write(&call, &is, i == 0 ? (const void *)whole : real, 3), 0);
        assert_int_equal(adit_pcm_end(&call, true), 0);
        call = again();
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
    struct adit_call call = stream_call(&source, &stream);
    struct adit_pcm_view view;
    float out[8];
    (void)state;
    stream.room = ADIT_PCM_HEAD + 10;
    assert_int_equal(adit_pcm_begin(&call, &is), 0);
    assert_int_equal(adit_pcm_write(&call, &is, samples, 4), ADIT_E_LIMIT);
    assert_int_equal(adit_pcm_end(&call, false), 0);
    assert_true(stream.truncated);
    call = again();
    assert_int_equal(adit_pcm_open(&call, &view), ADIT_OK);
    assert_int_equal(view.frames, 2);
    assert_int_equal(adit_pcm_read(&view, 0, 4, out), 2);
    source.fail_at = ADIT_PCM_HEAD + 5;
    assert_int_equal(adit_pcm_read(&view, 0, 1, out), 1);
    assert_int_equal(adit_pcm_read(&view, 1, 1, out), ADIT_E_IO);
    call = stream_call(&source, &stream);
    stream.room = ADIT_PCM_HEAD - 1;
    assert_int_equal(adit_pcm_begin(&call, &is), ADIT_E_LIMIT);
    assert_true(stream.closed);
    call = stream_call(&source, &stream);
    stream.unwanted = true;
    assert_int_equal(adit_pcm_begin(&call, &is), ADIT_E_UNWANTED);
    assert_false(stream.closed);
}

static void test_cannot_be(void **state)
{
    static const struct adit_pcm none[] = {{0, 1, 1, 0}, {ADIT_PCM_RATE_MAX + 1u, 1, 1, 0},
                                           {1, 0, 1, 0}, {1, ADIT_PCM_CHANNELS_MAX + 1, 1, 0},
                                           {1, 1, 0, 0}, {1, 1, 4, 0}};
    static const size_t places[] = {15, 24, 31};
    unsigned char head[ADIT_PCM_HEAD] = "AditPcm1\1\0\0\0\1\0\1";
    struct adit_call call = stream_call(&source, &stream);
    struct adit_pcm_view view;
    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(adit_pcm_begin(&call, &none[i]), ADIT_E_USAGE);
    assert_false(stream.opened);
    for (size_t n = 0; n < sizeof head; n++) {
        source.data = head;
        source.size = n;
        assert_int_equal(adit_pcm_open(&call, &view), ADIT_DECLINED);
    }
    source.size = sizeof head;
    assert_int_equal(adit_pcm_open(&call, &view), ADIT_OK);
    assert_int_equal(view.frames, 0);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        head[places[i]] = 1;
        assert_int_equal(adit_pcm_open(&call, &view), ADIT_MALFORMED);
        head[places[i]] = 0;
    }
    head[14] = 4;
    assert_int_equal(adit_pcm_open(&call, &view), ADIT_MALFORMED);
    assert_int_equal(stream.warnings, 4);
    head[0] = 'a';
    assert_int_equal(adit_pcm_open(&call, &view), ADIT_DECLINED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_16_bits),
        cmocka_unit_test(test_32_bits),
        cmocka_unit_test(test_ends_early),
        cmocka_unit_test(test_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
