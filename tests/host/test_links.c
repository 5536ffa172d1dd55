/* SPDX-License-Identifier: MIT */
/* LINKS records: what is put in comes out, and nothing that a hostile worker writes is taken for links. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "fields.h"
#include "links.h"

static struct links_block block;

static void start(void)
{
    memset(&block, 0, sizeof block);
}

static void put(uint32_t id, const char *target, uint32_t flags)
{
    assert_true(links_fits(&block, strlen(target)));
    links_put(&block, id, target, strlen(target), flags);
}

/* The record, with exactly its own memory. */
static uint8_t *record(size_t *size)
{
    size_t heads = links_heads_size(&block);
    *size = heads + block.size;
    uint8_t *r = malloc(*size);
    assert_non_null(r);
    memcpy(r, &block, heads);
    memcpy(r + heads, block.bytes, block.size);
    return r;
}

static bool is_valid(uint32_t ids)
{
    size_t size;
    uint8_t *r = record(&size);
    bool valid = links_valid(r, size, ids);
    free(r);
    return valid;
}

static void test_round_trip(void **state)
{
    static const struct links_item items[] = {
        {3, 0, {"a", 1}}, {0, ADIT_LINK_OBSOLETE, {"", 0}}, {3, ADIT_LINK_SECONDARY, {"a", 1}}, {3, 0, {"\xc3\xa9", 2}}, {1, 3, {"tab\t", 4}}};
    (void)state;
    start();
    for (size_t i = 0; i < 5; i++)
        links_put(&block, items[i].id, items[i].target.data, items[i].target.size, items[i].flags);
    assert_int_equal(links_drop_invalid(&block), 0);
    size_t size, n = 0;
    uint8_t *r = record(&size);
    assert_true(links_valid(r, size, 4));
    struct links_reader reader = links_reader_of(r);
    struct links_item link;
    for (; links_next(&reader, &link); n++) {
        assert_int_equal(link.id, items[n].id);
        assert_int_equal(link.flags, items[n].flags);
        assert_int_equal(link.target.size, items[n].target.size);
        assert_memory_equal(link.target.data, items[n].target.data, link.target.size);
    }
    assert_int_equal(n, 5);
    for (size_t cut = 0; cut < size; cut++)
        assert_false(links_valid(r, cut, 4));
    free(r);
}

static void test_a_block_is_no_larger_than_a_record(void **state)
{
    static char target[LINK_TARGET];
    (void)state;
    for (size_t n = 0; n <= LINK_TARGET; n += n < 40 ? 1 : 997) {
        memset(target, 'x', sizeof target);
        start();
        while (links_fits(&block, n))
            links_put(&block, 0, target, n, n ? 0 : ADIT_LINK_OBSOLETE);
        assert_true(block.count > 0 && block.count <= LINKS_HEADS);
        assert_true(links_heads_size(&block) + block.size <= WIRE_DATA);
        assert_true(is_valid(1));
    }
}

static void test_refused(void **state)
{
    (void)state;
    start();
    assert_false(is_valid(1)); /* none */
    put(0, "a", 0);
    assert_true(is_valid(1));
    assert_false(is_valid(0));
    put(1, "a", 0);
    assert_false(is_valid(1));
    start();
    put(0, "", 0);
    assert_false(is_valid(1));
    start();
    put(0, "a", 4);
    assert_false(is_valid(1));
    start();
    put(0, "a\xff", 0);
    assert_false(is_valid(1));
    start();
    put(0, "a", 0);
    block.heads[0].size_flags = UINT32_MAX & ~0xffu;
    assert_false(is_valid(1));
    block.count = UINT32_MAX;
    uint8_t head[12];
    memcpy(head, &block, sizeof head);
    assert_false(links_valid(head, sizeof head, 1));
}

/* Valid together, and neither by itself. */
static void test_a_character_in_two_links(void **state)
{
    (void)state;
    start();
    put(0, "a\xc3", 0);
    put(0, "\xa9", 0);
    put(0, "\xc3\xa9", 0);
    assert_false(is_valid(1));
    assert_int_equal(links_drop_invalid(&block), 2);
    assert_int_equal(block.count, 1);
    assert_true(is_valid(1));
}

/* Whatever bytes are there: what passes can be walked within its bounds, and holds what it promises. */
static void test_any_bytes(void **state)
{
    uint64_t seed = 88172645463325252u;
    size_t passed = 0;
    (void)state;
    for (int round = 0; round < 200000; round++) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        start();
        put((uint32_t)seed & 1, "ab", 0);
        put(1, (seed >> 8) & 1 ? "\xc3\xa9" : "c", (uint32_t)(seed >> 9) & 3);
        size_t size;
        uint8_t *r = record(&size);
        for (unsigned k = 0; k < ((seed >> 12) & 3); k++)
            r[(seed >> (16 + 8 * k)) % size] = (uint8_t)(seed >> (20 + 8 * k));
        if (links_valid(r, size, 2)) {
            struct links_reader reader = links_reader_of(r);
            struct links_item link;
            const char *end = (const char *)r + size;
            passed++;
            while (links_next(&reader, &link)) {
                assert_true(link.id < 2 && link.flags < 4 && link.target.size <= (size_t)(end - link.target.data));
                assert_true(utf8_valid(link.target.data, link.target.size));
            }
            assert_ptr_equal(reader.bytes, end);
        }
        free(r);
    }
    assert_true(passed > 1000 && passed < 150000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_a_block_is_no_larger_than_a_record), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_a_character_in_two_links), cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
