/* SPDX-License-Identifier: MIT */
#include "job_bound.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/vec.h"
#include "fields.h"
#include "job_map.h"
#include "job_need.h"
#include "links.h"

enum { IDS = 10000 }; /* of a job */

/* Links in the order of their coming. */
struct taken { uint32_t id, flags; size_t at, size; };
struct bound {
    struct adit_job *job;
    const struct job_sink *before;
    struct adit_text *ids; size_t count, capacity;
    struct adit_text *fields; size_t field_capacity; /* which each is of */
    struct { struct taken *items; size_t count, capacity; } links;
    struct buf targets;
    struct map seen;    /* identifiers of one field */
    bool failed, more;
};

/* ---- values of fields ---- */

static void add_id(struct bound *b, struct adit_text field, const char *text, size_t size)
{
    static char present;
    if (size == 0 || !utf8_valid(text, size) || map_get(&b->seen, text, size))
        return;
    if (b->count == IDS) {
        b->more = true;
        return;
    }
    const char *kept = arena_dup(&b->job->nodes_arena, text, size);
    if (!kept || !map_put(&b->seen, kept, size, &present) || !vec_grow(&b->ids, &b->capacity, b->count + 1, sizeof *b->ids) ||
        !vec_grow(&b->fields, &b->field_capacity, b->count + 1, sizeof *b->fields)) {
        b->failed = true;
        return;
    }
    b->fields[b->count] = field;
    b->ids[b->count++] = (struct adit_text){kept, size};
}

static void add_value(struct bound *b, struct adit_text field, uint32_t node)
{
    char number[32];
    struct adit_value v;
    int n = 0;
    if (job_node_get(b->job, node, &v, NULL) != 0)
        return;
    if (v.kind == ADIT_KIND_STRING)
        add_id(b, field, v.as.text.data, v.as.text.size);
    else if (v.kind == ADIT_KIND_I64)
        n = snprintf(number, sizeof number, "%lld", (long long)v.as.i64);
    else if (v.kind == ADIT_KIND_U64)
        n = snprintf(number, sizeof number, "%llu", (unsigned long long)v.as.u64);
    if (n > 0)
        add_id(b, field, number, (size_t)n);
}

/* What a path leads to from here: a component may end in "[]", which lists need not be told, and the last may be "*". Recursion is
 * as deep as fields are. */
static void walk(struct bound *b, struct adit_text field, uint32_t node, const char *path, size_t size, unsigned depth)
{
    struct adit_value v;
    if (depth > 2 * FIELD_MAX_DEPTH || job_node_get(b->job, node, &v, NULL) != 0)
        return;
    bool any = size == 1 && path[0] == '*';
    if (v.kind == ADIT_KIND_LIST || (v.kind == ADIT_KIND_OBJECT && any)) {
        for (uint32_t at = job_node_first(b->job, node); at; at = job_node_next(b->job, at))
            walk(b, field, at, path, size, depth + 1);
        return;
    }
    if (size == 0 || any) {
        add_value(b, field, node);
        return;
    }
    const char *dot = memchr(path, '.', size);
    size_t whole = dot ? (size_t)(dot - path) : size, n = whole;
    while (n >= 2 && memcmp(path + n - 2, "[]", 2) == 0)
        n -= 2;
    uint32_t child = n == 1 && path[0] == '*' ? node : job_node_child(b->job, node, path, n);
    size_t used = dot ? whole + 1 : size;
    if (child == node)
        walk(b, field, node, "*", 1, depth + 1);
    else if (child)
        walk(b, field, child, path + used, size - used, depth + 1);
}

/* PLUGIN.PATH, blanks between them. */
static void collect(struct bound *b, struct adit_text list)
{
    while (list.size > 0) {
        const char *blank = memchr(list.data, ' ', list.size);
        struct adit_text field = {list.data, blank ? (size_t)(blank - list.data) : list.size};
        const char *dot = memchr(field.data, '.', field.size);
        char plugin[64];
        list.data += field.size + (blank != NULL);
        list.size -= field.size + (blank != NULL);
        if (!dot || (size_t)(dot - field.data) >= sizeof plugin)
            continue;
        (void)snprintf(plugin, sizeof plugin, "%.*s", (int)(dot - field.data), field.data);
        size_t path = (size_t)(dot - field.data) + 1;
        uint32_t root;
        for (uint32_t nth = 0; (root = job_need_root(b->job, plugin, nth)) != 0; nth++)
            walk(b, field, root, field.data + path, field.size - path, 0);
        map_release(&b->seen);
        b->seen = (struct map){0};
    }
}

/* ---- links ---- */

