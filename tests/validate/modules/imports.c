// SPDX-License-Identifier: MIT
/* A module that needs two libraries, with versions, and has data, bss and tables of addresses. */
#include <adit/module.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

ADIT_MODULE("imports", "1.2.3")

static const char *names[] = {"one", "two", "three", "four", "five", "six", "seven", "eight"};
static int (*const compares[])(const char *, const char *) = {strcmp, strcoll};
static char buffer[20000];
static uint64_t counter = 7;

static int32_t start(const struct adit_call *call, void **state)
{
    (void)call;
    *state = malloc(sizeof buffer);
    return *state ? ADIT_OK : ADIT_FAILED;
}

static int32_t run(void *state, const struct adit_call *call)
{
    memset(buffer, (int)call->size, sizeof buffer);
    names[counter++ % 8] = buffer;
    double d = pow(sin((double)call->size), cos((double)counter));
    return compares[counter % 2](names[0], names[(size_t)d % 8]) ? ADIT_DECLINED : state ? ADIT_OK : ADIT_FAILED;
}

static void run_batch(void *state, const struct adit_call *calls, int32_t *status, size_t n)
{
    for (size_t i = 0; i < n; i++)
        status[i] = run(state, &calls[i]);
}

static void stop(void *state)
{
    free(state);
}

ADIT_PLUGIN(start, run, run_batch, stop)
