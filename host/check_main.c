/* SPDX-License-Identifier: MIT */
/* The program adit-check. Started by `adit validate --run`, never by hand. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "check.h"
#include "check_alloc.h"

#ifndef ADIT_SANITIZED
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *memory, size_t size);

static void tell_failure(void)
{
    if (check_alloc.failed)
        atomic_store_explicit(check_alloc.failed, 1, memory_order_relaxed);
}

static bool may_allocate(void)
{
    if (!check_alloc.active)
        return true;
    check_alloc.count++;
    bool fails = check_alloc.fail_at && (check_alloc.count == check_alloc.fail_at ||
                                         (check_alloc.fail_after && check_alloc.count > check_alloc.fail_at));
    if (!fails)
        return true;
    tell_failure();
    errno = ENOMEM;
    return false;
}

static void *told(void *p)
{
    if (!p && check_alloc.active)
        tell_failure();
    return p;
}

void *malloc(size_t size)
{
    void *p = may_allocate() ? told(__libc_malloc(size)) : NULL;
    if (p && check_alloc.active && check_alloc.fill)
        memset(p, check_alloc.fill, size);
    return p;
}

void *calloc(size_t count, size_t size)
{
    return may_allocate() ? told(__libc_calloc(count, size)) : NULL;
}

void *realloc(void *memory, size_t size)
{
    if (size == 0)
        return __libc_realloc(memory, size);
    return may_allocate() ? told(__libc_realloc(memory, size)) : NULL;
}
#endif

int main(void)
{
#ifndef ADIT_SANITIZED
    check_alloc.present = true;
#endif
    return check_process();
}
