/* SPDX-License-Identifier: MIT */
/* Sparse files of 10 GB as the formats allow them: read in bounded memory, without reading them through. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

#include "e2e.h"

#define GIGABYTE UINT64_C(1000000000)

struct writer {
    int fd;
    uint64_t at;
};

static void put(struct writer *w, const void *data, size_t size)
{
    assert_int_equal(pwrite(w->fd, data, size, (off_t)w->at), (ssize_t)size);
    w->at += size;
}
static void put_number(struct writer *w, uint64_t value, size_t bytes)
{
    unsigned char little[8];
    for (size_t i = 0; i < bytes; i++)
        little[i] = (unsigned char)(value >> (8 * i));
    put(w, little, bytes);
}

static struct writer create(const char *path)
{
    put_text(path, "");
    struct writer w = {open(path, O_WRONLY | O_CLOEXEC), 0};
    assert_true(w.fd >= 0);
    return w;
}

static void finish(struct writer *w, uint64_t size)
{
    assert_int_equal(ftruncate(w->fd, (off_t)size), 0);
    assert_int_equal(close(w->fd), 0);
}

/* EBU Tech 3306: the sizes that do not fit 32 bits are in ds64. 16 bit, 2 channels, 48,000 Hz. */
static void make_rf64(const char *path, uint64_t data_size)
{
    struct writer w = create(path);
    put(&w, "RF64\xff\xff\xff\xffWAVEds64", 16);
    put_number(&w, 28, 4);
    put_number(&w, 72 + data_size, 8);
    put_number(&w, data_size, 8);
    put_number(&w, data_size / 4, 8);
    put_number(&w, 0, 4);
    put(&w, "fmt ", 4);
    put_number(&w, 16, 4);
    put_number(&w, 1, 2);
    put_number(&w, 2, 2);
    put_number(&w, 48000, 4);
    put_number(&w, 192000, 4);
    put_number(&w, 4, 2);
    put_number(&w, 16, 2);
    put(&w, "data\xff\xff\xff\xff", 8);
    finish(&w, w.at + data_size);
}

/* POSIX.1-1988 ustar header with the GNU base-256 size. */
static void put_tar_header(struct writer *w, const char *name, uint64_t size)
{
    unsigned char header[512] = {0};
    unsigned sum = 0;
    memcpy(header, name, strlen(name));
    memcpy(header + 100, "0000644", 8);
    memcpy(header + 108, "0000000", 8);
    memcpy(header + 116, "0000000", 8);
    header[124] = 0x80;
    for (int i = 0; i < 8; i++)
        header[135 - i] = (unsigned char)(size >> (8 * i));
    memcpy(header + 136, "00000000000", 12);
    memset(header + 148, ' ', 8);
    header[156] = '0';
    memcpy(header + 257, "ustar  ", 8);
    for (size_t i = 0; i < sizeof header; i++)
        sum += header[i];
    (void)snprintf((char *)header + 148, 8, "%06o", sum);
    put(w, header, sizeof header);
}

static void make_tar(const char *path, uint64_t size)
{
    struct writer w = create(path);
    put_tar_header(&w, "large.bin", size);
    w.at += (size + 511) / 512 * 512;
    put_tar_header(&w, "small.txt", 5);
    put(&w, "hello", 5);
    finish(&w, (w.at + 511) / 512 * 512 + 1024);
}

/* APPNOTE 4.5.3 (ZIP64 extra field), 4.3.14, 4.3.15. One stored member of `size` zeros. */
static void make_zip64(const char *path, uint64_t size)
{
    static const char name[] = "large.bin";
    struct writer w = create(path);
    put(&w, "PK\x03\x04\x2d\0\0\0\0\0\0\0\x21\0", 14);
    put_number(&w, 0, 4); /* the CRC of nobody's checking */
    put_number(&w, 0xffffffff, 4);
    put_number(&w, 0xffffffff, 4);
    put_number(&w, sizeof name - 1, 2);
    put_number(&w, 20, 2);
    put(&w, name, sizeof name - 1);
    put_number(&w, 1, 2);
    put_number(&w, 16, 2);
    put_number(&w, size, 8);
    put_number(&w, size, 8);
    w.at += size;
    uint64_t directory = w.at;
    put(&w, "PK\x01\x02\x2d\x03\x2d\0\0\0\0\0\0\0\x21\0", 16);
    put_number(&w, 0, 4);
    put_number(&w, 0xffffffff, 4);
    put_number(&w, 0xffffffff, 4);
    put_number(&w, sizeof name - 1, 2);
    put_number(&w, 20, 2);
    put_number(&w, 0, 8); /* comment, disk, internal, half of external attributes */
    put_number(&w, 0, 2);
    put_number(&w, 0, 4);
    put(&w, name, sizeof name - 1);
    put_number(&w, 1, 2);
    put_number(&w, 16, 2);
    put_number(&w, size, 8);
    put_number(&w, size, 8);
    uint64_t end = w.at;
    put(&w, "PK\x06\x06", 4);
    put_number(&w, 44, 8);
    put_number(&w, 0x2d002d, 4);
    put_number(&w, 0, 8);
    put_number(&w, 1, 8);
    put_number(&w, 1, 8);
    put_number(&w, end - directory, 8);
    put_number(&w, directory, 8);
    put(&w, "PK\x06\x07\0\0\0\0", 8);
    put_number(&w, end, 8);
    put_number(&w, 1, 4);
    put(&w, "PK\x05\x06\0\0\0\0\xff\xff\xff\xff", 12);
    put_number(&w, 0xffffffff, 4);
    put_number(&w, 0xffffffff, 4);
    put_number(&w, 0, 2);
    finish(&w, w.at);
}

