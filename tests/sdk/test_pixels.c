/* SPDX-License-Identifier: MIT */
/* Pixels between plugins: what a decoder writes is what an analyser reads, in every format, whole, smaller and cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <adit/pixels.h>

#include "stream_job.h"

static struct stream stream;

static void begin(struct adit_pixels_writer *w, struct adit_job *job, uint32_t width, uint32_t height, uint32_t format,
                  uint64_t most)
{
    static struct adit_call call;
    struct adit_pixels is = {width, height, width * 2, height * 2, format};
    call = stream_call(job, &stream);
    assert_int_equal(adit_pixels_begin(w, &call, &is, most), 0);
}

static void test_round_trip(void **state)
{
    static const uint32_t bytes[] = {0, 1, 2, 3, 4, 2, 0, 0};
    (void)state;
    for (uint32_t format = 0; format < 8; format++)
        assert_int_equal(adit_pixels_bytes(format), bytes[format]);
    for (uint32_t format = ADIT_PIXELS_GREY8; format <= ADIT_PIXELS_GREY16; format++) {
        struct adit_pixels_writer w;
        struct adit_job job;
        uint8_t rows[3 * 20], back[3 * 20 + 1];
        for (size_t i = 0; i < sizeof rows; i++)
            rows[i] = (uint8_t)(i * 37 + format);
        begin(&w, &job, 5, 3, format, 0);
        size_t stride = 5 * bytes[format];
        for (int y = 0; y < 4; y++) /* one too many */
            assert_int_equal(adit_pixels_row(&w, rows + (size_t)(y % 3) * stride), 0);
        assert_int_equal(adit_pixels_end(&w), 0);
        assert_int_equal(stream.size, ADIT_PIXELS_HEAD + 3 * stride);
        assert_true(stream.closed && !stream.truncated);
        assert_string_equal(stream.media, ADIT_PIXELS_MEDIA);

        struct adit_job reading;
        struct adit_call call = memory_call(&reading, stream.data, stream.size);
        struct adit_pixels_view view;
        assert_int_equal(adit_pixels_open(&call, &view), ADIT_OK);
        assert_int_equal(view.rows, 3);
        assert_int_equal(view.is.full_width, 10);
        assert_int_equal(view.is.full_height, 6);
        back[2 * stride] = 0xaa;
        assert_int_equal(adit_pixels_read(&view, 1, 5, back), 2);
        assert_memory_equal(back, rows + stride, 2 * stride);
        assert_int_equal(back[2 * stride], 0xaa);
        assert_int_equal(adit_pixels_read(&view, 3, 1, back), 0);
    }
}

/* Rows of any size, of which several, one or none fit what is written at once, come in their order. */
static void test_large_rows(void **state)
{
    static const uint32_t widths[] = {1000, 16384, 16385, 32768};
    static uint8_t rows[60 * 1024];
    (void)state;
    for (size_t i = 0; i < sizeof rows; i++)
        rows[i] = (uint8_t)(i * 37 + i / 251);
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        struct adit_pixels_writer w;
        struct adit_job job;
        uint32_t height = (uint32_t)sizeof rows / widths[i];
        begin(&w, &job, widths[i], height, ADIT_PIXELS_GREY8, 0);
        for (uint32_t y = 0; y < height; y++)
            assert_int_equal(adit_pixels_row(&w, rows + (size_t)y * widths[i]), 0);
        assert_int_equal(adit_pixels_end(&w), 0);
        assert_int_equal(stream.size, ADIT_PIXELS_HEAD + (size_t)height * widths[i]);
        assert_memory_equal(stream.data + ADIT_PIXELS_HEAD, rows, (size_t)height * widths[i]);
        assert_false(stream.truncated);
    }
}

/* 5 * 4 pixels where 5 are enough: squares of 2 * 2, the last column left out; each is the rounded mean. */
static void test_smaller(void **state)
{
    static const uint8_t rows[4][5] = {
        {0, 1, 10, 20, 99}, {2, 3, 30, 41, 99}, {255, 255, 0, 0, 99}, {255, 255, 0, 1, 99}};
    static const uint8_t wide[2][4] = {{0xff, 0xff, 0x00, 0x01}, {0xfe, 0xff, 0x04, 0x01}}; /* 65535 256, 65534 260 */
    struct adit_pixels_writer w;
    struct adit_job job;
    (void)state;
    begin(&w, &job, 5, 4, ADIT_PIXELS_GREY8, 5);
    for (int y = 0; y < 4; y++)
        assert_int_equal(adit_pixels_row(&w, rows[y]), 0);
    assert_int_equal(adit_pixels_end(&w), 0);
    assert_memory_equal(stream.data + 8, "\2\0\0\0\2\0\0\0\12\0\0\0\10\0\0\0\1", 17); /* 2 * 2, of 10 * 8, grey */
    assert_int_equal(stream.size, ADIT_PIXELS_HEAD + 4);
    assert_memory_equal(stream.data + ADIT_PIXELS_HEAD, "\2\31\377\0", 4); /* 1.5, 25.25, 255, 0.25 */

    begin(&w, &job, 2, 2, ADIT_PIXELS_GREY16, 1);
    assert_int_equal(adit_pixels_row(&w, wide[0]), 0);
    assert_int_equal(adit_pixels_row(&w, wide[1]), 0);
    assert_int_equal(adit_pixels_end(&w), 0);
    assert_memory_equal(stream.data + ADIT_PIXELS_HEAD, "\x80\x80", 2); /* 131585 / 4 = 32896.25 */
}

