/* SPDX-License-Identifier: MIT */
/* What the plugins check_*.c have in common: each is an honest reader of files that begin with "CHECK ", but for the one thing
 * that the check of its name is there to find. */
#ifndef TESTS_HOSTILE_CHECK_H
#define TESTS_HOSTILE_CHECK_H

#include <adit/adit.h>
#include <string.h>

/* The samples that the tests write are smaller. */
enum { CHECK_LARGEST = 128, CHECK_READ = 4096 };

/* The first bytes of the source. */
struct check_head {
    uint8_t bytes[CHECK_READ];
    int64_t size; /* negative: they could not be read */
};

static inline struct check_head check_head(const struct adit_call *job)
{
    struct check_head head;
    memset(&head, 0, sizeof head);
    head.size = adit_read(job, ADIT_SOURCE_MAIN, 0, head.bytes, sizeof head.bytes);
    return head;
}

static inline bool check_is_mine(const struct check_head *head)
{
    return head->size >= 6 && memcmp(head->bytes, "CHECK ", 6) == 0;
}

static inline int32_t check_honest(const struct adit_call *job)
{
    struct check_head head = check_head(job);
    uint64_t sum = 0;
    if (head.size < 0)
        return ADIT_FAILED;
    if (!check_is_mine(&head))
        return ADIT_DECLINED;
    for (int64_t i = 0; i < head.size; i++)
        sum += head.bytes[i];
    (void)adit_progress(job, (uint64_t)head.size, adit_size(job));
    adit_emit_u64(job, "size", adit_size(job));
    adit_emit_u64(job, "sum", sum);
    return ADIT_OK;
}

/* A system call past the C library, whose functions validation would see. */
static inline long check_call(long number, long a, long b, long c, long d)
{
#if defined __x86_64__
    long result;
    register long r10 __asm__("r10") = d;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return result;
#elif defined __aarch64__
    register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c,
                     x3 __asm__("x3") = d;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
    return x0;
#endif
}

#endif
