/* SPDX-License-Identifier: MIT */
/* What is wrong with a question for a way, and what could be asked instead. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "mapgraph_impl.h"
#include "namespace.h"
#include "nearest.h"

enum { NAMES_SHOWN = 12 };

/* "a, b, c and 4 more" of the namespaces that `chosen` marks (NULL: all); "" where there are none. */
static const char *name_list(struct buf *b, const struct registry *r, const bool *chosen, uint32_t but)
{
    size_t shown = 0, more = 0;
    for (size_t i = 0; i < r->namespace_count; i++) {
        if ((chosen && !chosen[i]) || i == but)
            continue;
        if (shown == NAMES_SHOWN)
            more++;
        else
            buf_addf(b, "%s%s", shown++ ? ", " : "", r->namespaces[i].name);
    }
    if (more)
        buf_addf(b, " and %zu more", more);
    return buf_cstr(b);
}

int mapgraph_namespace(const struct mapgraph *g, const char *name, uint32_t *out, struct err *e)
{
    const struct registry *r = g->registry;
    const struct namespace *n = namespace_find(r, name);
    if (n) {
        *out = (uint32_t)(n - r->namespaces);
        return 0;
    }
    if (r->namespace_count == 0)
        return err_set(e, -ENOENT, "there is no namespace '%s': no mapper is installed", name);
    struct nearest near = {.word = name};
    for (size_t i = 0; i < r->namespace_count; i++)
        nearest_offer(&near, r->namespaces[i].name);
    if (near.best)
        return err_set(e, -ENOENT, "there is no namespace '%s': did you mean '%s'?", name, near.best);
    struct buf all = BUF_INIT;
    int rc =
        err_set(e, -ENOENT, "there is no namespace '%s': there are %s", name, name_list(&all, r, NULL, UINT32_MAX));
    buf_release(&all);
    return rc;
}

/* Is it a namespace or a mapper? */
static int check_name(const struct mapgraph *g, const char *option, const char *name, struct err *e)
{
    const struct registry *r = g->registry;
    const struct plugin *p = registry_find(r, name);
    if (namespace_find(r, name) || (p && p->conf.map.from_count > 0))
        return 0;
    struct nearest near = {.word = name};
    for (size_t i = 0; i < r->namespace_count; i++)
        nearest_offer(&near, r->namespaces[i].name);
    for (size_t i = 0; i < r->count; i++)
        if (r->plugins[i].conf.map.from_count > 0)
            nearest_offer(&near, r->plugins[i].conf.name);
    return err_set(e, -EINVAL,
                   near.best
                       ? "%s: '%s' is neither a namespace nor an id mapper: did you mean '%s'?"
                       : "%s: '%s' is neither a namespace nor an id mapper: 'adit map --list' says which there are",
                   option, name, near.best);
}

int mapgraph_check(const struct mapgraph *g, const struct map_query *q, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < q->via_count; i++)
        rc = check_name(g, "--via", q->via[i], e);
    for (size_t i = 0; rc == 0 && i < q->avoid_count; i++)
        rc = check_name(g, "--avoid", q->avoid[i], e);
    if (rc == 0 && q->from == q->to && q->via_count == 0)
        rc = err_set(e, -EINVAL, "from and to are both %s: --via would lead through another namespace and back",
                     g->registry->namespaces[q->from].name);
    return rc;
}

/* A mapper that is not ready and would lead from what can be reached to what the end can be reached from. */
static const struct plugin *broken_bridge(const struct mapgraph *g, const bool *ahead, const bool *behind)
{
    const struct registry *r = g->registry;
    for (size_t i = 0; i < r->count; i++) {
        const struct plugin *p = &r->plugins[i];
        if (p->state == PLUGIN_READY || p->conf.map.from_count == 0)
            continue;
        const struct namespace *to = namespace_find(r, p->conf.map.to);
        for (size_t k = 0; to && k < p->conf.map.from_count; k++) {
            const struct namespace *from = namespace_find(r, p->conf.map.from[k]);
            if (from && ahead[from - r->namespaces] && behind[to - r->namespaces])
                return p;
        }
    }
    return NULL;
}

int mapgraph_tell_none(const struct mapgraph *g, const struct map_query *q, struct err *e)
{
    const struct registry *r = g->registry;
    const char *from = r->namespaces[q->from].name, *to = r->namespaces[q->to].name;
    bool *ahead = calloc(r->namespace_count, sizeof *ahead), *behind = calloc(r->namespace_count, sizeof *behind);
    struct buf a = BUF_INIT, b = BUF_INIT;
    int rc = err_set(e, -ENOENT, "there is no way from %s to %s", from, to);
    if (ahead && behind) {
        mapgraph_reach(g, q->from, false, ahead);
        mapgraph_reach(g, q->to, true, behind);
        const struct plugin *bridge = broken_bridge(g, ahead, behind);
        if (ahead[q->to] && (q->via_count || q->avoid_count || q->max_hops))
            rc = err_set(
                e, -ENOENT,
                "there is no way from %s to %s that keeps to --via, --avoid and --max-hops; without them there is",
                from, to);
        else if (bridge)
            rc = err_set(e, -ENOENT, "there is no way from %s to %s: the mapper %s does not run: %s", from, to,
                         bridge->conf.name, bridge->reason);
        else {
            const char *reached = name_list(&a, r, ahead, q->from), *reaching = name_list(&b, r, behind, q->to);
            rc = err_set(e, -ENOENT, "there is no way from %s to %s: %s leads to %s; %s is reached from %s", from, to,
                         from, *reached ? reached : "nothing", to, *reaching ? reaching : "nothing");
        }
    }
    free(ahead);
    free(behind);
    buf_release(&a);
    buf_release(&b);
    return rc;
}
