/* SPDX-License-Identifier: MIT */
/* What the hostile plugins share. A file says "HOSTILE calm" or "HOSTILE now", and the option `what` which misbehaviour it is then;
 * of every file the plugin first emits what an honest one would, so that a test sees what was lost. */
#ifndef TESTS_HOSTILE_HOSTILE_H
#define TESTS_HOSTILE_HOSTILE_H

#include <adit/adit.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

/* A system call as an attacker makes it: past the C library, whose functions validation would see. Minus errno, or the result. */
static inline long hostile_call(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

static inline void hostile_sleep(long ms)
{
    const struct timespec pause = {ms / 1000, ms % 1000 * 1000000};
    (void)hostile_call(SYS_nanosleep, (long)&pause, 0, 0, 0, 0, 0);
}

static inline bool hostile_is(struct adit_text text, const char *word)
{
    return text.size == strlen(word) && memcmp(text.data, word, text.size) == 0;
}

/* The number after `key` in the file ("host=1234"), or 0. */
static inline long hostile_number(const struct adit_call *job, const char *key)
{
    char text[256];
    int64_t n = adit_read(job, ADIT_SOURCE_MAIN, 0, text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    const char *at = strstr(text, key);
    return at ? strtol(at + strlen(key), NULL, 10) : 0;
}

/* What came of an attempt, for the test to read. */
static inline int32_t hostile_tell(const struct adit_call *job, long result)
{
    adit_emit_i64(job, "errno", result < 0 && result > -4096 ? -result : 0);
    return ADIT_OK;
}

struct hostile_act {
    const char *word;
    int32_t (*act)(const struct adit_call *job);
};

/* What an honest plugin says of a file; true: now it is to misbehave. */
static inline bool hostile_begin(const struct adit_call *job)
{
    char text[12] = "";
    uint64_t size = adit_size(job);
    (void)adit_read(job, ADIT_SOURCE_MAIN, 0, text, 11);
    adit_emit_u64(job, "size", size);
    adit_emit_string(job, "before", "kept");
    return strcmp(text, "HOSTILE now") == 0;
}

static inline int32_t hostile_run(const struct adit_call *job, const struct hostile_act *acts, size_t count)
{
    struct adit_text what = adit_option(job, "what");
    if (!hostile_begin(job))
        return ADIT_OK;
    for (size_t i = 0; i < count; i++)
        if (hostile_is(what, acts[i].word))
            return acts[i].act(job);
    adit_warn(job, "there is no such misbehaviour");
    return ADIT_FAILED;
}

#endif
