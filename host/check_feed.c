/* SPDX-License-Identifier: MIT */
#include "check_feed.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "channel.h"

/* After it was told to stop, a plugin may look at its last few items. */
enum { POLLS_AFTER = 16 };

struct check_job *check_feed_job(struct check *c, struct check_input *in)
{
    size_t room = check_input_room(&c->corpus);
    struct check_job *j = calloc(1, sizeof *j);
    memset(in, 0, sizeof *in);
    in->data = malloc(room);
    if (j && in->data && check_job_init(j, c, room))
        return j;
    check_fail(c, "out of memory before any of the plugin's code ran: raise [limits] memory");
    free(j);
    return NULL;
}

void check_feed_sample(struct check *c, struct check_job *j, struct check_input *in, uint64_t i)
{
    check_input_make(&c->corpus, CHECK_INPUT_SAMPLE, i, in);
    check_what(c, "%s", in->what);
    check_job_source(j, in, CHECK_PLACE_LOOSE);
}

static enum check_place place_of(const struct check *c, uint64_t number)
{
    if (c->request.check != CHECK_INPUT_GUARD)
        return CHECK_PLACE_LOOSE;
    return number / c->corpus.count % 2 ? CHECK_PLACE_END : CHECK_PLACE_BEGIN;
}

void check_feed_inputs(struct check *c)
{
    enum check_id check = (enum check_id)c->request.check;
    struct check_input in;
    struct check_job *j = check_feed_job(c, &in);
    uint64_t n = check_input_count(&c->corpus, check), good = 0;
    for (uint64_t i = 0; j && check_next(c, &i, n); i++) {
        check_input_make(&c->corpus, check, i, &in);
        check_what(c, "%s", in.what);
        check_job_source(j, &in, place_of(c, i));
        check_job_run(c, j, c->plugin.state, &check_host);
        if (check == CHECK_INPUT_SAMPLE && (j->seen.status < ADIT_OK || j->seen.status > ADIT_FAILED))
            check_fail(c, "run() returned %d, which is no status, on input %llu (%s); expected 0 to %d", j->seen.status,
                       (unsigned long long)i + 1, in.what, ADIT_FAILED);
        good += j->seen.status == ADIT_OK;
        atomic_store(&c->page->digest, hash64(&j->seen.digest, sizeof j->seen.digest, atomic_load(&c->page->digest)));
    }
    if (check == CHECK_INPUT_SAMPLE && good == 0 && !c->request.only_input)
        check_warn(c, "none of %zu samples gives ADIT_OK: what the other checks say is about failures only",
                   c->corpus.count);
    check_close(c, c->plugin.state);
}

/* ---- reading ---- */

void check_feed_short(struct check *c)
{
    struct check_input in;
    struct check_job *j = check_feed_job(c, &in);
    uint64_t n = check_input_count(&c->corpus, CHECK_INPUT_TRUNCATED);
    for (uint64_t i = 0; j && check_next(c, &i, n); i++) {
        check_input_make(&c->corpus, CHECK_INPUT_TRUNCATED, i, &in);
        size_t cut = in.size;
        check_feed_sample(c, j, &in, i % c->corpus.count);
        check_what(c, "%s, of which %zu bytes can be read", in.what, cut);
        j->script.cut = true;
        j->script.end = cut;
        check_job_run(c, j, c->plugin.state, &check_host);
    }
}

/* The n-th read fails: once, and from then on. */
void check_feed_errors(struct check *c)
{
    struct check_input in;
    struct check_job *j = check_feed_job(c, &in);
    uint64_t n = check_input_count(&c->corpus, CHECK_INPUT_TRUNCATED);
    uint64_t reads[CHECK_SAMPLE_COUNT] = {0};
    for (size_t i = 0; j && i < c->corpus.count; i++) {
        check_feed_sample(c, j, &in, i);
        check_job_run(c, j, c->plugin.state, &check_host);
        reads[i] = j->seen.reads;
    }
    for (uint64_t i = 0; j && check_next(c, &i, n); i++) {
        size_t sample = i % c->corpus.count;
        uint64_t turn = i / c->corpus.count / 2;
        if (reads[sample] == 0 || turn >= reads[sample])
            continue;
        check_feed_sample(c, j, &in, sample);
        j->script.fail_read = 1 + check_spread(turn, (n / c->corpus.count + 1) / 2, reads[sample]);
        j->script.fail_after = i / c->corpus.count % 2;
        check_what(c, "%s, read %llu of %llu failing%s", in.what, (unsigned long long)j->script.fail_read,
                   (unsigned long long)reads[sample], j->script.fail_after ? ", and all that follow" : "");
        check_job_run(c, j, c->plugin.state, &check_host);
    }
}

