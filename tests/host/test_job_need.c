/* SPDX-License-Identifier: MIT */
/* The fields of needed plugins as a tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fields.h"
#include "job.h"

static const struct adit_host *const h = &job_host;

static struct buf fields, deep;
static struct adit_job job;
static struct job_need needs[4];

static void text(const char *name, uint32_t kind, const char *value, size_t n)
{
    const struct adit_value v = {.kind = kind, .as.text = {value, n}};
    field_put_value(&fields, name, strlen(name), &v);
}

static void make_fields(void)
{
    field_put_value(&fields, "width", 5, &(struct adit_value){.kind = ADIT_KIND_U64, .as.u64 = 640});
    field_put_begin(&fields, "tags", 4, FIELD_LIST);
    for (int i = 0; i < 3; i++) {
        field_put_begin(&fields, NULL, 0, FIELD_OBJECT);
        field_put_value(&fields, "i", 1, &(struct adit_value){.kind = ADIT_KIND_I64, .as.i64 = -i});
        field_put_end(&fields);
    }
    field_put_end(&fields);
    field_put_begin(&fields, "empty", 5, FIELD_OBJECT);
    field_put_end(&fields);
    text("title", ADIT_KIND_STRING, "a\0b", 3);
    text("odd", ADIT_KIND_STRING, "\xff", 1);
    text("raw", ADIT_KIND_BYTES, "", 0);
    field_put_value(&fields, "when", 4, &(struct adit_value){.kind = ADIT_KIND_TIME, .as.time = {.year = 1999, .precision = ADIT_TIME_YEAR}});
    field_put_value(&fields, "on", 2, &(struct adit_value){.kind = ADIT_KIND_BOOL, .as.boolean = true});
    field_put_value(&fields, "f", 1, &(struct adit_value){.kind = ADIT_KIND_F64, .as.f64 = 0.5});
    for (int i = 0; i < FIELD_MAX_DEPTH; i++)
        field_put_begin(&deep, "d", 1, FIELD_OBJECT);
    field_put_value(&deep, "x", 1, &(struct adit_value){.kind = ADIT_KIND_BOOL});
    for (int i = 0; i < FIELD_MAX_DEPTH; i++)
        field_put_end(&deep);
    assert_true(fields_valid(fields.data, fields.size));
    assert_true(fields_valid(deep.data, deep.size));
}

static int setup(void **state)
{
    (void)state;
    make_fields();
    needs[0] = (struct job_need){"exif", 4, (const uint8_t *)fields.data, fields.size};
    needs[1] = (struct job_need){"ex", 2, (const uint8_t *)deep.data, deep.size};
    needs[2] = (struct job_need){"exif", 4, NULL, 0};
    needs[3] = (struct job_need){"exif", 4, (const uint8_t *)deep.data, deep.size};
    job_set_source(&job, &(struct job_source){.fd = -1}, (struct adit_text){"", 0}, (struct adit_text){"", 0});
    job.needs = needs;
    job.need_count = 4;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    job_release_source(&job);
    arena_release(&job.nodes_arena);
    arena_release(&job.views);
    buf_release(&fields);
    buf_release(&deep);
    return 0;
}

static uint32_t child(uint32_t node, const char *name)
{
    return h->node_child(&job, node, name, strlen(name));
}

static void test_roots(void **state)
{
    (void)state;
    assert_int_equal(h->node_first(&job, 1), 0); /* nothing before the first need() */
    uint32_t first = h->need(&job, "exif", 0), second = h->need(&job, "exif", 1), third = h->need(&job, "exif", 2);
    assert_true(first && second && third && first != second && second != third);
    assert_int_equal(h->need(&job, "exif", 3), 0);
    assert_int_equal(h->need(&job, "exif", UINT32_MAX), 0);
    assert_int_equal(h->need(&job, "exi", 0), 0);
    assert_int_equal(h->need(&job, "", 0), 0);
    assert_int_equal(h->need(&job, NULL, 0), 0);
    assert_int_equal(h->need(&job, "ex", 1), 0);
    assert_int_equal(h->need(&job, "exif", 0), first);
    assert_int_equal(h->node_first(&job, second), 0);
    assert_int_equal(h->node_next(&job, first), 0); /* roots are no siblings */
    struct adit_value v;
    struct adit_text name;
    assert_int_equal(h->node_get(&job, first, &v, &name), 0);
    assert_int_equal(v.kind, ADIT_KIND_OBJECT);
    assert_int_equal(name.size, 0);
}

