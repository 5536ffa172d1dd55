/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "memory_job.h"
#include <adit/tag.h>
#include <adit/tiff.h>

static bool in_memory;

/* A builder of classic and big TIFFs in both byte orders. */
struct made {
    uint8_t bytes[4096];
    size_t size;
    bool big_endian, big;
};

static void put(struct made *m, uint64_t value, int n)
{
    for (int i = 0; i < n; i++)
        m->bytes[m->size++] = (uint8_t)(value >> 8 * (m->big_endian ? n - 1 - i : i));
}

static void head(struct made *m, uint64_t first)
{
    put(m, m->big_endian ? 0x4d4d : 0x4949, 2);
    put(m, m->big ? 43 : 42, 2);
    if (m->big) {
        put(m, 8, 2);
        put(m, 0, 2);
    }
    put(m, first, m->big ? 8 : 4);
}

static void entry(struct made *m, unsigned tag, unsigned type, uint64_t count, uint64_t value, int value_bytes)
{
    put(m, tag, 2);
    put(m, type, 2);
    put(m, count, m->big ? 8 : 4);
    put(m, value, value_bytes);
    put(m, 0, (m->big ? 8 : 4) - value_bytes);
}

/* One directory with a value of each kind, behind it what does not fit the entries. */
static struct made sample(bool big_endian, bool big)
{
    struct made m = {.big_endian = big_endian, .big = big};
    int word = big ? 8 : 4;
    size_t start = big ? 16 : 8, behind = start + (big ? 8 + 8 * 20 + 8 : 2 + 8 * 12 + 4);
    head(&m, start);
    put(&m, 8, big ? 8 : 2);
    entry(&m, 1, ADIT_TIFF_SHORT, 1, 0xbeef, 2);
    entry(&m, 2, ADIT_TIFF_SBYTE, 1, 0xff, 1);
    entry(&m, 3, ADIT_TIFF_LONG, 3, behind, word);
    entry(&m, 4, ADIT_TIFF_RATIONAL, 2, behind + 12, word);
    entry(&m, 5, ADIT_TIFF_SRATIONAL, 2, behind + 28, word);
    entry(&m, 6, ADIT_TIFF_ASCII, 12, behind + 44, word);
    entry(&m, 7, ADIT_TIFF_DOUBLE, 2, behind + 56, word);
    entry(&m, 8, 99, 1, 0, 1);
    put(&m, 0, word);
    assert_int_equal(m.size, behind);
    put(&m, 1, 4), put(&m, 2, 4), put(&m, 0xffffffff, 4);
    put(&m, 1, 4), put(&m, 3, 4), put(&m, 5, 4), put(&m, 0, 4);
    put(&m, (uint32_t)-1, 4), put(&m, 4, 4), put(&m, 0, 4), put(&m, 0, 4);
    memcpy(m.bytes + m.size, "name\0hidden", 12);
    m.size += 12;
    put(&m, 0x3ff8000000000000, 8), put(&m, 0xc000000000000000, 8); /* 1.5, -2 */
    return m;
}

