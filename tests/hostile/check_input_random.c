/* SPDX-License-Identifier: MIT */
/* run.input.random: bytes that are no ASCII confuse it. */
#include "check.h"

ADIT_MODULE("check_input_random", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct check_head head = check_head(job);
    if (head.size > 3 && head.bytes[0] > 0x9f && head.bytes[1] > 0x7f && head.bytes[2] > 0x7f && head.bytes[3] > 0x7f &&
        head.bytes[0] != 0xff)
        __builtin_trap();
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