static void take(void *context, enum wire_record kind, uint8_t flags, const void *a, size_t a_size, const void *heads_end, size_t size)
{
    struct bound *b = context;
    if (kind != RECORD_LINKS) {
        b->before->put(b->before->context, kind, flags, a, a_size, heads_end, size);
        return;
    }
    struct links_reader r = links_reader_of(a);
    struct links_item link;
    size_t at = b->targets.size;
    r.bytes = heads_end;
    buf_add(&b->targets, heads_end, size);
    while (links_next(&r, &link)) {
        if (!vec_push(&b->links, (struct taken){link.id, link.flags, at, link.target.size}))
            b->failed = true;
        at += link.target.size;
    }
}

static bool is_cancelled(void *context, uint64_t done, uint64_t total)
{
    const struct job_sink *before = ((struct bound *)context)->before;
    return before->progress(before->context, done, total);
}

static int32_t map_ids(struct bound *b, const struct adit_call *call)
{
    struct adit_job *job = b->job;
    const struct job_sink sink = {.context = b, .put = take, .progress = is_cancelled};
    uint16_t flags = job->task_flags;
    b->before = job->sink;
    job->sink = &sink;
    job->task_flags = WIRE_TASK_MAP; /* it emits links, and nothing else */
    int32_t status = job_map_call(job, call, b->ids, b->count, 0);
    job->task_flags = flags;
    job->sink = b->before;
    return status;
}

/* ---- what is emitted ---- */

static void emit(struct adit_job *job, const char *name, const char *text, size_t size)
{
    const struct adit_value v = {.kind = ADIT_KIND_STRING, .as.text = {text, size}};
    (void)job_host.emit(job, name, strlen(name), &v);
}

/* As adit map has it (map_judge.c). */
static const char *status_of(uint32_t flags, size_t targets)
{
    if (targets > 1)
        return "ambiguous";
    if (flags & ADIT_LINK_OBSOLETE)
        return "obsolete";
    return targets == 0 ? "unmapped" : flags & ADIT_LINK_SECONDARY ? "secondary" : "mapped";
}

/* Links of identifier i, targets each once. They begin at `first` in the list, which is sorted by identifier. */
static size_t emit_links(struct bound *b, size_t i, size_t first)
{
    struct adit_job *job = b->job;
    struct map seen = {0};
    size_t end = first, distinct = 0;
    uint32_t flags = 0;
    for (; end < b->links.count && b->links.items[end].id == i; end++) {
        struct taken *l = &b->links.items[end];
        const char *text = b->targets.data + l->at;
        flags |= l->flags;
        if (l->size == 0 || map_get(&seen, text, l->size))
            l->size = 0;
        else if (map_put(&seen, text, l->size, b))
            distinct++;
        else
            b->failed = true;
    }
    map_release(&seen);
    const char *status = status_of(flags, distinct);
    (void)job_host.begin(job, "", 0, ADIT_KIND_OBJECT);
    emit(job, "field", b->fields[i].data, b->fields[i].size);
    emit(job, "id", b->ids[i].data, b->ids[i].size);
    emit(job, "status", status, strlen(status));
    for (size_t k = first; k < end; k++)
        if (b->links.items[k].size > 0)
            emit(job, "targets", b->targets.data + b->links.items[k].at, b->links.items[k].size);
    (void)job_host.end(job);
    return end;
}

/* By identifier, links of one in their order: a counting sort. */
static bool sort_links(struct bound *b)
{
    struct adit_job *job = b->job;
    size_t *next = arena_array(&job->nodes_arena, b->count + 1, sizeof *next);
    struct taken *sorted = arena_array(&job->nodes_arena, b->links.count + 1, sizeof *sorted);
    if (!next || !sorted)
        return false;
    memset(next, 0, (b->count + 1) * sizeof *next);
    for (size_t i = 0; i < b->links.count; i++)
        next[b->links.items[i].id + 1]++;
    for (size_t i = 1; i <= b->count; i++)
        next[i] += next[i - 1];
    for (size_t i = 0; i < b->links.count; i++)
        sorted[next[b->links.items[i].id]++] = b->links.items[i];
    memcpy(b->links.items, sorted, b->links.count * sizeof *sorted);
    return true;
}

int32_t job_bound_run(struct adit_job *job, const struct adit_call *call)
{
    struct bound b = {.job = job};
    int32_t status = ADIT_DECLINED;
    collect(&b, job_host.option(job, "map.field"));
    if (b.count > 0 && !b.failed)
        status = map_ids(&b, call);
    if (status == ADIT_OK && b.links.count > 0 && !b.failed)
        b.failed = !sort_links(&b);
    if (status == ADIT_OK && !b.failed) {
        (void)job_host.begin(job, "links", strlen("links"), ADIT_KIND_LIST);
        for (size_t i = 0, at = 0; i < b.count; i++)
            at = emit_links(&b, i, at);
        (void)job_host.end(job);
    }
    static const char more[] = "more than 10000 identifiers: the others were not looked up";
    if (b.more)
        (void)job_host.warn(job, more, sizeof more - 1);
    bool failed = b.failed || b.targets.failed;
    free(b.ids);
    free(b.fields);
    free(b.links.items);
    buf_release(&b.targets);
    return failed ? ADIT_FAILED : status;
}
