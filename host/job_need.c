/* SPDX-License-Identifier: MIT */
#include "job_need.h"

#include <string.h>

#include "fields.h"
#include "job.h"

struct job_node {
    struct adit_value value;
    struct adit_text name;
    uint32_t first, next; /* handles: index + 1 */
};

static size_t count_events(const struct job_need *need)
{
    struct field_reader r = field_reader_of(need->fields, need->size);
    struct field_event e;
    size_t n = 0;
    while (field_next(&r, &e) == 1)
        n += e.tag != FIELD_END;
    return n;
}

static struct adit_value value_of(const struct field_event *e)
{
    struct adit_value v = {.kind = ADIT_KIND_NONE};
    switch (e->tag) {
    case FIELD_BOOL: v.kind = ADIT_KIND_BOOL; v.as.boolean = e->boolean; break;
    case FIELD_I64: v.kind = ADIT_KIND_I64; v.as.i64 = e->i64; break;
    case FIELD_U64: v.kind = ADIT_KIND_U64; v.as.u64 = e->u64; break;
    case FIELD_F64: v.kind = ADIT_KIND_F64; v.as.f64 = e->f64; break;
    case FIELD_STRING: v.kind = ADIT_KIND_STRING; v.as.text = e->text; break;
    case FIELD_BYTES:
    case FIELD_BYTES_TEXT: v.kind = ADIT_KIND_BYTES; v.as.text = e->text; break;
    case FIELD_TIME: v.kind = ADIT_KIND_TIME; v.as.time = e->time; break;
    case FIELD_OBJECT: v.kind = ADIT_KIND_OBJECT; break;
    case FIELD_LIST: v.kind = ADIT_KIND_LIST; break;
    case FIELD_END: break;
    }
    return v;
}

/* The host has checked these fields: they are well-formed and no deeper than FIELD_MAX_DEPTH. */
static void add_tree(struct adit_job *job, const struct job_need *need, uint32_t root)
{
    struct field_reader r = field_reader_of(need->fields, need->size);
    uint32_t parent[FIELD_MAX_DEPTH + 2] = {root}, last[FIELD_MAX_DEPTH + 2] = {0};
    size_t depth = 0;
    struct field_event e;
    while (field_next(&r, &e) == 1) {
        if (e.tag == FIELD_END) {
            depth -= depth > 0;
            continue;
        }
        uint32_t handle = (uint32_t)++job->node_count;
        job->nodes[handle - 1] = (struct job_node){.value = value_of(&e), .name = e.name};
        if (last[depth])
            job->nodes[last[depth] - 1].next = handle;
        else
            job->nodes[parent[depth] - 1].first = handle;
        last[depth] = handle;
        if ((e.tag == FIELD_OBJECT || e.tag == FIELD_LIST) && depth <= FIELD_MAX_DEPTH) {
            depth++;
            parent[depth] = handle;
            last[depth] = 0;
        }
    }
}

/* Builds the nodes at the first question. Roots come first, in the order of job->needs. */
static bool make_nodes(struct adit_job *job)
{
    if (job->nodes_ready)
        return job->nodes != NULL;
    job->nodes_ready = true;
    size_t total = job->need_count;
    for (size_t i = 0; i < job->need_count; i++)
        total += count_events(&job->needs[i]);
    job->nodes = total < UINT32_MAX ? arena_array(&job->nodes_arena, total, sizeof *job->nodes) : NULL;
    if (!job->nodes)
        return false;
    job->node_count = job->need_count;
    for (size_t i = 0; i < job->need_count; i++) {
        job->nodes[i].value.kind = ADIT_KIND_OBJECT;
        add_tree(job, &job->needs[i], (uint32_t)i + 1);
    }
    return true;
}

static const struct job_node *node_of(const struct adit_job *job, uint32_t node)
{
    return job->nodes && node >= 1 && node <= job->node_count ? &job->nodes[node - 1] : NULL;
}

uint32_t job_need_root(struct adit_job *job, const char *plugin, uint32_t nth)
{
    if (!plugin || job->opening)
        return 0;
    size_t n = strlen(plugin);
    for (size_t i = 0; i < job->need_count; i++) {
        if (job->needs[i].plugin_size != n || memcmp(job->needs[i].plugin, plugin, n) != 0 || nth-- > 0)
            continue;
        return make_nodes(job) ? (uint32_t)i + 1 : 0;
    }
    return 0;
}

uint32_t job_node_child(struct adit_job *job, uint32_t node, const char *name, size_t n)
{
    const struct job_node *parent = node_of(job, node);
    if (!parent || parent->value.kind != ADIT_KIND_OBJECT || (!name && n > 0))
        return 0;
    for (uint32_t at = parent->first; at; at = job->nodes[at - 1].next)
        if (job->nodes[at - 1].name.size == n && memcmp(job->nodes[at - 1].name.data, name, n) == 0)
            return at;
    return 0;
}

uint32_t job_node_first(struct adit_job *job, uint32_t node)
{
    const struct job_node *parent = node_of(job, node);
    return parent ? parent->first : 0;
}

uint32_t job_node_next(struct adit_job *job, uint32_t node)
{
    const struct job_node *at = node_of(job, node);
    return at ? at->next : 0;
}

int job_node_get(struct adit_job *job, uint32_t node, struct adit_value *value, struct adit_text *name)
{
    const struct job_node *at = node_of(job, node);
    if (!at)
        return ADIT_E_RANGE;
    if (value)
        *value = at->value;
    if (name)
        *name = at->name;
    return 0;
}
