/* SPDX-License-Identifier: MIT */
/* The plugin "echo" in two versions, for tests of the cache: emits the file's content, its own option and resource, and the
 * time at which it ran, by which a test can tell a result that was kept from one that was made anew. */
#ifndef TESTS_HOSTILE_ECHO_H
#define TESTS_HOSTILE_ECHO_H

#include <adit/adit.h>
#include <stdlib.h>
#include <time.h>

struct echo {
    char table[64];
    size_t table_size;
};

static int32_t echo_open(const struct adit_call *job, void **state)
{
    struct echo *echo = calloc(1, sizeof *echo);
    adit_source table = adit_resource(job, "table");
    if (!echo)
        return ADIT_FAILED;
    int64_t n = table < 0 ? 0 : adit_read(job, table, 0, echo->table, sizeof echo->table);
    echo->table_size = n > 0 ? (size_t)n : 0;
    *state = echo;
    return ADIT_OK;
}

static int32_t echo_run(void *state, const struct adit_call *job)
{
    const struct echo *echo = (const struct echo *)state;
    struct timespec now;
    uint64_t size = adit_size(job);
    struct adit_text content = adit_view(job, ADIT_SOURCE_MAIN, 0, size < 200 ? (size_t)size : 200);
    adit_emit_text(job, "content", content);
    adit_emit_text(job, "option", adit_option(job, "word"));
    adit_emit_text(job, "table", adit_text_of(echo->table, echo->table_size));
    adit_emit_u64(job, "version", ECHO_VERSION);
    adit_emit_text(job, "name", adit_source_name(job));
    if (clock_gettime(CLOCK_REALTIME, &now) == 0)
        adit_emit_u64(job, "ran", (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec);
    adit_source beside = adit_companion(job, "beside");
    if (beside >= 0) {
        char text[64];
        int64_t n = adit_read(job, beside, 0, text, sizeof text);
        adit_emit_text(job, "beside", adit_text_of(text, n > 0 ? (size_t)n : 0));
    }
    return ADIT_OK;
}

ADIT_PLUGIN(echo_open, echo_run, NULL, NULL)

#endif
