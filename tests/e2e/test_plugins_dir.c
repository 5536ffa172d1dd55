/* SPDX-License-Identifier: MIT */
/* Where plugins come from: conf.d directories, override, masking, what is refused, and the snapshot of it all. */
#include "e2e.h"

static int setup(void **state)
{
    if (user_setup(state) != 0)
        return -1;
    put_text(user_path(*state, "files/m"), "MISBEHAVE ok\n");
    return 0;
}

static struct outcome extract(const struct user *u, const char *conf_dir)
{
    return run_adit(u, "extract", "--format", "ndjson", "--conf-dir", conf_dir, "m", NULL);
}

static void assert_runs(const struct user *u, const char *conf_dir, bool runs)
{
    struct outcome o = extract(u, conf_dir);
    assert_one_object(&o);
    assert_json(o.out, "plugins/misbehave/fields/number", runs ? "7" : NULL);
    outcome_release(&o);
}

/* Dropped in: no other step. */
static void test_conf_dir(void **state)
{
    struct user *u = *state;
    const char *dir = user_path(u, "mine");
    put_dir(dir);
    assert_runs(u, dir, false);
    install_hostile(dir, "misbehave");
    assert_runs(u, dir, true);
    assert_runs(u, dir, true);
    remove_tree(dir);
    put_dir(dir);
    assert_runs(u, dir, false);
}

static void test_users_own_directory(void **state)
{
    struct user *u = *state;
    install_hostile(user_path(u, "config/adit/conf.d"), "misbehave");
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", "m", NULL);
    assert_one_object(&o);
    assert_json(o.out, "plugins/misbehave/fields/number", "7");
    outcome_release(&o);
}

static void test_masked(void **state)
{
    struct user *u = *state;
    install_hostile(user_path(u, "config/adit/conf.d"), "misbehave");
    put_dir(user_path(u, "mask"));
    assert_runs(u, user_path(u, "mask"), true);
    put_text(user_path(u, "mask/misbehave.conf"), "");
    assert_runs(u, user_path(u, "mask"), false);
    assert_int_equal(unlink(user_path(u, "mask/misbehave.conf")), 0);
    assert_int_equal(symlink("/dev/null", user_path(u, "mask/misbehave.conf")), 0);
    assert_runs(u, user_path(u, "mask"), false);
}

static void test_overridden(void **state)
{
    struct user *u = *state;
    install_hostile(user_path(u, "config/adit/conf.d"), "echo");
    put_text(user_path(u, "config/adit/conf.d/echo.tsv"), "t");
    put_text(user_path(u, "files/e"), "ECHO ");
    char *text = get_file("tests/hostile/echo.conf", NULL);
    memcpy(strstr(text, "= plain"), "= other", 7);
    put_conf(user_path(u, "over"), "echo.conf", text);
    free(text);
    put_copy(BUILD_DIR "/tests/hostile/echo.so", user_path(u, "over/echo.so"));
    put_text(user_path(u, "over/echo.tsv"), "t");
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", "e", NULL);
    assert_json(o.out, "plugins/echo/fields/option", "\"plain\"");
    outcome_release(&o);
    o = run_adit(u, "extract", "--format", "ndjson", "--conf-dir", user_path(u, "over"), "e", NULL);
    assert_json(o.out, "plugins/echo/fields/option", "\"other\"");
    outcome_release(&o);
}

/* A .conf that is wrong costs its own plugin, and is told with file and line. */
static void test_wrong_conf(void **state)
{
    struct user *u = *state;
    const char *dir = user_path(u, "mine");
    install_hostile(dir, "misbehave");
    put_text(user_path(u, "mine/wrong.conf"), "[plugin]\nname = wrong\nversoin = 1.0.0\n");
    struct outcome o = extract(u, dir);
    assert_json(o.out, "plugins/misbehave/fields/number", "7");
    assert_has(o.err, "wrong.conf:3");
    assert_has(o.err, "version");
    outcome_release(&o);
}

