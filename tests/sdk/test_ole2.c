/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <adit/ole2.h>

#include "memory_job.h"

#define FREE 0xffffffffu
#define END 0xfffffffeu
#define FATSECT 0xfffffffdu

enum { SECTORS = 20, BIG = 5000 };

/* A compound file, laid out by hand: sector 0 is the FAT, 1 and 2 the directory, 3 the mini FAT, 4 the mini stream, the others the
 * stream "Big", in an order that is not theirs. */
struct image {
    uint8_t *data;
    size_t size, sector;
};

static void put16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}
static void put32(uint8_t *p, uint32_t v)
{
    put16(p, v);
    put16(p + 2, v >> 16);
}
static uint8_t *at_sector(struct image *m, uint32_t n)
{
    return m->data + (n + 1) * m->sector;
}
static void link_sector(struct image *m, uint32_t n, uint32_t next)
{
    put32(at_sector(m, 0) + n * 4, next);
}

static uint8_t *entry(struct image *m, uint32_t id)
{
    return at_sector(m, 1) + (size_t)id * 128;
}

static void put_entry(struct image *m, uint32_t id, const char *name, uint8_t type, const uint32_t tree[3],
                      uint32_t start, uint32_t size)
{
    uint8_t *e = entry(m, id);
    size_t n = strlen(name);
    memset(e, 0, 128);
    for (size_t i = 0; i < n; i++)
        e[i * 2] = (uint8_t)name[i];
    put16(e + 64, (uint32_t)(n + 1) * 2);
    e[66] = type;
    for (size_t i = 0; i < 3; i++)
        put32(e + 68 + i * 4, tree[i]);
    put32(e + 116, start);
    put32(e + 120, size);
}

static uint8_t big_byte(size_t i)
{
    return (uint8_t)(i * 7 + i / 256);
}

