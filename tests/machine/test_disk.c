/* SPDX-License-Identifier: MIT */
/* Disks that are full or cannot be written, for the cache, artifacts and output: results are not lost for it, and it is told. */
#include <sched.h>
#include <sys/mount.h>

#include "machine.h"

enum { FILES = 60, SMALL_KIB = 16, LARGE_KIB = 640 };

static bool may_mount; /* root, in a container that lets it */

/* This program, and what it starts, alone sees what it mounts. */
static bool own_mounts(void)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static int setup(void **state)
{
    if (user_setup(state) != 0)
        return -1;
    struct user *u = *state;
    machine_tree(u, FILES);
    for (int i = 0; i < FILES; i++)
        put_text(user_path(u, "files/tree/%04d-makes", i), "MISBEHAVE escape\n");
    let_settle(user_path(u, "files/tree/%04d-makes", FILES - 1));
    return 0;
}

static int teardown(void **state)
{
    struct user *u = *state;
    (void)umount2(user_path(u, "cache"), MNT_DETACH);
    (void)umount2(user_path(u, "made"), MNT_DETACH);
    return user_teardown(state);
}

static void mount_small(const struct user *u, const char *name, int kib, unsigned long flags)
{
    char size[32];
    put_dir(user_path(u, "%s", name));
    (void)snprintf(size, sizeof size, "size=%dk,mode=755", kib);
    assert_int_equal(mount("tmpfs", user_path(u, "%s", name), "tmpfs", flags, size), 0);
}

static struct outcome extract(const struct user *u)
{
    struct running r = launch_adit(u, NULL, machine_extract(u, "tree", "--artifacts", user_path(u, "made")));
    return finish_adit(&r);
}

static void assert_results(const struct outcome *o)
{
    assert_int_equal(assert_lines(o), 2 * FILES);
    assert_int_equal(machine_count(o->out, "\"number\":7"), FILES);
}

/* No size lets a run fail, lose a result, or leave a cache that is damaged. */
static void test_full_cache(void **state)
{
    struct user *u = *state;
    unsigned told = 0, kept = 0;
    for (int kib = SMALL_KIB; kib <= LARGE_KIB; kib += 208) {
        mount_small(u, "cache", kib, 0);
        for (int round = 0; round < 2; round++) {
            struct outcome o = extract(u);
            assert_results(&o);
            assert_status(&o, 0);
            told += strstr(o.err, "full") != NULL;
            kept += o.err_size == 0;
            outcome_release(&o);
            assert_cache_is_sound(u);
        }
        assert_int_equal(umount(user_path(u, "cache")), 0);
    }
    assert_true(told > 0 && kept > 0);
}

