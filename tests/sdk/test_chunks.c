/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <adit/chunks.h>

#include "memory_job.h"

static bool in_memory;

static struct adit_job job;
static struct adit_call call;

static struct adit_cursor over(const void *data, size_t size)
{
    call = memory_call(&job, data, size);
    return memory_cursor(&call, in_memory);
}
#define OVER(bytes) over(bytes, sizeof(bytes) - 1)

static void expect_chunk(struct adit_chunks *w, const char *name, uint64_t size, uint64_t available)
{
    struct adit_chunk chunk;
    assert_true(adit_next_chunk(w, &chunk));
    assert_string_equal(chunk.name, name);
    assert_int_equal(chunk.size, size);
    assert_int_equal(chunk.available, available);
    assert_int_equal(chunk.data, chunk.offset + 8);
    assert_int_equal(adit_length(&(struct adit_cursor){.start = chunk.data, .end = chunk.data + chunk.available}),
                     available);
}

static void expect_end(struct adit_chunks *w, bool truncated)
{
    struct adit_chunk chunk;
    assert_false(adit_next_chunk(w, &chunk));
    assert_int_equal(w->truncated, truncated);
}

static void test_riff(void **state)
{
    struct adit_chunks w;
    (void)state;
    struct adit_cursor c = OVER("RIFF\x1e\0\0\0WAVEodd \x01\0\0\0a\0nul \0\0\0\0fmt\x01\x02\0\0\0xyid3 \0\0\0\0");
    assert_true(adit_chunks_open(&w, &c));
    assert_true(w.type == ADIT_FOURCC('W', 'A', 'V', 'E'));
    assert_int_equal(w.size, 0x1e);
    expect_chunk(&w, "odd ", 1, 1);
    expect_chunk(&w, "nul ", 0, 0);
    expect_chunk(&w, "fmt?", 2, 0); /* the container ends before */
    expect_end(&w, true);
    assert_true(adit_chunks_open(&w, &c));
    w.cursor.end = c.end; /* what was appended without being counted in */
    expect_chunk(&w, "odd ", 1, 1);
    expect_chunk(&w, "nul ", 0, 0);
    expect_chunk(&w, "fmt?", 2, 2);
    expect_chunk(&w, "id3 ", 0, 0);
    expect_end(&w, false);
}

static void test_no_container(void **state)
{
    struct adit_chunks w;
    (void)state;
    struct adit_cursor c = OVER("RIFF\4\0\0\0WAV");
    assert_false(adit_chunks_open(&w, &c));
    c = OVER("JUNK\4\0\0\0WAVE");
    assert_false(adit_chunks_open(&w, &c));
    c = OVER("RIFF\4\0\0\0WAVE");
    assert_true(adit_chunks_open(&w, &c));
    expect_end(&w, false);
}

static void test_big_endian(void **state)
{
    struct adit_chunks w, inner;
    struct adit_chunk chunk;
    (void)state;
    struct adit_cursor c = OVER("FORM\0\0\0\x22"
                                "AIFFLIST\0\0\0\x0e"
                                "ABCDdata\0\0\0\2\x12\x34NAME\0\0\0\0");
    assert_true(adit_chunks_open(&w, &c));
    assert_true(adit_next_chunk(&w, &chunk));
    assert_true(adit_chunk_enter(&w, &chunk, &inner));
    assert_true(inner.type == ADIT_FOURCC('A', 'B', 'C', 'D'));
    assert_true(adit_next_chunk(&inner, &chunk));
    c = adit_chunk_cursor(&inner, &chunk);
    assert_int_equal(adit_read_u16(&c), 0x1234);
    assert_int_equal(adit_left(&c), 0);
    expect_end(&inner, false);
    expect_chunk(&w, "NAME", 0, 0);
    expect_end(&w, false);
    assert_false(adit_chunk_enter(&w, &chunk, &inner)); /* "data" is none */
    c = OVER("RIFX\0\0\0\x10"
             "WAVEdata\0\0\0\4abcd");
    assert_true(adit_chunks_open(&w, &c));
    expect_chunk(&w, "data", 4, 4);
}

