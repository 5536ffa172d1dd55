/* SPDX-License-Identifier: MIT */
/* Artifacts: whatever a plugin or a path calls them, they stay in their folder, whole or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "artifact.h"
#include "fields.h"
#include "run_program.h"
#include "taken.h"

struct fixture {
    char root[64], folder[80];
    struct artifacts *artifacts;
};
static struct fixture f;

static int setup(void **state)
{
    struct err e = {0};
    (void)state;
    (void)snprintf(f.root, sizeof f.root, "/tmp/adit-artifact-XXXXXX");
    if (!mkdtemp(f.root))
        return -1;
    (void)snprintf(f.folder, sizeof f.folder, "%s/out", f.root);
    return artifacts_open(f.folder, &f.artifacts, &e);
}

static int teardown(void **state)
{
    (void)state;
    artifacts_close(f.artifacts);
    artifacts_close(NULL);
    remove_tree(f.root);
    return 0;
}

static const char *below(const char *name)
{
    static char path[5000];
    (void)snprintf(path, sizeof path, "%s/%s", f.folder, name);
    return path;
}

static void expect_content(const char *name, const char *content)
{
    size_t size;
    char *found = get_file(below(name), &size);
    assert_string_equal(found, content);
    free(found);
}

static size_t entries(const char *dir)
{
    DIR *d = opendir(dir);
    size_t n = 0;
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    (void)closedir(d);
    return n;
}

static int write_one(const char *source, size_t source_size, const char *name, size_t name_size, const char *content, char *where, size_t room)
{
    struct artifact *a;
    struct err e = {0};
    const char *path;
    int error = artifact_begin(f.artifacts, source, source_size, name, name_size, NULL, &a, &e);
    if (error) {
        assert_int_equal(e.code, error);
        assert_true(e.text[0] != '\0');
        return error;
    }
    error = artifact_write(a, content, strlen(content), &e);
    if (!error)
        error = artifact_commit(a, &path, &e);
    if (!error)
        (void)snprintf(where, room, "%s", path);
    artifact_free(a);
    return error;
}

#define S(text) text, sizeof(text) - 1

static void test_names(void **state)
{
    (void)state;
    static const struct { const char *source; size_t source_size; const char *name; size_t name_size; const char *path; } cases[] = {
        {S("photo.jpg"), S("thumb.jpg"), "photo.jpg/thumb.jpg"},
        {S("a/b.jpg"), S("c/d.jpg"), "a/b.jpg/c/d.jpg"},
        {S("../../x"), S("n"), "__/__/x/n"},
        {S("/etc/x"), S("n"), "etc/x/n"},
        {S("s"), S("../../x"), "s/__/__/x"},
        {S("s"), S("/etc/x"), "s/etc/x"},
        {S("t"), S(".."), "t/__"},
        {S("s"), S("..."), "s/_.."},
        {S("s"), S("./././a"), "s/a"},
        {S("u"), S("a//b/"), "u/a/b"},
        {S("s"), S(".hidden"), "s/_hidden"},
        {S("s"), S(".adit-1-1"), "s/_adit-1-1"},
        {S("s"), S("a\nb\x1b[31m\x7f"), "s/a_b_[31m_"},
        {S("s"), S("a\0b"), "s/a_b"},
        {S("s"), S("\0"), "s/_"},
        {S("s"), S("caf\xc3\xa9"), "s/caf\xc3\xa9"},
        {S("s"), S("caf\xe9"), "s/caf_"},
        {S("s\xff"), S("caf\xc3\xa9"), "s_/caf\xc3\xa9"},
        {S("s"), S("a\xc2\x9b" "31mb"), "s/a_31mb"}, /* U+009B begins a terminal's commands as ESC [ does */
        {S("-rf"), S("--"), "-rf/--"},
        {S(""), S("n"), "n"},
        {S("s"), S("back\\slash"), "s/back\\slash"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char where[300] = "";
        int error = write_one(cases[i].source, cases[i].source_size, cases[i].name, cases[i].name_size, cases[i].path, where, sizeof where);
        if (error || strcmp(where, cases[i].path) != 0)
            fail_msg("case %zu: %d \"%s\", expected \"%s\"", i, error, where, cases[i].path);
        expect_content(where, cases[i].path);
    }
    assert_int_equal(entries(f.root), 1);
}

