/* SPDX-License-Identifier: MIT */
/*
 * Identifiers through a delimited table: a file and a .conf make an id mapper. Rows are RFC 4180 where cells may be quoted, and
 * plain cells between delimiters (text/tab-separated-values as IANA registers it) where not.
 *
 * The text stays where it is mapped; an index leads from an identifier to its rows, and the row is read again for each answer.
 */
#include "table_answer.h"
#include "table_text.h"

ADIT_MODULE("table", "1.0.0")

enum { GROUP = 64, POLL = 4096 };

/* ---- open ---- */

static void stop(void *state)
{
    struct table *t = state;
    if (!t->is_kept) {
        index_free(&t->by_key);
        index_free(&t->by_value);
    }
    free(t->scratch);
    free(t);
}

static int32_t start(const struct adit_call *job, void **state)
{
    struct table *t = calloc(1, sizeof *t);
    if (!t)
        return ADIT_FAILED;
    int32_t status = table_read_options(job, t);
    if (status == ADIT_OK && t->rows.quote && !(t->scratch = malloc(ROW_BYTES)))
        status = table_no_memory(job, t);
    if (status == ADIT_OK)
        status = read_text(job, t);
    if (status == ADIT_OK)
        status = read_head(job, t);
    if (status == ADIT_OK && !table_take_kept(job, t)) {
        struct building b = {.job = job};
        status = table_index(&b, t);
        if (status == ADIT_OK)
            table_keep(job, t, &b);
    }
    if (status == ADIT_OK)
        *state = t;
    else
        stop(t);
    return status;
}

/* ---- answers ---- */

/* Memory is far away: each step is made for all of a group, so that its misses overlap. */
static void answer_group(const struct table *t, const struct adit_call *job, const struct adit_text *ids, size_t first, size_t n, bool backward)
{
    const struct index *x = backward ? &t->by_value : &t->by_key;
    struct question q[GROUP];
    for (size_t i = 0; i < n; i++) {
        q[i].number = first + i;
        q[i].id = table_without(t, ids[first + i], backward ? t->value_as.prefix : t->key_as.prefix);
        bool possible = q[i].id.size > 0 && q[i].id.size <= ID_BYTES;
        q[i].hash = possible ? table_hash(t, q[i].id) : 0;
        index_prefetch(x, q[i].hash);
    }
    for (size_t i = 0; i < n; i++) {
        q[i].range = index_bucket(x, q[i].hash);
        if (q[i].id.size == 0 || q[i].id.size > ID_BYTES)
            q[i].range.end = q[i].range.at;
        __builtin_prefetch(&x->entries[q[i].range.at]);
    }
    for (size_t i = 0; i < n; i++) {
        q[i].range = index_narrow(x, q[i].hash, q[i].range);
        if (q[i].range.at == q[i].range.end || (uint32_t)x->entries[q[i].range.at] >= t->rows.size)
            continue;
        const char *row = t->rows.text + (uint32_t)x->entries[q[i].range.at];
        __builtin_prefetch(row);
        __builtin_prefetch(row + 63); /* plain_cells looks at 64 bytes */
    }
    for (size_t i = 0; i < n; i++)
        if (backward)
            answer_backward(t, job, &q[i]);
        else
            (void)answer(t, job, &q[i], 0, 0);
}

static int32_t map(void *state, const struct adit_call *job, const struct adit_text *ids, size_t n, uint32_t flags)
{
    const struct table *t = state;
    bool backward = flags & ADIT_MAP_BACKWARD;
    if (backward && !t->symmetric)
        return ADIT_UNSUPPORTED;
    for (size_t at = 0; at < n; at += GROUP) {
        if (at % POLL == 0 && !adit_progress(job, at, n))
            break;
        answer_group(t, job, ids, at, n - at < GROUP ? n - at : GROUP, backward);
    }
    return ADIT_OK;
}

ADIT_MAPPER(start, map, stop)
