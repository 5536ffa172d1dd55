// SPDX-License-Identifier: MIT
/* More constructors than a module may have. */
#include <adit/module.h>

ADIT_MODULE("many", "1.0.0")

static void constructor(void)
{
}

__attribute__((section(".init_array"), used)) static void (*const constructors[1100])(void) = {
    [0 ... 1099] = constructor};

static int32_t run(void *state, const struct adit_call *call)
{
    (void)state;
    (void)call;
    return ADIT_DECLINED;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