static void test_names_that_are_none(void **state)
{
    (void)state;
    char where[300];
    static const struct { const char *name; size_t size; } names[] = {{S("")}, {S("/")}, {S(".")}, {S("././/")}, {S("///")}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(write_one(S("s"), names[i].name, names[i].size, "x", where, sizeof where), -EINVAL);
    assert_int_equal(write_one(S(""), S(""), "x", where, sizeof where), -EINVAL);
    assert_int_equal(entries(f.folder), 0);
}

static void test_long_names(void **state)
{
    (void)state;
    char name[5000], where[5000];
    memset(name, 'n', sizeof name);
    memcpy(name + sizeof name - 4, ".jpg", 4);
    assert_int_equal(write_one(S("s"), name, sizeof name, "x", where, sizeof where), 0);
    assert_true(strlen(where) < 255);
    assert_string_equal(where + strlen(where) - 4, ".jpg"); /* the end, by which files are told apart */
    /* Of characters of two bytes, however the cut falls: nothing of it is lost but its beginning. */
    for (size_t odd = 0; odd < 2; odd++) {
        size_t n = 0;
        for (; n < 400; n += 2)
            memcpy(name + n, "\xc3\xa9", 2);
        name[n] = 'x';
        assert_int_equal(write_one(S("s"), name, n + odd, "x", where, sizeof where), 0);
        assert_true(utf8_valid(where, strlen(where)));
        assert_non_null(strstr(where, "\xc3\xa9"));
        assert_null(strchr(where, '_'));
    }
    size_t n = 0; /* a thousand folders: deeper than a path may be long */
    for (; n < 4000; n += 2)
        memcpy(name + n, "d/", 2);
    name[n++] = 'f';
    assert_int_equal(write_one(S("s"), name, n, "x", where, sizeof where), 0);
}

static void test_links_in_the_way(void **state)
{
    (void)state;
    char where[300], outside[100], target[100];
    (void)snprintf(outside, sizeof outside, "%s/outside", f.root);
    (void)snprintf(target, sizeof target, "%s/outside/file", f.root);
    assert_int_equal(mkdir(outside, 0755), 0);
    put_text(target, "untouched");
    assert_int_equal(symlink(outside, below("dir")), 0);
    assert_int_equal(symlink("../outside", below("relative")), 0);
    assert_int_equal(symlink(".", below("self")), 0);
    assert_true(write_one(S("dir"), S("n"), "x", where, sizeof where) < 0);
    assert_true(write_one(S("relative"), S("n"), "x", where, sizeof where) < 0);
    assert_true(write_one(S("self"), S("n"), "x", where, sizeof where) < 0);
    assert_int_equal(entries(outside), 1);
    /* A link where the artifact should be is replaced, not followed. */
    assert_int_equal(write_one(S("s"), S("file"), "first", where, sizeof where), 0);
    assert_int_equal(unlink(below("s/file")), 0);
    assert_int_equal(symlink(target, below("s/file")), 0);
    assert_int_equal(write_one(S("s"), S("file"), "second", where, sizeof where), 0);
    struct stat st;
    assert_int_equal(lstat(below("s/file"), &st), 0);
    assert_true(S_ISREG(st.st_mode));
    expect_content("s/file", "second");
    size_t size;
    char *content = get_file(target, &size);
    assert_string_equal(content, "untouched");
    free(content);
}

static void test_what_is_there_already(void **state)
{
    (void)state;
    char where[300];
    assert_int_equal(write_one(S("s"), S("n"), "first, longer", where, sizeof where), 0);
    assert_int_equal(write_one(S("s"), S("n"), "second", where, sizeof where), 0);
    expect_content("s/n", "second");
    assert_int_equal(write_one(S("s"), S("n/below"), "x", where, sizeof where), -ENOTDIR); /* a file is in the way */
    assert_int_equal(mkdir(below("s/folder"), 0755), 0);
    assert_int_equal(write_one(S("s"), S("folder"), "x", where, sizeof where), -EISDIR);
    assert_int_equal(mkfifo(below("s/fifo"), 0600), 0);
    assert_int_equal(write_one(S("s"), S("fifo"), "x", where, sizeof where), 0);
    expect_content("s/fifo", "x");
    assert_int_equal(entries(below("s")), 3); /* nothing temporary is left */
}

/* Two of one job do not replace each other, whatever they are called. */
static void test_taken_names_are_numbered(void **state)
{
    (void)state;
    struct artifact *a;
    struct err e = {0};
    struct map taken = {0};
    const char *path, *names[] = {"s/n", "s/n~2", "s/__"};
    for (size_t i = 0; i < 3; i++)
        assert_true(taken_add(&taken, names[i], strlen(names[i])));
    assert_int_equal(artifact_begin(f.artifacts, S("s"), S("n"), &taken, &a, &e), 0);
    assert_int_equal(artifact_write(a, "third", 5, &e), 0);
    assert_int_equal(artifact_commit(a, &path, &e), 0);
    assert_string_equal(path, "s/n~3");
    artifact_free(a);
    expect_content("s/n~3", "third");
    assert_int_equal(artifact_begin(f.artifacts, S("s"), S(".."), &taken, &a, &e), 0);
    assert_int_equal(artifact_commit(a, &path, &e), 0);
    assert_string_equal(path, "s/__~2");
    artifact_free(a);
    assert_int_equal(artifact_begin(f.artifacts, S("s"), S("other"), &taken, &a, &e), 0);
    assert_int_equal(artifact_commit(a, &path, &e), 0);
    assert_string_equal(path, "s/other");
    artifact_free(a);
    map_release(&taken);
}

/* Quadratic time would be minutes. */
static void test_many_taken_names(void **state)
{
    enum { NAMES = 200000, LENGTH = 16 };
    (void)state;
    struct map taken = {0};
    struct buf name = BUF_INIT;
    char(*all)[LENGTH] = malloc((size_t)NAMES * LENGTH);
    assert_non_null(all);
    for (int i = 0; i < NAMES; i++) {
        buf_reset(&name);
        buf_adds(&name, i % 2 ? "a.x" : "b.x");
        taken_number(&taken, &name, 1, ".x");
        (void)snprintf(all[i], LENGTH, "%s", buf_cstr(&name));
        assert_true(taken_add(&taken, all[i], name.size));
    }
    assert_string_equal(all[0], "b.x");
    assert_string_equal(all[2], "b~2.x");
    assert_string_equal(all[NAMES - 1], "a~100000.x");
    assert_int_equal(taken.count, NAMES);
    map_release(&taken);
    buf_release(&name);
    free(all);
}

static void test_uncommitted_leaves_nothing(void **state)
{
    (void)state;
    struct artifact *a, *b;
    struct err e = {0};
    const char *path;
    assert_int_equal(artifact_begin(f.artifacts, S("s"), S("n"), NULL, &a, &e), 0);
    assert_int_equal(artifact_begin(f.artifacts, S("s"), S("n"), NULL, &b, &e), 0); /* two at once */
    assert_int_equal(artifact_write(a, "lost", 4, &e), 0);
    assert_int_equal(artifact_write(b, "", 0, &e), 0);
    assert_int_equal(artifact_write(b, "kept", 4, &e), 0);
    artifact_free(a);
    artifact_free(NULL);
    assert_int_equal(artifact_commit(b, &path, &e), 0);
    assert_string_equal(path, "s/n");
    artifact_free(b);
    expect_content("s/n", "kept");
    assert_int_equal(entries(below("s")), 1);
}

static void test_folders_that_cannot_be(void **state)
{
    (void)state;
    struct artifacts *a = NULL;
    struct err e = {0};
    char file[100], deep[120];
    (void)snprintf(file, sizeof file, "%s/file", f.root);
    (void)snprintf(deep, sizeof deep, "%s/no/such", f.root);
    put_text(file, "x");
    assert_int_equal(artifacts_open(file, &a, &e), -ENOTDIR);
    assert_int_equal(artifacts_open(deep, &a, &e), -ENOENT);
    assert_null(a);
    assert_non_null(strstr(e.text, deep));
    assert_int_equal(artifacts_open(f.folder, &a, &e), 0); /* it is there: that is fine */
    artifacts_close(a);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_names), TEST(test_names_that_are_none), TEST(test_long_names), TEST(test_links_in_the_way),
        TEST(test_what_is_there_already), TEST(test_taken_names_are_numbered), TEST(test_many_taken_names), TEST(test_uncommitted_leaves_nothing), TEST(test_folders_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
