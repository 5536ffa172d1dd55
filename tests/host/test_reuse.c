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

#define TEST(name) cmocka_unit_test_setup_teardown(name, user_setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_one_option_is_one_plugin), TEST(test_a_plugin_that_comes_and_goes), TEST(test_companions_of_a_part_that_is_kept)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