static void test_read_only_cache(void **state)
{
    struct user *u = *state;
    mount_small(u, "cache", LARGE_KIB, 0);
    assert_int_equal(mount(NULL, user_path(u, "cache"), NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
    struct outcome o = extract(u);
    assert_results(&o);
    assert_status(&o, 0);
    assert_has(o.err, "nothing is cached");
    outcome_release(&o);
    /* And one that has become so: what is in it is of use. */
    assert_int_equal(mount(NULL, user_path(u, "cache"), NULL, MS_REMOUNT, NULL), 0);
    o = extract(u);
    outcome_release(&o);
    assert_int_equal(mount(NULL, user_path(u, "cache"), NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
    o = run_adit_v(u, machine_extract(u, "tree", "--stats", NULL));
    assert_results(&o);
    assert_status(&o, 0);
    outcome_release(&o);
}

/* An artifact that finds no room is told at its file; no half of one has its name. */
static void test_full_artifacts(void **state)
{
    struct user *u = *state;
    unsigned cut = 0;
    for (int kib = SMALL_KIB; kib <= LARGE_KIB; kib += 208) {
        mount_small(u, "made", kib, 0);
        struct outcome o = extract(u);
        assert_results(&o);
        size_t told = machine_count(o.out, "cannot "), artifacts = machine_count(o.out, "kept.txt");
        assert_true(artifacts + told >= FILES);
        assert_true(told == 0 || machine_count(o.out, "No space left on device") > 0);
        cut += told > 0;
        outcome_release(&o);
        for (int i = 0; i < FILES; i++) {
            struct stat st;
            const char *path = user_path(u, "made/tree/%04d-makes/misbehave/kept.txt", i);
            if (stat(path, &st) == 0)
                assert_int_equal(st.st_size, strlen("artifact"));
        }
        assert_int_equal(umount(user_path(u, "made")), 0);
    }
    assert_true(cut > 0);
}

static void test_read_only_artifacts(void **state)
{
    struct user *u = *state;
    mount_small(u, "made", LARGE_KIB, MS_RDONLY);
    struct outcome o = extract(u);
    assert_results(&o);
    assert_has(o.out, "Read-only file system");
    outcome_release(&o);
}

/* Without mounts: folders that nobody may write to. (Root may all the same: then there is nothing to see, and nothing is lost.) */
static void test_folders_without_write(void **state)
{
    struct user *u = *state;
    assert_int_equal(chmod(user_path(u, "cache"), 0555), 0);
    struct outcome o = extract(u);
    assert_results(&o);
    assert_status(&o, 0);
    outcome_release(&o);
    assert_int_equal(chmod(user_path(u, "cache"), 0755), 0);
}

/* ---- /dev/full ---- */

static void to_full(void *data)
{
    (void)data;
    int fd = open("/dev/full", O_WRONLY);
    if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
        _exit(99);
}

static void to_nothing(void *data)
{
    (void)data;
    (void)close(STDOUT_FILENO);
}

static void test_output(void **state)
{
    struct user *u = *state;
    const char *conf = user_path(u, "conf"), *module = user_path(u, "conf/misbehave.so");
    char conf_dir[300];
    (void)snprintf(conf_dir, sizeof conf_dir, "--conf-dir=%s", conf);
    const char *const commands[][7] = {{"extract", "--format", "text", conf_dir, "tree"},
                                       {"extract", "--format", "ndjson", conf_dir, "tree"},
                                       {"extract", "--format", "json", conf_dir, "tree"},
                                       {"extract", "--format", "csv", conf_dir, "tree"},
                                       {"detect", conf_dir, "tree/0000"},
                                       {"detect", "--format", "json", conf_dir, "tree/0000"},
                                       {"explain", conf_dir, "tree/0000"},
                                       {"plugins", "list", conf_dir},
                                       {"plugins", "show", "misbehave", conf_dir},
                                       {"plugins", "graph", conf_dir},
                                       {"validate", module},
                                       {"validate", "--format", "sarif", module},
                                       {"cache", "stats"},
                                       {"cache", "verify"},
                                       {"--help"},
                                       {"--version"},
                                       {"extract", "--help"}};
    struct outcome first = extract(u); /* so that there is a cache */
    outcome_release(&first);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        for (int closed = 0; closed < 2; closed++) {
            const struct launch how = {NULL, closed ? to_nothing : to_full, NULL};
            struct outcome o = machine_run(u, &how, commands[i]);
            if (o.status == 0 || o.signal || !strstr(o.err, closed ? "Bad file descriptor" : "No space left on device"))
                fail_msg("%s %s into %s: status %d, signal %d\n%s", commands[i][0],
                         commands[i][1] ? commands[i][1] : "", closed ? "nothing" : "/dev/full", o.status, o.signal,
                         o.err);
            outcome_release(&o);
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest mounting[] = {TEST(test_full_cache), TEST(test_read_only_cache), TEST(test_full_artifacts),
                                          TEST(test_read_only_artifacts)};
    const struct CMUnitTest tests[] = {TEST(test_folders_without_write), TEST(test_output)};
    may_mount = own_mounts();
    if (!may_mount)
        print_message("mounting is not allowed here: full and read-only disks are left to `make faults`\n");
    int failed = may_mount ? cmocka_run_group_tests(mounting, NULL, NULL) : 0;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
