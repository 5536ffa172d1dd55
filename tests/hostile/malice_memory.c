/* SPDX-License-Identifier: MIT */
/* Looks through the memory of its process, writes to its neighbours', and takes signals and jumps into its own hands. */
#include "hostile.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>

ADIT_MODULE("malice_memory", "1.0.0")

extern char **environ;

enum { PAGE = 4096, NEAR = 16 << 20, HIDE = 0x55 };

/* The kernel copies the set before it looks at `how`: EINVAL means that the page can be read, EFAULT that it cannot. */
static bool readable(uintptr_t page)
{
    return hostile_call(SYS_rt_sigprocmask, 99, (long)page, 0, 8, 0, 0) == -EINVAL;
}

/* Calls `found` for every place near `where` that has the needle, which is hidden so that it is not found in itself. */
__attribute__((no_sanitize("address", "undefined"))) static unsigned search_near(uintptr_t where, const char *hidden, size_t n, void (*found)(char *at))
{
    unsigned count = 0;
    uintptr_t first = where > NEAR ? (where - NEAR) / PAGE * PAGE : 0;
    for (uintptr_t page = first; page < where + NEAR; page += PAGE) {
        if (!readable(page))
            continue;
        char *at = (char *)page;
        for (size_t i = 0; i + n <= PAGE; i++) {
            size_t k = 0;
            while (k < n && at[i + k] == (char)(hidden[k] ^ HIDE))
                k++;
            if (k < n)
                continue;
            count++;
            if (found)
                found(at + i);
        }
    }
    return count;
}

static unsigned search(const struct adit_call *job, const char *hidden, size_t n, void (*found)(char *at))
{
    char here = 0;
    void *small = malloc(64), *large = malloc(300000);
    const uintptr_t bases[] = {(uintptr_t)small, (uintptr_t)large, (uintptr_t)&here, (uintptr_t)job->job, (uintptr_t)job->host,
                               (uintptr_t)environ, (uintptr_t)hidden};
    unsigned count = 0;
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        bool again = false;
        for (size_t k = 0; k < i; k++)
            again |= bases[k] > bases[i] - NEAR && bases[k] < bases[i] + NEAR;
        if (!again)
            count += search_near(bases[i], hidden, n, found);
    }
    return count;
}

/* The file names what to look for: "needle=" and 16 bytes, each XOR 0x55. */
static int32_t do_leftovers(const struct adit_call *job)
{
    static char hidden[16];
    for (uint64_t at = 0; at + 23 <= adit_size(job); at++) {
        char key[7];
        (void)adit_read(job, ADIT_SOURCE_MAIN, at, key, sizeof key);
        if (memcmp(key, "needle=", 7) != 0)
            continue;
        (void)adit_read(job, ADIT_SOURCE_MAIN, at + 7, hidden, sizeof hidden);
        adit_emit_u64(job, "found", search(job, hidden, sizeof hidden, NULL));
        return ADIT_OK;
    }
    return ADIT_FAILED;
}

static int32_t do_environment(const struct adit_call *job)
{
    for (char **v = environ; v && *v; v++)
        adit_emit_string(job, "note", *v);
    /* Above the variables: the program's arguments and name, and what else the kernel laid down. */
    return do_leftovers(job);
}

/* witness.c: the salt after the mark. The kernel writes a set of signals there first, where it can be written. */
static void spoil(char *state)
{
    if (hostile_call(SYS_rt_sigprocmask, SIG_BLOCK, 0, (long)(state + 16), 8, 0, 0) == 0)
        memset(state + 16, 0xee, 8);
}

static int32_t do_neighbour(const struct adit_call *job)
{
    static char hidden[16] = "WITNESS'S STATE";
    static bool is_hidden;
    for (size_t i = 0; i < sizeof hidden && !is_hidden; i++)
        hidden[i] ^= HIDE;
    is_hidden = true;
    adit_emit_u64(job, "found", search(job, hidden, sizeof hidden, spoil));
    return ADIT_OK;
}

/* struct kernel_sigaction of x86-64, with a restorer that is never reached. */
static long handle(int number, void (*handler)(int))
{
    const unsigned long action[4] = {(unsigned long)handler, 0x04000000 | 0x40000000, (unsigned long)handler, 0};
    return hostile_call(SYS_rt_sigaction, number, (long)action, 0, 8, 0, 0);
}

static void crash(void)
{
    volatile char *volatile nowhere = NULL;
    nowhere[16] = 1;
}

static void wait_forever(int number)
{
    (void)number;
    for (;;)
        hostile_sleep(1000);
}

static void end_well(int number)
{
    (void)number;
    (void)hostile_call(SYS_exit_group, 0, 0, 0, 0, 0, 0);
}

static int32_t do_handler_waits(const struct adit_call *job)
{
    for (int i = 1; i < 65; i++)
        (void)handle(i, wait_forever);
    crash();
    return hostile_tell(job, 0);
}

static int32_t do_handler_ends(const struct adit_call *job)
{
    for (int i = 1; i < 65; i++)
        (void)handle(i, end_well);
    crash();
    return hostile_tell(job, 0);
}

static void *landing[5];

static void jump_back(int number)
{
    (void)number;
    __builtin_longjmp(landing, 1);
}

static __attribute__((noinline)) int32_t landed(const struct adit_call *job)
{
    return hostile_tell(job, 0);
}

static int32_t do_handler_jumps(const struct adit_call *job)
{
    for (int i = 1; i < 65; i++)
        (void)handle(i, jump_back);
    if (__builtin_setjmp(landing) == 0)
        crash();
    return landed(job);
}

/* The handler that tells the host which call was forbidden. */
static int32_t do_handler_of_the_lock(const struct adit_call *job)
{
    (void)handle(SIGSYS, end_well);
    unsigned long all = ~0UL;
    (void)hostile_call(SYS_rt_sigprocmask, SIG_BLOCK, (long)&all, 0, 8, 0, 0);
    return hostile_tell(job, hostile_call(SYS_socket, 2, 1, 0, 0, 0, 0));
}

static int32_t do_no_signals(const struct adit_call *job)
{
    unsigned long all = ~0UL;
    (void)hostile_call(SYS_rt_sigprocmask, SIG_BLOCK, (long)&all, 0, 8, 0, 0);
    for (int i = 1; i < 65; i++)
        (void)handle(i, wait_forever);
    for (volatile unsigned i = 0; adit_size(job) > 0; i++)
        ;
    return ADIT_OK;
}

/* Out of run(), into the frame of open(), which the zygote left long ago. */
static int32_t do_jump_out(const struct adit_call *job)
{
    (void)job;
    jump_back(0);
    return ADIT_OK;
}

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    (void)state;
    if (hostile_is(adit_option(job, "what"), "jump-out") && __builtin_setjmp(landing) != 0)
        return ADIT_OK;
    return ADIT_OK;
}

static int32_t run(void *state, const struct adit_call *job)
{
    static const struct hostile_act acts[] = {
        {"leftovers", do_leftovers},         {"environment", do_environment},
        {"neighbour", do_neighbour},         {"handler-waits", do_handler_waits},
        {"handler-ends", do_handler_ends},   {"handler-jumps", do_handler_jumps},
        {"handler-of-the-lock", do_handler_of_the_lock}, {"no-signals", do_no_signals},
        {"jump-out", do_jump_out},
    };
    (void)state;
    return hostile_run(job, acts, sizeof acts / sizeof *acts);
}

ADIT_PLUGIN(open_plugin, run, NULL, NULL)
