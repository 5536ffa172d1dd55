/* SPDX-License-Identifier: MIT */
/* Runs that overlap, are interrupted or killed, and a database that is damaged. */
#include <dirent.h>
#include <signal.h>

#include "e2e.h"

enum { FILES = 1500 };

static int setup(void **state)
{
    if (user_setup(state) != 0)
        return -1;
    struct user *u = *state;
    install_hostile(user_path(u, "conf"), "echo");
    put_text(user_path(u, "conf/echo.tsv"), "table");
    for (int i = 0; i < FILES; i++)
        put_text(user_path(u, "files/tree/%04d", i), "ECHO many");
    let_settle(user_path(u, "files/tree/%04d", FILES - 1));
    return 0;
}

static const char *const *arguments_for(const struct user *u, const char *path)
{
    static const char *arguments[10];
    const char *values[] = {"extract", "--format", "ndjson", "--no-default-conf", "--conf-dir", user_path(u, "conf"), path, NULL};
    memcpy(arguments, values, sizeof values);
    return arguments;
}

static void assert_complete(const struct outcome *o)
{
    bool valid;
    size_t lines = json_lines(o->out, o->out_size, &valid);
    size_t good = 0;
    for (const char *at = o->out; (at = strstr(at, "\"content\":\"ECHO many\"")); at++)
        good++;
    if (lines != FILES || !valid || good != FILES)
        fail_msg("%zu objects, %zu good, of %d (status %d)\nerr: %s", lines, good, FILES, o->status, o->err);
    assert_status(o, 0);
}

static void assert_run_complete(const struct user *u)
{
    struct outcome o = run_adit_v(u, arguments_for(u, "tree"));
    assert_complete(&o);
    outcome_release(&o);
}

static void assert_cache_sound(const struct user *u)
{
    struct outcome o = run_adit(u, "cache", "verify", NULL);
    assert_status(&o, 0);
    outcome_release(&o);
}

static void test_two_at_once(void **state)
{
    struct user *u = *state;
    struct running a = start_adit(u, arguments_for(u, "tree"));
    struct running b = start_adit(u, arguments_for(u, "tree"));
    struct outcome first = finish_adit(&a), second = finish_adit(&b);
    assert_complete(&first);
    assert_complete(&second);
    outcome_release(&first);
    outcome_release(&second);
    assert_cache_sound(u);
    assert_run_complete(u);
}

static void test_same_bytes_twice(void **state)
{
    struct user *u = *state;
    struct outcome a = run_adit_v(u, arguments_for(u, "tree"));
    struct outcome b = run_adit_v(u, arguments_for(u, "tree"));
    assert_complete(&a);
    assert_string_equal(a.out, b.out); /* echo tells when it ran: equal means kept */
    outcome_release(&a);
    outcome_release(&b);
}

static void test_killed_in_the_middle(void **state)
{
    struct user *u = *state;
    for (int round = 0; round < 5; round++) {
        struct running r = start_adit(u, arguments_for(u, "tree"));
        (void)wait_for_text(&r, r.out_path, "many");
        (void)kill(r.pid, SIGKILL);
        struct outcome o = finish_adit(&r);
        outcome_release(&o);
        assert_cache_sound(u);
    }
    assert_run_complete(u);
    assert_cache_sound(u);
}

/* Ctrl-C: what was done is printed whole and kept, and the status says that it is not all. */
static void test_interrupted(void **state)
{
    struct user *u = *state;
    install_hostile(user_path(u, "conf"), "misbehave");
    put_text(user_path(u, "files/tree/zz-loops"), "MISBEHAVE loop\n");
    struct running r = start_adit(u, arguments_for(u, "tree"));
    bool begun = wait_for_text(&r, r.out_path, "many");
    assert_true(begun);
    assert_int_equal(kill(r.pid, SIGINT), 0);
    struct outcome o = finish_adit(&r);
    bool valid;
    assert_true(json_lines(o.out, o.out_size, &valid) > 0);
    assert_true(valid);
    assert_true(o.signal == SIGINT || o.status == 1 || o.status == 130);
    outcome_release(&o);
    assert_cache_sound(u);
}

