/* SPDX-License-Identifier: MIT */
/* The fields of the plugins named in [needs], as input [run]. Nodes are handles; 0 means that there is none, and every
 * function here takes it. */
#ifndef ADIT_NEED_H
#define ADIT_NEED_H

#include <adit/abi.h>
#include <adit/text.h>

/* The fields that `plugin` emitted for this source; nth > 0 (and, in a field mapper, any) may be of streams found in it:
 * a photo's EXIF is exif's result for a stream of the photo. An object node, or 0. */
static inline uint32_t adit_need(const struct adit_call *job, const char *plugin, uint32_t nth)
{
    return job->host->need(job->job, plugin, nth);
}

static inline uint32_t adit_child(const struct adit_call *job, uint32_t node, const char *name)
{
    return node ? job->host->node_child(job->job, node, name, __builtin_strlen(name)) : 0;
}
/* By a name that is no C string. */
static inline uint32_t adit_child_named(const struct adit_call *job, uint32_t node, struct adit_text name)
{
    return node ? job->host->node_child(job->job, node, name.data, name.size) : 0;
}
static inline uint32_t adit_first(const struct adit_call *job, uint32_t node)
{
    return node ? job->host->node_first(job->job, node) : 0;
}
static inline uint32_t adit_next(const struct adit_call *job, uint32_t node)
{
    return node ? job->host->node_next(job->job, node) : 0;
}

/* The value of a node; kind ADIT_KIND_NONE for node 0. Text is borrowed until run() returns. */
static inline struct adit_value adit_get(const struct adit_call *job, uint32_t node)
{
    struct adit_value value = {ADIT_KIND_NONE, 0, {0}};
    if (node)
        (void)job->host->node_get(job->job, node, &value, NULL);
    return value;
}
static inline struct adit_text adit_node_name(const struct adit_call *job, uint32_t node)
{
    struct adit_text name = {NULL, 0};
    if (node)
        (void)job->host->node_get(job->job, node, NULL, &name);
    return name;
}

/* Field `name` of a node, as a value. */
static inline struct adit_value adit_field(const struct adit_call *job, uint32_t node, const char *name)
{
    return adit_get(job, adit_child(job, node, name));
}

enum { ADIT_NODE_DEPTH = 16 }; /* lists and objects in each other that adit_emit_node emits; deeper ones are left out */

#ifdef __cplusplus
extern "C" {
#endif
/* Emits a node under this name ("" inside of a list) as it is, lists and objects whole; node 0: nothing. 0 or enum adit_error. In
 * libadit-sdk. */
int adit_emit_node(const struct adit_call *job, struct adit_text name, uint32_t node);
#ifdef __cplusplus
}
#endif

#endif