static void test_values(void **state)
{
    (void)state;
    uint32_t root = h->need(&job, "exif", 0);
    struct adit_value v;
    struct adit_text name;
    assert_int_equal(h->node_get(&job, child(root, "width"), &v, &name), 0);
    assert_int_equal(v.kind, ADIT_KIND_U64);
    assert_int_equal(v.as.u64, 640);
    assert_memory_equal(name.data, "width", 5);
    assert_int_equal(h->node_get(&job, child(root, "title"), &v, NULL), 0);
    assert_int_equal(v.kind, ADIT_KIND_STRING);
    assert_int_equal(v.as.text.size, 3);
    assert_memory_equal(v.as.text.data, "a\0b", 3);
    assert_int_equal(h->node_get(&job, child(root, "odd"), &v, NULL), 0);
    assert_int_equal(v.kind, ADIT_KIND_BYTES); /* a string is UTF-8, and this is none */
    assert_int_equal(h->node_get(&job, child(root, "when"), &v, NULL), 0);
    assert_int_equal(v.as.time.year, 1999);
    assert_int_equal(h->node_get(&job, child(root, "on"), &v, NULL), 0);
    assert_true(v.as.boolean);
    assert_int_equal(h->node_get(&job, child(root, "f"), &v, NULL), 0);
    assert_true(v.as.f64 == 0.5);
    assert_int_equal(h->node_get(&job, child(root, "f"), NULL, NULL), 0);
}

static void test_lists(void **state)
{
    (void)state;
    uint32_t root = h->need(&job, "exif", 0), list = child(root, "tags"), count = 0;
    struct adit_value v;
    assert_int_equal(h->node_child(&job, list, "i", 1), 0); /* a list's have no names */
    for (uint32_t at = h->node_first(&job, list); at; at = h->node_next(&job, at), count++) {
        assert_int_equal(h->node_get(&job, child(at, "i"), &v, NULL), 0);
        assert_int_equal(v.as.i64, -(int64_t)count);
    }
    assert_int_equal(count, 3);
    assert_int_equal(h->node_first(&job, child(root, "empty")), 0);
    assert_int_equal(h->node_first(&job, child(root, "width")), 0);
    count = 0;
    for (uint32_t at = h->node_first(&job, root); at; at = h->node_next(&job, at))
        count++;
    assert_int_equal(count, 9);
}

static void test_nodes_that_are_not(void **state)
{
    (void)state;
    uint32_t root = h->need(&job, "exif", 0);
    static const uint32_t wrong[] = {0, 100000, UINT32_MAX, UINT32_MAX - 1};
    for (size_t i = 0; i < 4; i++) {
        struct adit_value v = {.kind = 77};
        assert_int_equal(h->node_get(&job, wrong[i], &v, NULL), ADIT_E_RANGE);
        assert_int_equal(v.kind, 77);
        assert_int_equal(h->node_first(&job, wrong[i]), 0);
        assert_int_equal(h->node_next(&job, wrong[i]), 0);
        assert_int_equal(h->node_child(&job, wrong[i], "x", 1), 0);
    }
    assert_int_equal(child(root, "widt"), 0);
    assert_int_equal(child(root, "widths"), 0);
    assert_int_equal(h->node_child(&job, root, NULL, 0), 0);
    assert_int_equal(h->node_child(&job, root, NULL, 3), 0);
    assert_int_equal(h->node_child(&job, child(root, "width"), "x", 1), 0);
}

static void test_deepest(void **state)
{
    (void)state;
    uint32_t at = h->need(&job, "ex", 0);
    for (int i = 0; i < FIELD_MAX_DEPTH; i++) {
        at = child(at, "d");
        assert_true(at != 0);
    }
    assert_true(child(at, "x") != 0);
}

/* The next source has its own tree. */
static void test_next_source(void **state)
{
    (void)state;
    assert_true(child(h->need(&job, "exif", 0), "width") != 0);
    job_release_source(&job);
    assert_int_equal(h->node_first(&job, 1), 0);
    job_set_source(&job, &(struct job_source){.fd = -1}, (struct adit_text){"", 0}, (struct adit_text){"", 0});
    job.needs = needs + 2;
    job.need_count = 1;
    uint32_t root = h->need(&job, "exif", 0);
    assert_true(root != 0);
    assert_int_equal(child(root, "width"), 0);
    job.need_count = 0;
    assert_int_equal(h->need(&job, "exif", 0), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_roots), TEST(test_values), TEST(test_lists), TEST(test_nodes_that_are_not), TEST(test_deepest), TEST(test_next_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
