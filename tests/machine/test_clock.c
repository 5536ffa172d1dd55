/* SPDX-License-Identifier: MIT */
/* A clock that is wrong, or is set while adit runs; times of files that lie. Deadlines hold, and nothing is believed that may be wrong. */
#include "machine.h"

static char log_variable[320], preload[320];

static int setup(void **state)
{
    if (user_setup(state) != 0)
        return -1;
    struct user *u = *state;
    char cwd[200];
    install_hostile(user_path(u, "conf"), "echo");
    put_text(user_path(u, "conf/echo.tsv"), "table");
    machine_tree(u, 3);
    put_text(user_path(u, "files/tree/says"), "ECHO first");
    let_settle(user_path(u, "files/tree/says"));
    assert_non_null(getcwd(cwd, sizeof cwd));
    (void)snprintf(preload, sizeof preload, "LD_PRELOAD=%s/%s/tests/preload/faults.so", cwd, BUILD_DIR);
    (void)snprintf(log_variable, sizeof log_variable, "ADIT_FAULT_LOG=%s", user_path(u, "fault.log"));
    return 0;
}

/* With the clock as `fault` says (tests/preload/faults.c); NULL: as it is. */
static struct outcome run_at(const struct user *u, const char *fault, const char *path)
{
    char variable[64];
    (void)snprintf(variable, sizeof variable, "ADIT_FAULT=%s", fault ? fault : "none:0");
    const char *const environment[] = {preload, variable, log_variable,
                                       "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0", NULL};
    const struct launch how = {environment, NULL, NULL};
    struct outcome o = machine_run(u, &how, machine_extract(u, path, NULL, NULL));
    if (fault && access(user_path(u, "fault.log"), F_OK) != 0)
        fail_msg("%s: the clock was not asked", fault);
    (void)unlink(user_path(u, "fault.log"));
    return o;
}

static char *when_run(const struct user *u, const char *fault)
{
    struct outcome o = run_at(u, fault, "tree/says");
    assert_status(&o, 0);
    assert_one_object(&o);
    char *ran = json_at(o.out, o.out_size, "plugins/echo/fields/ran");
    assert_non_null(ran);
    outcome_release(&o);
    return ran;
}

static void assert_kept(const struct user *u, const char *first_fault, const char *second_fault, bool kept)
{
    char *a = when_run(u, first_fault), *b = when_run(u, second_fault);
    if ((strcmp(a, b) == 0) != kept)
        fail_msg("clock %s, then %s: expected %s", first_fault ? first_fault : "right",
                 second_fault ? second_fault : "right", kept ? "the kept result" : "a new run");
    free(a);
    free(b);
}

/* A clock that is a day late: all files seem to come from the future, and none is believed. Set right again, they are. */
static void test_late_clock(void **state)
{
    struct user *u = *state;
    assert_kept(u, "late:1+", "late:1+", false);
    assert_kept(u, "late:1+", NULL, false);
    assert_kept(u, NULL, NULL, true);
    assert_kept(u, NULL, "late:1+", false);
    assert_kept(u, NULL, NULL, true);
}

static void test_clock_ahead(void **state)
{
    struct user *u = *state;
    assert_kept(u, "early:1+", "early:1+", true);
    put_text(user_path(u, "files/tree/says"), "ECHO other"); /* as long as the first */
    struct outcome o = run_at(u, "early:1+", "tree/says");
    assert_has(o.out, "ECHO other");
    outcome_release(&o);
}

/* Rewritten with the same size, and its time set back: the time of change cannot be. */
static void test_time_set_back(void **state)
{
    struct user *u = *state;
    struct stat st;
    for (int i = 0; i < 10; i++) {
        const char *path = user_path(u, "files/tree/says");
        char text[32];
        assert_int_equal(stat(path, &st), 0);
        const struct timespec times[2] = {st.st_atim, st.st_mtim};
        (void)snprintf(text, sizeof text, "ECHO no %02d", i);
        put_text(path, text);
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
        struct outcome o = run_at(u, NULL, "tree/says");
        assert_has(o.out, text);
        outcome_release(&o);
    }
}

/* Set while a run waits for a plugin that hangs: its limit is 2 s all the same. */
static void test_deadline(void **state)
{
    struct user *u = *state;
    struct timespec begin, end;
    put_text(user_path(u, "files/tree/loops"), "MISBEHAVE loop\n");
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &begin), 0);
    struct outcome o = run_at(u, "leap:1+", "tree");
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &end), 0);
    assert_status(&o, 1);
    assert_int_equal(assert_lines(&o), 5);
    assert_int_equal(machine_count(o.out, "\"status\":\"timeout\""), 1);
    assert_int_equal(machine_count(o.out, "\"number\":7"), 3);
    assert_true(end.tv_sec - begin.tv_sec < 60);
    outcome_release(&o);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_late_clock), TEST(test_clock_ahead), TEST(test_time_set_back),
                                       TEST(test_deadline)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
