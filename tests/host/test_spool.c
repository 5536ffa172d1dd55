/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "spool.h"
#include "tarball.h"

static struct spool *make(void)
{
    struct spool *s = NULL;
    struct err e = {0};
    int folder = open("/tmp", O_RDONLY | O_DIRECTORY);
    assert_true(folder >= 0);
    assert_int_equal(spool_open(folder, &s, &e), 0);
    (void)close(folder);
    return s;
}

static void add(struct spool *s, uint32_t plugin, const char *folder, const char *name, size_t size)
{
    struct err e = {0};
    char *data = malloc(size + 1);
    assert_non_null(data);
    memset(data, 'x', size);
    assert_int_equal(spool_begin(s, plugin, folder, strlen(folder), name, strlen(name), "the/source", 10, &e), 0);
    for (size_t done = 0; done < size; done += 10000)
        assert_int_equal(spool_write(s, data + done, size - done < 10000 ? size - done : 10000, &e), 0);
    assert_int_equal(spool_commit(s, &e), 0);
    free(data);
}

/* All members, read back: "name size\n". */
static char *members(struct spool *s)
{
    struct buf text = BUF_INIT, name = BUF_INIT;
    struct err e = {0};
    uint64_t offset, size, data;
    uint32_t files, seen = 0, counted = 0;
    assert_int_equal(spool_finish(s, &e), 0);
    for (size_t i = 0; spool_sample(s, i, &offset, &size, &files); i++) {
        uint8_t block[TARBALL_BLOCK];
        char type;
        counted += files;
        for (uint64_t at = offset; at < offset + size; at += TARBALL_BLOCK + tarball_padded(data)) {
            assert_int_equal(spool_read(s, at, block, sizeof block, &e), 0);
            assert_int_equal(tarball_read(block, &data, &type), 0);
            if (type == 'x') {
                char extended[1024];
                assert_int_equal(spool_read(s, at + TARBALL_BLOCK, extended, (size_t)data, &e), 0);
                tarball_extended_name(extended, (size_t)data, &name);
                continue;
            }
            if (name.size == 0)
                tarball_name(block, &name);
            buf_addf(&text, "%s %llu\n", buf_cstr(&name), (unsigned long long)data);
            buf_reset(&name);
            seen++;
        }
    }
    assert_int_equal(seen, counted);
    buf_release(&name);
    (void)buf_cstr(&text);
    return text.data;
}

static void expect(struct spool *s, const char *expected)
{
    char *found = members(s);
    assert_string_equal(found, expected);
    free(found);
    spool_free(s);
}

static void test_samples(void **state)
{
    struct spool *s = make();
    (void)state;
    add(s, 1, "a.wav/slices", "1.flac", 300000);
    add(s, 1, "a.wav/slices", "1.json", 5);
    add(s, 1, "a.wav/slices", "2.flac", 512);
    add(s, 1, "a.wav/slices", "cover.front.jpg", 0);
    add(s, 1, "a.wav/slices", "../up/none", 1);
    add(s, 1, "a.wav/slices", "1.flac", 2);
    expect(s, "a.wav/slices/1.flac 300000\na.wav/slices/1.json 5\na.wav/slices/2.flac 512\na.wav/slices/2.json 22\n"
              "a.wav/slices/cover_front.jpg 0\na.wav/slices/cover_front.json 22\na.wav/slices/__/up/none.bin 1\n"
              "a.wav/slices/__/up/none.json 22\na.wav/slices/1~2.flac 2\na.wav/slices/1~2.json 22\n");
}

static void test_long_names(void **state)
{
    struct spool *s = make();
    char folder[300], expected[1200], one[101];
    (void)state;
    memset(folder, 'd', sizeof folder);
    folder[120] = '/'; /* fits a prefix */
    folder[140] = '\0';
    memset(one, 'n', 100);
    one[100] = '\0';
    add(s, 1, folder, "x.json", 1);
    folder[140] = 'd';
    folder[290] = '\0'; /* fits none */
    add(s, 1, folder, "y.json", 2);
    char short_folder[300];
    (void)snprintf(short_folder, sizeof short_folder, "%.140s", folder);
    (void)snprintf(expected, sizeof expected, "%s/x.json 1\n%s/y.json 2\n", short_folder, folder);
    expect(s, expected);
}

static void test_forget_and_abort(void **state)
{
    struct spool *s = make();
    struct err e = {0};
    (void)state;
    add(s, 1, "f/p", "1.txt", 700);
    add(s, 2, "f/q", "1.txt", 10);
    add(s, 2, "f/q", "2.txt", 20);
    assert_int_equal(spool_begin(s, 2, "f/q", 3, "3.txt", 5, "f", 1, &e), 0);
    spool_abort(s);
    spool_forget(s, 2);
    add(s, 2, "f/q", "1.txt", 11);
    expect(s, "f/p/1.txt 700\nf/p/1.json 22\nf/q/1.txt 11\nf/q/1.json 22\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_forget_and_abort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
