/* SPDX-License-Identifier: MIT */
/* From the [type] sections of all .confs to one set of types with names, aliases and parents. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "detect_impl.h"

/* ---- names ---- */

static struct detect_name *name_slot(const struct detect *d, const char *name, size_t size, uint32_t hash)
{
    for (size_t i = hash & d->name_mask;; i = (i + 1) & d->name_mask) {
        struct detect_name *n = &d->names[i];
        if (n->type == DETECT_NONE || (n->hash == hash && n->size == size && memcmp(n->name, name, size) == 0))
            return n;
    }
}

int32_t detect_find(const struct detect *d, const char *media, size_t size)
{
    return name_slot(d, media, size, (uint32_t)hash64(media, size, 0))->type;
}

/* A lower-case copy where that differs, else the name itself. NULL when memory is short. */
static const char *lowered(struct detect *d, const char *name)
{
    const char *upper = name;
    while (*upper && !(*upper >= 'A' && *upper <= 'Z'))
        upper++;
    if (!*upper)
        return name;
    char *copy = arena_strdup(&d->arena, name);
    for (char *p = copy; p && *p; p++)
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
    return copy;
}

/* The type of that name, made where there is none yet. DETECT_NONE when memory is short. */
static int32_t intern(struct detect *d, const char *media)
{
    media = lowered(d, media);
    if (!media)
        return DETECT_NONE;
    size_t size = strlen(media);
    uint32_t hash = (uint32_t)hash64(media, size, 0);
    struct detect_name *slot = name_slot(d, media, size, hash);
    if (slot->type == DETECT_NONE) {
        d->types[d->type_count] = (struct detect_type){
            .media = media, .size = (uint32_t)size, .parents = DETECT_NONE, .where = {DETECT_NONE, 0}};
        *slot = (struct detect_name){media, hash, (uint32_t)size, (int32_t)d->type_count++};
    }
    return slot->type;
}

static void link_parent(struct detect *d, int32_t type, int32_t parent)
{
    if (type == parent)
        return;
    for (int32_t l = d->types[type].parents; l >= 0; l = d->links[l].next)
        if (d->links[l].type == parent)
            return;
    d->links[d->link_count] = (struct detect_link){parent, d->types[type].parents};
    d->types[type].parents = (int32_t)d->link_count++;
}

/* ---- the built-in types ---- */

static const struct { const char *media; int32_t parent; } BUILTINS[BUILTIN_COUNT] = {
    [BUILTIN_OCTETS] = {"application/octet-stream", DETECT_NONE},
    [BUILTIN_TEXT] = {"text/plain", DETECT_NONE},
    [BUILTIN_EMPTY] = {"application/x-empty", DETECT_NONE},
    [BUILTIN_XML] = {"application/xml", BUILTIN_TEXT},
    [BUILTIN_JSON] = {"application/json", BUILTIN_TEXT},
    [BUILTIN_NDJSON] = {"application/x-ndjson", BUILTIN_TEXT},
    [BUILTIN_CSV] = {"text/csv", BUILTIN_TEXT},
    [BUILTIN_TSV] = {"text/tab-separated-values", BUILTIN_TEXT},
    [BUILTIN_HTML] = {"text/html", BUILTIN_TEXT},
};

/* Structured syntax suffixes (RFC 6838 4.2.8, RFC 6839) name a parent. */
static const struct { const char *suffix, *parent; } SUFFIXES[] = {
    {"+xml", "application/xml"},   {"+json", "application/json"}, {"+zip", "application/zip"},
    {"+gzip", "application/gzip"}, {"+yaml", "application/yaml"},
};

static bool add_builtins(struct detect *d)
{
    for (int32_t i = 0; i < BUILTIN_COUNT; i++) {
        if (intern(d, BUILTINS[i].media) != i)
            return false;
        d->types[i].declared = true;
        if (BUILTINS[i].parent != DETECT_NONE)
            link_parent(d, i, BUILTINS[i].parent);
    }
    return true;
}

