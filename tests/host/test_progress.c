/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "progress.h"

static void expect(const struct progress_state *state, double seconds, size_t columns, const char *expected)
{
    struct buf b = BUF_INIT;
    progress_line(&b, state, seconds, columns);
    assert_string_equal(b.data, expected);
    buf_release(&b);
}

static void test_lines(void **state)
{
    (void)state;
    expect(&(struct progress_state){.files = 1, .bytes = 1023}, 0, 80, "1 file, 1023 B");
    expect(&(struct progress_state){.files = 500, .bytes = 1536, .hits = 3, .failures = 2}, 10, 80,
           "500 files, 1.5 KiB, 50/s, 3 cached, 2 failed");
    expect(&(struct progress_state){.files = 1, .total = 4, .bytes = UINT64_C(20) << 30}, 0, 80,
           "1/4 (25 %) file, 20 GiB");
    expect(&(struct progress_state){.bytes = UINT64_MAX, .job_done = 512, .job_total = 1024}, 0, 80,
           "0 files, 16 EiB, this one 512 of 1024, 50 %");
    expect(&(struct progress_state){.job_done = 2048}, 0, 80, "0 files, 0 B, this one 2.0 KiB");
    expect(&(struct progress_state){.job_done = 9, .job_total = 3}, 0, 80, "0 files, 0 B, this one 9 of 3, 100 %");
    expect(&(struct progress_state){.job_done = 120, .job_total = 36000}, 0, 80, "0 files, 0 B, this one 120 of 36000, 0 %");
    expect(&(struct progress_state){.path = "a/b\n", .path_size = 4}, 0, 80, "0 files, 0 B: a/b\\n");
}

static void test_lines_fit(void **state)
{
    (void)state;
    static const char path[] = "folder/\xe4\xb8\xad\xe4\xb8\xad/file with a long name.png";
    struct progress_state s = {.path = path, .path_size = sizeof path - 1};
    expect(&s, 0, 40, "0 files, 0 B: …file with a long name.png");
    expect(&s, 0, 44, "0 files, 0 B: …\xe4\xb8\xad/file with a long name.png");
    expect(&s, 0, 20, "0 files, 0 B"); /* no room for a path worth reading */
    expect(&s, 0, 7, "0 files");
    expect(&s, 0, 1, "0");
}

/* What is no terminal gets nothing at all. */
static void test_silence_elsewhere(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    struct progress *p = progress_open(ends[1], true);
    assert_non_null(p);
    assert_false(progress_due(p));
    progress_update(p, &(struct progress_state){.files = 1});
    progress_clear(p);
    progress_close(p);
    char byte;
    assert_int_equal(read(ends[0], &byte, 1), -1);
    (void)close(ends[0]);
    (void)close(ends[1]);
    progress_update(NULL, &(struct progress_state){0});
    progress_clear(NULL);
    progress_close(NULL);
}

static size_t read_some(int fd, char *out, size_t room)
{
    ssize_t n = read(fd, out, room - 1);
    out[n > 0 ? n : 0] = '\0';
    return n > 0 ? (size_t)n : 0;
}

static void test_on_a_terminal(void **state)
{
    (void)state;
    int host = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(host >= 0);
    assert_int_equal(grantpt(host), 0);
    assert_int_equal(unlockpt(host), 0);
    int terminal = open(ptsname(host), O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(terminal >= 0);
    assert_int_equal(fcntl(host, F_SETFL, O_NONBLOCK), 0);
    struct winsize size = {.ws_col = 20, .ws_row = 5};
    assert_int_equal(ioctl(terminal, TIOCSWINSZ, &size), 0);
    char seen[256];
    struct progress *p = progress_open(terminal, false);
    assert_false(progress_due(p));
    progress_close(p);
    p = progress_open(terminal, true);
    progress_update(p, &(struct progress_state){.files = 3});
    assert_int_equal(read_some(host, seen, sizeof seen), 0); /* the first tenths of a second show nothing */
    progress_clear(p);
    assert_int_equal(read_some(host, seen, sizeof seen), 0);
    while (!progress_due(p))
        (void)usleep(10000);
    progress_update(p, &(struct progress_state){.files = 3, .failures = 1000000});
    assert_true(read_some(host, seen, sizeof seen) > 0);
    assert_string_equal(seen, "\r3 files, 0 B, 10000\033[K"); /* 19 of 20 columns */
    progress_update(p, &(struct progress_state){.files = 4}); /* too soon */
    progress_clear_callback(p);
    assert_true(read_some(host, seen, sizeof seen) > 0);
    assert_string_equal(seen, "\r\033[K");
    progress_close(p);
    assert_int_equal(read_some(host, seen, sizeof seen), 0);
    (void)close(terminal);
    (void)close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_lines_fit),
        cmocka_unit_test(test_silence_elsewhere),
        cmocka_unit_test(test_on_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
