/* SPDX-License-Identifier: MIT */
/* libraries: zlib */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <zlib.h>

#include "memory_job.h"
#include "pieces.h"
#include <adit/inflate.h>

enum { PLAIN = 200000, ROOM = 300000 };

struct fixture {
    uint8_t plain[PLAIN];
    uint8_t packed[ROOM];
    size_t packed_size;
    uint8_t got[ROOM];
    size_t got_size;
    size_t stop_after;
    struct adit_job memory;
    struct adit_call job;
};

/* Compresses the plain bytes behind 5 foreign ones and before 7 more. */
static void pack(struct fixture *f, enum adit_inflate_format format)
{
    static const int bits[] = {-15, 15, 31};
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, bits[format], 8, Z_DEFAULT_STRATEGY), Z_OK);
    memset(f->packed, 0xff, sizeof f->packed);
    z.next_in = f->plain;
    z.avail_in = PLAIN;
    z.next_out = f->packed + 5;
    z.avail_out = ROOM - 12;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    f->packed_size = z.total_out;
    deflateEnd(&z);
    f->job = memory_call(&f->memory, f->packed, 5 + f->packed_size + 7);
}

static bool keep(void *context, const uint8_t *data, size_t n)
{
    struct fixture *f = context;
    assert_true(n > 0 && n <= ROOM - f->got_size);
    memcpy(f->got + f->got_size, data, n);
    f->got_size += n;
    return f->got_size < f->stop_after;
}

static struct adit_inflate describe(struct fixture *f, enum adit_inflate_format format, uint64_t size)
{
    struct adit_inflate z = adit_inflate(&f->job, 5, size, format);
    z.sink = keep;
    z.context = f;
    f->got_size = 0;
    f->stop_after = SIZE_MAX;
    return z;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    uint32_t x = 1;
    if (!f)
        return -1;
    for (size_t i = 0; i < PLAIN; i++) { /* half noise, half letters */
        x = x * 1664525u + 1013904223u;
        f->plain[i] = (uint8_t)(i % 2 ? x >> 24 : 'a' + i / 1000 % 26);
    }
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    free(*state);
    return 0;
}

static void test_formats(void **state)
{
    struct fixture *f = *state;
    for (int format = ADIT_INFLATE_RAW; format <= ADIT_INFLATE_GZIP; format++) {
        pack(f, (enum adit_inflate_format)format);
        struct adit_inflate z = describe(f, (enum adit_inflate_format)format, UINT64_MAX);
        assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_DONE);
        assert_string_equal(z.message, "");
        assert_int_equal(z.produced, PLAIN);
        assert_int_equal(z.consumed, f->packed_size); /* not the bytes behind */
        assert_int_equal(f->got_size, PLAIN);
        assert_memory_equal(f->got, f->plain, PLAIN);
        z.sink = NULL;
        assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_DONE);
        assert_int_equal(z.produced, PLAIN);
    }
}

static void test_truncated(void **state)
{
    struct fixture *f = *state;
    for (int format = ADIT_INFLATE_RAW; format <= ADIT_INFLATE_GZIP; format++) {
        pack(f, (enum adit_inflate_format)format);
        for (uint64_t size = 0; size < f->packed_size; size += size < 40 || f->packed_size - size < 40 ? 1 : 9973) {
            struct adit_inflate z = describe(f, (enum adit_inflate_format)format, size);
            assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_TRUNCATED);
            assert_true(z.message[0] != '\0');
            assert_true(z.consumed <= size);
            assert_memory_equal(f->got, f->plain, f->got_size);
        }
    }
    struct adit_inflate beyond = adit_inflate(&f->job, 1u << 30, 10, ADIT_INFLATE_RAW);
    assert_int_equal(adit_inflate_run(&beyond), ADIT_INFLATE_TRUNCATED);
}

