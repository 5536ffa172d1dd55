/* SPDX-License-Identifier: MIT */
#include "graph.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nearest.h"
#include "registry_impl.h"

static int no_memory(struct err *e)
{
    return err_set(e, -ENOMEM, "out of memory");
}

/* Breaks `p`, and says so as a finding of its .conf. */
static int refuse(struct registry *r, struct plugin *p, const char *rule, uint32_t line, const char *mend,
                  const char *reason, struct err *e)
{
    bool done = findings_add(&r->findings, FINDING_ERROR, rule, p->conf_path, line, line ? 1 : 0, mend, "%s", reason) &&
                registry_break(r, p, "%s", reason);
    return done ? 0 : no_memory(e);
}

/* Is the .conf's file called as the plugin? */
static bool is_own_file(const struct plugin *p)
{
    const char *slash = strrchr(p->conf_path, '/');
    size_t size = strlen(p->conf.name);
    return slash && strncmp(slash + 1, p->conf.name, size) == 0 && strcmp(slash + 1 + size, ".conf") == 0;
}

/* Of two plugins with one name the one of the earlier directory keeps it: what is added cannot take away. In one
 * directory it is the one whose file has that name. A .conf that failed or is masked is known by its file's name only,
 * and claims nothing. */
static bool keeps_name(const struct plugin *p, const struct plugin *other)
{
    if ((p->state == PLUGIN_READY) != (other->state == PLUGIN_READY))
        return p->state == PLUGIN_READY;
    if (p->rank != other->rank)
        return p->rank < other->rank;
    return is_own_file(p) || !is_own_file(other);
}

static int name_plugins(struct registry *r, struct err *e)
{
    for (size_t i = 0; i < r->count; i++) {
        struct plugin *p = &r->plugins[i], *first = registry_find(r, p->conf.name);
        struct plugin *winner = !first || !keeps_name(first, p) ? p : first;
        struct plugin *loser = winner == p ? first : p;
        if (winner == p && !map_puts(&r->by_name, p->conf.name, p))
            return no_memory(e);
        if (!loser || loser->state != PLUGIN_READY)
            continue;
        char reason[2400];
        (void)snprintf(reason, sizeof reason, "the name %s is taken by %s", p->conf.name, winner->conf_path);
        int rc = refuse(r, loser, "graph.name.repeated", 0, "give one of the two another name", reason, e);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static bool conflicts_with(const struct plugin *p, const char *name)
{
    for (size_t i = 0; i < p->conf.conflict_count; i++) {
        if (strcmp(p->conf.conflicts[i], name) == 0)
            return true;
    }
    return false;
}

/* The plugin that declares a conflict gives way; where both do, the one of the later directory, then of the later name.
 */
static int check_conflicts(struct registry *r, struct err *e)
{
    for (size_t i = 0; i < r->count; i++) {
        struct plugin *p = &r->plugins[i];
        for (size_t k = 0; p->state == PLUGIN_READY && k < p->conf.conflict_count; k++) {
            struct plugin *other = registry_find(r, p->conf.conflicts[k]);
            if (!other || other->state != PLUGIN_READY)
                continue;
            bool p_is_later = p->rank > other->rank || (p->rank == other->rank && p->index > other->index);
            if (conflicts_with(other, p->conf.name) && !p_is_later)
                continue; /* the other gives way when its turn comes, or has */
            char reason[2400];
            (void)snprintf(reason, sizeof reason, "conflicts with %s (%s)", other->conf.name, other->conf_path);
            int rc = refuse(r, p, "graph.conflict", 0, "mask one of the two", reason, e);
            if (rc < 0)
                return rc;
        }
    }
    return 0;
}

static bool version_fits(const struct conf_need *need, struct conf_version v)
{
    return version_within(v, need->bounds[0]) && version_within(v, need->bounds[1]);
}

static void range_text(const struct conf_need *need, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < 2 && used < size; i++) {
        char version[VERSION_TEXT];
        if (need->bounds[i].op == CONF_ANY)
            continue;
        int n = snprintf(out + used, size - used, " %s %s", version_compare_text(need->bounds[i].op),
                         version_text(need->bounds[i].version, version));
        used += n > 0 ? (size_t)n : 0;
    }
}

/* Why a need cannot be met, in `out`; false where it can. */
static bool need_fails(const struct registry *r, const struct plugin *p, const struct conf_need *need,
                       const struct plugin *target, char *out, size_t size)
{
    bool fits_kind = target && !(target->conf.kind == CONF_TYPES ||
                                 (target->conf.kind == CONF_MAPPER && p->conf.kind == CONF_EXTRACTOR));
    if (target && target->state == PLUGIN_READY && fits_kind && version_fits(need, target->conf.version))
        return false;
    char range[96], version[VERSION_TEXT];
    range_text(need, range, sizeof range);
    if (!target) {
        struct nearest near = {.word = need->plugin};
        for (size_t i = 0; i < r->count; i++)
            nearest_offer(&near, r->plugins[i].conf.name);
        (void)snprintf(out, size,
                       near.best ? "needs %s%s, and there is no such plugin: did you mean %s?"
                                 : "needs %s%s, and there is no such plugin",
                       need->plugin, range, near.best);
        return true;
    }
    if (target->state == PLUGIN_DISABLED)
        (void)snprintf(out, size, "needs %s, which is off: %s", need->plugin, target->reason);
    else if (target->state == PLUGIN_BROKEN)
        (void)snprintf(out, size, "needs %s, which is broken: %s", need->plugin, target->reason);
    else if (target->conf.kind == CONF_TYPES)
        (void)snprintf(out, size, "needs %s, which only declares types and has no fields", need->plugin);
    else if (target->conf.kind == CONF_MAPPER && p->conf.kind == CONF_EXTRACTOR)
        (void)snprintf(out, size, "needs the mapper %s, and mappers run after all extractors", need->plugin);
    else
        (void)snprintf(out, size, "needs %s%s, and %s of version %s is there", need->plugin, range, need->plugin,
                       version_text(target->conf.version, version));
    return true;
}

static int by_index(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* The edges of one plugin: needs of either kind to plugins that are there. */
static int set_edges(struct registry *r, struct plugin *p, struct err *e)
{
    size_t n = p->conf.need_count;
    if (n == 0)
        return 0;
    p->hard = arena_array(&r->state->arena, n, sizeof *p->hard);
    p->soft = arena_array(&r->state->arena, n, sizeof *p->soft);
    if (!p->hard || !p->soft)
        return no_memory(e);
    for (size_t i = 0; i < n; i++) {
        const struct conf_need *need = &p->conf.needs[i];
        struct plugin *target = registry_find(r, need->plugin);
        char reason[1024];
        bool fails = need_fails(r, p, need, target, reason, sizeof reason);
        if (fails && !need->optional && p->state == PLUGIN_READY) {
            /* That a need is broken by itself is found again below, when all breakage has spread. */
            bool spreads = target && target->state != PLUGIN_READY;
            int rc = spreads ? 0 : refuse(r, p, "graph.need", need->line, "", reason, e);
            if (rc < 0)
                return rc;
        }
        if (!target || (fails && need->optional))
            continue;
        if (need->optional)
            p->soft[p->soft_count++] = target->index;
        else
            p->hard[p->hard_count++] = target->index;
        target->dependent_count++;
    }
    if (p->hard_count > 1)
        qsort(p->hard, p->hard_count, sizeof *p->hard, by_index);
    if (p->soft_count > 1)
        qsort(p->soft, p->soft_count, sizeof *p->soft, by_index);
    return 0;
}

/* dependent_count holds the sizes; the lists come out sorted, since plugins are visited in order. */
static int set_dependents(struct registry *r, struct err *e)
{
    for (size_t i = 0; i < r->count; i++) {
        struct plugin *p = &r->plugins[i];
        if (p->dependent_count > 0) {
            p->dependents = arena_array(&r->state->arena, p->dependent_count, sizeof *p->dependents);
            if (!p->dependents)
                return no_memory(e);
        }
        p->dependent_count = 0;
    }
    for (size_t i = 0; i < r->count; i++) {
        const struct plugin *p = &r->plugins[i];
        for (size_t k = 0; k < p->hard_count + p->soft_count; k++) {
            struct plugin *target = &r->plugins[k < p->hard_count ? p->hard[k] : p->soft[k - p->hard_count]];
            target->dependents[target->dependent_count++] = (uint32_t)i;
        }
    }
    return 0;
}

static const struct conf_need *need_of(const struct plugin *p, const char *name)
{
    for (size_t i = 0; i < p->conf.need_count; i++) {
        if (strcmp(p->conf.needs[i].plugin, name) == 0)
            return &p->conf.needs[i];
    }
    return NULL;
}

/* A plugin with a hard need that does not run does not run either, nor do those that need it. */
static int spread_breakage(struct registry *r, struct err *e)
{
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < r->count; i++) {
            struct plugin *p = &r->plugins[i];
            for (size_t k = 0; p->state == PLUGIN_READY && k < p->hard_count; k++) {
                const struct plugin *target = &r->plugins[p->hard[k]];
                if (target->state == PLUGIN_READY)
                    continue;
                const struct conf_need *need = need_of(p, target->conf.name);
                char reason[1024];
                if (!need || !need_fails(r, p, need, target, reason, sizeof reason))
                    continue;
                int rc = refuse(r, p, "graph.need", need->line, "", reason, e);
                if (rc < 0)
                    return rc;
                more = true;
            }
        }
    }
    return 0;
}

