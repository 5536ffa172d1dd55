/* SPDX-License-Identifier: MIT */
/* adit detect, called as main calls it: formats, lists, folders, what is no regular file, what cannot be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"

static char top[256];
static char output[65536], errors[65536];

static void write_file(const char *name, const void *data, size_t size)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", top, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

#define WRITE(name, text) write_file(name, text, sizeof(text) - 1)

static int setup(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(top, sizeof top, "%s/adit-detect-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
    if (!mkdtemp(top) || chdir(top) != 0 || mkdir("conf", 0755) != 0 || mkdir("tree", 0755) != 0 || mkdir("tree/in", 0755) != 0)
        return -1;
    WRITE("conf/t.conf", "[plugin]\nname = t\nversion = 1.0.0\nkind = types\nsummary = Test\n"
                         "[type gif]\nmedia = image/gif\nmagic = 0 \"GIF8\"\nglob = *.gif\n"
                         "[type small]\nmedia = image/x-small-gif\nparent = image/gif\nglob = *.small\n"
                         "[type foot]\nmedia = x/foot\nmagic = -4 \"FOOT\"\n");
    WRITE("a.gif", "GIF89a\1\0");
    WRITE("a.small", "GIF89a\1\0");
    WRITE("longer-name", "words\n");
    WRITE("empty", "");
    WRITE("tree/b", "GIF89a\1\0");
    WRITE("tree/in/c", "words\n");
    WRITE("new\nline", "words\n");
    WRITE("bad\xffname", "words\n");
    char big[10000] = {0};
    memcpy(big + sizeof big - 4, "FOOT", 4);
    write_file("big", big, sizeof big);
    return mkfifo("fifo", 0600) == 0 && symlink("a.gif", "link") == 0 && symlink("nowhere", "dangling") == 0 &&
                   symlink("in/c", "tree/link") == 0
               ? 0
               : -1;
}

static int teardown(void **state)
{
    (void)state;
    char command[512];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", top);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static int swap(int fd, const char *name, int flags)
{
    int kept = dup(fd), to = open(name, flags, 0600);
    assert_true(kept >= 0 && to >= 0);
    assert_true(dup2(to, fd) == fd);
    (void)close(to);
    return kept;
}

static void swap_back(int fd, int kept)
{
    assert_true(dup2(kept, fd) == fd);
    (void)close(kept);
}

static void slurp(const char *name, char *out, size_t size)
{
    int fd = open(name, O_RDONLY);
    ssize_t n = read(fd, out, size - 1);
    assert_true(n >= 0);
    out[n] = '\0';
    (void)close(fd);
}

/* Runs "detect --no-default-conf --conf-dir conf --cache-dir cache ARG…" with `input` on standard input. */
static int run(const char *input, const char *const *args)
{
    char *argv[32] = {"detect", "--no-default-conf", "--conf-dir", "conf", "--cache-dir", "cache"};
    int argc = 6;
    for (; *args; args++)
        argv[argc++] = (char *)*args;
    WRITE("stdin", "");
    FILE *f = fopen("stdin", "wb");
    assert_non_null(f);
    (void)fputs(input, f);
    (void)fclose(f);
    (void)fflush(stdout);
    int in = swap(STDIN_FILENO, "stdin", O_RDONLY), out = swap(STDOUT_FILENO, "out", O_RDWR | O_CREAT | O_TRUNC);
    int err = swap(STDERR_FILENO, "err", O_RDWR | O_CREAT | O_TRUNC);
    optind = 0;
    int status = cmd_detect(argc, argv);
    (void)fflush(stdout);
    swap_back(STDIN_FILENO, in);
    swap_back(STDOUT_FILENO, out);
    swap_back(STDERR_FILENO, err);
    slurp("out", output, sizeof output);
    slurp("err", errors, sizeof errors);
    return status;
}

#define RUN(input, ...) run(input, (const char *const[]){__VA_ARGS__, NULL})

static void test_text(void **state)
{
    (void)state;
    assert_int_equal(RUN("", "a.gif", "longer-name", "empty", "big"), EXIT_DONE);
    assert_string_equal(output, "a.gif:       image/gif\n"
                                "longer-name: text/plain\n"
                                "empty:       application/x-empty\n"
                                "big:         x/foot\n");
    assert_string_equal(errors, "");
    assert_int_equal(RUN("", "--brief", "a.gif"), EXIT_DONE);
    assert_string_equal(output, "image/gif\n");
    assert_int_equal(RUN("", "--format", "mime", "a.gif", "longer-name"), EXIT_DONE);
    assert_string_equal(output, "a.gif: image/gif\nlonger-name: text/plain\n");
}

