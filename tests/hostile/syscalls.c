/* SPDX-License-Identifier: MIT */
/* Makes the system call that the file names, "SYSCALL ENTRY NUMBER ARGUMENT", with the argument six times, and tells what came back.
 * The entries are native (x32 has its numbers among them) and i386. */
#include "hostile.h"

#include <stdio.h>

ADIT_MODULE("syscalls", "1.0.0")

static long call_i386(long number, long argument)
{
    int result;
    (void)argument; /* the registers hold what they hold */
    __asm__ volatile("int $0x80" : "=a"(result) : "a"((int)number) : "memory", "cc", "r8", "r9", "r10", "r11");
    return result;
}

static int32_t run(void *state, const struct adit_call *job)
{
    char text[64], entry[16];
    long number, argument;
    int64_t n = adit_read(job, ADIT_SOURCE_MAIN, 0, text, sizeof text - 1);
    (void)state;
    text[n > 0 ? n : 0] = '\0';
    if (sscanf(text, "SYSCALL %15s %ld %ld", entry, &number, &argument) != 3)
        return ADIT_MALFORMED;
    long result = strcmp(entry, "i386") == 0 ? call_i386(number, argument)
                                             : hostile_call(number, argument, argument, argument, argument, argument, argument);
    adit_emit_i64(job, "result", result);
    return ADIT_OK;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