/* Kahn's algorithm in rounds of depth; plugins on cycles keep depth 0, and are broken. */
static int set_depths(struct registry *r, struct err *e)
{
    uint32_t *waiting = calloc(r->count + 1, sizeof *waiting), *queue = calloc(r->count + 1, sizeof *queue);
    size_t head = 0, tail = 0;
    if (!waiting || !queue) {
        free(waiting);
        free(queue);
        return no_memory(e);
    }
    for (size_t i = 0; i < r->count; i++) {
        waiting[i] = r->plugins[i].hard_count + r->plugins[i].soft_count;
        if (waiting[i] == 0)
            queue[tail++] = (uint32_t)i;
    }
    while (head < tail) {
        const struct plugin *p = &r->plugins[queue[head++]];
        for (size_t k = 0; k < p->dependent_count; k++) {
            struct plugin *next = &r->plugins[p->dependents[k]];
            if (next->depth < p->depth + 1)
                next->depth = p->depth + 1;
            if (--waiting[next->index] == 0)
                queue[tail++] = next->index;
        }
    }
    free(waiting);
    free(queue);
    return tail == r->count ? 0 : graph_find_cycles(r, e);
}

int graph_join(struct registry *r, struct err *e)
{
    int rc = name_plugins(r, e);
    if (rc == 0)
        rc = check_conflicts(r, e);
    for (size_t i = 0; rc == 0 && i < r->count; i++)
        rc = set_edges(r, &r->plugins[i], e);
    if (rc == 0)
        rc = set_dependents(r, e);
    if (rc == 0)
        rc = set_depths(r, e);
    return rc == 0 ? spread_breakage(r, e) : rc;
}
