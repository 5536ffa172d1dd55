/* SPDX-License-Identifier: MIT */
/* Checks in which allocations fail: one after the other, once, and from there on. Any status is right; dying is not. */
#include <string.h>

#include "check_alloc.h"
#include "check_feed.h"

static bool allocator_obeys(struct check *c)
{
    if (!check_alloc.present)
        check_skip(c, "this adit is built with a sanitizer, whose allocator cannot be made to fail");
    return check_alloc.present;
}

static void fail_at(uint64_t n, bool after)
{
    check_alloc.count = 0;
    check_alloc.fail_at = n;
    check_alloc.fail_after = after;
}

/* Twice as many tries as allocations, up to the effort. */
static uint64_t tries(const struct check *c, uint64_t allocations)
{
    return 2 * allocations < c->request.effort ? 2 * allocations : c->request.effort;
}

void check_memory_opening(struct check *c)
{
    char reason[200];
    void *state;
    if (!allocator_obeys(c) || !check_load(c))
        return;
    check_what(c, "open()");
    fail_at(0, false);
    if (check_open(c, &check_host, &c->states[c->state_count++], reason, sizeof reason) != ADIT_OK)
        return;
    c->allocations = check_alloc.count;
    uint64_t n = tries(c, c->allocations);
    for (uint64_t i = 0; check_next(c, &i, n); i++) {
        uint64_t which = 1 + check_spread(i / 2, (n + 1) / 2, (size_t)c->allocations);
        check_what(c, "open(), allocation %llu of %llu failing%s", (unsigned long long)which,
                   (unsigned long long)c->allocations, i % 2 ? ", and all that follow" : "");
        fail_at(which, i % 2);
        int32_t status = check_open(c, &check_host, &state, reason, sizeof reason);
        fail_at(0, false);
        if (status == ADIT_OK && c->state_count < CHECK_STATES)
            c->states[c->state_count++] = state;
    }
}

/* A state that open() calls good although an allocation failed has to be good. */
void check_memory_opened(struct check *c)
{
    struct check_input in;
    struct check_job *j = check_feed_job(c, &in);
    for (size_t k = 0; j && k < c->state_count; k++)
        for (size_t i = 0; i < c->corpus.count && !check_decided(c); i++) {
            check_feed_sample(c, j, &in, i);
            check_what(c, "%s, after an open() in which an allocation failed and that returned ADIT_OK", in.what);
            check_job_run(c, j, c->states[k], &check_host);
        }
    if (c->allocations == 0)
        check_pass(c, "open() allocates nothing");
}

void check_memory_running(struct check *c)
{
    struct check_input in;
    struct check_job *j = allocator_obeys(c) ? check_feed_job(c, &in) : NULL;
    uint64_t all = 0;
    struct check part = *c;
    part.request.effort = c->request.effort / (uint32_t)(c->corpus.count ? c->corpus.count : 1) + 1;
    for (size_t sample = 0; j && sample < c->corpus.count && !check_decided(c); sample++) {
        check_feed_sample(c, j, &in, sample);
        fail_at(0, false);
        check_job_run(c, j, c->plugin.state, &check_host);
        uint64_t allocations = check_alloc.count, n = tries(&part, allocations);
        all += allocations;
        for (uint64_t i = 0; check_next(c, &i, n); i++) {
            uint64_t which = 1 + check_spread(i / 2, (n + 1) / 2, (size_t)allocations);
            check_feed_sample(c, j, &in, sample);
            check_what(c, "%s, allocation %llu of %llu failing%s", in.what, (unsigned long long)which,
                       (unsigned long long)allocations, i % 2 ? ", and all that follow" : "");
            fail_at(which, i % 2);
            check_job_run(c, j, c->plugin.state, &check_host);
            fail_at(0, false);
        }
    }
    if (all == 0)
        check_pass(c, "the samples make it allocate nothing");
}