static struct image make(uint16_t shift)
{
    struct image m = {NULL, (SECTORS + 1) * ((size_t)1 << shift), (size_t)1 << shift};
    m.data = calloc(m.size, 1);
    assert_non_null(m.data);
    memcpy(m.data, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
    put16(m.data + 24, 0x3e);
    put16(m.data + 26, shift == 9 ? 3 : 4);
    put16(m.data + 28, 0xfffe);
    put16(m.data + 30, shift);
    put16(m.data + 32, 6);
    put32(m.data + 44, 1);
    put32(m.data + 48, 1);
    put32(m.data + 56, 4096);
    put32(m.data + 60, 3);
    put32(m.data + 64, 1);
    put32(m.data + 68, END);
    memset(m.data + 76, 0xff, 109 * 4);
    put32(m.data + 76, 0);
    memset(at_sector(&m, 0), 0xff, m.sector);
    link_sector(&m, 0, FATSECT);
    link_sector(&m, 1, shift == 9 ? 2 : END);
    link_sector(&m, 2, END);
    link_sector(&m, 3, END);
    link_sector(&m, 4, END);
    put_entry(&m, 0, "Root Entry", 5, (uint32_t[]){FREE, FREE, 1}, 4, 512);
    memcpy(entry(&m, 0) + 80, "\x06\x09\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46", 16);
    put_entry(&m, 1, "Storage", 1, (uint32_t[]){2, 3, 4}, 0, 0);
    put_entry(&m, 2, "Big", 2, (uint32_t[]){FREE, FREE, FREE}, 6, BIG);
    put_entry(&m, 3, "\005tiny", 2, (uint32_t[]){FREE, FREE, FREE}, 2, 100);
    put_entry(&m, 4, "inner", 2, (uint32_t[]){FREE, 5, FREE}, 0, 64);
    put_entry(&m, 5, "none", 2, (uint32_t[]){FREE, FREE, FREE}, END, 0);
    /* mini sectors: 0 "inner"; 2, then 1: "\005tiny" */
    memset(at_sector(&m, 3), 0xff, m.sector);
    put32(at_sector(&m, 3), END);
    put32(at_sector(&m, 3) + 8, 1);
    put32(at_sector(&m, 3) + 4, END);
    for (size_t i = 0; i < 512; i++)
        at_sector(&m, 4)[i] = (uint8_t)i;
    /* Big: 6, 5, 7, 8, … */
    uint32_t order[SECTORS] = {6, 5}, used = (uint32_t)((BIG + m.sector - 1) / m.sector);
    for (uint32_t i = 2; i < used; i++)
        order[i] = 5 + i;
    for (uint32_t i = 0; i < used; i++) {
        link_sector(&m, order[i], i + 1 < used ? order[i + 1] : END);
        for (size_t k = 0; k < m.sector; k++)
            at_sector(&m, order[i])[k] = big_byte(i * m.sector + k);
    }
    return m;
}

static struct adit_job job;
static struct adit_call call;

static struct adit_ole2 *open_image(const struct image *m)
{
    call = memory_call(&job, m->data, m->size);
    return adit_ole2_open(&call, ADIT_SOURCE_MAIN);
}

static void expect_fault(struct image *m, const char *text, uint64_t at)
{
    struct adit_ole2 *o = open_image(m);
    assert_non_null(o);
    if (!o->fault || !strstr(o->fault, text))
        fail_msg("expected \"%s\", found \"%s\"", text, o->fault ? o->fault : "no fault");
    assert_int_equal(o->fault_at, at);
    adit_ole2_close(o);
    free(m->data);
}

static void test_walk(void **state)
{
    static const struct {
        const char *path;
        enum adit_ole2_kind kind;
        uint32_t depth;
        uint64_t size;
    } expected[] = {
        {"", ADIT_OLE2_ROOT, 0, 512},
        {"Big", ADIT_OLE2_STREAM, 1, BIG},
        {"Storage", ADIT_OLE2_STORAGE, 1, 0},
        {"Storage/inner", ADIT_OLE2_STREAM, 2, 64},
        {"Storage/none", ADIT_OLE2_STREAM, 2, 0},
        {"\005tiny", ADIT_OLE2_STREAM, 1, 100},
    };
    (void)state;
    for (uint16_t shift = 9; shift <= 12; shift = (uint16_t)(shift + 3)) {
        struct image m = make(shift);
        struct adit_ole2 *o = open_image(&m);
        struct adit_ole2_entry e;
        assert_non_null(o);
        assert_null(o->fault);
        assert_int_equal(o->sector_size, m.sector);
        for (int again = 0; again < 2; again++) {
            for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
                assert_true(adit_ole2_next(o, &e));
                assert_true(adit_text_is(e.path, expected[i].path));
                assert_int_equal(e.kind, expected[i].kind);
                assert_int_equal(e.depth, expected[i].depth);
                assert_int_equal(e.size, expected[i].size);
                assert_int_equal(adit_guid_is(&e.class_id, "00020906-0000-0000-c000-000000000046"), i == 0);
            }
            assert_false(adit_ole2_next(o, &e));
            adit_ole2_rewind(o);
        }
        adit_ole2_close(o);
        free(m.data);
    }
}

static void test_find(void **state)
{
    struct image m = make(9);
    struct adit_ole2 *o = open_image(&m);
    struct adit_ole2_entry e;
    (void)state;
    assert_true(adit_ole2_find(o, "storage/INNER", &e));
    assert_int_equal(e.id, 4);
    assert_true(adit_ole2_find(o, "\005tiny", &e));
    assert_int_equal(e.id, 3);
    assert_true(adit_ole2_find(o, "", &e));
    assert_int_equal(e.kind, ADIT_OLE2_ROOT);
    assert_false(adit_ole2_find(o, "inner", &e));
    assert_false(adit_ole2_find(o, "Storage/tiny", &e));
    assert_false(adit_ole2_find(o, "Bi", &e));
    assert_false(adit_ole2_find(o, "Bigger", &e));
    assert_false(adit_ole2_find(o, "Big/inner", &e));
    adit_ole2_close(o);
    free(m.data);
}

