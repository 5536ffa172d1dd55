/* SPDX-License-Identifier: MIT */
/* What goes wrong in honest plugins: crashes, hangs, memory, and all of it in open() and close() as well. */
#include "hostile.h"

#include <sched.h>
#include <signal.h>
#include <unwind.h>

ADIT_MODULE("misfortune", "1.0.0")

static int32_t do_null(const struct adit_call *job)
{
    volatile char *volatile nowhere = NULL;
    nowhere[16] = 1;
    return hostile_tell(job, 0);
}

static int32_t do_stack(const struct adit_call *job)
{
    volatile char room[65536];
    room[0] = 1;
    int32_t deeper = adit_size(job) > 0 ? do_stack(job) : 0;
    return deeper + room[0];
}

static int32_t do_abort(const struct adit_call *job)
{
    (void)job;
    abort();
}

static int32_t do_double_free(const struct adit_call *job)
{
    void *volatile p = malloc(100), *volatile q = p;
    free(p);
    free(q);
    return hostile_tell(job, 0);
}

static int32_t do_loop(const struct adit_call *job)
{
    for (volatile unsigned i = 0; adit_size(job) > 0; i++)
        ;
    return ADIT_OK;
}

static int32_t do_busy_loop(const struct adit_call *job)
{
    for (uint64_t i = 0; adit_size(job) > 0; i++)
        (void)adit_progress(job, i % 100, 100);
    return ADIT_OK;
}

static int32_t do_sleep(const struct adit_call *job)
{
    while (adit_size(job) > 0)
        hostile_sleep(1000);
    return ADIT_OK;
}

/* All the memory there is, and then more of it. */
static int32_t do_everything(const struct adit_call *job)
{
    for (;;) {
        char *p = malloc(1 << 20);
        if (!p)
            return ADIT_FAILED;
        memset(p, 1, 1 << 20);
        (void)adit_size(job);
    }
}

/* The same, and surprised by it. */
static int32_t do_unchecked(const struct adit_call *job)
{
    while (adit_size(job) > 0) {
        char *p = malloc(1 << 20);
        memset(p, 1, 1 << 20);
    }
    return ADIT_OK;
}

static int32_t do_exit(const struct adit_call *job)
{
    (void)job;
    return (int32_t)hostile_call(SYS_exit_group, 0, 0, 0, 0, 0, 0);
}

static int32_t do_thread_exit(const struct adit_call *job)
{
    (void)job;
    return (int32_t)hostile_call(SYS_exit, 0, 0, 0, 0, 0, 0);
}

static void forget(_Unwind_Reason_Code code, struct _Unwind_Exception *e)
{
    (void)code, (void)e;
}

/* As a C++ library's __cxa_throw does: nobody catches it, so std::terminate() would abort. */
static int32_t do_throw(const struct adit_call *job)
{
    static struct _Unwind_Exception exception;
    exception.exception_class = 0x6164697400000000;
    exception.exception_cleanup = forget;
    (void)_Unwind_RaiseException(&exception);
    (void)job;
    abort();
}

/* Nothing shows now: the next one to use the heap will find out. */
static int32_t do_corrupt(const struct adit_call *job)
{
    char *p[64];
    for (size_t i = 0; i < 64; i++)
        p[i] = malloc(24 + i * 16);
    for (size_t i = 0; i < 64; i += 2)
        if (p[i])
            memset((void *volatile)p[i], 0x41, 24 + i * 16 + 64);
    for (size_t i = 1; i < 64; i += 2)
        (void)p[i];
    return hostile_tell(job, 0);
}

static int32_t do_random(const struct adit_call *job)
{
    struct timespec now = {0};
    (void)hostile_call(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0, 0, 0, 0);
    adit_emit_i64(job, "errno", now.tv_nsec / 1000);
    return ADIT_OK;
}

static int32_t do_strange(const struct adit_call *job)
{
    (void)job;
    return 4711;
}

/* Four megabytes of every file are forgotten, also of calm ones. False: there are no more. */
static bool leak(void)
{
    char *volatile lost = malloc(4 << 20);
    if (lost)
        memset(lost, 1, 4 << 20);
    return lost != NULL;
}

static int32_t do_leak(const struct adit_call *job)
{
    return hostile_tell(job, 0);
}

static void fork_often(void)
{
    for (int i = 0; i < 500; i++)
        if (hostile_call(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0, 0) == 0)
            hostile_sleep(20000);
}

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    static int marker;
    struct adit_text what = adit_option(job, "what");
    *state = &marker;
    if (hostile_is(what, "open-null"))
        return do_null(job);
    if (hostile_is(what, "open-abort"))
        return do_abort(job);
    if (hostile_is(what, "open-exit"))
        return do_exit(job);
    while (hostile_is(what, "open-sleep"))
        hostile_sleep(1000);
    if (hostile_is(what, "open-loop"))
        for (volatile unsigned i = 0;; i++)
            ;
    if (hostile_is(what, "open-everything"))
        return do_everything(job);
    if (hostile_is(what, "open-fork-bomb"))
        fork_often();
    if (hostile_is(what, "open-socket"))
        (void)hostile_call(SYS_socket, 2, 1, 0, 0, 0, 0);
    if (hostile_is(what, "open-fails")) {
        adit_warn(job, "the table is \x1b[31mmissing\xff");
        return ADIT_FAILED;
    }
    *state = what.data ? (void *)(uintptr_t)what.data : NULL;
    return ADIT_OK;
}

static void close_plugin(void *state)
{
    const char *what = state;
    if (what && strcmp(what, "close-null") == 0)
        (void)do_null(NULL);
    while (what && strcmp(what, "close-sleep") == 0)
        hostile_sleep(1000);
}

static int32_t run(void *state, const struct adit_call *job)
{
    static const struct hostile_act acts[] = {
        {"null", do_null},           {"stack", do_stack},         {"abort", do_abort},
        {"double-free", do_double_free}, {"loop", do_loop},       {"busy-loop", do_busy_loop},
        {"sleep", do_sleep},         {"everything", do_everything}, {"unchecked", do_unchecked},
        {"exit", do_exit},           {"thread-exit", do_thread_exit}, {"throw", do_throw},
        {"corrupt", do_corrupt},     {"random", do_random},       {"strange", do_strange},
        {"leak", do_leak},           {"close-null", do_leak},     {"close-sleep", do_leak},
    };
    (void)state;
    if (hostile_is(adit_option(job, "what"), "leak") && !leak())
        return ADIT_FAILED;
    return hostile_run(job, acts, sizeof acts / sizeof *acts);
}

ADIT_PLUGIN(open_plugin, run, NULL, close_plugin)