static void test_what_is_refused(void **state)
{
    struct adit_pixels_writer w;
    struct adit_job job;
    struct adit_call call = stream_call(&job, &stream);
    struct adit_pixels is = {4, 4, 4, 4, 6};
    static uint8_t row[20000];
    (void)state;
    assert_int_equal(adit_pixels_begin(&w, &call, &is, 0), ADIT_E_USAGE);
    is = (struct adit_pixels){0, 4, 4, 4, ADIT_PIXELS_GREY8};
    assert_int_equal(adit_pixels_begin(&w, &call, &is, 0), ADIT_E_USAGE);
    is.width = ADIT_PIXELS_SIDE_MAX + 1;
    assert_int_equal(adit_pixels_begin(&w, &call, &is, 0), ADIT_E_USAGE);
    assert_false(stream.opened);
    stream.unwanted = true;
    is.width = 4;
    assert_int_equal(adit_pixels_begin(&w, &call, &is, 0), ADIT_E_UNWANTED);
    assert_false(stream.closed);

    call = stream_call(&job, &stream);
    stream.room = ADIT_PIXELS_HEAD + 6; /* the second row does not fit */
    assert_int_equal(adit_pixels_begin(&w, &call, &is, 0), 0);
    assert_int_equal(adit_pixels_row(&w, row), 0);
    assert_int_equal(adit_pixels_row(&w, row), 0);
    assert_int_equal(stream.size, ADIT_PIXELS_HEAD); /* small rows wait for each other */
    assert_int_equal(adit_pixels_end(&w), ADIT_E_LIMIT);
    assert_true(stream.closed && stream.truncated);
    assert_int_equal(stream.size, ADIT_PIXELS_HEAD + 6);

    call = stream_call(&job, &stream);
    stream.room = ADIT_PIXELS_HEAD + 6;
    is.width = is.full_width = sizeof row;
    assert_int_equal(adit_pixels_begin(&w, &call, &is, 0), 0);
    assert_int_equal(adit_pixels_row(&w, row), 0);
    assert_int_equal(adit_pixels_row(&w, row), ADIT_E_LIMIT); /* of the first one */
    assert_int_equal(adit_pixels_row(&w, row), ADIT_E_LIMIT);
    assert_int_equal(adit_pixels_end(&w), ADIT_E_LIMIT);
    assert_true(stream.closed && stream.truncated);

    begin(&w, &job, 4, 4, ADIT_PIXELS_GREY8, 0); /* a decoder that gives up */
    assert_int_equal(adit_pixels_row(&w, row), 0);
    assert_int_equal(adit_pixels_end(&w), 0);
    assert_true(stream.truncated);
    struct adit_pixels_view view;
    call = memory_call(&job, stream.data, stream.size + 3);
    assert_int_equal(adit_pixels_open(&call, &view), ADIT_OK);
    assert_int_equal(view.rows, 1);
}

static void test_heads(void **state)
{
    uint8_t head[ADIT_PIXELS_HEAD] = "AditPix1\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1";
    struct adit_pixels_view view;
    struct adit_job job;
    (void)state;
    struct adit_call call = memory_call(&job, head, sizeof head);
    assert_int_equal(adit_pixels_open(&call, &view), ADIT_OK);
    assert_int_equal(view.rows, 0);
    call = memory_call(&job, head, sizeof head - 1);
    assert_int_equal(adit_pixels_open(&call, &view), ADIT_DECLINED);
    head[7] = '2';
    call = memory_call(&job, head, sizeof head);
    assert_int_equal(adit_pixels_open(&call, &view), ADIT_DECLINED);
    head[7] = '1';
    for (size_t i = 8; i < sizeof head; i++) { /* sides of 0 or of more than the image has, formats, what has to be 0 */
        uint8_t was = head[i];
        head[i] = i % 4 ? 0xfe : i < 24 ? 0 : i == 24 ? 6 : 1;
        struct adit_call warning = stream_call(&job, &stream);
        job.data = head;
        job.size = sizeof head;
        bool fits = i >= 16 && i < 24 && i % 4 == 1; /* a larger image: 65025 */
        assert_int_equal(adit_pixels_open(&warning, &view), fits ? ADIT_OK : ADIT_MALFORMED);
        head[i] = was;
    }
}

/* By hand: (19595 R + 38470 G + 7471 B + 32768) >> 16. */
static void test_luma(void **state)
{
    static const uint8_t rgba[] = {255, 0, 0, 9, 0, 255, 0, 9, 0, 0, 255, 9, 10, 20, 30, 9, 255, 255, 255, 0};
    static const uint8_t grey16[] = {0xff, 0x00, 0x00, 0x01, 0x34, 0x12};
    struct adit_pixels is = {5, 1, 5, 1, ADIT_PIXELS_RGBA8};
    uint8_t luma[5];
    (void)state;
    adit_pixels_luma(&is, rgba, true, luma);
    assert_memory_equal(luma, "\x4c\x96\x1d\x12\xff", 5); /* 76, 150, 29, 18, 255 */
    is.format = ADIT_PIXELS_RGB8;
    is.width = 1;
    adit_pixels_luma(&is, rgba + 12, true, luma);
    assert_int_equal(luma[0], 18);
    is.format = ADIT_PIXELS_GREY_ALPHA8;
    is.width = 3;
    adit_pixels_luma(&is, rgba, true, luma);
    assert_memory_equal(luma, "\xff\0\0", 3);
    is.format = ADIT_PIXELS_GREY16;
    adit_pixels_luma(&is, grey16, true, luma);
    assert_memory_equal(luma, "\xff\xff\xff", 3);
    adit_pixels_luma(&is, grey16, false, luma);
    assert_memory_equal(luma, "\0\1\x12", 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),      cmocka_unit_test(test_large_rows), cmocka_unit_test(test_smaller),
        cmocka_unit_test(test_what_is_refused), cmocka_unit_test(test_heads),      cmocka_unit_test(test_luma),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