static void test_read(void **state)
{
    struct image m = make(9);
    struct adit_ole2 *o = open_image(&m);
    struct adit_ole2_entry e;
    struct adit_ole2_stream s;
    uint8_t buffer[BIG + 1];
    (void)state;
    assert_true(adit_ole2_find(o, "Big", &e) && adit_ole2_stream(o, &e, &s));
    assert_null(s.fault);
    assert_int_equal(s.size, BIG);
    assert_int_equal(s.extents.count, 3); /* 6; 5; 7 to 14 */
    assert_int_equal(adit_ole2_read(&s, 0, buffer, sizeof buffer), BIG);
    for (size_t i = 0; i < BIG; i++)
        assert_int_equal(buffer[i], big_byte(i));
    for (size_t from = 0; from < BIG + 100; from += 37) { /* over the seams */
        int64_t expected = from >= BIG ? 0 : BIG - from < 600 ? (int64_t)(BIG - from) : 600;
        assert_int_equal(adit_ole2_read(&s, from, buffer, 600), expected);
        for (int64_t i = 0; i < expected; i++)
            assert_int_equal(buffer[i], big_byte(from + (size_t)i));
    }
    for (size_t n = 0; n < BIG;) {
        int64_t got = adit_read_next(&s.reader, buffer, 333);
        assert_true(got > 0);
        for (int64_t i = 0; i < got; i++)
            assert_int_equal(buffer[i], big_byte(n++));
    }
    assert_int_equal(adit_read_next(&s.reader, buffer, 333), 0);
    adit_ole2_stream_close(&s);

    size_t size;
    char *bytes = adit_ole2_load(o, "\005tiny", 1000, &size);
    assert_int_equal(size, 100);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal((uint8_t)bytes[i], i < 64 ? 128 + i : i); /* mini sector 2, then 1 */
    free(bytes);
    bytes = adit_ole2_load(o, "\005tiny", 10, &size);
    assert_int_equal(size, 10);
    free(bytes);
    assert_null(adit_ole2_load(o, "Storage/none", 10, &size));
    assert_null(adit_ole2_load(o, "Storage", 10, &size));
    assert_true(adit_ole2_find(o, "Storage", &e));
    assert_false(adit_ole2_stream(o, &e, &s));
    adit_ole2_close(o);
    free(m.data);
}

static void test_wrong_headers(void **state)
{
    struct image m = make(9);
    (void)state;
    m.data[0] = 0;
    assert_null(open_image(&m));
    m.data[0] = 0xd0;
    m.size = 75;
    assert_null(open_image(&m));
    free(m.data);
    m = make(9);
    m.data[28] = 0;
    expect_fault(&m, "byte order", 28);
    m = make(9);
    m.data[30] = 31;
    expect_fault(&m, "sectors", 30);
    m = make(9);
    m.data[32] = 9;
    expect_fault(&m, "mini sectors", 32);
    m = make(9);
    put32(m.data + 48, END);
    expect_fault(&m, "no directory", 48);
    m = make(9);
    put32(m.data + 76, 1000);
    expect_fault(&m, "sector of the FAT", 76);
    m = make(9);
    put32(m.data + 60, 77);
    expect_fault(&m, "not in the file", 60);
}

static void test_loops(void **state)
{
    struct image m = make(9);
    struct adit_ole2_entry e;
    struct adit_ole2_stream s;
    uint32_t count = 0;
    (void)state;
    link_sector(&m, 2, 1);
    expect_fault(&m, "comes back", 48);
    m = make(9);
    put32(entry(&m, 4) + 68, 1); /* inner's left sibling is the storage that it is in */
    expect_fault(&m, "twice", 512 * 2 + 4 * 128);
    m = make(9);
    put32(entry(&m, 4) + 68, 8);
    expect_fault(&m, "not there", 512 * 2 + 4 * 128);
    m = make(9);
    entry(&m, 4)[66] = 0;
    expect_fault(&m, "neither", 512 * 3);

    m = make(9);
    link_sector(&m, 7, 6); /* Big: 6, 5, 7, 6, … is never as long as it says */
    put32(entry(&m, 2) + 120, 0x7fffffff);
    struct adit_ole2 *o = open_image(&m);
    assert_true(adit_ole2_find(o, "Big", &e) && adit_ole2_stream(o, &e, &s));
    assert_non_null(s.fault);
    assert_non_null(strstr(s.fault, "comes back"));
    assert_true(s.size >= 3 * 512 && s.size < 12 * 512);
    adit_ole2_stream_close(&s);
    adit_ole2_close(o);
    free(m.data);

    m = make(9);
    link_sector(&m, 7, END);
    o = open_image(&m);
    assert_true(adit_ole2_find(o, "Big", &e) && adit_ole2_stream(o, &e, &s));
    assert_non_null(strstr(s.fault, "ends before"));
    assert_int_equal(s.size, 3 * 512);
    adit_ole2_stream_close(&s);
    while (adit_ole2_next(o, &e))
        count++;
    assert_int_equal(count, 6);
    adit_ole2_close(o);
    free(m.data);
}

