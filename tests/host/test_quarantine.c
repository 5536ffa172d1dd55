/* SPDX-License-Identifier: MIT */
/* Quarantine: three files, one module, kept between runs, released by hand; a damaged file does no harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "quarantine.h"
#include "run_program.h"

static char dir[64], file[100];
static unsigned char one[32], two[32];

static int setup(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof dir, "/tmp/adit-quarantine-XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    (void)snprintf(file, sizeof file, "%s/quarantine.tsv", dir);
    memset(one, 0x11, sizeof one);
    memset(two, 0x22, sizeof two);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    remove_tree(dir);
    return 0;
}

static struct quarantine *reopen(struct quarantine *q, const char *where)
{
    quarantine_free(q);
    assert_int_equal(quarantine_open(where, &q), 0);
    return q;
}

static bool note(struct quarantine *q, const char *plugin, const unsigned char *digest, const char *path)
{
    const struct quarantine_file file_of_it = {path, strlen(path), ""};
    return quarantine_note(q, plugin, digest, &file_of_it, "crashed with signal 11 (Segmentation fault)");
}

/* Copies of one bad file, and one bad file that changes, are one file. */
static void test_one_bad_file(void **state)
{
    (void)state;
    struct quarantine *q = reopen(NULL, dir);
    static const struct quarantine_file files[] = {{"a", 1, "0001"}, {"b", 1, "0001"}, {"c", 1, "0001"}, {"a", 1, "0002"},
                                                   {"d", 1, "0003"}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        q = reopen(q, dir);
        assert_false(quarantine_note(q, "p", one, &files[i], "crashed"));
    }
    const struct quarantine_file third = {"e", 1, "0004"};
    assert_true(quarantine_note(q, "p", one, &third, "crashed"));
    assert_false(quarantine_note(NULL, "p", one, &third, "crashed"));
    assert_null(quarantine_reason(NULL, "p", one));
    quarantine_free(q);
}

static void test_three_files(void **state)
{
    (void)state;
    struct quarantine *q = reopen(NULL, dir);
    assert_null(quarantine_reason(q, "p", one));
    assert_false(note(q, "p", one, "a"));
    assert_false(note(q, "p", one, "a"));
    assert_false(note(q, "p", one, "b"));
    assert_false(note(q, "other", one, "c"));
    assert_false(note(q, "p", two, "c"));
    assert_null(quarantine_reason(q, "p", one));
    assert_true(note(q, "p", one, "c"));
    const char *why = quarantine_reason(q, "p", one);
    assert_non_null(why);
    assert_non_null(strstr(why, "adit plugins release p"));
    assert_non_null(strstr(why, "a crashed with signal 11"));
    assert_non_null(strstr(why, "; b "));
    assert_null(strchr(why, '\n'));
    assert_true(note(q, "p", one, "d")); /* still is */
    assert_null(quarantine_reason(q, "p", two));
    assert_null(quarantine_reason(q, "other", one));
    quarantine_free(q);
    quarantine_free(NULL);
}

