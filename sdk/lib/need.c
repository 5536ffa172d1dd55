/* SPDX-License-Identifier: MIT */
#include <adit/emit.h>
#include <adit/need.h>

static int emit_node(const struct adit_call *job, struct adit_text name, uint32_t node, unsigned depth)
{
    struct adit_value value = adit_get(job, node);
    if (value.kind == ADIT_KIND_NONE)
        return 0;
    if (value.kind != ADIT_KIND_LIST && value.kind != ADIT_KIND_OBJECT)
        return adit_emit_named(job, name, &value);
    if (depth == ADIT_NODE_DEPTH)
        return 0;
    int error = adit_begin_named(job, name, (enum adit_kind)value.kind);
    if (error)
        return error;
    for (uint32_t child = adit_first(job, node); child; child = adit_next(job, child)) {
        int failed = emit_node(job, adit_node_name(job, child), child, depth + 1);
        error = error ? error : failed;
    }
    int ended = adit_end(job);
    return error ? error : ended;
}

int adit_emit_node(const struct adit_call *job, struct adit_text name, uint32_t node)
{
    return emit_node(job, name, node, 0);
}