static bool add_implied_parents(struct detect *d)
{
    for (size_t t = BUILTIN_COUNT, n = d->type_count; t < n; t++) {
        const struct detect_type *type = &d->types[t];
        if (strncmp(type->media, "text/", 5) == 0)
            link_parent(d, (int32_t)t, BUILTIN_TEXT);
        const char *plus = memrchr(type->media, '+', type->size);
        for (size_t i = 0; plus && i < sizeof SUFFIXES / sizeof *SUFFIXES; i++) {
            if (strcmp(plus, SUFFIXES[i].suffix) != 0)
                continue;
            int32_t parent = intern(d, SUFFIXES[i].parent);
            if (parent < 0)
                return false;
            link_parent(d, (int32_t)t, parent);
        }
    }
    return true;
}

/* ---- the declarations ---- */

static bool declare_type(struct detect *d, const struct conf_type *from, int32_t conf, int32_t *id)
{
    *id = intern(d, from->media);
    if (*id < 0)
        return false;
    struct detect_type *t = &d->types[*id];
    t->declared = true;
    if (t->where.line == 0)
        t->where = (struct detect_where){conf, from->line};
    for (size_t i = 0; i < from->parent_count; i++) {
        int32_t parent = intern(d, from->parents[i]);
        if (parent < 0)
            return false;
        link_parent(d, *id, parent);
    }
    if (from->root_count)
        link_parent(d, *id, BUILTIN_XML);
    if (from->text)
        link_parent(d, *id, BUILTIN_TEXT);
    return true;
}

static void alias_conflict(const struct detect *d, const struct conf *c, const struct conf_type *t, const char *alias,
                           int32_t other, struct findings *findings)
{
    findings_add(findings, FINDING_WARNING, "type.alias.taken", c->name, t->line, 0,
                 "drop the alias, or declare the other name as the parent",
                 "%s is declared as an alias of %s, but it is another type or an alias of one: %s", alias, t->media,
                 d->types[other].media);
}

static bool add_aliases(struct detect *d, const struct conf *c, const int32_t *ids, struct findings *findings)
{
    for (size_t t = 0; t < c->type_count; t++) {
        const struct conf_type *type = &c->types[t];
        for (size_t i = 0; i < type->alias_count; i++) {
            const char *alias = lowered(d, type->aliases[i]);
            if (!alias)
                return false;
            size_t size = strlen(alias);
            uint32_t hash = (uint32_t)hash64(alias, size, 0);
            struct detect_name *slot = name_slot(d, alias, size, hash);
            bool parent_only = slot->type >= 0 && !d->types[slot->type].declared;
            if (slot->type >= 0 && slot->type != ids[t] && !parent_only)
                alias_conflict(d, c, type, alias, slot->type, findings);
            else
                *slot = (struct detect_name){alias, hash, (uint32_t)size, ids[t]};
        }
    }
    return true;
}

/* A parent that was named by what turned out to be an alias becomes the type that the alias stands for. */
static void resolve_parents(struct detect *d)
{
    for (size_t i = 0; i < d->link_count; i++) {
        const struct detect_type *t = &d->types[d->links[i].type];
        if (!t->declared)
            d->links[i].type = detect_find(d, t->media, t->size);
    }
}

