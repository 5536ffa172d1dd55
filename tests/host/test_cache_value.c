/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "cache_value.h"
#include "fields.h"

static const char PATH[] = "/home/user/a\n\xff.zip";

static struct cache_value_head head_of(void)
{
    return (struct cache_value_head){
        .path = PATH,
        .path_size = sizeof PATH - 1,
        .day = 20000,
        .registry_key = {1, 2, 3},
        .stamp = {.device = 1, .inode = UINT64_MAX, .size = 3, .mtime_ns = -4, .ctime_ns = 5, .exists = true}};
}

/* A result with one of everything, `repeat` streams and as many fields. Lives in the arena. */
static struct result *sample(struct arena *a, size_t repeat)
{
    struct result *r = arena_alloc(a, sizeof *r);
    struct part *parts = arena_array(a, 2, sizeof *parts);
    struct result *streams = arena_array(a, repeat, sizeof *streams);
    struct dependency *dependency = arena_alloc(a, sizeof *dependency);
    const char **warnings = arena_array(a, 2, sizeof *warnings);
    struct buf b = BUF_INIT;
    assert_true(r && parts && streams && dependency && warnings);
    for (size_t i = 0; i < repeat; i++) {
        char name[32];
        struct adit_value v = {.kind = ADIT_KIND_U64, .as.u64 = i * i};
        field_put_value(&b, name, (size_t)snprintf(name, sizeof name, "field-%zu", i), &v);
    }
    warnings[0] = "first";
    warnings[1] = "";
    parts[0] = (struct part){.plugin = "zip",
                             .version = "1.2.3",
                             .reason = "",
                             .status = PART_OK,
                             .produced_streams = true,
                             .warnings = warnings,
                             .warning_count = 2,
                             .artifacts = warnings,
                             .artifact_count = 1,
                             .fields = arena_dup(a, b.data, b.size),
                             .fields_size = b.size,
                             .fingerprint = {9, 8, 7}};
    parts[1] = (struct part){.plugin = "docx", .version = "0.1.0", .reason = "truncated", .status = PART_MALFORMED};
    buf_release(&b);
    *dependency = (struct dependency){"/home/user/a.xmp", {.inode = 77, .mtime_ns = INT64_MIN, .exists = true}};
    for (size_t i = 0; i < repeat; i++)
        streams[i] = (struct result){.name = "a\0b",
                                     .name_size = 3,
                                     .media = "text/plain",
                                     .detected = "text/plain",
                                     .size = i,
                                     .error_text = "",
                                     .source_plugin = "zip",
                                     .offset = i ? i : UINT64_MAX,
                                     .limit = "1000 streams",
                                     .truncated = true,
                                     .parts = parts + 1,
                                     .part_count = 1};
    *r = (struct result){.name = PATH,
                         .name_size = sizeof PATH - 1,
                         .media = "application/x-docx",
                         .detected = "application/zip",
                         .size = UINT64_MAX,
                         .mtime_ns = -1,
                         .error_text = "",
                         .source_plugin = "",
                         .offset = UINT64_MAX,
                         .limit = "",
                         .parts = parts,
                         .part_count = 2,
                         .streams = streams,
                         .stream_count = repeat,
                         .dependencies = dependency,
                         .dependency_count = 1};
    return r;
}

static struct buf encode(const struct cache_value_head *head, const struct result *r)
{
    struct cache_encoder c = {0};
    struct buf out = BUF_INIT;
    assert_int_equal(cache_value_encode(&c, &out, head, r), 0);
    cache_encoder_release(&c);
    return out;
}