static void check_values(bool big_endian, bool big)
{
    struct made m = sample(big_endian, big);
    struct adit_job memory;
    struct adit_call call = memory_call(&memory, m.bytes, m.size);
    struct adit_cursor c = memory_cursor(&call, in_memory);
    struct adit_tiff t;
    struct adit_tiff_ifd ifd;
    struct adit_tiff_entry e[8];
    int64_t n, d;
    assert_int_equal(adit_tiff_open(&t, &c), ADIT_TIFF_OK);
    assert_int_equal(t.big, big);
    assert_int_equal(adit_tiff_read_ifd(&t, t.first_ifd, &ifd), ADIT_TIFF_OK);
    assert_int_equal(ifd.count, 8);
    assert_int_equal(ifd.next, 0);
    for (unsigned i = 0; i < 8; i++) {
        assert_true(adit_tiff_next(&t, &ifd, &e[i]));
        assert_int_equal(e[i].tag, i + 1);
        assert_int_equal(e[i].inside, i < 7);
    }
    assert_false(adit_tiff_next(&t, &ifd, &e[7]));
    assert_int_equal(adit_tiff_u64(&t, &e[0], 0), 0xbeef);
    assert_int_equal(adit_tiff_u64(&t, &e[0], 1), 0);
    assert_int_equal(adit_tiff_i64(&t, &e[1], 0), -1);
    assert_int_equal(adit_tiff_u64(&t, &e[2], 2), 0xffffffff);
    assert_true(adit_tiff_f64(&t, &e[2], 2) == 4294967295.0);
    assert_true(fabs(adit_tiff_f64(&t, &e[3], 0) - 1.0 / 3) < 1e-15);
    assert_true(isinf(adit_tiff_f64(&t, &e[3], 1)));
    assert_true(adit_tiff_f64(&t, &e[4], 0) == -0.25);
    assert_true(isnan(adit_tiff_f64(&t, &e[4], 1)));
    assert_true(adit_tiff_rational(&t, &e[4], 0, &n, &d));
    assert_true(n == -1 && d == 4);
    assert_false(adit_tiff_rational(&t, &e[0], 0, &n, &d));
    assert_true(adit_text_is(adit_tiff_text(&t, &e[5]), "name"));
    assert_int_equal(adit_tiff_bytes(&t, &e[5]).size, 12);
    assert_true(adit_tiff_f64(&t, &e[6], 0) == 1.5);
    assert_true(adit_tiff_f64(&t, &e[6], 1) == -2);
    assert_true(isnan(adit_tiff_f64(&t, &e[6], 2)));
    assert_true(isnan(adit_tiff_f64(&t, &e[5], 0)));
    assert_int_equal(adit_tiff_u64(&t, &e[7], 0), 0);
    assert_int_equal(adit_tiff_bytes(&t, &e[7]).size, 0);
    assert_string_equal(adit_tiff_type_name(e[3].type), "RATIONAL");
    assert_string_equal(adit_tiff_type_name(e[7].type), "unknown");
}

static void test_values(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        check_values(i & 1, i & 2);
}

/* Offsets count from the header, wherever that is in the source. */
static void test_base(void **state)
{
    struct made m = sample(false, false);
    char data[4096 + 6] = "Exif\0";
    struct adit_job memory;
    struct adit_tiff t;
    struct adit_tiff_ifd ifd;
    struct adit_tiff_entry e;
    (void)state;
    memcpy(data + 6, m.bytes, m.size);
    struct adit_call call = memory_call(&memory, data, m.size + 6);
    struct adit_cursor c = memory_cursor(&call, in_memory);
    adit_skip(&c, 6);
    assert_int_equal(adit_tiff_open(&t, &c), ADIT_TIFF_OK);
    assert_int_equal(adit_tiff_base(&t), 6);
    assert_int_equal(adit_tiff_read_ifd(&t, 8, &ifd), ADIT_TIFF_OK);
    assert_true(adit_tiff_next(&t, &ifd, &e));
    assert_int_equal(e.entry, 10);
    assert_int_equal(e.offset, 18);
    assert_int_equal(adit_tiff_u64(&t, &e, 0), 0xbeef);
}

static void test_refused(void **state)
{
    struct made m = sample(false, false);
    struct adit_job memory;
    struct adit_call call = memory_call(&memory, m.bytes, m.size);
    struct adit_cursor c = memory_cursor(&call, in_memory);
    struct adit_tiff t;
    struct adit_tiff_ifd ifd;
    (void)state;
    assert_int_equal(adit_tiff_open(&t, &c), ADIT_TIFF_OK);
    assert_int_equal(adit_tiff_read_ifd(&t, 8, &ifd), ADIT_TIFF_OK);
    assert_int_equal(adit_tiff_read_ifd(&t, 8, &ifd), ADIT_TIFF_LOOP);
    assert_int_equal(adit_tiff_read_ifd(&t, 4, &ifd), ADIT_TIFF_OUTSIDE);
    assert_int_equal(adit_tiff_read_ifd(&t, m.size, &ifd), ADIT_TIFF_OUTSIDE);
    assert_int_equal(adit_tiff_read_ifd(&t, m.size - 1, &ifd), ADIT_TIFF_OUTSIDE);
    assert_int_equal(adit_tiff_read_ifd(&t, UINT64_MAX, &ifd), ADIT_TIFF_OUTSIDE);
    m.bytes[2] = 0x55;
    assert_int_equal(adit_tiff_open(&t, &c), ADIT_TIFF_NOT_TIFF);
    assert_int_equal(adit_tiff_open_magic(&t, &c, 0x55), ADIT_TIFF_OK);
    m.bytes[0] = 'X';
    assert_int_equal(adit_tiff_open(&t, &c), ADIT_TIFF_NOT_TIFF);
}

