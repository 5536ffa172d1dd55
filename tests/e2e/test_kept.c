/* SPDX-License-Identifier: MIT */
/* The index of a large table is kept between runs, and answers never depend on whether it was. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/types.h>

#include "e2e.h"

enum { ROWS = 270000 };

/* Row i says "kI vI"; the first one has `first` instead, which is 8 bytes. */
static void put_big(const struct user *u, const char *first)
{
    const char *path = user_path(u, "config/adit/conf.d/big.tsv");
    put_text(path, "");
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fprintf(f, "k\tv\nk0\t%s\n", first);
    for (int i = 1; i < ROWS; i++)
        (void)fprintf(f, "k%d\tv%d\n", i, i);
    (void)fputs("bad\n", f);
    assert_int_equal(fclose(f), 0);
    usleep(250000); /* younger files are not believed */
}

static void put_big_conf(const struct user *u, const char *options)
{
    char conf[600];
    (void)snprintf(conf, sizeof conf,
                   "[plugin]\nname = big\nversion = 1.0.0\nkind = mapper\nmodule = idmap/table.so\nsummary = s\n[map]\nfrom = k\nto = v\n"
                   "symmetric = yes\n[resources]\ntable = big.tsv\n[limits]\nmemory = 1G\n%s", options);
    put_conf(user_path(u, "config/adit/conf.d"), "big.conf", conf);
}

static size_t kept_files(const struct user *u, char *name, size_t room)
{
    DIR *dir = opendir(user_path(u, "cache/adit/kept"));
    size_t n = 0;
    for (struct dirent *d; dir && (d = readdir(dir)) != NULL;)
        if (d->d_name[0] != '.') {
            (void)snprintf(name, room, "%s", d->d_name);
            n++;
        }
    if (dir)
        (void)closedir(dir);
    return n;
}

static void expect(const struct user *u, const char *first)
{
    char wanted[300];
    struct outcome o = run_adit(u, "map", "--from", "k", "--to", "v", "--columns", "input,target,status", "k0", "k269999", "none", NULL);
    assert_status(&o, 0);
    (void)snprintf(wanted, sizeof wanted, "input\ttarget\tstatus\nk0\t%s\tmapped\nk269999\tv269999\tmapped\nnone\t\tunmapped\n", first);
    assert_string_equal(o.out, wanted);
    assert_has(o.err, "table, line 270002: 1 cell, expected 2 as in the first row"); /* kept or not */
    outcome_release(&o);
    o = run_adit(u, "map", "--from", "v", "--to", "k", "--columns", "target,status", "v7", NULL);
    assert_string_equal(o.out, "target\tstatus\nk7\tmapped\n");
    outcome_release(&o);
}

static void test_kept_and_used(void **state)
{
    const struct user *u = *state;
    char name[300], again[300];
    struct stat before, after;
    put_big(u, "firstone");
    put_big_conf(u, "");
    expect(u, "firstone");
    assert_int_equal(kept_files(u, name, sizeof name), 1);
    assert_int_equal(stat(user_path(u, "cache/adit/kept/%s", name), &before), 0);
    assert_true(before.st_size > 2 * ROWS * 8);
    expect(u, "firstone");
    assert_int_equal(kept_files(u, again, sizeof again), 1);
    assert_string_equal(again, name);
    assert_int_equal(stat(user_path(u, "cache/adit/kept/%s", name), &after), 0);
    assert_int_equal(after.st_ino, before.st_ino); /* it was not made again */
    struct outcome o = run_adit(u, "cache", "stats", NULL);
    assert_has(o.out, "bytes in 1 file");
    outcome_release(&o);
    o = run_adit(u, "cache", "clear", NULL);
    assert_int_equal(kept_files(u, again, sizeof again), 0);
    outcome_release(&o);
    expect(u, "firstone");
}

static void damage(const char *path, off_t at, const char *bytes)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0 && pwrite(fd, bytes, strlen(bytes), at) == (ssize_t)strlen(bytes));
    (void)close(fd);
}