static unsigned long workers_of(const struct user *u, const char *isolation)
{
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", "--no-default-conf", "--conf-dir", user_path(u, "conf"), "--no-cache",
                                "--stats", "--isolation", isolation, user_path(u, "files/few"), NULL);
    assert_status(&o, 0);
    const char *at = strstr(o.err, "zygotes");
    at = at ? strstr(at, "workers ") : NULL;
    if (!at)
        fail_msg("no number of workers in\n%s", o.err);
    unsigned long n = strtoul(at + strlen("workers "), NULL, 10);
    outcome_release(&o);
    return n;
}

/* The same results, and for --isolation=job a process for each file. */
static void test_isolation(void **state)
{
    struct user *u = *state;
    for (int i = 0; i < 20; i++)
        put_text(user_path(u, "files/few/%02d", i), "ECHO few");
    assert_true(workers_of(u, "domain") < 20);
    assert_true(workers_of(u, "plugin") < 20);
    assert_int_equal(workers_of(u, "job"), 20);
    struct outcome o = run_adit(u, "extract", "--isolation", "none", "files", NULL);
    assert_status(&o, 2);
    assert_has(o.err, "expected domain, plugin or job, found 'none'");
    outcome_release(&o);
}

static void database_of(const struct user *u, char out[300])
{
    const char *dir = user_path(u, "cache/adit");
    DIR *d = opendir(dir);
    assert_non_null(d);
    out[0] = '\0';
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        size_t n = strlen(e->d_name);
        if (strstr(e->d_name, ".sqlite") ? n >= 7 && strcmp(e->d_name + n - 7, ".sqlite") == 0
                                         : n >= 3 && strcmp(e->d_name + n - 3, ".db") == 0)
            (void)snprintf(out, 300, "%s/%.40s", dir, e->d_name);
    }
    (void)closedir(d);
    assert_true(out[0] != '\0');
}

static void damage(const char *path, long offset, const void *bytes, size_t size)
{
    FILE *f = fopen(path, "r+");
    assert_non_null(f);
    assert_int_equal(fseek(f, offset, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

static void test_foreign_database(void **state)
{
    struct user *u = *state;
    char path[300];
    assert_run_complete(u);
    database_of(u, path);
    /* What waits in the write-ahead log could restore the database. */
    char log[320];
    (void)snprintf(log, sizeof log, "%s-wal", path);
    (void)unlink(log);
    put_text(path, "this is no database, and is longer than nothing");
    struct outcome o = run_adit_v(u, arguments_for(u, "tree"));
    assert_complete(&o);
    assert_has(o.err, "cache");
    outcome_release(&o);
    o = run_adit_v(u, arguments_for(u, "tree"));
    assert_complete(&o);
    assert_string_equal(o.err, "");
    outcome_release(&o);
}

static void test_damaged_database(void **state)
{
    struct user *u = *state;
    char path[300], noise[8192];
    struct stat st;
    assert_run_complete(u);
    database_of(u, path);
    assert_int_equal(stat(path, &st), 0);
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)(i * 167 + 13);
    for (long at = 4096; at + (long)sizeof noise < st.st_size; at += st.st_size / 5)
        damage(path, at, noise, sizeof noise);
    assert_run_complete(u);
    assert_run_complete(u);
}

static void test_cache_folder_that_cannot_be_written(void **state)
{
    struct user *u = *state;
    put_text(user_path(u, "not-a-folder"), "");
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", "--no-default-conf", "--conf-dir", user_path(u, "conf"),
                                "--cache-dir", user_path(u, "not-a-folder"), "tree", NULL);
    assert_complete(&o);
    outcome_release(&o);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_two_at_once),      TEST(test_same_bytes_twice),
        TEST(test_killed_in_the_middle), TEST(test_interrupted), TEST(test_isolation),
        TEST(test_foreign_database), TEST(test_damaged_database),
        TEST(test_cache_folder_that_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