static void test_kept_between_runs(void **state)
{
    (void)state;
    static const char *const paths[] = {"a", "b", "a", "c"};
    for (size_t i = 0; i < 4; i++) {
        struct quarantine *q = reopen(NULL, dir);
        assert_null(quarantine_reason(q, "p", one));
        assert_int_equal(note(q, "p", one, paths[i]), i == 3);
        quarantine_free(q);
    }
    struct quarantine *q = reopen(NULL, dir);
    assert_non_null(quarantine_reason(q, "p", one));
    quarantine_free(q);
    struct stat st;
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_release(void **state)
{
    (void)state;
    struct err e = {0};
    size_t released = 99;
    assert_int_equal(quarantine_release(dir, "p", &released, &e), 0);
    assert_int_equal(released, 0);
    struct quarantine *q = reopen(NULL, dir);
    for (int i = 0; i < 3; i++) {
        const char path[] = {(char)('a' + i), '\0'};
        (void)note(q, "p", one, path);
        (void)note(q, "pp", one, path);
    }
    (void)note(q, "p", two, "a");
    quarantine_free(q);
    assert_int_equal(quarantine_release(dir, "p", &released, &e), 0);
    assert_int_equal(released, 4);
    q = reopen(NULL, dir);
    assert_null(quarantine_reason(q, "p", one));
    assert_non_null(quarantine_reason(q, "pp", one));
    assert_false(note(q, "p", one, "a")); /* counts from the beginning */
    quarantine_free(q);
    assert_int_equal(quarantine_release(NULL, "p", &released, &e), 0);
    assert_int_equal(released, 0);
}

static void test_this_run_only(void **state)
{
    (void)state;
    static const char *const nowhere[] = {NULL, "/nonexistent/folder"};
    for (size_t i = 0; i < 2; i++) {
        struct quarantine *q = reopen(NULL, nowhere[i]);
        assert_false(note(q, "p", one, "a"));
        assert_false(note(q, "p", one, "b"));
        assert_true(note(q, "p", one, "c"));
        q = reopen(q, nowhere[i]);
        assert_null(quarantine_reason(q, "p", one));
        quarantine_free(q);
    }
}

/* Tabs, newlines and more in names: each is one file, and no line becomes two. */
static void test_paths_of_any_bytes(void **state)
{
    (void)state;
    static const char *const paths[] = {"a\tb", "a\nb", "\xff\x01"};
    struct quarantine *q = reopen(NULL, dir);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(note(q, "p", one, paths[i]), i == 2);
    q = reopen(q, dir);
    assert_non_null(quarantine_reason(q, "p", one));
    assert_true(note(q, "p", one, paths[1]));
    assert_null(quarantine_reason(q, "b", one));
    assert_true(quarantine_note(q, "p", one, &(struct quarantine_file){"x\0y", 3, ""}, "what\tever\n"));
    quarantine_free(q);
}

static void damage(const char *text)
{
    put_text(file, text);
    struct quarantine *q = reopen(NULL, dir);
    assert_null(quarantine_reason(q, "p", one));
    assert_null(quarantine_reason(q, "", one));
    assert_false(note(q, "p", one, "a"));
    quarantine_free(q);
    size_t released;
    struct err e = {0};
    assert_int_equal(quarantine_release(dir, "p", &released, &e), 0);
    assert_int_equal(unlink(file), 0);
}

static void test_damaged_file(void **state)
{
    (void)state;
    damage("");
    damage("\n\n\n");
    damage("p\n");
    damage("p\t\t\t\n");
    damage("p\t1111\tcrashed\ta\np\t1111\tcrashed\tb\np\t1111\tcrashed\tc\n");
    damage("\t\t\t\t\t\t\t\t\n");
    damage("no newline at the end");
    char *large = malloc((1 << 20) + 2); /* more than is read */
    assert_non_null(large);
    memset(large, 'x', (1 << 20) + 1);
    large[(1 << 20) + 1] = '\0';
    damage(large);
    free(large);
}

/* The half of a line that a kill in the middle left does not spoil what was there before. */
static void test_cut_line(void **state)
{
    (void)state;
    struct quarantine *q = reopen(NULL, dir);
    for (int i = 0; i < 3; i++) {
        const char path[] = {(char)('a' + i), '\0'};
        (void)note(q, "p", one, path);
    }
    quarantine_free(q);
    size_t size;
    char *text = get_file(file, &size), more[400];
    (void)snprintf(more, sizeof more, "%sother\t11", text);
    put_text(file, more);
    free(text);
    q = reopen(NULL, dir);
    assert_non_null(quarantine_reason(q, "p", one));
    quarantine_free(q);
}

static void test_not_a_plain_file(void **state)
{
    (void)state;
    char elsewhere[100];
    (void)snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", dir);
    put_text(elsewhere, "untouched");
    assert_int_equal(symlink(elsewhere, file), 0);
    struct quarantine *q = reopen(NULL, dir);
    assert_false(note(q, "p", one, "a"));
    quarantine_free(q);
    size_t size;
    char *text = get_file(elsewhere, &size);
    assert_string_equal(text, "untouched");
    free(text);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(mkfifo(file, 0600), 0); /* nobody waits for its other end */
    q = reopen(NULL, dir);
    assert_false(note(q, "p", one, "a"));
    quarantine_free(q);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(mkdir(file, 0700), 0);
    q = reopen(NULL, dir);
    assert_false(note(q, "p", one, "a"));
    quarantine_free(q);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_three_files), TEST(test_one_bad_file), TEST(test_kept_between_runs), TEST(test_release), TEST(test_this_run_only),
        TEST(test_paths_of_any_bytes), TEST(test_damaged_file), TEST(test_cut_line), TEST(test_not_a_plain_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
