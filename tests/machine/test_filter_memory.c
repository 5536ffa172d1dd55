/* SPDX-License-Identifier: MIT */
/* The system-call filters where memory is short: written whole, or an error. (libseccomp by itself crashes, loops, or leaves a part
 * of the filter out where one of its allocations fails.) */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "filter.h"

#ifndef ADIT_SANITIZED /* whose allocator needs terabytes */
enum { WHOLE = 0, REFUSED = 1, NOT_WHOLE = 2, STEP = 8 * 1024, MOST = 2 << 20 };

/* Both filters, one after the other. */
static int write_both(struct buf *out)
{
    struct err e = {0};
    int error = filter_zygote(out, false, true, 1, &e);
    return error ? error : filter_worker(out, &e);
}

static size_t address_space(void)
{
    size_t pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%zu", &pages), 1);
    (void)fclose(f);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* As written with all the memory that there is: by another process, so that the heap of this one stays as small as it is. */
static size_t write_apart(uint8_t *whole, size_t room)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct buf got = BUF_INIT;
        _exit(write_both(&got) != 0 || write(ends[1], got.data, got.size) != (ssize_t)got.size);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    ssize_t n = read(ends[0], whole, room);
    (void)close(ends[0]);
    (void)close(ends[1]);
    assert_true(n > 0 && (size_t)n < room);
    return (size_t)n;
}

/* In a process of its own, which may have `more` bytes. */
static int trial(size_t more, const uint8_t *whole, size_t size)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct buf got = BUF_INIT;
        const struct rlimit limit = {address_space() + more, address_space() + more};
        (void)signal(SIGSEGV, SIG_DFL); /* cmocka's handler goes on with the tests */
        (void)alarm(10);
        if (setrlimit(RLIMIT_AS, &limit) != 0)
            _exit(99);
        int error = write_both(&got);
        _exit(error ? REFUSED : got.size == size && memcmp(got.data, whole, size) == 0 ? WHOLE : NOT_WHOLE);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status))
        fail_msg("with %zu bytes more: signal %d", more, WTERMSIG(status));
    return WEXITSTATUS(status);
}

static void test_whole_or_refused(void **state)
{
    (void)state;
    uint8_t whole[16384];
    size_t size = write_apart(whole, sizeof whole), counts[3] = {0};
    for (size_t more = 0; more <= MOST; more += STEP) {
        int found = trial(more, whole, size);
        if (found > REFUSED)
            fail_msg("with %zu bytes more: a filter of which a part is missing (%d)", more, found);
        counts[found]++;
    }
    assert_true(counts[WHOLE] > 0 && counts[REFUSED] > 0);
}
#endif

static void test_twice_the_same(void **state)
{
    (void)state;
    struct err e = {0};
    struct buf one = BUF_INIT, two = BUF_INIT;
    assert_int_equal(filter_zygote(&one, true, true, 1, &e), 0);
    assert_int_equal(filter_zygote(&two, true, true, 1, &e), 0);
    assert_int_equal(one.size, two.size);
    assert_memory_equal(one.data, two.data, one.size);
    buf_release(&one);
    buf_release(&two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifndef ADIT_SANITIZED
        cmocka_unit_test(test_whole_or_refused),
#endif
        cmocka_unit_test(test_twice_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