static bool alloc_types(struct detect *d)
{
    size_t types = BUILTIN_COUNT + sizeof SUFFIXES / sizeof *SUFFIXES, links = 0, aliases = 0, sections = 0, slots = 64;
    for (size_t i = 0; i < d->conf_count; i++) {
        const struct conf *c = d->confs[i];
        sections += c->type_count;
        for (size_t t = 0; t < c->type_count; t++) {
            types += 1 + c->types[t].parent_count;
            links += c->types[t].parent_count + 2;
            aliases += c->types[t].alias_count;
        }
    }
    links += types * 2; /* implied ones: text/plain and one suffix each */
    while (slots < (types + aliases) * 2)
        slots *= 2;
    d->ids = arena_array(&d->arena, sections, sizeof *d->ids);
    d->types = arena_array(&d->arena, types, sizeof *d->types);
    d->links = arena_array(&d->arena, links, sizeof *d->links);
    d->names = arena_array(&d->arena, slots, sizeof *d->names);
    d->order = arena_alloc(&d->arena, sizeof *d->order + types * sizeof *d->order->types);
    if (!d->ids || !d->types || !d->links || !d->names || !d->order)
        return false;
    for (size_t i = 0; i < slots; i++)
        d->names[i].type = DETECT_NONE;
    d->name_mask = slots - 1;
    return true;
}

static bool add_declared(struct detect *d, struct findings *findings)
{
    int32_t *ids = d->ids;
    for (size_t i = 0; i < d->conf_count; ids += d->confs[i++]->type_count)
        for (size_t t = 0; t < d->confs[i]->type_count; t++)
            if (!declare_type(d, &d->confs[i]->types[t], (int32_t)i, &ids[t]))
                return false;
    ids = d->ids;
    for (size_t i = 0; i < d->conf_count; ids += d->confs[i++]->type_count)
        if (!add_aliases(d, d->confs[i], ids, findings))
            return false;
    return true;
}

/* ---- what follows from it ---- */

enum { MAX_ANCESTRY = DETECT_KINDS, MAX_DEPTH = 6 };

/* A walk up the parents. Bounded, so that a cycle among declarations ends. */
static bool reaches(const struct detect *d, int32_t from, int32_t to, bool itself)
{
    int32_t stack[MAX_ANCESTRY];
    size_t top = 0, steps = 0;
    if (itself && from == to)
        return true;
    for (int32_t at = from;; at = stack[--top]) {
        for (int32_t l = d->types[at].parents; l >= 0; l = d->links[l].next) {
            if (d->links[l].type == to)
                return true;
            if (top < MAX_ANCESTRY)
                stack[top++] = d->links[l].type;
        }
        if (top == 0 || ++steps == MAX_ANCESTRY)
            return false;
    }
}

bool detect_index_is_a(const struct detect *d, int32_t type, int32_t ancestor)
{
    return ancestor == BUILTIN_OCTETS || reaches(d, type, ancestor, true);
}

static void derive(struct detect *d, struct findings *findings)
{
    for (size_t i = 0; i < d->type_count; i++) {
        struct detect_type *t = &d->types[i];
        t->text = t->parents >= 0 && reaches(d, (int32_t)i, BUILTIN_TEXT, true);
        if (t->parents >= 0 && t->where.conf >= 0 && reaches(d, (int32_t)i, (int32_t)i, false))
            findings_add(findings, FINDING_WARNING, "type.parent.cycle", d->confs[t->where.conf]->name, t->where.line, 0,
                         "drop one of the parents", "%s is its own ancestor", t->media);
        if (t->declared)
            d->order->types[d->order->count++] = (int32_t)i;
    }
    d->types[BUILTIN_TEXT].text = true;
}

/* Rule 4 of detect.c: strong magics alone, its own or, where it has none, of something it descends from. */
static bool wants_magic(const struct detect *d, int32_t type, int depth)
{
    const struct detect_type *t = &d->types[type];
    if (t->weak || t->strong || depth == MAX_DEPTH)
        return t->strong && !t->weak;
    for (int32_t l = t->parents; l >= 0; l = d->links[l].next)
        if (wants_magic(d, d->links[l].type, depth + 1))
            return true;
    return false;
}