/* ---- stopping ---- */

void check_feed_cancel(struct check *c)
{
    struct check_input in;
    struct check_job *j = check_feed_job(c, &in);
    uint64_t polled = 0;
    for (size_t sample = 0; j && sample < c->corpus.count && !check_decided(c); sample++) {
        check_feed_sample(c, j, &in, sample);
        check_job_run(c, j, c->plugin.state, &check_host);
        uint64_t polls = j->seen.polls, n = polls < c->request.effort ? polls : c->request.effort;
        polled += polls;
        for (uint64_t i = 0; check_next(c, &i, n); i++) {
            check_feed_sample(c, j, &in, sample);
            j->script.cancel_at = 1 + check_spread(i, n, (size_t)polls);
            check_what(c, "%s, told to stop at poll %llu of %llu", in.what, (unsigned long long)j->script.cancel_at,
                       (unsigned long long)polls);
            check_job_run(c, j, c->plugin.state, &check_host);
            if (j->seen.polls_after > POLLS_AFTER)
                check_fail(c, "run() went on after adit_progress told it to stop: it asked %llu times more (%s)",
                           (unsigned long long)j->seen.polls_after, c->page->what);
        }
    }
    if (polled == 0)
        check_skip(c, "no sample makes it call adit_progress: give a larger one, if long work is possible");
}

/* ---- what is declared ---- */

/* One run's events to the host, in pieces. */
static int send_records(const struct buf *b)
{
    static char message[sizeof(struct check_records) + CHECK_RECORD_BYTES];
    size_t at = 0;
    do {
        size_t n = b->size - at < CHECK_RECORD_BYTES ? b->size - at : CHECK_RECORD_BYTES;
        const struct check_records head = {CHECK_RECORDS, at == 0, at + n == b->size};
        memcpy(message, &head, sizeof head);
        if (n)
            memcpy(message + sizeof head, b->data + at, n);
        int error = channel_send(WIRE_SOCKET, message, sizeof head + n, NULL, 0);
        if (error)
            return error;
        at += n;
    } while (at < b->size);
    return 0;
}

/* The host compares what is sent with [fields]. */
void check_feed_fields(struct check *c)
{
    struct check_input in;
    struct buf records = BUF_INIT;
    struct check_job *j = check_feed_job(c, &in);
    uint64_t n = c->corpus.count;
    if (j)
        j->records = &records;
    for (uint64_t i = 0; j && check_next(c, &i, n); i++) {
        check_feed_sample(c, j, &in, i);
        check_job_run(c, j, c->plugin.state, &check_host);
        if (j->seen.field_fault[0])
            check_fail(c, "%s (%s)", j->seen.field_fault, in.what);
        if (j->seen.open_nesting)
            check_fail(c, "run() left %llu objects or lists without their adit_end (%s)",
                       (unsigned long long)j->seen.open_nesting, in.what);
        if (records.failed || send_records(&records) != 0)
            check_fail(c, "out of memory while %s was looked at", in.what);
    }
    buf_release(&records);
}

void check_feed_streams(struct check *c)
{
    struct check_input in;
    struct check_job *j = check_feed_job(c, &in);
    uint64_t n = c->corpus.count;
    for (uint64_t i = 0; j && check_next(c, &i, n); i++) {
        check_feed_sample(c, j, &in, i);
        check_job_run(c, j, c->plugin.state, &check_host);
        if (j->seen.stream_fault[0])
            check_fail(c, "%s (%s)", j->seen.stream_fault, in.what);
        if (j->seen.open_writer)
            check_fail(c, "run() left a stream or an artifact without its adit_close (%s)", in.what);
    }
}

void check_feed_load_time(struct check *c)
{
#ifdef ADIT_SANITIZED
    enum { LIMIT_MS = 1000 };
#else
    enum { LIMIT_MS = 100 };
#endif
    double ms = (double)c->load_ns / 1e6;
    if (ms >= LIMIT_MS)
        check_fail(c, "loading and open() took %.1f ms; expected less than %d ms", ms, LIMIT_MS);
    check_pass(c, "%.1f ms", ms);
}
