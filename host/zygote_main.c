/* SPDX-License-Identifier: MIT */
/* The program adit-zygote. Started by adit, never by hand. */
#include <stddef.h>

#include "worker.h"
#include "zygote.h"

#ifndef ADIT_SANITIZED
/* The allocator's own functions, with one addition: a worker that runs out of memory says so, since a plugin's crash after a
 * failed malloc should be told as what it is. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *memory, size_t size);

void *malloc(size_t size)
{
    void *p = __libc_malloc(size);
    if (!p)
        worker_note_no_memory();
    return p;
}

void *calloc(size_t count, size_t size)
{
    void *p = __libc_calloc(count, size);
    if (!p)
        worker_note_no_memory();
    return p;
}

void *realloc(void *memory, size_t size)
{
    void *p = __libc_realloc(memory, size);
    if (!p && size > 0)
        worker_note_no_memory();
    return p;
}
#endif

int main(void)
{
    return zygote_main();
}