static void test_a_damaged_one_is_made_again(void **state)
{
    const struct user *u = *state;
    char name[300];
    put_big(u, "firstone");
    put_big_conf(u, "");
    expect(u, "firstone");
    assert_int_equal(kept_files(u, name, sizeof name), 1);
    static const off_t places[] = {0, 8, 20, 4096, 4096 + 16, 100000, 4000000};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        damage(user_path(u, "cache/adit/kept/%s", name), places[i], "damage!");
        expect(u, "firstone");
        expect(u, "firstone");
    }
    assert_int_equal(truncate(user_path(u, "cache/adit/kept/%s", name), 5000), 0);
    expect(u, "firstone");
}

/* Edited in place: as long as before, and with the times of before. */
static void test_an_edited_table_is_noticed(void **state)
{
    const struct user *u = *state;
    struct stat st;
    const char *path = user_path(u, "config/adit/conf.d/big.tsv");
    put_big(u, "firstone");
    put_big_conf(u, "");
    expect(u, "firstone");
    expect(u, "firstone");
    assert_int_equal(stat(path, &st), 0);
    damage(path, 7, "otherone");
    const struct timespec times[2] = {st.st_atim, st.st_mtim};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    expect(u, "otherone"); /* at once, too young to be kept */
    usleep(250000);
    expect(u, "otherone");
    expect(u, "otherone");
    put_big(u, "whole");
    expect(u, "whole");
}

static void test_options_belong_to_the_key(void **state)
{
    const struct user *u = *state;
    put_big(u, "firstone");
    put_big_conf(u, "");
    expect(u, "firstone");
    put_big_conf(u, "[options]\nkey_prefix = k\n");
    struct outcome o = run_adit(u, "map", "--from", "k", "--to", "v", "--columns", "target", "5", "k6", NULL);
    assert_string_equal(o.out, "target\nv5\nv6\n");
    outcome_release(&o);
}

static void test_tables_that_are_too_large(void **state)
{
    const struct user *u = *state;
    put_big_conf(u, "");
    put_text(user_path(u, "config/adit/conf.d/big.tsv"), "k\tv\na\tb\n");
    static const struct { off_t size; const char *why; } cases[] = {
        {(off_t)5 << 30, "5368709120 bytes, expected at most 4294967295 (4 GiB): split it"},
        {(off_t)3 << 30, "3221225472 bytes cannot be mapped into memory: raise [limits] memory"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(truncate(user_path(u, "config/adit/conf.d/big.tsv"), cases[i].size), 0);
#ifdef ADIT_SANITIZED /* no limit on the address space */
        if (i == 1)
            continue;
#endif
        struct outcome o = run_adit(u, "map", "--columns", "target,reason", "--from", "k", "--to", "v", "a", NULL);
        if (!strstr(o.out, cases[i].why))
            fail_msg("%s\n%s", o.out, o.err);
        outcome_release(&o);
    }
}

/* [limits] memory is what the mapper's process gets. */
static void test_memory_as_declared(void **state)
{
    const struct user *u = *state;
    put_big_conf(u, ""); /* 1G */
    put_text(user_path(u, "config/adit/conf.d/big.tsv"), "k\tv\na\tb\n");
    assert_int_equal(truncate(user_path(u, "config/adit/conf.d/big.tsv"), (off_t)300 << 20), 0);
    struct outcome o = run_adit(u, "map", "--columns", "target,reason", "--from", "k", "--to", "v", "a", NULL);
    assert_string_equal(o.out, "target\treason\nb\t\n");
    assert_has(o.err, "line 3, column 1: a row of more than 1 MiB");
    outcome_release(&o);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, user_setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_kept_and_used), TEST(test_a_damaged_one_is_made_again), TEST(test_an_edited_table_is_noticed),
        TEST(test_options_belong_to_the_key), TEST(test_tables_that_are_too_large), TEST(test_memory_as_declared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
