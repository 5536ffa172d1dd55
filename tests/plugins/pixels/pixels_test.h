/* SPDX-License-Identifier: MIT */
/* What the tests of decoders share: the stream of pixels that a sample gives. */
#ifndef TESTS_PLUGINS_PIXELS_TEST_H
#define TESTS_PLUGINS_PIXELS_TEST_H

#include "../image/plugin_test.h"

#include <adit/pixels.h>

/* Adler-32 (RFC 1950, 9) of what follows the head. */
static inline uint32_t pixels_sum(const struct module_test *t)
{
    uint32_t a = 1, b = 0;
    for (size_t i = ADIT_PIXELS_HEAD; i < t->stream.size; i++) {
        a = (a + ((const uint8_t *)t->stream.data)[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

/* `sum`: of the samples that Pillow decodes, zlib.adler32(Image.open(…).tobytes()). */
static inline void expect_pixels(struct module_test *t, const char *path, uint32_t width, uint32_t height,
                                 uint32_t format, uint32_t sum)
{
    const uint8_t *head;
    module_run_file(t, path);
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_beginning(t, "stream pixels application/x-adit-pixels");
    assert_int_equal(t->stream.size, ADIT_PIXELS_HEAD + (size_t)width * height * adit_pixels_bytes(format));
    head = (const uint8_t *)t->stream.data;
    assert_memory_equal(head, ADIT_PIXELS_MAGIC, 8);
    assert_int_equal(head[8] | head[9] << 8, width);
    assert_int_equal(head[12] | head[13] << 8, height);
    assert_int_equal(head[24], format);
    if (pixels_sum(t) != sum)
        fail_msg("%s: the sum of its pixels is 0x%08x, not 0x%08x", path, pixels_sum(t), sum);
}

#endif