/* Encoding what was decoded gives the same bytes: nothing is lost. */
static void round_trip(size_t repeat)
{
    struct arena a = {0}, b = {0};
    struct cache_value_head head = head_of(), got;
    struct result *r = sample(&a, repeat), *back = NULL;
    struct buf value = encode(&head, r);
    assert_int_equal(cache_value_head(value.data, value.size, &got), 0);
    assert_int_equal(got.path_size, head.path_size);
    assert_memory_equal(got.path, PATH, got.path_size);
    assert_true(stamp_equal(&got.stamp, &head.stamp));
    assert_memory_equal(got.registry_key, head.registry_key, sizeof got.registry_key);
    assert_int_equal(got.day, 20000);
    assert_int_equal(cache_value_decode(value.data, value.size, &b, &back), 0);
    arena_release(&a);
    assert_true(back->from_cache);
    assert_string_equal(back->parts[1].reason, "truncated");
    assert_true(back->parts[0].produced_streams);
    assert_int_equal(back->parts[0].fingerprint[1], 8);
    assert_int_equal(back->dependencies[0].stamp.mtime_ns, INT64_MIN);
    assert_int_equal(back->size, UINT64_MAX);
    if (repeat) {
        assert_memory_equal(back->streams[0].name, "a\0b", 3);
        assert_int_equal(back->streams[0].offset, UINT64_MAX);
    }
    struct buf again = encode(&head, back);
    assert_int_equal(again.size, value.size);
    assert_memory_equal(again.data, value.data, value.size);
    buf_release(&again);
    buf_release(&value);
    arena_release(&b);
}

static void test_round_trips(void **state)
{
    (void)state;
    round_trip(0);
    round_trip(1);
    round_trip(500);
}

static void test_compressed_where_smaller(void **state)
{
    (void)state;
    struct arena a = {0};
    struct cache_value_head head = head_of();
    struct buf many = encode(&head, sample(&a, 500));
    assert_int_equal(many.data[1], 1);
    assert_true(many.size < 16 * 1024);
    buf_release(&many);
    struct result bare = {.media = "a/b", .detected = "a/b"};
    struct buf little = encode(&head, &bare);
    assert_int_equal(little.data[1], 0);
    buf_release(&little);
    arena_release(&a);
}

static int try_encode(const struct result *r, bool racy)
{
    struct cache_encoder c = {0};
    struct buf out = BUF_INIT;
    struct cache_value_head head = head_of();
    head.stamp.racy = racy;
    buf_adds(&out, "before");
    int error = cache_value_encode(&c, &out, &head, r);
    if (error)
        assert_int_equal(out.size, 6);
    buf_release(&out);
    cache_encoder_release(&c);
    return error;
}

static void test_what_is_not_kept(void **state)
{
    (void)state;
    struct arena a = {0};
    struct result *r = sample(&a, 2);
    assert_int_equal(try_encode(r, false), 0);
    assert_int_equal(try_encode(r, true), 1);
    r->error = RESULT_CHANGED;
    assert_int_equal(try_encode(r, false), 1);
    r->error = RESULT_READ;
    r->dependencies[0].stamp.racy = true;
    assert_int_equal(try_encode(r, false), 1);
    r->streams[1].dependencies = r->dependencies;
    r->streams[1].dependency_count = 1;
    r->dependency_count = 0;
    assert_int_equal(try_encode(r, false), 1);
    r->dependencies[0].stamp.racy = false;
    assert_int_equal(try_encode(r, false), 0);
    r->parts[0].fields_size = CACHE_VALUE_MAX;
    r->parts[0].fields = arena_alloc(&a, CACHE_VALUE_MAX);
    assert_non_null(r->parts[0].fields);
    assert_int_equal(try_encode(r, false), -E2BIG);
    arena_release(&a);
}