static void test_corrupt(void **state)
{
    struct fixture *f = *state;
    for (int format = ADIT_INFLATE_ZLIB; format <= ADIT_INFLATE_GZIP; format++) {
        pack(f, (enum adit_inflate_format)format);
        f->packed[5 + f->packed_size - (format == ADIT_INFLATE_ZLIB ? 1 : 5)] ^= 1; /* the checksum */
        struct adit_inflate z = describe(f, (enum adit_inflate_format)format, UINT64_MAX);
        assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_CORRUPT);
        assert_string_equal(z.message, "incorrect data check");
        assert_int_equal(z.produced, PLAIN);
        f->packed[5] ^= 0x0f; /* the header */
        assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_CORRUPT);
        assert_int_equal(z.produced, 0);
    }
    static const uint8_t reserved_block[] = {0xff, 0xff, 0xff}; /* RFC 1951 3.2.3: BTYPE 11 */
    f->job = memory_call(&f->memory, reserved_block, sizeof reserved_block);
    struct adit_inflate z = adit_inflate(&f->job, 0, UINT64_MAX, ADIT_INFLATE_RAW);
    assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_CORRUPT);
    static const uint8_t with_dictionary[] = {0x78, 0xbb, 1, 2, 3, 4, 0}; /* RFC 1950 2.2: FDICT */
    f->job = memory_call(&f->memory, with_dictionary, sizeof with_dictionary);
    z = adit_inflate(&f->job, 0, UINT64_MAX, ADIT_INFLATE_ZLIB);
    assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_UNSUPPORTED);
}

static void test_bounds(void **state)
{
    struct fixture *f = *state;
    pack(f, ADIT_INFLATE_ZLIB);
    static const uint64_t limits[] = {0, 1, 32767, 32768, 32769, PLAIN - 1};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct adit_inflate z = describe(f, ADIT_INFLATE_ZLIB, UINT64_MAX);
        z.max_output = limits[i];
        assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_LIMIT);
        assert_int_equal(z.produced, limits[i]);
        assert_int_equal(f->got_size, limits[i]);
        assert_memory_equal(f->got, f->plain, f->got_size);
    }
    struct adit_inflate z = describe(f, ADIT_INFLATE_ZLIB, UINT64_MAX);
    z.max_output = PLAIN; /* exactly all of it is within the bound */
    assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_DONE);
    z = describe(f, ADIT_INFLATE_ZLIB, UINT64_MAX);
    f->stop_after = 1;
    assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_STOPPED);
    z = describe(f, ADIT_INFLATE_ZLIB, UINT64_MAX);
    f->memory.fail_at = 20000;
    assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_FAILED);
    uint8_t buffer[100];
    z = adit_inflate(&f->job, 5, 10000, ADIT_INFLATE_ZLIB);
    assert_int_equal(adit_inflate_into(&z, buffer, sizeof buffer), ADIT_INFLATE_LIMIT);
    assert_int_equal(z.produced, sizeof buffer);
    assert_memory_equal(buffer, f->plain, sizeof buffer);
}

static void test_ratio(void **state)
{
    struct fixture *f = *state;
    memset(f->plain, 0, PLAIN);
    pack(f, ADIT_INFLATE_RAW);
    assert_true(PLAIN / f->packed_size > 500);
    struct adit_inflate z = describe(f, ADIT_INFLATE_RAW, UINT64_MAX);
    z.max_ratio = 100;
    assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_LIMIT);
    assert_true(z.produced > 65536 && z.produced < PLAIN);
    z = describe(f, ADIT_INFLATE_RAW, UINT64_MAX);
    z.max_ratio = 1032;
    assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_DONE);
}

