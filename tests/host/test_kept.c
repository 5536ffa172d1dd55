/* SPDX-License-Identifier: MIT */
/* What plugins keep between runs: it comes back as it was, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "kept.h"
#include "run_program.h"

static char folder[300];
static unsigned char key[KEPT_KEY] = {1, 2, 3}, other_key[KEPT_KEY] = {1, 2, 4};

static int setup(void **state)
{
    if (user_setup(state) != 0)
        return -1;
    (void)snprintf(folder, sizeof folder, "%s", user_path(*state, "kept"));
    return 0;
}

static int memory_of(const void *bytes, size_t size)
{
    int fd = memfd_create("kept", MFD_CLOEXEC);
    assert_true(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
    assert_int_equal(ftruncate(fd, (off_t)size + 4096), 0); /* what lies behind is not kept */
    return fd;
}

static void save(const unsigned char k[KEPT_KEY], const void *bytes, size_t size)
{
    int fd = memory_of(bytes, size);
    assert_int_equal(kept_save(folder, k, fd, size), 0);
    (void)close(fd);
}

static void expect(const unsigned char k[KEPT_KEY], const void *bytes, size_t size)
{
    uint64_t found = 0;
    int fd = kept_open(folder, k, &found);
    char *content = malloc(size + 1);
    assert_true(fd >= 0 && content);
    assert_int_equal(found, size);
    assert_int_equal(pread(fd, content, size + 1, KEPT_HEAD), (ssize_t)size);
    assert_memory_equal(content, bytes, size);
    free(content);
    (void)close(fd);
}

static void expect_none(const unsigned char k[KEPT_KEY])
{
    uint64_t size;
    assert_int_equal(kept_open(folder, k, &size), -ENOENT);
}

static const char *file_of(const unsigned char k[KEPT_KEY])
{
    static char path[500];
    size_t n = (size_t)snprintf(path, sizeof path, "%s/", folder);
    for (int i = 0; i < KEPT_KEY; i++)
        n += (size_t)snprintf(path + n, sizeof path - n, "%02x", k[i]);
    return path;
}

static void test_comes_back(void **state)
{
    const size_t size = 3 * 1024 * 1024 + 17;
    unsigned char *large = malloc(size);
    (void)state;
    assert_non_null(large);
    for (size_t i = 0; i < size; i++)
        large[i] = (unsigned char)(i * 2654435761u >> 9);
    expect_none(key); /* not even a folder */
    save(key, large, size);
    save(other_key, "small", 5);
    expect(key, large, size);
    expect(other_key, "small", 5);
    save(key, "new", 3);
    expect(key, "new", 3);
    free(large);
}

/* Every byte of a small one, each bit; and every length. */
static void test_damage_is_seen(void **state)
{
    (void)state;
    save(key, "content", 7);
    size_t size;
    char *good = get_file(file_of(key), &size);
    assert_int_equal(size, KEPT_HEAD + 7);
    for (size_t at = 0; at < size; at += at == 47 ? KEPT_HEAD - 47 : 1) { /* what lies between head and content means nothing */
        for (int bit = 0; bit < 8; bit++) {
            good[at] = (char)(good[at] ^ 1 << bit);
            put_file(file_of(key), good, size);
            assert_int_equal(chmod(file_of(key), 0600), 0);
            expect_none(key);
            assert_int_not_equal(access(file_of(key), F_OK), 0); /* it is gone */
            good[at] = (char)(good[at] ^ 1 << bit);
        }
    }
    for (size_t n = 0; n < size; n += n < 60 || n > KEPT_HEAD - 4 ? 1 : 500) {
        put_file(file_of(key), good, n);
        expect_none(key);
    }
    put_file(file_of(other_key), good, size); /* another's name */
    assert_int_equal(chmod(file_of(other_key), 0600), 0);
    expect_none(other_key);
    put_file(file_of(key), good, size);
    assert_int_equal(chmod(file_of(key), 0622), 0); /* others may write it */
    expect_none(key);
    free(good);
}

static void test_no_links_and_no_foreign_folder(void **state)
{
    (void)state;
    save(key, "content", 7);
    char target[600];
    (void)snprintf(target, sizeof target, "%s.away", file_of(key));
    assert_int_equal(rename(file_of(key), target), 0);
    assert_int_equal(symlink(target, file_of(key)), 0);
    expect_none(key);
    assert_int_equal(chmod(folder, 0777), 0);
    int fd = memory_of("x", 1);
    assert_int_equal(kept_save(folder, other_key, fd, 1), -EPERM);
    assert_int_equal(kept_save("/proc/nowhere/kept", other_key, fd, 1), -ENOENT);
    assert_int_equal(kept_save(folder, other_key, fd, KEPT_MOST + 1), -EFBIG);
    (void)close(fd);
}

static void set_use(const unsigned char k[KEPT_KEY], time_t when)
{
    const struct timespec times[2] = {{.tv_sec = when}, {.tv_sec = when}};
    assert_int_equal(utimensat(AT_FDCWD, file_of(k), times, 0), 0);
}

static int prune(int64_t before, uint64_t most, struct prune *p)
{
    *p = (struct prune){.before = before, .most = most};
    return kept_prune(folder, p);
}

static void test_pruning(void **state)
{
    struct prune p;
    char text[500];
    (void)state;
    assert_int_equal(prune(0, 0, &p), 0); /* there is nothing */
    assert_int_equal(p.gone, 0);
    save(key, "old", 3);
    save(other_key, "new", 3);
    set_use(key, 1000);
    (void)snprintf(text, sizeof text, "%s/new-ABCDEF", folder);
    put_text(text, "half written");
    (void)snprintf(text, sizeof text, "%s/not-ours", folder);
    put_text(text, "left alone");
    assert_int_equal(prune(500, UINT64_MAX, &p), 0);
    assert_int_equal(p.gone, 0);
    assert_int_equal(p.files, 2);
    assert_int_equal(p.bytes, 2 * (KEPT_HEAD + 3));
    assert_int_equal(prune(0, KEPT_HEAD + 3, &p), 0); /* room for one */
    assert_int_equal(p.gone, 1);
    expect_none(key);
    expect(other_key, "new", 3); /* which is its use now */
    assert_int_equal(prune(time(NULL) - 100, UINT64_MAX, &p), 0);
    assert_int_equal(p.gone, 0);
    set_use(other_key, time(NULL) - 200);
    assert_int_equal(prune(time(NULL) - 100, UINT64_MAX, &p), 0);
    assert_int_equal(p.gone, 1);
    assert_int_equal(p.files, 0);
    assert_int_equal(access(text, F_OK), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_comes_back), TEST(test_damage_is_seen), TEST(test_no_links_and_no_foreign_folder), TEST(test_pruning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