static void test_too_many(void **state)
{
    static uint8_t data[4096] = "II*\0\x08\0\0";
    struct adit_job memory;
    struct adit_call call = memory_call(&memory, data, sizeof data);
    struct adit_cursor c = memory_cursor(&call, in_memory);
    struct adit_tiff t;
    struct adit_tiff_ifd ifd;
    (void)state;
    assert_int_equal(adit_tiff_open(&t, &c), ADIT_TIFF_OK);
    for (uint64_t i = 0; i < ADIT_TIFF_MAX_IFDS; i++)
        assert_int_equal(adit_tiff_read_ifd(&t, 8 + i, &ifd), ADIT_TIFF_OK);
    assert_int_equal(adit_tiff_read_ifd(&t, 8 + ADIT_TIFF_MAX_IFDS, &ifd), ADIT_TIFF_TOO_MANY);
}

/* Reads everything that is there, whatever it says. */
static void read_all(const uint8_t *data, size_t size)
{
    struct adit_job memory;
    uint8_t *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    memcpy(exact, data, size);
    struct adit_call call = memory_call(&memory, exact, size);
    struct adit_cursor c = memory_cursor(&call, in_memory);
    struct adit_tiff t;
    struct adit_tiff_ifd ifd;
    struct adit_tiff_entry e;
    uint64_t next = adit_tiff_open(&t, &c) == ADIT_TIFF_OK ? t.first_ifd : 0;
    while (next && adit_tiff_read_ifd(&t, next, &ifd) == ADIT_TIFF_OK) {
        assert_true(ifd.available <= ifd.count);
        while (adit_tiff_next(&t, &ifd, &e)) {
            for (uint64_t i = 0; i < e.count && i < 4; i++) {
                (void)adit_tiff_u64(&t, &e, i);
                (void)adit_tiff_f64(&t, &e, i);
            }
            struct adit_text bytes = adit_tiff_bytes(&t, &e);
            assert_true(e.inside || bytes.size == 0);
            if (bytes.size)
                assert_true(bytes.data + bytes.size <= (char *)exact + size);
            (void)adit_tiff_text(&t, &e);
        }
        next = ifd.next;
    }
    free(exact);
}

static void test_damage(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        struct made m = sample(kind & 1, kind & 2);
        for (size_t n = 0; n <= m.size; n++)
            read_all(m.bytes, n);
        for (size_t i = 0; i < m.size; i++)
            for (int bit = 0; bit < 8; bit++) {
                m.bytes[i] ^= (uint8_t)(1 << bit);
                read_all(m.bytes, m.size);
                m.bytes[i] ^= (uint8_t)(1 << bit);
            }
    }
}

static void test_tags(void **state)
{
    static const struct adit_tag tags[] = {{1, 0, "one"}, {3, 7, "three"}, {0xffffffff, 0, "most"}};
    (void)state;
    assert_string_equal(adit_tag_name(ADIT_TAGS(tags), 1), "one");
    assert_string_equal(adit_tag_name(ADIT_TAGS(tags), 3), "three");
    assert_string_equal(adit_tag_name(ADIT_TAGS(tags), 0xffffffff), "most");
    assert_int_equal(adit_tag_find(ADIT_TAGS(tags), 3)->form, 7);
    assert_null(adit_tag_name(ADIT_TAGS(tags), 0));
    assert_null(adit_tag_name(ADIT_TAGS(tags), 2));
    assert_null(adit_tag_name(ADIT_TAGS(tags), 0x1ffffffff));
    assert_null(adit_tag_name(tags, 0, 1));
}

/* All of it once more, over bytes in memory. */
static void test_in_memory(void **state)
{
    in_memory = true;
    test_values(state);
    test_base(state);
    test_refused(state);
    test_too_many(state);
    test_damage(state);
    in_memory = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_values),   cmocka_unit_test(test_base),
                                       cmocka_unit_test(test_refused),  cmocka_unit_test(test_too_many),
                                       cmocka_unit_test(test_damage),   cmocka_unit_test(test_tags),
                                       cmocka_unit_test(test_in_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
