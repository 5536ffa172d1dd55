/* SPDX-License-Identifier: MIT */
#include "namespace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "nearest.h"
#include "registry_impl.h"

static int no_memory(struct err *e)
{
    return err_set(e, -ENOMEM, "out of memory");
}

/* A .conf that could not be read declares nothing; one whose module is missing does. */
static bool counts(const struct plugin *p)
{
    return p->state != PLUGIN_DISABLED;
}

static struct namespace *named(struct registry *r, struct map *by, const char *name, struct err *e)
{
    struct namespace *n = map_gets(by, name);
    if (n)
        return n;
    n = &r->namespaces[r->namespace_count++];
    n->name = name;
    if (map_puts(by, name, n))
        return n;
    (void)no_memory(e);
    return NULL;
}

/* The key in which two declarations differ, or NULL. Examples may. */
static const char *difference(const struct conf_namespace *a, const struct conf_namespace *b)
{
    if (strcmp(a->title, b->title) != 0)
        return "title";
    if (strcmp(a->prefix, b->prefix) != 0)
        return "prefix";
    if (strcmp(a->iri, b->iri) != 0)
        return "iri";
    if (strcmp(a->pattern, b->pattern) != 0)
        return "pattern";
    return strcmp(a->separator, b->separator) != 0 ? "separator" : NULL;
}

static int declare(struct registry *r, struct map *by, const struct plugin *p, const struct conf_namespace *declared,
                   struct err *e)
{
    struct namespace *n = named(r, by, declared->name, e);
    if (!n)
        return -ENOMEM;
    const struct conf_namespace *known = n->declared, *loser = declared;
    const struct plugin *known_by = n->by, *loser_by = p;
    if (!known || p->rank < known_by->rank) {
        n->declared = declared;
        n->by = p;
        loser = known;
        loser_by = known_by;
    }
    const char *key = loser ? difference(n->declared, loser) : NULL;
    if (!key)
        return 0;
    bool added = findings_add(&r->findings, FINDING_ERROR, "map.namespace.unequal", loser_by->conf_path, loser->line, 1,
                              "declare it once, or in the same words",
                              "[namespace %s] is declared by %s too, with another %s: that one counts", n->name,
                              n->by->conf_path, key);
    return added ? 0 : no_memory(e);
}

static int undeclared(struct registry *r, const struct plugin *p, const char *name, struct err *e)
{
    struct nearest near = {.word = name};
    for (size_t i = 0; i < r->namespace_count; i++) {
        if (r->namespaces[i].declared)
            nearest_offer(&near, r->namespaces[i].name);
    }
    bool added = findings_add(
        &r->findings, near.best ? FINDING_WARNING : FINDING_NOTE, "map.namespace.undeclared", p->conf_path,
        p->conf.map.line, 1, "declare it with [namespace], so that malformed identifiers can be told from unknown ones",
        near.best ? "no .conf declares the namespace %s: did you mean %s?" : "no .conf declares the namespace %s", name,
        near.best);
    return added ? 0 : no_memory(e);
}

/* The namespaces that a mapper names, one after the other; NULL: no more. */
static const char *name_of_map(const struct conf_map *m, size_t i)
{
    return i < m->from_count ? m->from[i] : i == m->from_count && *m->to ? m->to : NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct namespace *)a)->name, ((const struct namespace *)b)->name);
}

static int join(struct registry *r, struct map *by, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; i < r->count; i++) {
        const struct plugin *p = &r->plugins[i];
        for (size_t k = 0; rc == 0 && counts(p) && k < p->conf.namespace_count; k++)
            rc = declare(r, by, p, &p->conf.namespaces[k], e);
    }
    size_t declared = r->namespace_count;
    for (size_t i = 0; rc == 0 && i < r->count; i++) {
        const struct plugin *p = &r->plugins[i];
        const char *name;
        for (size_t k = 0; rc == 0 && counts(p) && (name = name_of_map(&p->conf.map, k)); k++) {
            const struct namespace *n = named(r, by, name, e);
            if (!n)
                rc = -ENOMEM;
            else if ((size_t)(n - r->namespaces) >= declared)
                rc = undeclared(r, p, name, e);
        }
    }
    return rc;
}

int namespaces_join(struct registry *r, struct err *e)
{
    size_t most = 0;
    for (size_t i = 0; i < r->count; i++) {
        const struct conf *c = &r->plugins[i].conf;
        most += c->namespace_count + c->map.from_count + (*c->map.to != '\0');
    }
    if (most == 0)
        return 0;
    r->namespaces = arena_array(&r->state->arena, most, sizeof *r->namespaces);
    if (!r->namespaces)
        return no_memory(e);
    struct map by = {0};
    int rc = join(r, &by, e);
    map_release(&by);
    if (rc == 0)
        qsort(r->namespaces, r->namespace_count, sizeof *r->namespaces, by_name);
    return rc;
}

const struct namespace *namespace_find(const struct registry *r, const char *name)
{
    const struct namespace key = {.name = name};
    return r->namespace_count ? bsearch(&key, r->namespaces, r->namespace_count, sizeof key, by_name) : NULL;
}

const char *namespace_prefix(const struct namespace *n)
{
    return n->declared && *n->declared->prefix ? n->declared->prefix : n->name;
}
