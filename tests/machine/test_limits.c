/* SPDX-License-Identifier: MIT */
/* A host that may have few descriptors, little address space, no processes, small files: the right answer, or one that says what is
 * missing, and an end. (tests/preload/faults.c lets single calls fail; here the kernel does it.) */
#include <grp.h>
#include <sys/resource.h>

#include "machine.h"

enum { FILES = 12, NOBODY = 65534 };

static int setup(void **state)
{
    if (user_setup(state) != 0)
        return -1;
    machine_tree(*state, FILES);
    return 0;
}

struct limit {
    int resource;
    rlim_t value;
};

static void lower(void *data)
{
    const struct limit *l = data;
    const struct rlimit limit = {l->value, l->value};
    if (setrlimit((__rlimit_resource_t)l->resource, &limit) != 0)
        _exit(99);
}

/* Returns whether the answer was whole. */
static bool run_limited(const struct user *u, struct limit limit)
{
    const struct launch how = {NULL, lower, &limit};
    struct outcome o = machine_run(u, &how, machine_extract(u, "tree", "--artifacts", user_path(u, "made")));
    if (o.status == 127 && strstr(o.err, "error while loading shared libraries")) {
        outcome_release(&o);
        return false;
    }
    size_t lines = assert_lines(&o), right = machine_count(o.out, "\"number\":7");
    size_t told = machine_count(o.out, "\"error\":") + machine_count(o.out, "\"status\":\"failed\"") +
                  machine_count(o.out, "\"status\":\"out-of-memory\"");
    if (o.signal || right + told != lines || (o.status == 0 && right != FILES) ||
        (o.status != 0 && told == 0 && o.err_size == 0) || o.status > 3)
        fail_msg("limit %d of %lu: status %d, signal %d, %zu lines, %zu right, %zu told\n%s%s", limit.resource,
                 (unsigned long)limit.value, o.status, o.signal, lines, right, told, o.out, o.err);
    bool whole = o.status == 0;
    outcome_release(&o);
    remove_tree(user_path(u, "cache"));
    put_dir(user_path(u, "cache"));
    return whole;
}

static void test_descriptors(void **state)
{
    struct user *u = *state;
    size_t whole = 0;
    for (rlim_t n = 4; n <= 64; n += 2)
        whole += run_limited(u, (struct limit){RLIMIT_NOFILE, n});
    assert_true(whole > 5);
    assert_afterwards_right(u);
}

#ifndef ADIT_SANITIZED /* which needs terabytes of address space */
static void test_address_space(void **state)
{
    struct user *u = *state;
    size_t whole = 0, cut = 0;
    /* With much less the program itself cannot be loaded, which its status says. */
    for (rlim_t n = 8 << 20; n <= 14 << 20; n += 128 << 10) {
        bool got = run_limited(u, (struct limit){RLIMIT_AS, n});
        whole += got;
        cut += !got;
    }
    assert_true(whole > 0 && cut > 0);
    assert_afterwards_right(u);
}
#endif

/* Files may not grow beyond this: the cache, the snapshot, artifacts, and the sealed copies of modules. */
static void test_file_size(void **state)
{
    struct user *u = *state;
    size_t whole = 0, cut = 0;
    for (rlim_t n = 8 * 1024; n <= 4 << 20; n += 96 * 1024) {
        bool got = run_limited(u, (struct limit){RLIMIT_FSIZE, n});
        whole += got;
        cut += !got;
    }
    assert_true(whole > 0 && cut > 0);
    assert_afterwards_right(u);
}

/* As somebody who may not start one more process. (Root may always.) */
static void become_lonely(void *data)
{
    struct limit none = {RLIMIT_NPROC, 0};
    (void)data;
    if (geteuid() == 0 &&
        (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0))
        _exit(99);
    lower(&none);
}

static void test_no_process(void **state)
{
    struct user *u = *state;
    static const char *const folders[] = {"", "cache"};
    for (size_t i = 0; i < 2 && geteuid() == 0; i++)
        assert_int_equal(chown(user_path(u, "%s", folders[i]), NOBODY, NOBODY), 0);
    assert_int_equal(chmod(user_path(u, "."), 0755), 0);
    const char *const environment[] = {"ASAN_OPTIONS=detect_leaks=0", NULL}; /* which takes a process */
    const struct launch how = {environment, become_lonely, NULL};
    struct running r = launch_adit(u, &how, machine_extract(u, "tree", NULL, NULL));
    struct outcome o = finish_adit(&r);
    assert_status(&o, 3);
    assert_has(o.err, "adit-zygote");
    assert_has(o.err, "Resource temporarily unavailable");
    assert_int_equal(assert_lines(&o), 0);
    outcome_release(&o);
    assert_no_orphans(r.pid);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_descriptors),
#ifndef ADIT_SANITIZED
        TEST(test_address_space),
#endif
        TEST(test_file_size),
        TEST(test_no_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