static void test_names_are_made_visible(void **state)
{
    (void)state;
    assert_int_equal(RUN("", "-f", "mime", "new\nline", "bad\xffname"), EXIT_DONE);
    assert_string_equal(output, "new\\nline: text/plain\nbad\\xffname: text/plain\n");
    assert_int_equal(RUN("", "-f", "ndjson", "bad\xffname"), EXIT_DONE);
    assert_non_null(strstr(output, "\"path_base64\":\"YmFk/25hbWU=\""));
}

static void test_json(void **state)
{
    (void)state;
    assert_int_equal(RUN("", "-f", "json", "a.gif", "empty"), EXIT_DONE);
    assert_string_equal(output, "[\n{\"path\":\"a.gif\",\"type\":\"image/gif\",\"is\":[\"image/gif\"],\"by\":\"magic and name\",\"plugin\":\"t\",\"line\":8,"
                                "\"priority\":50},\n{\"path\":\"empty\",\"type\":\"application/x-empty\",\"is\":[\"application/x-empty\"],"
                                "\"by\":\"size\"}\n]\n");
    assert_int_equal(RUN("", "-f", "ndjson", "nosuch", "a.gif"), EXIT_SOME_FAILED);
    assert_non_null(strstr(output, "{\"path\":\"nosuch\",\"error\":\"No such file or directory\"}\n{\"path\":\"a.gif\""));
}

static void test_kinds(void **state)
{
    (void)state;
    assert_int_equal(RUN("", "-f", "ndjson", "a.small", "fifo"), EXIT_DONE);
    assert_non_null(strstr(output, "\"type\":\"image/x-small-gif\",\"is\":[\"image/x-small-gif\",\"image/gif\"],\"by\""));
    assert_non_null(strstr(output, "\"type\":\"inode/fifo\",\"is\":[\"inode/fifo\"],\"by\":\"file system\""));
    assert_int_equal(RUN("", "--all", "a.small", "empty", "fifo"), EXIT_DONE);
    assert_string_equal(output, "a.small: image/x-small-gif, image/gif\nempty:   application/x-empty\nfifo:    inode/fifo\n");
    assert_int_equal(RUN("", "-f", "mime", "-ab", "a.small"), EXIT_DONE);
    assert_string_equal(output, "image/x-small-gif, image/gif\n");
    assert_int_equal(RUN("", "-f", "mime", "a.small"), EXIT_DONE);
    assert_string_equal(output, "a.small: image/x-small-gif\n");
}

static void test_not_regular(void **state)
{
    (void)state;
    assert_int_equal(RUN("", "-f", "mime", "fifo", "tree", "link", "/dev/null"), EXIT_DONE);
    assert_string_equal(output, "fifo: inode/fifo\ntree: inode/directory\nlink: image/gif\n/dev/null: inode/chardevice\n");
}

static void test_failures(void **state)
{
    (void)state;
    assert_int_equal(RUN("", "-f", "mime", "nosuch", "dangling", "a.gif"), EXIT_SOME_FAILED);
    assert_string_equal(output, "a.gif: image/gif\n");
    assert_non_null(strstr(errors, "adit detect: nosuch: No such file or directory\n"));
    assert_non_null(strstr(errors, "adit detect: dangling: "));
    assert_int_equal(RUN("", "--format", "wrong", "a.gif"), EXIT_USAGE);
    assert_non_null(strstr(errors, "expected text, mime, json or ndjson, found 'wrong'"));
    assert_int_equal(RUN("", "--wrong"), EXIT_USAGE);
    assert_int_equal(RUN("", "--brief"), EXIT_USAGE);
    assert_int_equal(RUN("", "--help"), EXIT_DONE);
    assert_non_null(strstr(output, "Usage: adit detect"));
}

static void test_lists(void **state)
{
    (void)state;
    assert_int_equal(RUN("a.gif\nempty\n", "-f", "mime", "-"), EXIT_DONE);
    assert_string_equal(output, "a.gif: image/gif\nempty: application/x-empty\n");
    write_file("list", "new\nline\0a.gif", 14);
    assert_int_equal(RUN("", "-0", "-f", "mime", "--files-from", "list"), EXIT_DONE);
    assert_string_equal(output, "new\\nline: text/plain\na.gif: image/gif\n");
    assert_int_equal(RUN("", "--files-from", "nosuch"), EXIT_SOME_FAILED);
    assert_non_null(strstr(errors, "nosuch"));
}

static void test_trees(void **state)
{
    (void)state;
    assert_int_equal(RUN("", "-r", "-f", "mime", "tree", "a.gif"), EXIT_DONE);
    assert_string_equal(output, "tree/b: image/gif\ntree/in/c: text/plain\ntree/link: inode/symlink\na.gif: image/gif\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),        cmocka_unit_test(test_names_are_made_visible),
        cmocka_unit_test(test_json),        cmocka_unit_test(test_not_regular),
        cmocka_unit_test(test_failures),    cmocka_unit_test(test_lists),
        cmocka_unit_test(test_trees),       cmocka_unit_test(test_kinds),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