/* The same entries in a chain of right siblings, as deep as the directory has entries, and storages one in the other. */
static void test_depth(void **state)
{
    enum { COUNT = 4 * 40 };
    struct image m = {NULL, 512 * 64, 512};
    struct adit_ole2_entry e;
    (void)state;
    struct image small = make(9);
    m.data = calloc(m.size, 1);
    memcpy(m.data, small.data, 512 * 2);
    free(small.data);
    put32(m.data + 60, END);
    memset(at_sector(&m, 0), 0xff, 512);
    link_sector(&m, 0, FATSECT);
    for (uint32_t i = 1; i <= 40; i++)
        link_sector(&m, i, i < 40 ? i + 1 : END);
    for (uint32_t i = 0; i < COUNT; i++) {
        char name[8];
        (void)snprintf(name, sizeof name, "n%u", i);
        put_entry(&m, i, name, i ? 2 : 5, (uint32_t[]){FREE, i && i + 1 < COUNT ? i + 1 : FREE, i ? FREE : 1}, END, 0);
    }
    struct adit_ole2 *o = open_image(&m);
    assert_null(o->fault);
    assert_int_equal(o->count, COUNT);
    adit_ole2_close(o);
    for (uint32_t i = 0; i < COUNT; i++)
        put_entry(&m, i, "name", i ? 1 : 5, (uint32_t[]){FREE, FREE, i + 1 < COUNT ? i + 1 : FREE}, END, 0);
    o = open_image(&m);
    assert_non_null(strstr(o->fault, "deeper"));
    assert_int_equal(o->count, ADIT_OLE2_MAX_DEPTH + 1);
    while (adit_ole2_next(o, &e))
        assert_int_equal(e.path.size, e.depth ? e.depth * 5 - 1 : 0);
    adit_ole2_close(o);
    free(m.data);
}

/* 110 sectors of FAT: the last one is told by a DIFAT sector. */
static void test_difat(void **state)
{
    enum { ALL = 110 * 128, LAST = 109 * 128 + 5 };
    struct image m = {NULL, 512 * (size_t)(ALL + 1), 512};
    struct adit_ole2_entry e;
    struct adit_ole2_stream s;
    char byte = 0;
    (void)state;
    struct image small = make(9);
    m.data = calloc(m.size, 1);
    memcpy(m.data, small.data, small.size);
    free(small.data);
    for (uint32_t i = 1; i < 109; i++) /* sectors 100 to 207 */
        put32(m.data + 76 + 4 * i, 99 + i);
    memset(at_sector(&m, 100), 0xff, 512 * 110);
    put32(m.data + 68, 50);
    put32(m.data + 72, 1);
    memset(at_sector(&m, 50), 0xff, 512);
    put32(at_sector(&m, 50), 208);
    put32(at_sector(&m, 50) + 508, END);
    put32(at_sector(&m, 208) + 4 * (LAST % 128), END);
    link_sector(&m, 14, LAST); /* Big grows by one sector there */
    put32(entry(&m, 2) + 120, 11 * 512);
    *at_sector(&m, LAST) = 'x';
    struct adit_ole2 *o = open_image(&m);
    assert_null(o->fault);
    assert_true(adit_ole2_find(o, "Big", &e) && adit_ole2_stream(o, &e, &s));
    assert_null(s.fault);
    assert_int_equal(adit_ole2_read(&s, 10 * 512, &byte, 1), 1);
    assert_int_equal(byte, 'x');
    adit_ole2_stream_close(&s);
    adit_ole2_close(o);
    put32(at_sector(&m, 50) + 508, 50); /* leads to itself */
    o = open_image(&m);
    assert_non_null(o);
    adit_ole2_close(o);
    put32(m.data + 68, ALL);
    expect_fault(&m, "DIFAT", 76 + 109 * 4);
}

