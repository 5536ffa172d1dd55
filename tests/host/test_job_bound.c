/* SPDX-License-Identifier: MIT */
/* Fields that an id mapper is bound to: which values a path leads to, and what is emitted of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fields.h"
#include "map_module.h"

static struct map_module m;
static struct buf fields, found;
static struct job_need need;
static struct job_sink sink;

/* "field id status target|target", a line each. */
static void take(void *context, enum wire_record kind, uint8_t flags, const void *a, size_t a_size, const void *b, size_t b_size)
{
    struct field_reader r = field_reader_of(a, a_size);
    struct field_event e;
    (void)context, (void)flags, (void)b, (void)b_size;
    assert_int_not_equal(kind, RECORD_LINKS);
    if (kind == RECORD_WARN)
        buf_addf(&found, "%.*s\n", (int)a_size, (const char *)a);
    if (kind != RECORD_FIELD)
        return;
    assert_int_equal(field_next(&r, &e), 1);
    if (e.tag == FIELD_STRING)
        buf_addf(&found, "%.*s ", (int)e.text.size, e.text.data);
    if (e.tag == FIELD_END)
        buf_adds(&found, "\n");
}

static bool progress(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)done, (void)total;
    return false;
}

static void put(const char *name, uint32_t kind, const char *text, int64_t number)
{
    struct adit_value v = {.kind = kind};
    if (kind == ADIT_KIND_STRING)
        v.as.text = (struct adit_text){text, strlen(text)};
    else
        v.as.i64 = number;
    field_put_value(&fields, name, strlen(name), &v);
}

static int setup(void **state)
{
    static const char table[] = "k\tv\na\t1\nb\t2\n7\tseven\n-7\tminus\na\t3\n";
    (void)state;
    map_module_init(&m, BUILD_DIR "/lib/adit/modules/idmap/table.so", "t.tsv", table, sizeof table - 1);
    put("gene", ADIT_KIND_STRING, "a", 0);
    put("number", ADIT_KIND_I64, NULL, -7);
    put("empty", ADIT_KIND_STRING, "", 0);
    field_put_begin(&fields, "variants", 8, FIELD_LIST);
    for (int i = 0; i < 3; i++) {
        field_put_begin(&fields, "", 0, FIELD_OBJECT);
        put("gene", ADIT_KIND_STRING, i == 1 ? "b" : "a", 0);
        field_put_begin(&fields, "more", 4, FIELD_OBJECT);
        put("x", ADIT_KIND_STRING, "c", 0);
        put("y", ADIT_KIND_I64, NULL, 7);
        field_put_end(&fields);
        field_put_end(&fields);
    }
    field_put_end(&fields);
    need = (struct job_need){"p", 1, (const uint8_t *)fields.data, fields.size};
    sink = (struct job_sink){.put = take, .progress = progress};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    job_release_source(&m.job);
    arena_release(&m.job.nodes_arena);
    map_module_release(&m);
    buf_release(&fields);
    buf_release(&found);
    fields = found = BUF_INIT;
    return 0;
}

static void expect(const char *paths, const char *text)
{
    map_module_option(&m, "map.field", paths);
    assert_int_equal(map_module_open(&m), ADIT_OK);
    job_set_source(&m.job, &(struct job_source){.fd = -1}, (struct adit_text){"", 0}, (struct adit_text){"", 0});
    m.job.needs = &need;
    m.job.need_count = 1;
    m.job.sink = &sink;
    job_run(&m.job, &m.plugin);
    if (strcmp(buf_cstr(&found), text) != 0)
        fail_msg("emitted\n%sexpected\n%s", buf_cstr(&found), text);
}

#define TEST_OF(name, paths, text)                                                                                   \
    static void name(void **state)                                                                                   \
    {                                                                                                                \
        (void)state;                                                                                                 \
        expect(paths, text);                                                                                         \
    }
TEST_OF(test_one, "p.gene", "p.gene a ambiguous 1 3 \n\n")
TEST_OF(test_number, "p.number", "p.number -7 mapped minus \n\n")
TEST_OF(test_list, "p.variants[].gene", "p.variants[].gene a ambiguous 1 3 \np.variants[].gene b mapped 2 \n\n") /* each once */
TEST_OF(test_list_untold, "p.variants.gene", "p.variants.gene a ambiguous 1 3 \np.variants.gene b mapped 2 \n\n")
TEST_OF(test_star, "p.variants[].more.*", "p.variants[].more.* c unmapped \np.variants[].more.* 7 mapped seven \n\n")
TEST_OF(test_everything, "p.*", "p.* a ambiguous 1 3 \np.* -7 mapped minus \np.* c unmapped \np.* 7 mapped seven \np.* b mapped 2 \n\n")
TEST_OF(test_several, "p.number p.gene", "p.number -7 mapped minus \np.gene a ambiguous 1 3 \n\n")
TEST_OF(test_nothing, "p.none p.gene.deeper p.variants q.gene nonsense p. p.empty", "")

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one), TEST(test_number), TEST(test_list), TEST(test_list_untold), TEST(test_star), TEST(test_everything),
        TEST(test_several), TEST(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
