/* SPDX-License-Identifier: MIT */
/* Magics beyond the head: what they find, and that nothing is read for their sake where they cannot decide. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "detect_read.h"

enum { SIZE = 128 * 1024, MAX_READS = 16 };

/* Every pread of this program is noted. */
static struct { uint64_t at; size_t size; } reads[MAX_READS];
static size_t read_count;
static bool failing; /* reads beyond the head fail */

ssize_t pread(int fd, void *to, size_t size, off_t at)
{
    if (read_count < MAX_READS) {
        reads[read_count].at = (uint64_t)at;
        reads[read_count].size = size;
    }
    read_count++;
    if (failing && at > 0) {
        errno = EIO;
        return -1;
    }
    return syscall(SYS_pread64, fd, to, size, at);
}

static const char TYPES[] = "[type disc]\nmedia = x/disc\nmagic = 32769 \"CD001\"\nglob = *.disc\npriority = 45\n"
                            "[type rom]\nmedia = x/rom\nmagic = 32752 \"TMR\" & 32768 hex:40/f0\n"
                            "[type fs]\nmedia = x/fs\nmagic = 65600 \"_FS\"\n"
                            "[type both]\nmedia = x/both\nmagic = 0 \"\\x01\\x02\" & 65700 \"AT END\"\npriority = 70\n"
                            "[type strong]\nmedia = x/strong\nmagic = 0 \"\\xffSTRONG\"\n"
                            "[type weak]\nmedia = x/weak\nmagic = 0 \"\\xffWEAK\"\npriority = 30\n"
                            "[type foot]\nmedia = x/foot\nmagic = -4 \"FOOT\"\npriority = 48\n"
                            "[type named]\nmedia = x/named\nglob = *.named\n"
                            "[type across]\nmedia = x/across\nmagic = 4094 \"ACROSS\"\n";

struct fixture {
    struct arena arena;
    struct findings findings;
    struct conf conf;
    struct detect *d;
    unsigned char *bytes; /* SIZE zeros, to begin with */
    int fd;               /* with the same in it, after 100 other bytes */
};

static void compile(struct fixture *f, const char *types)
{
    static char text[8192];
    const struct conf *list[] = {&f->conf};
    int n = snprintf(text, sizeof text, "[plugin]\nname = t\nversion = 1.0.0\nkind = types\nsummary = Test\n%s", types);
    assert_int_equal(conf_parse("t", text, (size_t)n, &f->arena, &f->conf, &f->findings), 0);
    f->d = detect_compile(list, 1, &f->findings);
    assert_non_null(f->d);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    f->bytes = calloc(1, SIZE);
    f->fd = memfd_create("file", MFD_CLOEXEC);
    if (!f->bytes || f->fd < 0)
        return -1;
    compile(f, TYPES);
    failing = false;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    detect_free(f->d);
    findings_release(&f->findings);
    arena_release(&f->arena);
    free(f->bytes);
    (void)close(f->fd);
    free(f);
    return 0;
}

/* The type as read from the file, which is the one in memory too; `reads` says what was read. */
static const char *type_of(struct fixture *f, const char *name, size_t size)
{
    struct detect_result r, same;
    assert_int_equal(ftruncate(f->fd, 0), 0);
    assert_int_equal(pwrite(f->fd, f->bytes, size, 100), (ssize_t)size);
    read_count = 0;
    assert_int_equal(detect_fd(f->d, f->fd, 100, size, name, strlen(name), &r), 0);
    unsigned char *copy = malloc(size);
    assert_non_null(copy);
    memcpy(copy, f->bytes, size);
    detect_memory(f->d, copy, size, name, strlen(name), &same);
    free(copy);
    assert_ptr_equal(r.media, same.media);
    assert_int_equal(r.by, same.by);
    return r.media;
}

static void put(struct fixture *f, size_t at, const char *text)
{
    memcpy(f->bytes + at, text, strlen(text));
}

static void test_marks_are_found(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(type_of(f, "", SIZE), "application/octet-stream");
    put(f, 32769, "CD001");
    assert_string_equal(type_of(f, "", SIZE), "x/disc");
    assert_string_equal(type_of(f, "", 32774), "x/disc"); /* to its last byte */
    assert_string_equal(type_of(f, "", 32773), "application/octet-stream");
    memset(f->bytes, 0, SIZE);
    put(f, 65600, "_FS");
    assert_string_equal(type_of(f, "", SIZE), "x/fs");
    assert_int_equal(read_count, 5); /* head, tail, and the blocks from 4,094, 32,752 and 65,600 */
    assert_int_equal(reads[3].at, 100 + 32752);
    assert_int_equal(reads[3].size, DETECT_FAR);
    assert_int_equal(reads[4].at, 100 + 65600);
    put(f, 32752, "TMR");
    assert_string_equal(type_of(f, "", SIZE), "x/fs"); /* the rom's other part is not there */
    put(f, 32768, "\x4c");
    assert_string_equal(type_of(f, "", SIZE), "x/rom"); /* the first block that decides */
    assert_int_equal(read_count, 4);
    memset(f->bytes, 0, SIZE);
    put(f, 65700, "AT END");
    assert_string_equal(type_of(f, "", SIZE), "application/octet-stream");
    put(f, 0, "\1\2");
    assert_string_equal(type_of(f, "", SIZE), "x/both");
    memset(f->bytes, 0, SIZE);
    put(f, 4094, "ACROSS"); /* partly in the head */
    assert_string_equal(type_of(f, "", SIZE), "x/across");
}