static void test_failures_of_the_machine_are_left_out(void **state)
{
    (void)state;
    struct arena a = {0};
    struct cache_value_head head = head_of(), got;
    struct result *r = sample(&a, 3), *back = NULL;
    static const unsigned char zero[CACHE_VALUE_KEY];
    r->parts[0].status = PART_CRASHED;
    struct buf value = encode(&head, r);
    assert_int_equal(cache_value_head(value.data, value.size, &got), 0);
    assert_memory_equal(got.registry_key, zero, sizeof zero);
    assert_int_equal(cache_value_decode(value.data, value.size, &a, &back), 0);
    assert_int_equal(back->part_count, 1);
    assert_string_equal(back->parts[0].plugin, "docx");
    buf_release(&value);
    r->parts[0].status = PART_OK; /* the same within a stream */
    struct part late = {.plugin = "text", .version = "1.0.0", .reason = "", .status = PART_TIMEOUT};
    r->streams[2].parts = &late;
    value = encode(&head, r);
    assert_int_equal(cache_value_head(value.data, value.size, &got), 0);
    assert_memory_equal(got.registry_key, zero, sizeof zero);
    assert_int_equal(cache_value_decode(value.data, value.size, &a, &back), 0);
    assert_int_equal(back->part_count, 2);
    assert_int_equal(back->streams[1].part_count, 1);
    assert_int_equal(back->streams[2].part_count, 0);
    buf_release(&value);
    arena_release(&a);
}

static void test_nesting_is_bounded(void **state)
{
    (void)state;
    struct result levels[CACHE_VALUE_DEPTH + 1];
    for (size_t i = 0; i <= CACHE_VALUE_DEPTH; i++)
        levels[i] = (struct result){
            .name = "", .media = "a/b", .detected = "a/b", .streams = i ? &levels[i - 1] : NULL, .stream_count = i > 0};
    assert_int_equal(try_encode(&levels[CACHE_VALUE_DEPTH - 1], false), 0);
    assert_int_equal(try_encode(&levels[CACHE_VALUE_DEPTH], false), -E2BIG);
}

static void sign(struct buf *value)
{
    uint64_t seed, sum;
    memcpy(&seed, value->data, 8);
    sum = hash64(value->data + 16, value->size - 16, seed);
    memcpy(value->data + 8, &sum, 8);
}

static int try_decode(const struct buf *value)
{
    struct arena a = {0};
    struct result *back = NULL;
    unsigned char *copy = malloc(value->size ? value->size : 1); /* so that a read beyond the end shows */
    assert_non_null(copy);
    memcpy(copy, value->data, value->size);
    int error = cache_value_decode(copy, value->size, &a, &back);
    assert_true(error == 0 ? back != NULL : error == -EBADMSG && back == NULL);
    free(copy);
    arena_release(&a);
    return error;
}

/* One flipped bit anywhere is noticed; with the checksum made to fit, it is survived. */
static void damage_each_bit(size_t repeat)
{
    struct arena a = {0};
    struct cache_value_head head = head_of();
    struct buf value = encode(&head, sample(&a, repeat));
    for (size_t bit = 0; bit < value.size * 8; bit++) {
        value.data[bit / 8] = (char)(value.data[bit / 8] ^ 1 << bit % 8);
        assert_int_equal(try_decode(&value), -EBADMSG);
        struct buf signed_value = BUF_INIT;
        buf_add(&signed_value, value.data, value.size);
        sign(&signed_value);
        (void)try_decode(&signed_value);
        buf_release(&signed_value);
        value.data[bit / 8] = (char)(value.data[bit / 8] ^ 1 << bit % 8);
    }
    assert_int_equal(try_decode(&value), 0);
    for (size_t size = value.size; size-- > 0;) {
        value.size = size;
        assert_int_equal(try_decode(&value), -EBADMSG);
        if (size >= 16) {
            sign(&value);
            assert_int_equal(try_decode(&value), -EBADMSG);
        }
    }
    buf_release(&value);
    arena_release(&a);
}

static void test_damage_is_noticed(void **state)
{
    (void)state;
    damage_each_bit(0);
    damage_each_bit(4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips),        cmocka_unit_test(test_compressed_where_smaller),
        cmocka_unit_test(test_what_is_not_kept),   cmocka_unit_test(test_failures_of_the_machine_are_left_out),
        cmocka_unit_test(test_nesting_is_bounded), cmocka_unit_test(test_damage_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
