/* SPDX-License-Identifier: MIT */
/* `adit new`: what it writes, and what it leaves alone. That the project builds is scripts/check-template's to show. */
#include <dirent.h>

#include "e2e.h"

static void test_project(void **state)
{
    struct user *u = *state;
    mode_t before = umask(0002);
    struct outcome o = run_adit(u, "new", "my-format2", NULL);
    (void)umask(before);
    assert_status(&o, 0);
    assert_has(o.out, "make test");
    static const char *const files[] = {"my-format2.c", "my-format2.conf", "Makefile",     "README.md",
                                        "good.sample",  "broken.sample",   "good.sample.expected.json"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct stat st;
        const char *path = user_path(u, "files/my-format2/%s", files[i]);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 022, 0);
        size_t size;
        char *text = get_file(path, &size);
        assert_null(memmem(text, size, "@NAME@", 6));
        assert_null(memmem(text, size, "@PREFIX@", 8));
        assert_non_null(memmem(text, size, "my-format2", 10));
        free(text);
    }
    outcome_release(&o);
    o = run_adit(u, "detect", "--format", "mime", "--conf-dir", user_path(u, "files/my-format2"),
                 user_path(u, "files/my-format2/good.sample"), NULL);
    assert_has(o.out, "application/x-my-format2");
    outcome_release(&o);
}

/* A name that is taken may be meant, and is told. */
static void test_taken_name(void **state)
{
    struct user *u = *state;
    struct outcome o = run_adit(u, "new", "png", NULL);
    assert_status(&o, 0);
    assert_has(o.err, "adit new: there is a plugin png already, declared in ");
    assert_has(o.err, "/image/png.conf: ");
    outcome_release(&o);
    o = run_adit(u, "new", "nobodys", NULL);
    assert_string_equal(o.err, "");
    outcome_release(&o);
}

static void test_folders(void **state)
{
    struct user *u = *state;
    put_dir(user_path(u, "files/empty"));
    struct outcome o = run_adit(u, "new", "a", "--dir", user_path(u, "files/empty"), NULL);
    assert_status(&o, 0);
    outcome_release(&o);
    put_text(user_path(u, "files/full/mine.txt"), "mine");
    o = run_adit(u, "new", "a", "--dir", user_path(u, "files/full"), NULL);
    assert_status(&o, 1);
    assert_has(o.err, "full");
    outcome_release(&o);
    assert_int_equal(access(user_path(u, "files/full/a.c"), F_OK), -1);
    put_text(user_path(u, "files/plain"), "a file");
    o = run_adit(u, "new", "plain", NULL);
    assert_status(&o, 1);
    outcome_release(&o);
    o = run_adit(u, "new", "a", "--dir", user_path(u, "files/no/such/folder"), NULL);
    assert_status(&o, 1);
    outcome_release(&o);
}

static void test_names(void **state)
{
    static const char *const bad[] = {"", "Upper", "under_score", "-dash", "dot.dot", "sla/sh", "..", "gr\xc3\xbcn", "a b",
                                      "a234567890123456789012345678901234567890123456789"};
    struct user *u = *state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct outcome o = run_adit(u, "new", "--", bad[i], NULL);
        assert_status(&o, 2);
        assert_string_equal(o.out, "");
        outcome_release(&o);
    }
    DIR *d = opendir(user_path(u, "files"));
    assert_non_null(d);
    size_t entries = 0;
    while (readdir(d))
        entries++;
    (void)closedir(d);
    assert_int_equal(entries, 2);
    struct outcome o = run_adit(u, "new", "0", NULL);
    assert_status(&o, 0);
    outcome_release(&o);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, user_setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_project), TEST(test_taken_name), TEST(test_folders), TEST(test_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
