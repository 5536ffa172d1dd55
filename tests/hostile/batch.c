/* SPDX-License-Identifier: MIT */
/* Takes many sources at once. A file says "BATCH " and a word for what happens at its turn; the options `open` and `close` say
 * what happens there. For tests of who is blamed. */
#include <adit/adit.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#include "take_over.h"

ADIT_MODULE("batch", "1.0.0")

/* A system call as an attacker makes it: past the C library, whose functions validation would see. */
static long raw(long number, long a, long b, long c, long d)
{
    long result;
    register long fourth __asm__("r10") = d;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth) : "rcx", "r11", "memory");
    return result;
}

static void crash(void)
{
    volatile char *volatile nowhere = NULL;
    nowhere[16] = 1;
}

static bool is(struct adit_text text, const char *word)
{
    return text.size == strlen(word) && memcmp(text.data, word, text.size) == 0;
}

static bool close_hangs;

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    struct adit_text how = adit_option(job, "open");
    if (is(how, "failed")) {
        adit_warn(job, "the table is missing");
        return ADIT_FAILED;
    }
    if (is(how, "strange"))
        return 4711;
    if (is(how, "crash"))
        crash();
    if (is(how, "exit"))
        (void)raw(SYS_exit_group, 3, 0, 0, 0);
    if (is(how, "socket"))
        (void)raw(SYS_socket, 2, 1, 0, 0);
    const struct timespec day = {86400, 0};
    while (is(how, "hang"))
        (void)nanosleep(&day, NULL);
    if (is(how, "take-over"))
        take_over(job);
    if ((is(how, "spawn") || is(how, "linger")) && raw(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0) == 0)
        for (;;)
            (void)nanosleep(&day, NULL);
    if (is(how, "linger")) /* ended with its children */
        (void)nanosleep(&day, NULL);
    /* From now on the zygote can take no descriptor: it cannot fork. */
    while (is(how, "descriptors") && raw(SYS_openat, AT_FDCWD, (long)"/usr/lib", O_RDONLY | O_DIRECTORY, 0) >= 0)
        ;
    /* From now on no worker has room for its ring. */
    for (size_t n = (size_t)1 << 32; is(how, "memory") && n >= 4096; n /= 2)
        while (mmap(NULL, n, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) != MAP_FAILED)
            ;
    static int crashes, hangs;
    struct adit_text end = adit_option(job, "close");
    *state = is(end, "crash") ? &crashes : is(end, "hang") ? &hangs : NULL;
    close_hangs = *state == &hangs;
    return ADIT_OK;
}

static void close_plugin(void *state)
{
    const struct timespec day = {86400, 0};
    while (close_hangs)
        (void)nanosleep(&day, NULL);
    if (state)
        crash();
}

static int32_t one(const struct adit_call *job, uint32_t together)
{
    const struct timespec pause = {0, 1000000};
    char content[64];
    int64_t n = adit_read(job, ADIT_SOURCE_MAIN, 0, content, sizeof content);
    struct adit_text word = adit_text_of(content, n > 0 ? (size_t)n : 0);
    adit_emit_text(job, "content", word);
    adit_emit_u64(job, "together", together);
    if (is(word, "BATCH crash"))
        crash();
    if (is(word, "BATCH stop"))
        (void)raw(SYS_tgkill, raw(SYS_getpid, 0, 0, 0, 0), raw(SYS_gettid, 0, 0, 0, 0), SIGSTOP, 0);
    if (is(word, "BATCH pause"))
        (void)nanosleep(&pause, NULL);
    while (is(word, "BATCH wait") && adit_progress(job, 1, 2))
        (void)nanosleep(&pause, NULL);
    return is(word, "BATCH declined") ? ADIT_DECLINED : is(word, "BATCH malformed") ? ADIT_MALFORMED : ADIT_OK;
}

static void run_batch(void *state, const struct adit_call *calls, int32_t *status, size_t n)
{
    (void)state;
    for (size_t i = 0; i < n; i++)
        status[i] = one(&calls[i], (uint32_t)n);
}

ADIT_PLUGIN(open_plugin, NULL, run_batch, close_plugin)