static struct outcome extract(const struct user *u, const char *name)
{
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", name, NULL);
    assert_one_object(&o);
    return o;
}

static void test_rf64(void **state)
{
    struct user *u = *state;
    make_rf64(user_path(u, "files/big.wav"), 10 * GIGABYTE);
    struct outcome o = extract(u, "big.wav");
    assert_json(o.out, "plugins/sndfile/status", "\"ok\"");
    assert_json(o.out, "plugins/sndfile/fields/frames", "2500000000");
    assert_status(&o, 0);
    outcome_release(&o);
}

static void test_tar(void **state)
{
    struct user *u = *state;
    make_tar(user_path(u, "files/big.tar"), 10 * GIGABYTE);
    struct outcome o = extract(u, "big.tar");
    assert_json(o.out, "plugins/tar/status", "\"ok\"");
    assert_has(o.out, "large.bin");
    assert_has(o.out, "small.txt");
    assert_json(o.out, "streams/0/size", "10000000000");
    assert_status(&o, 0);
    outcome_release(&o);
}

static void test_zip64(void **state)
{
    struct user *u = *state;
    make_zip64(user_path(u, "files/big.zip"), 10 * GIGABYTE);
    struct outcome o = extract(u, "big.zip");
    assert_json(o.out, "plugins/zip/status", "\"ok\"");
    assert_has(o.out, "large.bin");
    assert_has(o.out, "10000000000");
    outcome_release(&o);
}

/* Does this process have so many children now? */
static bool has_children(pid_t pid, int wanted)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    FILE *f = fopen(path, "r");
    int count = 0, child;
    while (f && fscanf(f, "%d", &child) == 1)
        count++;
    if (f)
        (void)fclose(f);
    return count >= wanted;
}

/* Reading 10 GB through takes its time: Ctrl-C ends it at once, and tells that it is not all. */
static void test_hashes_can_be_interrupted(void **state)
{
    struct user *u = *state;
    const struct timespec pause = {0, 10000000};
    struct writer w = create(user_path(u, "files/big.bin"));
    finish(&w, 10 * GIGABYTE);
    const char *arguments[] = {"extract", "--format", "ndjson", "--only", "hashes", "big.bin", NULL};
    struct running r = start_adit(u, arguments);
    for (int i = 0; i < 6000 && !has_children(r.pid, 2); i++) /* a zygote and a worker */
        assert_int_equal(nanosleep(&pause, NULL), 0);
    assert_int_equal(kill(r.pid, SIGINT), 0);
    struct outcome o = finish_adit(&r);
    if (o.signal != SIGINT && o.status != 1 && o.status != 130)
        fail_msg("not interrupted: status %d\nout: %s\nerr: %s", o.status, o.out, o.err);
    bool valid;
    (void)json_lines(o.out, o.out_size, &valid);
    assert_true(valid);
    assert_null(strstr(o.out, "sha256"));
    outcome_release(&o);
}

/* Host and all that it started: the largest of them stays far below the size of the file. */
static void test_memory(void **state)
{
    struct user *u = *state;
    struct rusage usage;
    make_tar(user_path(u, "files/big.tar"), 10 * GIGABYTE);
    struct outcome o = extract(u, "big.tar");
    assert_int_equal(getrusage(RUSAGE_CHILDREN, &usage), 0);
#ifndef ADIT_SANITIZED
    assert_true(usage.ru_maxrss < 40 * 1024);
#endif
    outcome_release(&o);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, user_setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_rf64), TEST(test_tar), TEST(test_zip64), TEST(test_hashes_can_be_interrupted), TEST(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