static bool build(struct detect *d, const struct conf *const *confs, size_t count, struct findings *findings)
{
    d->confs = arena_dup(&d->arena, confs, count * sizeof *confs);
    d->conf_count = count;
    if (!d->confs || !alloc_types(d) || !add_builtins(d) || !add_declared(d, findings) || !add_implied_parents(d))
        return false;
    resolve_parents(d);
    derive(d, findings);
    if (!detect_magic_build(d, findings) || !detect_glob_build(d) || !detect_root_build(d))
        return false;
    for (size_t i = 0; i < d->type_count; i++)
        d->types[i].wants_magic = wants_magic(d, (int32_t)i, 0);
    return true;
}

struct detect *detect_compile(const struct conf *const *confs, size_t count, struct findings *findings)
{
    struct detect *d = calloc(1, sizeof *d);
    if (d && !build(d, confs, count, findings)) {
        detect_free(d);
        return NULL;
    }
    return d;
}

void detect_free(struct detect *d)
{
    if (!d)
        return;
    arena_release(&d->arena);
    free(d);
}

/* ---- questions about types ---- */

static int32_t find_any_case(const struct detect *d, const char *media, size_t size)
{
    char low[256];
    if (size > sizeof low)
        return DETECT_NONE;
    for (size_t i = 0; i < size; i++)
        low[i] = media[i] >= 'A' && media[i] <= 'Z' ? (char)(media[i] + 32) : media[i];
    return detect_find(d, low, size);
}

const char *detect_canonical(const struct detect *d, const char *media, size_t size)
{
    int32_t t = find_any_case(d, media, size);
    return t >= 0 && d->types[t].declared ? d->types[t].media : NULL;
}

bool detect_is_a(const struct detect *d, const char *media, const char *ancestor)
{
    int32_t t = find_any_case(d, media, strlen(media)), a = find_any_case(d, ancestor, strlen(ancestor));
    if (t >= 0 && a >= 0)
        return detect_index_is_a(d, t, a);
    return a == BUILTIN_OCTETS || (a == BUILTIN_TEXT && strncasecmp(media, "text/", 5) == 0) ||
           strcasecmp(media, ancestor) == 0;
}

/* Adds the parents of `type` that are not there yet, in the order in which they were declared: links lead backwards. */
static size_t add_parents(const struct detect *d, int32_t type, int32_t *kinds, size_t count)
{
    size_t first = count;
    for (int32_t l = d->types[type].parents; l >= 0 && count < DETECT_KINDS; l = d->links[l].next) {
        size_t i = 0;
        while (i < count && kinds[i] != d->links[l].type)
            i++;
        if (i == count)
            kinds[count++] = d->links[l].type;
    }
    for (size_t i = first, k = count; i + 1 < k; i++) {
        int32_t last = kinds[--k];
        kinds[k] = kinds[i];
        kinds[i] = last;
    }
    return count;
}

size_t detect_kinds(const struct detect *d, const char *media, const char *out[DETECT_KINDS])
{
    int32_t kinds[DETECT_KINDS] = {find_any_case(d, media, strlen(media))};
    out[0] = media;
    if (kinds[0] < 0)
        return 1;
    size_t count = 1;
    for (size_t i = 0; i < count; i++) {
        out[i] = d->types[kinds[i]].media;
        count = add_parents(d, kinds[i], kinds, count);
    }
    return count;
}

size_t detect_type_count(const struct detect *d)
{
    return d->order->count;
}

static int by_name(const void *a, const void *b, void *types)
{
    const struct detect_type *t = types;
    return strcmp(t[*(const int32_t *)a].media, t[*(const int32_t *)b].media);
}

const char *detect_type_at(const struct detect *d, size_t i, const char **declared_in)
{
    if (i >= d->order->count)
        return NULL;
    if (!d->order->sorted)
        qsort_r(d->order->types, d->order->count, sizeof *d->order->types, by_name, d->types);
    d->order->sorted = true;
    const struct detect_type *t = &d->types[d->order->types[i]];
    *declared_in = t->where.conf >= 0 ? d->confs[t->where.conf]->name : "";
    return t->media;
}
