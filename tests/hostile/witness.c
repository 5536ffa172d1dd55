/* SPDX-License-Identifier: MIT */
/* An honest plugin beside the hostile ones: its results must be the same with and without them. */
#include <adit/adit.h>
#include <stdlib.h>
#include <string.h>

ADIT_MODULE("witness", "1.0.0")

struct witness {
    char mark[16]; /* by which malice_memory.c finds it */
    uint64_t salt;
};

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    struct witness *w = calloc(1, sizeof *w);
    (void)job;
    if (!w)
        return ADIT_FAILED;
    memcpy(w->mark, "WITNESS'S STATE", sizeof w->mark);
    *state = w;
    return ADIT_OK;
}

static int32_t run(void *state, const struct adit_call *job)
{
    const struct witness *w = (const struct witness *)state;
    uint64_t sum = 14695981039346656037u ^ w->salt;
    unsigned char block[4096];
    for (uint64_t at = 0; at < adit_size(job);) {
        int64_t n = adit_read(job, ADIT_SOURCE_MAIN, at, block, sizeof block);
        if (n <= 0)
            return ADIT_FAILED;
        for (int64_t i = 0; i < n; i++)
            sum = (sum ^ block[i]) * 1099511628211u; /* FNV-1a */
        at += (uint64_t)n;
    }
    adit_emit_u64(job, "sum", sum);
    adit_emit_text(job, "name", adit_source_name(job));
    adit_begin_list(job, "words");
    for (uint64_t i = 0; i < adit_size(job) && i < 64; i += 8) {
        struct adit_text word = adit_view(job, ADIT_SOURCE_MAIN, i, adit_size(job) - i < 8 ? (size_t)(adit_size(job) - i) : 8);
        adit_emit_text(job, "", word);
    }
    adit_end(job);
    if (adit_open_artifact(job, ADIT_TEXT("copy"), "text/plain") == 0) {
        struct adit_text all = adit_view(job, ADIT_SOURCE_MAIN, 0, adit_size(job) < 4096 ? (size_t)adit_size(job) : 4096);
        adit_write(job, all.data, all.size);
        adit_close(job);
    }
    return ADIT_OK;
}

ADIT_PLUGIN(open_plugin, run, NULL, NULL)
