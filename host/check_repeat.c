/* SPDX-License-Identifier: MIT */
#include "check_repeat.h"

#include <stdlib.h>
#include <string.h>

#include "check_alloc.h"
#include "check_feed.h"

enum { BATCH = 8, STACK = 64 * 1024 };

/* Leaves a pattern where the plugin's functions will have their variables. */
static __attribute__((noinline)) void fill_stack(int pattern)
{
    volatile char room[STACK];
    for (size_t i = 0; i < sizeof room; i++)
        room[i] = (char)pattern;
}

/* Fresh memory, the stack, the address and the neighbourhood of the source differ; the records may not. */
void check_repeat_twice(struct check *c)
{
    struct check_input in;
    struct check_job *j = check_feed_job(c, &in);
    uint64_t samples = c->corpus.count, n = samples;
    if (check_is_sound(c, CHECK_INPUT_FLIPPED))
        n += check_input_count(&c->corpus, CHECK_INPUT_FLIPPED) / 4;
    for (uint64_t i = 0; j && check_next(c, &i, n); i++) {
        uint64_t digest[2];
        check_input_make(&c->corpus, i < samples ? CHECK_INPUT_SAMPLE : CHECK_INPUT_FLIPPED,
                         i < samples ? i : i - samples, &in);
        check_what(c, "%s", in.what);
        for (int k = 0; k < 2; k++) {
            check_job_source(j, &in, CHECK_PLACE_LOOSE);
            check_alloc.fill = k ? 0x5a : 0xa5;
            fill_stack(check_alloc.fill);
            check_job_run(c, j, c->plugin.state, &check_host);
            digest[k] = j->seen.digest;
        }
        check_alloc.fill = 0;
        if (digest[0] != digest[1])
            check_fail(c, "the same source gave another result the second time (%s)", in.what);
    }
}

/* ---- batches ---- */

struct batch {
    struct check_job *jobs[BATCH];
    struct check_input in;
    size_t count;
};

static bool batch_init(struct check *c, struct batch *b)
{
    memset(b, 0, sizeof *b);
    for (size_t i = 0; i < BATCH; i++) {
        free(b->in.data);
        b->jobs[i] = check_feed_job(c, &b->in);
        if (!b->jobs[i])
            return false;
    }
    /* One sample makes a batch with itself. */
    b->count = c->corpus.count < 2 ? 2 : c->corpus.count < BATCH ? c->corpus.count : BATCH;
    return true;
}

static void put_sample(struct check *c, struct batch *b, size_t place, uint64_t sample)
{
    check_feed_sample(c, b->jobs[place], &b->in, sample % c->corpus.count);
}

static void shuffle(size_t *order, size_t n, uint64_t *state)
{
    for (size_t i = n; i > 1; i--) {
        size_t k = (size_t)(check_random(state) % i), keep = order[i - 1];
        order[i - 1] = order[k];
        order[k] = keep;
    }
}

void check_repeat_order(struct check *c)
{
    struct batch b;
    uint64_t alone[BATCH], n = c->request.effort / 8 + 4;
    bool ready = batch_init(c, &b);
    for (size_t i = 0; ready && i < b.count; i++) {
        put_sample(c, &b, i, i);
        check_job_run(c, b.jobs[i], c->plugin.state, &check_host);
        alone[i] = b.jobs[i]->seen.digest;
    }
    for (uint64_t i = 0; ready && check_next(c, &i, n); i++) {
        size_t order[BATCH];
        uint64_t state = check_random_seed(&c->corpus, CHECK_DETERMINISM_ORDER, i);
        for (size_t k = 0; k < b.count; k++)
            order[k] = i == 1 ? b.count - 1 - k : k; /* as they are, backwards, then at random */
        if (i > 1)
            shuffle(order, b.count, &state);
        for (size_t k = 0; k < b.count; k++)
            put_sample(c, &b, k, order[k]);
        check_what(c, "%zu samples in order %llu", b.count, (unsigned long long)i + 1);
        check_job_batch(c, b.jobs, b.count, c->plugin.state);
        for (size_t k = 0; k < b.count; k++)
            if (b.jobs[k]->seen.digest != alone[order[k]])
                check_fail(c, "sample %s gave another result as number %zu of %zu than alone (order %llu)",
                           c->samples[order[k] % c->corpus.count].name, k + 1, b.count, (unsigned long long)i + 1);
    }
}

/* good, another, good: what the outer ones give may not change when the middle one is damaged. */
void check_repeat_neighbour(struct check *c)
{
    static const enum check_id bad[] = {CHECK_INPUT_TRUNCATED, CHECK_INPUT_FLIPPED, CHECK_INPUT_EMPTY, CHECK_INPUT_FUZZ,
                                        CHECK_INPUT_RANDOM};
    enum { TRIO = 3, KINDS = sizeof bad / sizeof *bad };
    struct batch b;
    uint64_t n = c->request.effort / 4 + KINDS;
    bool ready = batch_init(c, &b);
    for (uint64_t i = 0; ready && check_next(c, &i, n); i++) {
        uint64_t before[TRIO], state = check_random_seed(&c->corpus, CHECK_ISOLATION_NEIGHBOUR, i),
                               first = check_random(&state) % c->corpus.count;
        for (size_t k = 0; k < TRIO; k++)
            put_sample(c, &b, k, first + k);
        check_job_batch(c, b.jobs, TRIO, c->plugin.state);
        for (size_t k = 0; k < TRIO; k++)
            before[k] = b.jobs[k]->seen.digest;
        put_sample(c, &b, 0, first);
        put_sample(c, &b, 2, first + 2);
        enum check_id kind = bad[i % KINDS];
        if (!check_is_sound(c, kind))
            continue;
        check_input_make(&c->corpus, kind, check_random(&state) % check_input_count(&c->corpus, kind), &b.in);
        check_what(c, "between two samples, %.120s", b.in.what);
        check_job_source(b.jobs[1], &b.in, CHECK_PLACE_LOOSE);
        check_job_batch(c, b.jobs, TRIO, c->plugin.state);
        for (size_t k = 0; k < TRIO; k += 2)
            if (b.jobs[k]->seen.digest != before[k])
                check_fail(c, "sample %s gave another result %s a bad source (%s)",
                           c->samples[(first + k) % c->corpus.count].name, k ? "after" : "before", b.in.what);
    }
}