static void test_lists_of_riff(void **state)
{
    struct adit_chunks w, inner;
    struct adit_chunk chunk;
    (void)state;
    struct adit_cursor c = OVER("RIFF\x1a\0\0\0WAVELIST\x0e\0\0\0INFOINAM\2\0\0\0x\0");
    assert_true(adit_chunks_open(&w, &c));
    assert_true(adit_next_chunk(&w, &chunk));
    assert_true(adit_chunk_enter(&w, &chunk, &inner));
    assert_true(inner.form == ADIT_FOURCC('L', 'I', 'S', 'T') && inner.type == ADIT_FOURCC('I', 'N', 'F', 'O'));
    expect_chunk(&inner, "INAM", 2, 2);
    expect_end(&inner, false);
    expect_end(&w, false);
}

static void test_truncated(void **state)
{
    struct adit_chunks w;
    (void)state;
    struct adit_cursor c = OVER("RIFF\xff\0\0\0AVI data\x10\0\0\0abc");
    assert_true(adit_chunks_open(&w, &c));
    expect_chunk(&w, "data", 16, 3);
    expect_end(&w, true);
    c = OVER("RIFF\x0f\0\0\0AVI data\0\0\0\0abc");
    assert_true(adit_chunks_open(&w, &c));
    expect_chunk(&w, "data", 0, 0);
    expect_end(&w, true); /* three bytes are no chunk, and no padding */
    c = OVER("RIFF\xff\xff\xff\xff"
             "WAVEdata\xff\xff\xff\xff"
             "abc");
    assert_true(adit_chunks_open(&w, &c));
    assert_true(w.size == UINT64_MAX);
    expect_chunk(&w, "data", 3, 3);
    expect_end(&w, false);
}

static void test_rf64(void **state)
{
    struct adit_chunks w;
    (void)state;
    struct adit_cursor c = OVER("RF64\xff\xff\xff\xff"
                                "WAVEds64\x28\0\0\0"
                                "\x59\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\1\0\0\0"
                                "big \3\0\0\0\1\0\0\0"
                                "data\xff\xff\xff\xff"
                                "abcdbig \xff\xff\xff\xff"
                                "xyz");
    assert_true(adit_chunks_open(&w, &c));
    assert_int_equal(w.size, 0x59);
    expect_chunk(&w, "ds64", 40, 40);
    expect_chunk(&w, "data", 4, 4);
    expect_chunk(&w, "big ", 0x100000003, 3);
    expect_end(&w, true);
}

static void test_bounded(void **state)
{
    static char many[12 + 8 * (ADIT_CHUNKS_MAX + 1)];
    struct adit_chunks w;
    struct adit_chunk chunk;
    uint32_t n = 0;
    (void)state;
    memcpy(many,
           "RIFF\xff\xff\xff\xff"
           "WAVE",
           12);
    struct adit_cursor c = over(many, sizeof many);
    assert_true(adit_chunks_open(&w, &c));
    while (adit_next_chunk(&w, &chunk))
        n++;
    assert_int_equal(n, ADIT_CHUNKS_MAX);
    assert_true(w.too_many);
}

/* All of it once more, over bytes in memory. */
static void test_in_memory(void **state)
{
    in_memory = true;
    test_riff(state);
    test_no_container(state);
    test_big_endian(state);
    test_lists_of_riff(state);
    test_truncated(state);
    test_rf64(state);
    test_bounded(state);
    in_memory = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_riff),       cmocka_unit_test(test_no_container),
                                       cmocka_unit_test(test_big_endian), cmocka_unit_test(test_lists_of_riff),
                                       cmocka_unit_test(test_truncated),  cmocka_unit_test(test_rf64),
                                       cmocka_unit_test(test_bounded),    cmocka_unit_test(test_in_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
