/* SPDX-License-Identifier: MIT */
/* test_torture.c finds what it is there to find: plugins that go wrong where one byte of a sample is another one, or where the sample
 * is cut, are told with the sample, the change, and a file that makes it happen again. */
#include <limits.h>
#include <sys/wait.h>

#include "../e2e/e2e.h"

struct row {
    const char *plugin, *sample; /* changing the last byte by 0x01 or 0xff makes a word of misbehave.c of it */
    const char *change, *finding;
};

static const struct row rows[] = {
    {"misbehave", "MISBEHAVE segw", "byte 13 ^ 0x01", "died"},
    {"misbehave", "MISBEHAVE stacj", "byte 14 ^ 0x01", "died"},
    {"misbehave", "MISBEHAVE looq", "byte 13 ^ 0x01", "of processor time"},
    {"misbehave", "MISBEHAVE strangd", "byte 16 ^ 0x01", "returned 4711, which is no status: expected 0 to 4"},
    {"misbehave", "MISBEHAVE undeclaree", "byte 19 ^ 0x01", "is not declared in [fields]"},
    {"misbehave", "MISBEHAVE nestinf", "byte 16 ^ 0x01", "begin and end do not pair"},
#ifdef ADIT_SANITIZED
    {"misbehave", "MISBEHAVE overflov", "byte 17 ^ 0x01", "died"},
    {"misbehave", "MISBEHAVE leaj", "and what was made of it", "leaks on"},
#endif
    {"check_input_truncated", "CHECK and more than 17", "cut to 17 bytes", "died"},
    {"check_input_guard", "CHECK ", "good.sample: ", "died"},
    {"check_declared_streams", "CHECK ", "good.sample: ", "the .conf does not declare it"},
};

/* A project of one plugin and one sample, where the program looks for them. */
static void make_project(const struct user *u, const struct row *r)
{
    remove_tree(user_path(u, "files"));
    put_dir(user_path(u, "files"));
    put_dir(user_path(u, "files/" BUILD_DIR "/lib/adit/modules"));
    put_text(user_path(u, "files/tests/plugins/hostile/%s/good.sample", r->plugin), r->sample);
    put_text(user_path(u, "files/tests/plugins/hostile/%s/good.sample.expected.json", r->plugin), "{}");
    put_dir(user_path(u, "files/" BUILD_DIR "/share/adit/conf.d/hostile"));
    install_hostile(user_path(u, "files/" BUILD_DIR "/share/adit/conf.d/hostile"), r->plugin);
}

static int run_torture(const struct user *u, const char *arguments)
{
    char command[3 * PATH_MAX], cwd[PATH_MAX];
    assert_non_null(getcwd(cwd, sizeof cwd));
    (void)snprintf(command, sizeof command, "cd %s && exec %s/" BUILD_DIR "/tests/plugins/test_torture %s >out 2>err",
                   user_path(u, "files"), cwd, arguments);
    int status = system(command);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_found(void **state)
{
    struct user *u = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char arguments[100];
        make_project(u, &rows[i]);
        (void)snprintf(arguments, sizeof arguments, "all %s", rows[i].plugin);
        assert_int_equal(run_torture(u, arguments), 1);
        char *told = get_file(user_path(u, "files/err"), NULL);
        assert_has(told, rows[i].plugin);
        assert_has(told, rows[i].change);
        assert_has(told, rows[i].finding);
        free(told);
        (void)snprintf(arguments, sizeof arguments, BUILD_DIR "/torture/%s.1", rows[i].plugin);
        if (!strstr(rows[i].finding, "leaks") && !strstr(rows[i].finding, "time"))
            assert_int_equal(run_torture(u, arguments), 1); /* again */
    }
}

/* And nothing where there is nothing. */
static void test_honest(void **state)
{
    static const struct row honest = {"misbehave", "MISBEHAVE ok", "", ""};
    make_project(*state, &honest);
    assert_int_equal(run_torture(*state, "all misbehave"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, user_setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_found), TEST(test_honest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