/* What decides already spares the reading. */
static void test_nothing_is_read_in_vain(void **state)
{
    struct fixture *f = *state;
    put(f, 32769, "CD001");
    put(f, 0, "\xffSTRONG");
    assert_string_equal(type_of(f, "", SIZE), "x/strong");
    assert_int_equal(read_count, 1);
    assert_string_equal(type_of(f, "a.disc", SIZE), "x/strong");
    assert_int_equal(read_count, 1);
    memset(f->bytes, 't', 20000); /* text, though not all of it */
    assert_string_equal(type_of(f, "", SIZE), "text/plain");
    assert_int_equal(read_count, 1);
    memset(f->bytes, 0, 20000);
    assert_string_equal(type_of(f, "", 4000), "application/octet-stream");
    assert_int_equal(read_count, 1);
    assert_string_equal(type_of(f, "", 32752), "application/octet-stream");
    assert_int_equal(read_count, 3); /* head, tail, and the block from 4,094 */
    put(f, SIZE - 4, "FOOT"); /* of higher priority than a disc, lower than the others */
    put(f, 0, "\xff");
    assert_string_equal(type_of(f, "", SIZE), "x/foot");
}

static void test_names(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(type_of(f, "a.disc", SIZE), "x/disc"); /* its magic is weak, so its name is believed */
    assert_string_equal(type_of(f, "a.named", SIZE), "x/named");
    put(f, 32769, "CD001");
    struct detect_result r;
    detect_memory(f->d, f->bytes, SIZE, "a.disc", 6, &r);
    assert_int_equal(r.by, DETECT_BY_MAGIC_AND_GLOB);
    assert_string_equal(type_of(f, "a.named", SIZE), "x/named"); /* a weak magic does not contradict a name */
    put(f, 0, "\xffWEAK");
    assert_string_equal(type_of(f, "", SIZE), "x/disc");
    detect_memory(f->d, f->bytes, SIZE, "", 0, &r);
    assert_int_equal(r.priority, 45);
    put(f, 32752, "TMR");
    put(f, 32768, "\x41");
    detect_memory(f->d, f->bytes, SIZE, "", 0, &r);
    assert_string_equal(r.media, "x/rom");
    assert_int_equal(r.priority, 49); /* not 50: never strong */
}

static void test_short_and_unreadable(void **state)
{
    struct fixture *f = *state;
    struct detect_result r;
    put(f, 32769, "CD001");
    assert_string_equal(type_of(f, "", SIZE), "x/disc");
    assert_int_equal(ftruncate(f->fd, 100 + 32771), 0); /* cut since its size was asked for */
    assert_int_equal(detect_fd(f->d, f->fd, 100, SIZE, "", 0, &r), 0);
    assert_string_equal(r.media, "application/octet-stream");
    assert_int_equal(ftruncate(f->fd, 200), 0);
    assert_int_equal(detect_fd(f->d, f->fd, 100, SIZE, "", 0, &r), 0);
    assert_string_equal(r.media, "application/octet-stream");
    assert_int_equal(ftruncate(f->fd, 100), 0);
    assert_int_equal(detect_fd(f->d, f->fd, 100, SIZE, "", 0, &r), 0);
    assert_string_equal(r.media, "application/x-empty");
    assert_int_equal(detect_fd(f->d, -1, 0, SIZE, "", 0, &r), -EBADF);
    assert_string_equal(type_of(f, "", SIZE), "x/disc");
    f->d = (detect_free(f->d), NULL);
    compile(f, "[type disc]\nmedia = x/disc\nmagic = 32769 \"CD001\"\n"); /* without a tail */
    failing = true;
    assert_int_equal(detect_fd(f->d, f->fd, 0, SIZE, "", 0, &r), -EIO);
}

/* Four blocks are read at most: whose pattern lies in none is told so, and takes nothing from the others. */
static void test_too_many_blocks(void **state)
{
    struct fixture *f = *state;
    detect_free(f->d);
    compile(f, "[type a]\nmedia = x/a\nmagic = 10000 \"a\\x01\"\nmagic = 14094 \"b\\x01\"\n[type c]\nmedia = x/c\nmagic = 14095 \"c\\x01\"\n"
               "[type d]\nmedia = x/d\nmagic = 50000 \"d\\x01\"\n[type e]\nmedia = x/e\nmagic = 120000 \"e\\x01\"\n"
               "[type f]\nmedia = x/f\nmagic = 130000 \"f\\x01\"\n");
    assert_int_equal(f->findings.count, 1);
    assert_string_equal(f->findings.items[0].rule, "type.magic.reach");
    assert_non_null(strstr(f->findings.items[0].message, "130000"));
    assert_non_null(strstr(f->findings.items[0].message, "10000, 14095, 50000 and 120000"));
    static const struct { size_t at; const char *text, *media; } marks[] = {
        {120000, "e\1", "x/e"}, {50000, "d\1", "x/d"}, {14095, "c\1", "x/c"}, {14094, "b\1", "x/a"},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        memset(f->bytes, 0, SIZE);
        put(f, 130000, "f\1");
        put(f, marks[i].at, marks[i].text);
        assert_string_equal(type_of(f, "", SIZE), marks[i].media);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_marks_are_found, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_is_read_in_vain, setup, teardown),
        cmocka_unit_test_setup_teardown(test_names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_short_and_unreadable, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_many_blocks, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