/* As a reader it gives the same, in pieces of any size, and the same reasons to end. */
static void test_reader(void **state)
{
    struct fixture *f = *state;
    static const size_t pieces[] = {1000, 32768, 100000, 1};
    pack(f, ADIT_INFLATE_ZLIB);
    for (size_t k = 0; k < 4; k++) {
        enum adit_inflate_result result;
        struct adit_inflate z = adit_inflate(&f->job, 5, f->packed_size, ADIT_INFLATE_ZLIB);
        struct adit_reader *r = adit_inflate_open(&z, &result);
        size_t size = 0;
        int64_t got;
        assert_non_null(r);
        while ((got = adit_read_next(r, f->got + size, pieces[k])) > 0) {
            assert_true((size_t)got <= pieces[k]);
            size += (size_t)got;
        }
        assert_int_equal(got, 0);
        assert_int_equal(size, PLAIN);
        assert_memory_equal(f->got, f->plain, PLAIN);
        assert_int_equal(result, ADIT_INFLATE_DONE);
        assert_int_equal(z.produced, PLAIN);
        assert_int_equal(z.consumed, f->packed_size);
        adit_inflate_close(r);
    }
    struct {
        uint64_t size, max_output;
        enum adit_inflate_result result;
        int64_t error;
        uint64_t produced;
    } cases[] = {
        {f->packed_size, PLAIN, ADIT_INFLATE_DONE, 0, PLAIN},
        {f->packed_size, PLAIN - 1, ADIT_INFLATE_LIMIT, ADIT_E_LIMIT, PLAIN - 1},
        {f->packed_size, 0, ADIT_INFLATE_LIMIT, ADIT_E_LIMIT, 0},
        {f->packed_size - 1, PLAIN, ADIT_INFLATE_TRUNCATED, ADIT_E_IO, PLAIN},
    };
    for (size_t k = 0; k < 4; k++) {
        enum adit_inflate_result result;
        struct adit_inflate z = adit_inflate(&f->job, 5, cases[k].size, ADIT_INFLATE_ZLIB);
        z.max_output = cases[k].max_output;
        struct adit_reader *r = adit_inflate_open(&z, &result);
        int64_t got;
        while ((got = adit_read_next(r, f->got, 5000)) > 0)
            continue;
        assert_int_equal(got, cases[k].error);
        assert_int_equal(result, cases[k].result);
        assert_int_equal(z.produced, cases[k].produced);
        adit_inflate_close(r);
    }
    adit_inflate_close(NULL);
}

static int64_t fail_at_once(struct adit_reader *r, void *buffer, size_t n)
{
    (void)r, (void)buffer, (void)n;
    return ADIT_E_IO;
}

/* The input may come from a reader, another inflater too, in pieces of any size. */
static void test_from(void **state)
{
    struct fixture *f = *state;
    static const size_t pieces[] = {1, 77, 100000};
    pack(f, ADIT_INFLATE_ZLIB);
    uint8_t *twice = malloc(f->packed_size + 1000);
    uLongf size = (uLongf)(f->packed_size + 1000);
    assert_non_null(twice);
    assert_int_equal(compress(twice, &size, f->packed + 5, (uLong)f->packed_size), Z_OK);
    for (size_t k = 0; k < 3; k++) {
        struct pieces p = pieces_of(twice, size, pieces[k]);
        struct adit_inflate outer = adit_inflate_from(&p.reader, ADIT_INFLATE_ZLIB);
        struct adit_reader *r = adit_inflate_open(&outer, NULL);
        assert_non_null(r);
        struct adit_inflate z = adit_inflate_from(r, ADIT_INFLATE_ZLIB);
        z.sink = keep;
        z.context = f;
        f->got_size = 0;
        f->stop_after = SIZE_MAX;
        assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_DONE);
        assert_int_equal(f->got_size, PLAIN);
        assert_memory_equal(f->got, f->plain, PLAIN);
        assert_int_equal(z.consumed, f->packed_size);
        adit_inflate_close(r);
    }
    struct pieces cut = pieces_of(twice, size / 2, 77);
    struct adit_inflate z = adit_inflate_from(&cut.reader, ADIT_INFLATE_ZLIB);
    assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_TRUNCATED);
    struct adit_reader broken = {fail_at_once, NULL, 0, 0, 0};
    z = adit_inflate_from(&broken, ADIT_INFLATE_ZLIB);
    assert_int_equal(adit_inflate_run(&z), ADIT_INFLATE_FAILED);
    free(twice);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats), cmocka_unit_test(test_truncated), cmocka_unit_test(test_corrupt),
        cmocka_unit_test(test_bounds),  cmocka_unit_test(test_ratio),     cmocka_unit_test(test_reader),
        cmocka_unit_test(test_from),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