/* Cut at every length: what can be read is, and nothing else. */
static void test_truncated(void **state)
{
    struct image m = make(9);
    size_t whole = m.size;
    (void)state;
    for (m.size = 76; m.size < whole; m.size += 13) {
        struct adit_ole2 *o = open_image(&m);
        struct adit_ole2_entry e;
        struct adit_ole2_stream s;
        uint8_t buffer[BIG];
        assert_non_null(o);
        while (adit_ole2_next(o, &e))
            if (adit_ole2_stream(o, &e, &s)) {
                assert_int_equal(adit_ole2_read(&s, 0, buffer, sizeof buffer), s.size);
                assert_true(s.size == e.size || s.fault);
                adit_ole2_stream_close(&s);
            }
        adit_ole2_close(o);
    }
    free(m.data);
}

/* ---- emitting ---- */

static struct {
    uint64_t offset, size;
    uint8_t written[2 * BIG];
    size_t n;
    uint32_t flags;
} emitted;

static int stream_range(struct adit_job *j, const struct adit_stream *stream, adit_source source, uint64_t offset,
                        uint64_t n)
{
    (void)j, (void)stream, (void)source;
    emitted.offset = offset;
    emitted.size = n;
    return 0;
}
static int stream_open(struct adit_job *j, const struct adit_stream *stream)
{
    (void)j;
    return adit_text_is(stream->name, "unwanted") ? ADIT_E_UNWANTED : 0;
}
static int write_bytes(struct adit_job *j, const void *data, size_t n)
{
    (void)j;
    assert_true(emitted.n + n <= sizeof emitted.written);
    memcpy(emitted.written + emitted.n, data, n);
    emitted.n += n;
    return 0;
}
static int close_stream(struct adit_job *j, uint32_t flags)
{
    (void)j;
    emitted.flags = flags;
    return 0;
}

static void test_emit(void **state)
{
    struct image m = make(9);
    struct adit_host host = memory_host;
    struct adit_ole2_entry e;
    (void)state;
    host.stream_range = stream_range;
    host.stream_open = stream_open;
    host.write = write_bytes;
    host.close = close_stream;
    struct adit_ole2 *o = open_image(&m);
    call.host = &host;
    assert_true(adit_ole2_find(o, "Storage/inner", &e));
    assert_int_equal(adit_ole2_emit(o, &e, NULL), 0);
    assert_int_equal(emitted.offset, 512 * 5);
    assert_int_equal(emitted.size, 64);
    assert_int_equal(emitted.n, 0);
    assert_true(adit_ole2_find(o, "Big", &e));
    assert_int_equal(adit_ole2_emit(o, &e, NULL), 0);
    assert_int_equal(emitted.n, BIG);
    assert_int_equal(emitted.flags, 0);
    for (size_t i = 0; i < BIG; i++)
        assert_int_equal(emitted.written[i], big_byte(i));
    e.path = ADIT_TEXT("unwanted");
    assert_int_equal(adit_ole2_emit(o, &e, NULL), ADIT_E_UNWANTED);
    emitted.n = 0;
    e.size = 5632;
    assert_int_equal(
        adit_ole2_emit(o, &(struct adit_ole2_entry){.kind = ADIT_OLE2_STREAM, .start = 6, .size = 5632}, NULL), 0);
    assert_int_equal(emitted.flags, ADIT_STREAM_TRUNCATED);
    assert_int_equal(emitted.n, 5120);
    assert_int_equal(adit_ole2_emit(o, &(struct adit_ole2_entry){.kind = ADIT_OLE2_STORAGE}, NULL), ADIT_E_USAGE);
    adit_ole2_close(o);
    free(m.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walk),          cmocka_unit_test(test_find),      cmocka_unit_test(test_read),
        cmocka_unit_test(test_wrong_headers), cmocka_unit_test(test_loops),     cmocka_unit_test(test_depth),
        cmocka_unit_test(test_difat),         cmocka_unit_test(test_truncated), cmocka_unit_test(test_emit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
