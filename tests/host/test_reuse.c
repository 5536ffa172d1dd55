/* SPDX-License-Identifier: MIT */
/* Parts of earlier results, through the program: what changed runs again, what did not is taken from the cache. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "json.h"
#include "run_program.h"

/* Two plugins on one module and one type; `word` is an option of the second. */
static void install(const struct user *u, const char *time_of_first, const char *word)
{
    static const char body[] = "kind = extractor\nmodule = echo.so\nsummary = s\n[match]\ntype = application/x-echo\n[fields]\ncontent = string\n"
                               "option = string\ntable = string\nversion = u32\nname = string\nran = u64 ns\nbeside = string\n"
                               "[companions]\nbeside = {stem}.note\n[resources]\ntable = echo.tsv\n";
    char text[1500];
    (void)snprintf(text, sizeof text, "[plugin]\nname = first\nversion = 1.0.0\n%s[type echo]\nmedia = application/x-echo\nmagic = 0 \"ECHO \"\n[limits]\ntime = %s\n",
                   body, time_of_first);
    put_conf(user_path(u, "conf"), "first.conf", text);
    (void)snprintf(text, sizeof text, "[plugin]\nname = second\nversion = 1.0.0\n%s[options]\nword = %s\n", body, word);
    put_conf(user_path(u, "conf"), "second.conf", text);
}

/* The source, the module and its resource: written once, since their times count. */
static void put_rest(const struct user *u)
{
    put_text(user_path(u, "files/a.wav"), "ECHO x");
    put_copy(BUILD_DIR "/tests/hostile/echo.so", user_path(u, "conf/echo.so"));
    put_text(user_path(u, "conf/echo.tsv"), "");
    (void)usleep(300000); /* until times of change say for sure what is newer */
}

/* When each of the two ran, in the program's own words. */
static void when(const struct user *u, const char *more, char first[40], char second[40])
{
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", "--no-default-conf", "--conf-dir", user_path(u, "conf"), "a.wav", more, NULL);
    char *a = json_at(o.out, strlen(o.out), "plugins/first/fields/ran"), *b = json_at(o.out, strlen(o.out), "plugins/second/fields/ran");
    if (o.status != 0 || !a)
        fail_msg("status %d\nout: %s\nerr: %s", o.status, o.out, o.err);
    (void)snprintf(first, 40, "%s", a);
    (void)snprintf(second, 40, "%s", b ? b : "");
    free(a);
    free(b);
    outcome_release(&o);
}

static void test_one_option_is_one_plugin(void **state)
{
    struct user *u = *state;
    char a[2][40], b[2][40];
    put_rest(u);
    install(u, "10s", "one");
    when(u, NULL, a[0], b[0]);
    when(u, NULL, a[1], b[1]);
    assert_string_equal(a[0], a[1]);
    assert_string_equal(b[0], b[1]);
    install(u, "10s", "another");
    when(u, NULL, a[1], b[1]);
    assert_string_equal(a[0], a[1]);
    assert_string_not_equal(b[0], b[1]);
}

static void test_a_plugin_that_comes_and_goes(void **state)
{
    struct user *u = *state;
    char a[2][40], b[2][40];
    put_rest(u);
    install(u, "10s", "one");
    assert_int_equal(unlink(user_path(u, "conf/second.conf")), 0);
    when(u, NULL, a[0], b[0]);
    assert_string_equal(b[0], "");
    install(u, "10s", "one");
    when(u, NULL, a[1], b[0]);
    assert_string_equal(a[0], a[1]); /* the first is not run again for it */
    assert_string_not_equal(b[0], "");
    when(u, "--skip=second", a[1], b[1]);
    assert_string_equal(a[0], a[1]);
    assert_string_equal(b[1], "");
}

/* A companion still counts where the part that read it was taken over, and another ran beside it. */
static void test_companions_of_a_part_that_is_kept(void **state)
{
    struct user *u = *state;
    char a[3][40], b[40];
    put_rest(u);
    install(u, "10s", "one");
    when(u, NULL, a[0], b);
    assert_int_equal(unlink(user_path(u, "conf/second.conf")), 0);
    when(u, NULL, a[1], b); /* kept as a result of its own, with the part as it was */
    assert_string_equal(a[0], a[1]);
    put_text(user_path(u, "files/a.note"), "beside");
    when(u, NULL, a[2], b);
    assert_string_not_equal(a[1], a[2]);
}

static void expect_explained(const struct user *u, const char *const parts[4])
{
    struct outcome o = run_adit(u, "explain", "--no-default-conf", "--conf-dir", user_path(u, "conf"), "a.wav", NULL);
    assert_int_equal(o.status, 0);
    for (size_t i = 0; i < 4 && parts[i]; i++)
        if (!strstr(o.out, parts[i]))
            fail_msg("expected \"%s\" in\n%s%s", parts[i], o.out, o.err);
    outcome_release(&o);
}

