/* SPDX-License-Identifier: MIT */
/* Signals from outside: a run that is ended, stopped, or hears all the time. Nothing is lost, hangs or stays behind. */
#include "machine.h"

enum { FILES = 400 };

static int setup(void **state)
{
    if (user_setup(state) != 0)
        return -1;
    machine_tree(*state, FILES);
    return 0;
}

static const struct launch plain = {NULL, NULL, NULL};

/* Waits until a zygote (or a worker) of the run is there; 0: the run ended first. */
static pid_t wait_for(const struct running *r, bool want_worker)
{
    for (;;) {
        pid_t zygote, worker;
        siginfo_t info = {0};
        (void)machine_members(r->pid, &zygote, &worker);
        if (want_worker ? worker : zygote)
            return want_worker ? worker : zygote;
        if (waitid(P_PID, (id_t)r->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == r->pid)
            return 0;
        (void)poll(NULL, 0, 1);
    }
}

static void assert_all_right(const struct outcome *o)
{
    assert_status(o, 0);
    assert_int_equal(assert_lines(o), FILES);
    assert_int_equal(machine_count(o->out, "\"number\":7"), FILES);
    assert_string_equal(o->err, "");
}

/* `adit extract … | head -1` */
static void test_reader_goes_away(void **state)
{
    struct user *u = *state;
    int ends[2];
    char some[64];
    put_text(user_path(u, "files/tree/zz-loops"), "MISBEHAVE loop\n"); /* it is not waited for */
    assert_int_equal(pipe(ends), 0);
    pid_t host = fork();
    assert_true(host >= 0);
    if (host == 0) {
        (void)setsid();
        if (dup2(ends[1], STDOUT_FILENO) < 0 || setenv("XDG_CACHE_HOME", user_path(u, "cache"), 1) != 0)
            _exit(99);
        (void)close(ends[0]);
        (void)close(ends[1]);
        const char *const *arguments = machine_extract(u, user_path(u, "files/tree"), NULL, NULL);
        char *argv[12] = {(char[]){"adit"}};
        for (size_t i = 0; i < 10; i++)
            argv[i + 1] = (char *)(uintptr_t)arguments[i];
        (void)execv(BUILD_DIR "/bin/adit", argv);
        _exit(98);
    }
    (void)close(ends[1]);
    assert_true(read(ends[0], some, sizeof some) > 0);
    (void)close(ends[0]);
    int status;
    assert_int_equal(waitpid(host, &status, 0), host);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_no_orphans(host);
    assert_int_equal(unlink(user_path(u, "files/tree/zz-loops")), 0);
    assert_afterwards_right(u);
}

static void end_by(struct user *u, int number)
{
    put_text(user_path(u, "files/tree/zz-loops"), "MISBEHAVE loop\n");
    put_text(user_path(u, "files/tree/0000-makes"), "MISBEHAVE escape\n");
    struct running r = launch_adit(u, &plain, machine_extract(u, "tree", "--artifacts", user_path(u, "made")));
    assert_true(wait_for_text(&r, r.out_path, "0001"));
    assert_int_equal(kill(r.pid, number), 0);
    struct outcome o = finish_adit(&r);
    assert_status(&o, 128 + number);
    assert_has(o.err, "interrupted");
    assert_true(assert_lines(&o) > 0);
    outcome_release(&o);
    assert_no_orphans(r.pid);
    assert_int_equal(unlink(user_path(u, "files/tree/zz-loops")), 0);
    assert_afterwards_right(u);
    struct stat st;
    assert_int_equal(stat(user_path(u, "made/tree/0000-makes/misbehave/kept.txt"), &st), 0);
    assert_int_equal(st.st_size, strlen("artifact"));
    o = run_adit(u, "cache", "clear", NULL);
    outcome_release(&o);
    remove_tree(user_path(u, "made"));
}

static void test_ended(void **state)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        end_by(*state, numbers[i]);
}

/* A worker that does not go on is one that hangs: it is killed at its limit, with the status that says so. */
static void test_stopped_worker(void **state)
{
    struct user *u = *state;
    put_text(user_path(u, "files/tree/zz-loops"), "MISBEHAVE loop\n");
    struct running r = launch_adit(u, &plain, machine_extract(u, "tree", "--jobs", "1"));
    assert_true(wait_for_text(&r, r.out_path, "0001"));
    pid_t worker = wait_for(&r, true);
    assert_true(worker > 0);
    (void)kill(worker, SIGSTOP);
    struct outcome o = finish_adit(&r);
    assert_status(&o, 1);
    assert_int_equal(assert_lines(&o), FILES + 1);
    assert_true(machine_count(o.out, "\"status\":\"timeout\"") >= 1);
    assert_int_equal(machine_count(o.out, "\"number\":7") + machine_count(o.out, "\"status\":\"timeout\""), FILES + 1);
    outcome_release(&o);
    assert_no_orphans(r.pid);
    assert_int_equal(unlink(user_path(u, "files/tree/zz-loops")), 0);
    assert_afterwards_right(u);
}

/* One that was stopped is killed at its limit. Was it loading a plugin, then that is what took too long; else it is replaced. */
static void test_stopped_zygote(void **state)
{
    struct user *u = *state;
    struct running r = launch_adit(u, &plain, machine_extract(u, "tree", "--jobs", "1"));
    pid_t zygote = wait_for(&r, false);
    assert_true(zygote > 0);
    (void)kill(zygote, SIGSTOP);
    struct outcome o = finish_adit(&r);
    size_t late =
        machine_count(o.out, "\"status\":\"timeout\",\"reason\":\"loading it (its open()) took longer than allowed\"");
    assert_int_equal(assert_lines(&o), FILES);
    assert_int_equal(machine_count(o.out, "\"number\":7") + late, FILES);
    assert_status(&o, late > 0);
    outcome_release(&o);
    assert_no_orphans(r.pid);
    assert_afterwards_right(u);
}

/* Signals that are not heard or stop and go on again, to the host and what it started, as fast as they can be sent. */
static void test_storm(void **state)
{
    struct user *u = *state;
    static const int numbers[] = {SIGWINCH, SIGCONT, SIGURG, SIGCHLD, SIGSTOP, SIGCONT};
    struct outcome quiet = machine_run(u, &plain, machine_extract(u, "tree", "--no-cache", NULL));
    assert_all_right(&quiet);
    for (int round = 0; round < 2; round++) {
        struct running r = launch_adit(u, &plain, machine_extract(u, "tree", "--no-cache", NULL));
        siginfo_t info = {0};
        unsigned sent = 0;
        pid_t zygote = 0, worker = 0;
        while (waitid(P_PID, (id_t)r.pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != r.pid) {
            if (sent % 256 == 0)
                (void)machine_members(r.pid, &zygote, &worker);
            (void)kill(r.pid, numbers[sent % 6]);
            if (zygote)
                (void)kill(zygote, numbers[sent % 6]);
            if (worker)
                (void)kill(worker, numbers[sent % 6]);
            if (++sent % 64 == 0)
                (void)poll(NULL, 0, 1); /* so that somebody else gets a turn */
        }
        struct outcome o = finish_adit(&r);
        assert_true(sent > 100);
        assert_string_equal(o.out, quiet.out);
        assert_string_equal(o.err, "");
        assert_status(&o, 0);
        outcome_release(&o);
        assert_no_orphans(r.pid);
    }
    outcome_release(&quiet);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_reader_goes_away), TEST(test_ended), TEST(test_stopped_worker),
        TEST(test_stopped_zygote),   TEST(test_storm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