static void test_writable_by_others_is_refused(void **state)
{
    struct user *u = *state;
    const char *dir = user_path(u, "mine");
    install_hostile(dir, "misbehave");
    assert_int_equal(chmod(user_path(u, "mine/misbehave.so"), 0666), 0);
    assert_runs(u, dir, false);
    assert_int_equal(chmod(user_path(u, "mine/misbehave.so"), 0644), 0);
    assert_runs(u, dir, true);
    assert_int_equal(chmod(user_path(u, "mine/misbehave.conf"), 0666), 0);
    assert_runs(u, dir, false);
    assert_int_equal(chmod(user_path(u, "mine/misbehave.conf"), 0644), 0);
    assert_int_equal(chmod(dir, 0777), 0);
    struct outcome o = extract(u, dir);
    assert_null(strstr(o.out, "\"number\":7"));
    assert_has(o.err, "mine");
    outcome_release(&o);
}

/* What is not a module never reaches the loader. */
static void test_module_that_is_none(void **state)
{
    struct user *u = *state;
    const char *dir = user_path(u, "mine");
    install_hostile(dir, "misbehave");
    put_text(user_path(u, "mine/misbehave.so"), "#!/bin/sh\n");
    struct outcome o = extract(u, dir);
    assert_one_object(&o);
    assert_null(strstr(o.out, "\"number\":7"));
    outcome_release(&o);
    put_copy("/lib/x86_64-linux-gnu/libc.so.6", user_path(u, "mine/misbehave.so"));
    o = extract(u, dir);
    assert_one_object(&o);
    assert_null(strstr(o.out, "\"number\":7"));
    outcome_release(&o);
    o = run_adit(u, "validate", user_path(u, "mine/misbehave.so"), NULL);
    assert_status(&o, 1);
    outcome_release(&o);
}

static void test_domain_bundled_is_not_for_strangers(void **state)
{
    struct user *u = *state;
    const char *dir = user_path(u, "mine");
    install_hostile(dir, "misbehave");
    char *text = get_file("tests/hostile/misbehave.conf", NULL), *at = strstr(text, "summary"), changed[4096];
    (void)snprintf(changed, sizeof changed, "%.*sdomain = bundled\n%s", (int)(at - text), text, at);
    put_conf(dir, "misbehave.conf", changed);
    free(text);
    struct outcome o = extract(u, dir);
    assert_null(strstr(o.out, "\"number\":7"));
    assert_has(o.err, "bundled");
    outcome_release(&o);
}

static void test_collision_names_both_files(void **state)
{
    struct user *u = *state;
    const char *dir = user_path(u, "mine");
    install_hostile(dir, "misbehave");
    char *text = get_file(user_path(u, "mine/misbehave.conf"), NULL);
    put_text(user_path(u, "mine/copy.conf"), text);
    free(text);
    struct outcome o = extract(u, dir);
    assert_has(o.err, "misbehave.conf");
    assert_has(o.err, "copy.conf");
    outcome_release(&o);
}

static void test_plugins_list_show_graph_explain(void **state)
{
    struct user *u = *state;
    const char *dir = user_path(u, "mine");
    install_hostile(dir, "misbehave");
    struct outcome o = run_adit(u, "plugins", "list", "--conf-dir", dir, NULL);
    assert_status(&o, 0);
    assert_has(o.out, "misbehave");
    outcome_release(&o);
    o = run_adit(u, "plugins", "show", "misbehave", "--conf-dir", dir, NULL);
    assert_status(&o, 0);
    assert_has(o.out, "Does what the file says");
    outcome_release(&o);
    o = run_adit(u, "plugins", "graph", "--conf-dir", dir, NULL);
    assert_status(&o, 0);
    outcome_release(&o);
    o = run_adit(u, "explain", "--conf-dir", dir, "m", NULL);
    assert_status(&o, 0);
    assert_has(o.out, "misbehave");
    outcome_release(&o);
    o = run_adit(u, "detect", "--conf-dir", dir, "--format", "mime", "m", NULL);
    assert_status(&o, 0);
    assert_has(o.out, "application/x-misbehave");
    outcome_release(&o);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_conf_dir),
        TEST(test_users_own_directory),
        TEST(test_masked),
        TEST(test_overridden),
        TEST(test_wrong_conf),
        TEST(test_writable_by_others_is_refused),
        TEST(test_module_that_is_none),
        TEST(test_domain_bundled_is_not_for_strangers),
        TEST(test_collision_names_both_files),
        TEST(test_plugins_list_show_graph_explain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
