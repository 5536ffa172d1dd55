/* SPDX-License-Identifier: MIT */
/* Id mappers that are bound to a field: adit extract gives the links beside it. */
#include "e2e.h"

/* The extractor batch.so emits what a file holds: content, and together, which is 1 for a file by itself. */
static void put_plugins(const struct user *u, const char *fields, const char *more)
{
    char conf[1500];
    const char *dir = user_path(u, "config/adit/conf.d");
    install_hostile(dir, "batch");
    put_text(user_path(u, "config/adit/conf.d/genes.tsv"),
             "symbol\tnumber\told\tstate\nBATCH one\t1\t\tok\nBATCH two\t2\tBATCH former\tok\nBATCH two\t22\t\tok\nBATCH two\t2\t\tok\n"
             "1\tthe number one\t\tok\nBATCH gone\t\t\twithdrawn\n");
    (void)snprintf(conf, sizeof conf,
                   "[plugin]\nname = genes\nversion = 1.0.0\nkind = mapper\nmodule = idmap/table.so\nsummary = s\n%s[map]\nfrom = symbol\n"
                   "to = number\n%s[resources]\ntable = genes.tsv\n[options]\nsecondary = old\nobsolete = state=withdrawn\n", more, fields);
    put_conf(dir, "genes.conf", conf);
}

static char *extract(const struct user *u, const char *content, const char *option, const char *value)
{
    put_text(user_path(u, "files/f"), content);
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", "--no-cache", "f", option, value, NULL);
    assert_status(&o, 0);
    char *out = strdup(o.out);
    assert_non_null(out);
    outcome_release(&o);
    return out;
}

static void expect(const struct user *u, const char *content, const char *text)
{
    char *out = extract(u, content, NULL, NULL);
    assert_has(out, text);
    free(out);
}

static void test_links_beside_the_field(void **state)
{
    const struct user *u = *state;
    put_plugins(u, "field = batch.content\n", "");
    expect(u, "BATCH one", "\"links\":[{\"field\":\"batch.content\",\"id\":\"BATCH one\",\"status\":\"mapped\",\"targets\":[\"1\"]}]");
    expect(u, "BATCH two", "\"status\":\"ambiguous\",\"targets\":[\"2\",\"22\"]}]");
    expect(u, "BATCH former", "\"status\":\"secondary\",\"targets\":[\"2\"]}]");
    expect(u, "BATCH gone", "{\"field\":\"batch.content\",\"id\":\"BATCH gone\",\"status\":\"obsolete\"}");
    expect(u, "BATCH none", "{\"field\":\"batch.content\",\"id\":\"BATCH none\",\"status\":\"unmapped\"}");
}

static void test_several_fields_and_numbers(void **state)
{
    const struct user *u = *state;
    put_plugins(u, "field = batch.content\nfield = batch.together\nfield = batch.none\nfield = nobody.name\n", "");
    expect(u, "BATCH one", "\"links\":[{\"field\":\"batch.content\",\"id\":\"BATCH one\",\"status\":\"mapped\",\"targets\":[\"1\"]},"
                           "{\"field\":\"batch.together\",\"id\":\"1\",\"status\":\"mapped\",\"targets\":[\"the number one\"]}]");
    struct outcome o = run_adit(u, "explain", "f", NULL);
    assert_has(o.out, "maps fields of batch");
    outcome_release(&o);
}

static void test_only_where_it_is_wanted(void **state)
{
    const struct user *u = *state;
    put_plugins(u, "field = batch.content\n", "default = no\n");
    char *out = extract(u, "BATCH one", NULL, NULL);
    assert_null(strstr(out, "\"links\""));
    free(out);
    out = extract(u, "BATCH one", "--with", "genes");
    assert_has(out, "\"links\"");
    free(out);
    put_text(user_path(u, "files/other"), "no batch\n");
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", "--no-cache", "--with", "genes", "other", NULL);
    assert_null(strstr(o.out, "genes"));
    outcome_release(&o);
}

static void test_without_a_binding(void **state)
{
    const struct user *u = *state;
    put_plugins(u, "", "");
    char *out = extract(u, "BATCH one", NULL, NULL);
    assert_null(strstr(out, "genes"));
    free(out);
}

/* What is kept of a file depends on the table. */
static void test_an_edited_table(void **state)
{
    const struct user *u = *state;
    put_plugins(u, "field = batch.content\n", "");
    put_text(user_path(u, "files/f"), "BATCH one");
    for (int round = 0; round < 3; round++) {
        char table[100];
        (void)snprintf(table, sizeof table, "symbol\tnumber\told\tstate\nBATCH one\t%d\t\tok\n", round);
        put_text(user_path(u, "config/adit/conf.d/genes.tsv"), table);
        for (int again = 0; again < 2; again++) {
            struct outcome o = run_adit(u, "extract", "--format", "ndjson", "f", NULL);
            (void)snprintf(table, sizeof table, "\"targets\":[\"%d\"]", round);
            assert_has(o.out, table);
            outcome_release(&o);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, user_setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_links_beside_the_field), TEST(test_several_fields_and_numbers), TEST(test_only_where_it_is_wanted),
        TEST(test_without_a_binding), TEST(test_an_edited_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
