/* SPDX-License-Identifier: MIT */
/*
 * Id mappers: identifiers of one namespace in, links to those of another out [map]. [map] in the .conf names the namespaces.
 *
 *     static int32_t map(void *state, const struct adit_call *job, const struct adit_text *ids, size_t n, uint32_t flags)
 *     {
 *         for (size_t i = 0; i < n; i++)
 *             for (const struct entry *e = find(state, ids[i], flags & ADIT_MAP_BACKWARD); e; e = e->next)
 *                 adit_link(job, i, e->target);
 *         return ADIT_OK;
 *     }
 *     ADIT_MAPPER(open, map, NULL)
 *
 * Every link counts: where an identifier has several, all are given, in the table's order. Results are 0 or enum adit_error and
 * may be ignored, as in emit.h.
 */
#ifndef ADIT_MAP_H
#define ADIT_MAP_H

#include <adit/abi.h>
#include <adit/text.h>

static inline int adit_link_flags(const struct adit_call *job, size_t id, struct adit_text target, uint32_t flags)
{
    const struct adit_link link = {target, flags, 0};
    return job->host->link(job->job, (uint32_t)id, &link);
}

/* ids[id] is called `target` in the other namespace. */
static inline int adit_link(const struct adit_call *job, size_t id, struct adit_text target)
{
    return adit_link_flags(job, id, target, 0);
}

/* ids[id] is an alias or a former name of an entry, which is called `target`. */
static inline int adit_link_secondary(const struct adit_call *job, size_t id, struct adit_text target)
{
    return adit_link_flags(job, id, target, ADIT_LINK_SECONDARY);
}

/* ids[id] is withdrawn. `replacement` may be empty. */
static inline int adit_link_obsolete(const struct adit_call *job, size_t id, struct adit_text replacement)
{
    return adit_link_flags(job, id, replacement, ADIT_LINK_OBSOLETE);
}

#endif
