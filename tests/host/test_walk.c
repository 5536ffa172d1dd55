/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "run_program.h"
#include "walk.h"

/* A folder of its own for each test, which is also the current one. */
struct place {
    char root[64];
    char before[4096];
};

static int setup(void **state)
{
    struct place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    (void)snprintf(p->root, sizeof p->root, "/tmp/adit-walk-XXXXXX");
    assert_non_null(getcwd(p->before, sizeof p->before));
    assert_non_null(mkdtemp(p->root));
    assert_int_equal(chdir(p->root), 0);
    *state = p;
    return 0;
}

/* By descriptors: paths of deep trees are too long for remove_tree. */
static void remove_below(int dirfd)
{
    int depth = 0;
    int at = dup(dirfd);
    for (;;) { /* down the only way that deep trees have */
        int fd = openat(at, "d", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
            break;
        (void)close(at);
        at = fd;
        depth++;
    }
    while (depth-- > 0) {
        int up = openat(at, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        (void)unlinkat(at, "z", 0);
        (void)close(at);
        at = up;
        (void)unlinkat(at, "d", AT_REMOVEDIR);
    }
    (void)close(at);
}

static int teardown(void **state)
{
    struct place *p = *state;
    int fd = open(p->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        remove_below(fd);
        (void)close(fd);
    }
    if (chdir(p->before) != 0)
        return -1;
    remove_tree(p->root);
    free(p);
    return 0;
}

static const char *error_name(enum result_error error)
{
    static const char *const names[] = {"", "unreadable", "not-regular", "vanished", "changed"};
    return names[error];
}

/* One line an entry: its path, and for others than files to read "| error: text". */
static void add_entry(struct buf *b, const struct walk_entry *entry)
{
    buf_add(b, entry->path, entry->path_size);
    if (entry->error != RESULT_READ)
        buf_addf(b, " | %s: %s", error_name(entry->error), entry->error_text);
    buf_putc(b, '\n');
}

static struct walk *open_walk(const struct walk_options *options)
{
    struct walk *w = NULL;
    struct err e = {0};
    assert_int_equal(walk_open(options, &w, &e), 0);
    return w;
}

/* What an entry says must be so, whatever it is. */
static void check_entry(const struct walk_entry *entry)
{
    assert_int_equal(strlen(entry->path), entry->path_size);
    assert_int_equal(strlen(entry->key), entry->key_size);
    assert_int_equal(entry->key[0], '/');
    if (entry->error != RESULT_READ)
        return;
    struct stat st;
    int fd = openat(entry->dirfd, entry->name, O_RDONLY | O_CLOEXEC | (entry->argument ? 0 : O_NOFOLLOW));
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(entry->stamp.inode, st.st_ino);
    assert_int_equal(entry->stamp.device, st.st_dev);
    assert_int_equal(entry->stamp.size, st.st_size);
    assert_int_equal(entry->stamp.mtime_ns, (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec);
    assert_int_equal(entry->stamp.ctime_ns, (int64_t)st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec);
    assert_true(entry->stamp.exists);
    (void)close(fd);
}

static void finish(struct walk *w, struct buf *lines)
{
    struct walk_entry entry;
    int got;
    while ((got = walk_next(w, &entry)) == 1) {
        check_entry(&entry);
        add_entry(lines, &entry);
    }
    assert_int_equal(got, 0);
    assert_int_equal(walk_next(w, &entry), 0);
    walk_free(w);
}

static void expect(const struct walk_options *options, const char *expected)
{
    struct buf lines = BUF_INIT;
    finish(open_walk(options), &lines);
    assert_string_equal(buf_cstr(&lines), expected);
    buf_release(&lines);
}

static void expect_paths(const char *const *paths, size_t count, const char *expected)
{
    expect(&(struct walk_options){.paths = paths, .path_count = count}, expected);
}
#define PATHS(...) (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)

static void test_names_are_sorted_by_bytes(void **state)
{
    (void)state;
    put_text("t/b/2", "");
    put_text("t/b/10", "");
    put_text("t/B", "");
    put_text("t/a.x", "");
    put_text("t/a/x", "");
    put_text("t/\xc3\xa4", "");
    put_text("t/.hidden", "");
    expect_paths(PATHS("t"), "t/.hidden\nt/B\nt/a/x\nt/a.x\nt/b/10\nt/b/2\nt/\xc3\xa4\n");
    expect_paths(PATHS("t/b/2", "t/b/", "t//a/"), "t/b/2\nt/b/10\nt/b/2\nt//a/x\n");
}

static void test_any_bytes_in_names(void **state)
{
    (void)state;
    put_text("t/new\nline", "");
    put_text("t/\xff\xfe", "");
    put_text("t/-", "");
    put_text("t/\033[31m", "");
    expect_paths(PATHS("t"), "t/\033[31m\nt/-\nt/new\nline\nt/\xff\xfe\n");
}

static void test_keys_are_absolute(void **state)
{
    const struct place *p = *state;
    put_text("t/a/x", "");
    put_text("y", "");
    static const char *const paths[] = {"./t//./a", "y", "t/../y", "/tmp"};
    struct walk *w = open_walk(&(struct walk_options){.paths = paths, .path_count = 3});
    static const char *const keys[] = {"/t/a/x", "/y", "/t/../y"};
    for (size_t i = 0; i < 3; i++) {
        struct walk_entry entry;
        char expected[128];
        assert_int_equal(walk_next(w, &entry), 1);
        (void)snprintf(expected, sizeof expected, "%s%s", p->root, keys[i]);
        assert_string_equal(entry.key, expected);
    }
    walk_free(w);
}

static void test_what_is_no_file_is_said(void **state)
{
    (void)state;
    put_text("t/file", "x");
    put_dir("t/empty");
    assert_int_equal(mkfifo("t/fifo", 0600), 0);
    assert_int_equal(symlink("file", "t/link"), 0);
    assert_int_equal(symlink("..", "t/up"), 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "t/socket"};
    int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(s >= 0);
    assert_int_equal(bind(s, (struct sockaddr *)&address, sizeof address), 0);
    (void)close(s);
    expect_paths(PATHS("t"), "t/fifo | not-regular: FIFO\nt/file\nt/link | not-regular: symbolic link, not followed\n"
                             "t/socket | not-regular: socket\nt/up | not-regular: symbolic link, not followed\n");
    expect_paths(PATHS("t/link", "t/fifo", "/dev/null"),
                 "t/link\nt/fifo | not-regular: FIFO\n/dev/null | not-regular: character device\n");
    assert_int_equal(symlink("t", "tree"), 0);
    assert_int_equal(unlink("t/fifo"), 0);
    expect_paths(PATHS("tree/empty", "tree"), "tree/file\ntree/link | not-regular: symbolic link, not followed\n"
                                              "tree/socket | not-regular: socket\n"
                                              "tree/up | not-regular: symbolic link, not followed\n");
}

static void test_arguments_that_are_not_there(void **state)
{
    (void)state;
    put_text("a", "");
    assert_int_equal(symlink("loop", "loop"), 0);
    expect_paths(PATHS("missing", "a", "", "a/b", "loop"),
                 "missing | unreadable: No such file or directory\na\n | unreadable: No such file or directory\n"
                 "a/b | unreadable: Not a directory\nloop | unreadable: Too many levels of symbolic links\n");
}

static void test_files_that_go_while_walking(void **state)
{
    (void)state;
    put_text("t/1", "");
    put_text("t/2", "");
    put_text("t/3/x", "");
    put_text("t/4", "");
    put_text("t/5/x", "");
    struct walk *w = open_walk(&(struct walk_options){.paths = (const char *const[]){"t"}, .path_count = 1});
    struct walk_entry entry;
    assert_int_equal(walk_next(w, &entry), 1);
    assert_string_equal(entry.path, "t/1");
    assert_true(entry.stamp.racy); /* made a moment ago */
    assert_int_equal(unlink("t/2"), 0);
    assert_int_equal(unlink("t/3/x"), 0);
    assert_int_equal(rmdir("t/3"), 0);
    assert_int_equal(unlink("t/5/x"), 0);
    assert_int_equal(rmdir("t/5"), 0);
    assert_int_equal(symlink("/", "t/5"), 0); /* a folder that became a link leads nowhere */
    struct buf lines = BUF_INIT;
    finish(w, &lines);
    assert_string_equal(buf_cstr(&lines), "t/2 | vanished: No such file or directory\n"
                                          "t/3 | vanished: No such file or directory\nt/4\n"
                                          "t/5 | unreadable: Not a directory\n");
    buf_release(&lines);
}

enum { DEEP = 3000 };

/* d/d/d/…, with a file z in every hundredth: longer than PATH_MAX, and deeper than descriptors go. */
static void make_deep(void)
{
    int at = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int i = 1; i <= DEEP; i++) {
        assert_int_equal(mkdirat(at, "d", 0700), 0);
        int fd = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_true(fd >= 0);
        (void)close(at);
        at = fd;
        if (i % 100 == 0) {
            int file = openat(at, "z", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
            assert_true(file >= 0);
            (void)close(file);
        }
    }
    (void)close(at);
}

static void test_deeper_than_paths_can_be(void **state)
{
    (void)state;
    make_deep();
    struct walk *w = open_walk(&(struct walk_options){.paths = (const char *const[]){"d"}, .path_count = 1});
    struct walk_entry entry;
    for (int i = DEEP; i > 0; i -= 100) { /* the deepest comes first: "d" sorts before "z" */
        assert_int_equal(walk_next(w, &entry), 1);
        check_entry(&entry);
        assert_int_equal(entry.error, RESULT_READ);
        assert_int_equal(entry.path_size, 2 * i + 1);
    }
    assert_int_equal(walk_next(w, &entry), 0);
    walk_free(w);
}

/* "d/d/…", so many levels. */
static void deep_path(char *out, int levels)
{
    for (int i = 0; i < levels; i++)
        memcpy(out + 2 * i, "d/", 3);
    out[2 * levels - 1] = '\0';
}

static void walk_deep_and_move(size_t moves, size_t expected_files, size_t expected_changed)
{
    static const int levels[] = {150, 90};
    static const char *const targets[] = {"elsewhere", "elsewhere2"};
    char path[400];
    make_deep();
    struct walk *w = open_walk(&(struct walk_options){.paths = (const char *const[]){"d"}, .path_count = 1});
    struct walk_entry entry;
    assert_int_equal(walk_next(w, &entry), 1);
    assert_int_equal(entry.path_size, 2 * DEEP + 1);
    for (size_t i = 0; i < moves; i++) {
        deep_path(path, levels[i]);
        assert_int_equal(rename(path, targets[i]), 0);
    }
    size_t files = 1, changed = 0;
    while (walk_next(w, &entry) == 1) {
        files += entry.error == RESULT_READ;
        changed += entry.error == RESULT_CHANGED;
    }
    walk_free(w);
    while (moves-- > 0) {
        deep_path(path, levels[moves]);
        assert_int_equal(rename(targets[moves], path), 0);
    }
    assert_int_equal(files, expected_files);
    assert_int_equal(changed, expected_changed);
}

/* On the way back the folder above is not where it was: it is found by its name. */
static void test_folder_that_moves_while_walking(void **state)
{
    (void)state;
    walk_deep_and_move(1, DEEP / 100, 0);
}

/* The same, and it is found by no name: what was left to do in it is said to be left out. */
static void test_folders_that_move_while_walking(void **state)
{
    (void)state;
    walk_deep_and_move(2, DEEP / 100 - 1, 1);
}

#define NUL_IN_LIST                                                                                                      \
    "list has a NUL byte: expected names of files, one a line; where names end in NUL, give --null; to read a file's own bytes, " \
    "name the file"
static void test_lists(void **state)
{
    (void)state;
    put_text("a", "");
    put_text("b\nb", "");
    put_text("t/x", "");
    put_text("lines", "a\n\nt\nmissing\na");
    put_file("nuls", "a\0b\nb\0t", 7);
    expect(&(struct walk_options){.list = "lines"}, "a\nt/x\nmissing | unreadable: No such file or directory\na\n");
    expect(&(struct walk_options){.list = "nuls", .nul = true}, "a\nb\nb\nt/x\n");
    expect(&(struct walk_options){.paths = (const char *const[]){"t"}, .path_count = 1, .list = "lines"},
           "t/x\na\nt/x\nmissing | unreadable: No such file or directory\na\n");
    /* Names separated by the other byte are a mistake that must show, once. */
    put_file("mixed", "a\nb\0b\nt", 7);
    expect(&(struct walk_options){.list = "nuls"}, "nuls | unreadable: " NUL_IN_LIST "\n");
    expect(&(struct walk_options){.paths = (const char *const[]){"a"}, .path_count = 1, .list = "mixed"},
           "a\na\nmixed | unreadable: " NUL_IN_LIST "\n");
    struct walk *w = NULL;
    struct err e = {0};
    assert_int_equal(walk_open(&(struct walk_options){.list = "no-such-list"}, &w, &e), -ENOENT);
    assert_non_null(strstr(e.text, "'no-such-list'"));
    assert_null(w);
}

static void test_list_without_separators(void **state)
{
    (void)state;
    size_t size = 3 * 1024 * 1024;
    char *long_name = malloc(size);
    assert_non_null(long_name);
    memset(long_name, 'n', size);
    put_file("list", long_name, size);
    free(long_name);
    expect(&(struct walk_options){.list = "list"},
           "list | unreadable: list has a name of more than 1 MiB: are its names separated as said?\n");
}

/* A list that is still being written must not make the caller wait. */
static void test_list_that_is_slow(void **state)
{
    (void)state;
    put_text("a", "");
    put_text("b", "");
    int ends[2], saved = dup(STDIN_FILENO);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    (void)close(ends[0]);
    struct walk *w = open_walk(&(struct walk_options){.paths = (const char *const[]){"-", "a"}, .path_count = 2});
    struct walk_entry entry;
    assert_int_equal(walk_fd(w), -1);
    assert_int_equal(walk_next(w, &entry), -EAGAIN);
    assert_int_equal(walk_fd(w), STDIN_FILENO);
    assert_int_equal(write(ends[1], "b\na", 3), 3);
    assert_int_equal(walk_next(w, &entry), 1);
    assert_string_equal(entry.path, "b");
    assert_int_equal(walk_next(w, &entry), -EAGAIN);
    (void)close(ends[1]);
    assert_int_equal(walk_next(w, &entry), 1);
    assert_string_equal(entry.path, "a");
    assert_int_equal(walk_next(w, &entry), 1); /* the argument after the list */
    assert_string_equal(entry.path, "a");
    assert_int_equal(walk_fd(w), -1);
    assert_int_equal(walk_next(w, &entry), 0);
    walk_free(w);
    assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
    (void)close(saved);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_names_are_sorted_by_bytes),
        TEST(test_any_bytes_in_names),
        TEST(test_keys_are_absolute),
        TEST(test_what_is_no_file_is_said),
        TEST(test_arguments_that_are_not_there),
        TEST(test_files_that_go_while_walking),
        TEST(test_deeper_than_paths_can_be),
        TEST(test_folder_that_moves_while_walking),
        TEST(test_folders_that_move_while_walking),
        TEST(test_lists),
        TEST(test_list_without_separators),
        TEST(test_list_that_is_slow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
