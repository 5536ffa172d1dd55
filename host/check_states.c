/* SPDX-License-Identifier: MIT */
/* Checks with several states of one module: opened many times, and with the tables of older and newer hosts. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/hash.h"
#include "check_feed.h"
#include "check_repeat.h"

enum { CYCLES = 64, HEAVY_CYCLES = 6, KEPT = 4, PAGE = 4096, MORE = 256, POISON = 0xee };

static bool open_one(struct check *c, const struct adit_host *host, const char *which)
{
    char reason[200];
    void *state;
    int32_t status = check_open(c, host, &state, reason, sizeof reason);
    if (status != ADIT_OK) {
        check_fail(c, "open() returned %d %s%s%s", status, which, reason[0] ? ": " : "", reason);
        return false;
    }
    c->hosts[c->state_count] = host;
    c->states[c->state_count++] = state;
    return true;
}

/* Some states stay; then more are opened and closed. Tables made of large resources are made less often. */
void check_cycle_opening(struct check *c)
{
    char reason[200];
    if (!check_load(c))
        return;
    uint64_t begin = check_now_ns();
    uint64_t n = c->plugin.resource_count ? HEAVY_CYCLES : CYCLES;
    for (uint64_t i = 0; i < n && !check_decided(c) && check_now_ns() - begin < (uint64_t)c->request.budget_ms * 500000;
         i++) {
        void *state;
        check_what(c, "open() for the %llu. time", (unsigned long long)i + 1);
        if (i < KEPT) {
            (void)open_one(c, &check_host, "when it was called again");
            continue;
        }
        int32_t status = check_open(c, &check_host, &state, reason, sizeof reason);
        if (status != ADIT_OK)
            check_fail(c, "open() returned %d the %llu. time%s%s", status, (unsigned long long)i + 1,
                       reason[0] ? ": " : "", reason);
        else
            check_close(c, state);
    }
}

/* Every state gives what the plugin gives when it is opened once, before and after others are closed. */
void check_cycle_running(struct check *c)
{
    struct check_input in;
    struct check_job *j = check_feed_job(c, &in);
    uint64_t reference = c->request.reference;
    for (size_t k = 0; j && k < c->state_count && !check_decided(c); k++) {
        uint64_t digest = 0;
        for (uint64_t i = 0; i < c->corpus.count; i++) {
            check_feed_sample(c, j, &in, i);
            check_job_run(c, j, c->states[k], &check_host);
            atomic_fetch_add(&c->page->inputs, 1);
            digest = hash64(&j->seen.digest, sizeof j->seen.digest, digest);
        }
        if (!reference)
            reference = digest;
        if (digest != reference)
            check_fail(c,
                       "after open() was called %d times, with some states closed, state %zu of %zu gave other results "
                       "for the samples than a "
                       "state by itself",
                       c->plugin.resource_count ? HEAVY_CYCLES : CYCLES, k + 1, c->state_count);
        check_close(c, c->states[k]);
    }
}

/* ---- older and newer hosts ---- */

/* A table of `size` bytes that ends where unreadable memory begins. */
static struct adit_host *table_of(size_t size)
{
    uint8_t *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED || mprotect(p + PAGE, PAGE, PROT_NONE) != 0)
        return NULL;
    struct adit_host *t = (struct adit_host *)(void *)(p + PAGE - size);
    memset(t, POISON, size);
    memcpy(t, &check_host, size < sizeof check_host ? size : sizeof check_host);
    t->size = (uint32_t)size;
    return t;
}

void check_hosts_opening(struct check *c)
{
    if (!check_load(c))
        return;
    /* ABI 1.0 ends with progress: no host has less, but a mapper is loaded by one of 1.1 at least. */
    const size_t least = c->plugin.table->map ? offsetof(struct adit_host, keep) + sizeof check_host.keep
                                              : offsetof(struct adit_host, progress) + sizeof check_host.progress;
    struct adit_host *smaller = table_of(least), *larger = table_of(sizeof check_host + MORE);
    if (!smaller || !larger) {
        check_fail(c, "out of memory");
        return;
    }
    smaller->abi_minor = c->plugin.table->map ? 1 : 0;
    larger->abi_minor = ADIT_ABI_MINOR + 9;
    check_what(c, "open()");
    if (!open_one(c, &check_host, "with this host"))
        return;
    check_what(c, "open(), with the services of an earlier minor ABI");
    if (!open_one(c, smaller, "with the services of an earlier minor ABI"))
        return;
    check_what(c, "open(), with the services of a later minor ABI");
    (void)open_one(c, larger, "with the services of a later minor ABI");
}

void check_hosts_running(struct check *c)
{
    static const char *const which[] = {"this host", "the services of an earlier minor ABI",
                                        "the services of a later minor ABI"};
    struct check_input in;
    struct check_job *j = check_feed_job(c, &in);
    uint64_t n = c->corpus.count;
    for (uint64_t i = 0; j && check_next(c, &i, n); i++) {
        uint64_t digest = 0;
        for (size_t k = 0; k < c->state_count && !check_decided(c); k++) {
            check_feed_sample(c, j, &in, i);
            check_what(c, "%s, with %s", in.what, which[k]);
            check_job_run(c, j, c->states[k], c->hosts[k]);
            if (k == 0)
                digest = j->seen.digest;
            else if (digest != j->seen.digest)
                check_fail(c, "the result with %s was another one (%s)", which[k], in.what);
        }
    }
}