#define EXPLAINED(...) expect_explained(u, (const char *const[4]){__VA_ARGS__})
/* Who did not run, since a field was not as it wants it, has nothing to be kept, and the result is whole all the same. */
static void test_explain_where_a_field_decides(void **state)
{
    struct user *u = *state;
    char a[40], b[40];
    put_rest(u);
    install(u, "10s", "one");
    put_conf(user_path(u, "conf"), "third.conf",
             "[plugin]\nname = third\nversion = 1.0.0\nkind = extractor\nmodule = echo.so\nsummary = s\n[match]\ntype = application/x-echo\n"
             "field = first.content = nothing of the kind\n[fields]\ncontent = string\n[resources]\ntable = echo.tsv\n");
    (void)usleep(300000);
    when(u, NULL, a, b);
    EXPLAINED("  cache: all is kept from an earlier run\n", "    third     runs: matches application/x-echo, where first.content = nothing of the kind; kept\n");
}

#define FIRST "    first     runs: matches application/x-echo; "
#define SECOND "    second    runs: matches application/x-echo; "

/* What explain says is kept is what extract takes over. */
static void test_explain_tells_what_is_kept(void **state)
{
    struct user *u = *state;
    char a[2][40], b[2][40];
    put_rest(u);
    install(u, "10s", "one");
    EXPLAINED("  cache: nothing is kept: there is no cache yet\n");
    assert_int_not_equal(access(user_path(u, "cache/adit/results-1.db"), F_OK), 0); /* who only asks makes none */
    when(u, NULL, a[0], b[0]);
    EXPLAINED("  cache: all is kept from an earlier run\n", FIRST "kept\n", SECOND "kept\n");
    install(u, "10s", "another");
    EXPLAINED("  cache: of 2 plugins the results of 1 are kept from an earlier run\n", FIRST "kept\n",
              SECOND "anew: its configuration changed: options, fields, limits or resources\n");
    when(u, NULL, a[1], b[1]);
    assert_string_equal(a[0], a[1]);
    assert_string_not_equal(b[0], b[1]);
    EXPLAINED("  cache: all is kept from an earlier run\n");
    assert_int_equal(unlink(user_path(u, "conf/second.conf")), 0);
    when(u, NULL, a[1], b[0]);
    install(u, "10s", "one");
    EXPLAINED(FIRST "kept\n", SECOND "anew: nothing of it is kept: it did not run then, or failed in a way that says nothing of the file\n");
    put_text(user_path(u, "files/a.note"), "beside");
    EXPLAINED("  cache: a companion changed, came or went: ", "/files/a.note\n");
    assert_int_equal(unlink(user_path(u, "files/a.note")), 0);
    FILE *module = fopen(user_path(u, "conf/echo.so"), "ab"); /* other bytes */
    assert_non_null(module);
    assert_int_equal(fputc('x', module), 'x');
    assert_int_equal(fclose(module), 0);
    EXPLAINED("  cache: nothing that is kept from an earlier run still holds\n", FIRST "anew: its module changed\n");
    struct outcome o = run_adit(u, "explain", "--no-default-conf", "--conf-dir", user_path(u, "conf"), "a.wav", "--format=json", NULL);
    char *kept = json_at(o.out, strlen(o.out), "files/0/cache/kept"), *anew = json_at(o.out, strlen(o.out), "files/0/decisions/0/anew");
    assert_string_equal(kept, "\"none\"");
    assert_string_equal(anew, "\"its module changed\"");
    free(kept);
    free(anew);
    outcome_release(&o);
    put_text(user_path(u, "files/a.wav"), "ECHO longer");
    EXPLAINED("  cache: the file's size changed: then 6 bytes, now 11\n");
    put_text(user_path(u, "files/a.wav"), "ECHO y");
    EXPLAINED("  cache: the file was modified: then 20", ", now 20");
    put_text(user_path(u, "files/b.wav"), "ECHO z");
    o = run_adit(u, "explain", "--no-default-conf", "--conf-dir", user_path(u, "conf"), "b.wav", NULL);
    assert_non_null(strstr(o.out, "  cache: nothing is kept of this file: it was not extracted yet, had changed just before, or gave nothing that may be kept\n"));
    outcome_release(&o);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, user_setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_one_option_is_one_plugin), TEST(test_a_plugin_that_comes_and_goes), TEST(test_companions_of_a_part_that_is_kept),
                                       TEST(test_explain_tells_what_is_kept),
                                       TEST(test_explain_where_a_field_decides)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
