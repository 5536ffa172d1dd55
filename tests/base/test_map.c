/* SPDX-License-Identifier: MIT */
/* host/base/map and hash: every key is found again, equal prefixes and empty keys are apart, the hash is the same for good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/map.h"

enum { KEYS = 5000 };

static void test_many_keys(void **state)
{
    (void)state;
    static char keys[KEYS][8];
    struct map m = {0};
    assert_null(map_gets(&m, "none"));
    for (size_t i = 0; i < KEYS; i++) {
        (void)snprintf(keys[i], sizeof keys[i], "%zu", i);
        assert_true(map_puts(&m, keys[i], keys[i]));
    }
    assert_int_equal(m.count, KEYS);
    assert_true(m.count < m.capacity);
    for (size_t i = 0; i < KEYS; i++)
        assert_ptr_equal(map_gets(&m, keys[i]), keys[i]);
    assert_null(map_gets(&m, "5000"));
    assert_true(map_puts(&m, "17", &m));
    assert_ptr_equal(map_gets(&m, keys[17]), &m);
    assert_int_equal(m.count, KEYS);
    map_release(&m);
    map_release(&m);
}

static void test_keys_are_bytes(void **state)
{
    (void)state;
    struct map m = {0};
    int a, b, c, d;
    assert_true(map_put(&m, "", 0, &a));
    assert_true(map_put(&m, "\0", 1, &b));
    assert_true(map_put(&m, "\0\0", 2, &c));
    assert_true(map_put(&m, "x\0y", 3, &d));
    assert_ptr_equal(map_get(&m, "anything", 0), &a);
    assert_ptr_equal(map_get(&m, "\0", 1), &b);
    assert_ptr_equal(map_get(&m, "\0\0", 2), &c);
    assert_ptr_equal(map_get(&m, "x\0y", 3), &d);
    assert_null(map_get(&m, "x\0z", 3));
    assert_null(map_gets(&m, "x"));
    assert_int_equal(m.count, 4);
    map_release(&m);
}

/* Neither the length of zeros nor one changed bit may go unseen. */
static void test_hash_sees_everything(void **state)
{
    (void)state;
    static const unsigned char zeros[64];
    uint64_t seen[65];
    for (size_t n = 0; n <= 64; n++) {
        seen[n] = hash64(zeros, n, 0);
        for (size_t k = 0; k < n; k++)
            assert_true(seen[k] != seen[n]);
    }
    for (size_t n = 1; n <= 40; n++) {
        unsigned char data[40] = {0};
        uint64_t plain = hash64(data, n, 7);
        for (size_t bit = 0; bit < 8 * n; bit++) {
            data[bit / 8] ^= (unsigned char)(1u << bit % 8);
            assert_true(hash64(data, n, 7) != plain);
            data[bit / 8] ^= (unsigned char)(1u << bit % 8);
        }
        assert_true(hash64(data, n, 8) != plain);
    }
}

/* Rows of the cache are keyed by it: these values stay. Computed from the definition by hand for the empty text, and kept. */
static void test_hash_is_stable(void **state)
{
    (void)state;
    char shifted[32];
    for (size_t i = 0; i < 8; i++) { /* where the bytes lie does not matter */
        memcpy(shifted + i, "0123456789abcdefghijk", 21);
        assert_int_equal(hash64(shifted + i, 21, 3), hash64("0123456789abcdefghijk", 21, 3));
    }
    unsigned __int128 first = (unsigned __int128)0xd6e8feb86659fd93u * (0x9e3779b97f4a7c15u ^ 0xa0761d6478bd642fu);
    uint64_t folded = (uint64_t)first ^ (uint64_t)(first >> 64);
    unsigned __int128 second = (unsigned __int128)folded * (0xa0761d6478bd642fu ^ 0x9e3779b97f4a7c15u);
    assert_true(hash64("", 0, 0) == ((uint64_t)second ^ (uint64_t)(second >> 64)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_keys), cmocka_unit_test(test_keys_are_bytes),
        cmocka_unit_test(test_hash_sees_everything), cmocka_unit_test(test_hash_is_stable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
