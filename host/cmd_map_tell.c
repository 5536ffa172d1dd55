/* SPDX-License-Identifier: MIT */
/* What `adit map` says where it does not map: which namespaces and mappers there are, which way it would go, what could be meant. */
#include <errno.h>
#include <string.h>

#include "cmd_map.h"
#include "id_pattern.h"
#include "namespace.h"
#include "plugin_text.h"

static int print(struct buf *b, FILE *to, int status)
{
    bool done = !b->failed && fwrite(b->data ? b->data : "", 1, b->size, to) == b->size && fflush(to) == 0;
    if (!done)
        cmd_error("map", "cannot write to standard output: %s", b->failed ? strerror(ENOMEM) : strerror(errno));
    buf_release(b);
    return done ? status : EXIT_SOME_FAILED;
}

/* ---- --list ---- */

static void put_namespace(struct buf *b, const struct namespace *n, size_t width)
{
    buf_addf(b, "  %-*s", (int)width, n->name);
    if (n->declared && *n->declared->title) {
        buf_adds(b, "  ");
        plugin_put_visible(b, n->declared->title);
    }
    for (size_t i = 0; n->declared && i < n->declared->example_count; i++) {
        buf_adds(b, i ? ", " : "  e.g. ");
        plugin_put_visible(b, n->declared->examples[i]);
    }
    buf_putc(b, '\n');
}

static void list_text(struct buf *b, const struct registry *r)
{
    size_t width = 8, named = 8;
    for (size_t i = 0; i < r->namespace_count; i++)
        width = strlen(r->namespaces[i].name) > width ? strlen(r->namespaces[i].name) : width;
    for (size_t i = 0; i < r->count; i++)
        if (r->plugins[i].conf.map.from_count > 0 && strlen(r->plugins[i].conf.name) > named)
            named = strlen(r->plugins[i].conf.name);
    buf_adds(b, "namespaces\n");
    for (size_t i = 0; i < r->namespace_count; i++)
        put_namespace(b, &r->namespaces[i], width);
    buf_adds(b, "mappers\n");
    for (size_t i = 0; i < r->count; i++) {
        const struct plugin *p = &r->plugins[i];
        if (p->conf.map.from_count == 0)
            continue;
        buf_addf(b, "  %-*s  ", (int)named, p->conf.name);
        plugin_map_text(b, &p->conf.map);
        if (p->state != PLUGIN_READY) {
            buf_addf(b, "  (%s: ", plugin_state_name(p->state));
            plugin_put_visible(b, p->reason);
            buf_putc(b, ')');
        }
        buf_putc(b, '\n');
    }
}

static void list_json(struct buf *b, const struct registry *r)
{
    buf_adds(b, "{\"schema\":1,\"namespaces\":[");
    for (size_t i = 0; i < r->namespace_count; i++) {
        const struct namespace *n = &r->namespaces[i];
        buf_adds(b, i ? ",\n{" : "\n{");
        plugin_put_json(b, "name", n->name);
        plugin_put_json(b, "prefix", namespace_prefix(n));
        if (n->declared) {
            plugin_put_json(b, "title", n->declared->title);
            plugin_put_json(b, "pattern", n->declared->pattern);
            plugin_put_json(b, "separator", n->declared->separator);
            plugin_put_json_list(b, "examples", n->declared->examples, n->declared->example_count);
        }
        buf_putc(b, '}');
    }
    buf_adds(b, "],\n\"mappers\":[");
    bool first = true;
    for (size_t i = 0; i < r->count; i++) {
        const struct plugin *p = &r->plugins[i];
        if (p->conf.map.from_count == 0)
            continue;
        buf_adds(b, first ? "\n{" : ",\n{");
        first = false;
        plugin_put_json(b, "name", p->conf.name);
        plugin_put_json(b, "state", plugin_state_name(p->state));
        plugin_put_json(b, "reason", p->reason);
        plugin_put_map_json(b, &p->conf.map);
        buf_putc(b, '}');
    }
    buf_adds(b, "\n]}\n");
}

int map_tell_list(struct map_request *q)
{
    struct buf b = BUF_INIT;
    bool json = q->format && strcmp(q->format, "json") == 0;
    if (q->format && !json && strcmp(q->format, "text") != 0)
        return cmd_usage("map", "--list is printed as text or json, not as %s", q->format);
    (json ? list_json : list_text)(&b, q->registry);
    return print(&b, stdout, EXIT_DONE);
}

/* ---- --explain ---- */

static const char *name_of(const struct map_request *q, uint32_t namespace)
{
    return q->registry->namespaces[namespace].name;
}

/* "a -[m]-> b <-[n]- c" */
static void put_line(struct buf *b, const struct map_request *q, const struct map_path *p)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct map_edge *edge = p->steps[i];
        const char *plugin = q->registry->plugins[edge->plugin].conf.name;
        if (i == 0)
            buf_adds(b, name_of(q, edge->from));
        buf_addf(b, edge->backward ? " <-[%s]- %s" : " -[%s]-> %s", plugin, name_of(q, edge->to));
    }
}

static void put_steps(struct buf *b, const struct map_request *q, const struct map_path *p)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct map_edge *edge = p->steps[i];
        const struct plugin *plugin = &q->registry->plugins[edge->plugin];
        buf_addf(b, "  %zu. %s to %s over %s%s: cost %u, %s\n", i + 1, name_of(q, edge->from), name_of(q, edge->to),
                 plugin->conf.name, edge->backward ? ", backwards" : "", edge->cost,
                 edge->backward ? plugin->conf.map.inverse : plugin->conf.map.predicate);
        buf_addf(b, "     ");
        plugin_put_visible(b, plugin->conf_path);
        buf_putc(b, '\n');
    }
}

static const char *why_not(const struct map_path *best, const struct map_path *other)
{
    return other->cost > best->cost     ? "dearer"
           : other->count > best->count ? "as dear, more steps"
                                        : "as dear, later by name";
}

static void explain_text(struct buf *b, const struct map_request *q, const struct map_paths *paths)
{
    const struct map_path *best = &paths->items[0];
    size_t used = q->all_paths ? paths->count : 1;
    buf_addf(b, "%s to %s: %zu %s, cost %llu: the cheapest way%s\n", name_of(q, best->steps[0]->from),
             name_of(q, best->steps[best->count - 1]->to), best->count, best->count == 1 ? "step" : "steps",
             (unsigned long long)best->cost,
             q->via.count || q->avoid.count || q->max_hops ? " that keeps to --via, --avoid and --max-hops" : "");
    put_steps(b, q, best);
    if (paths->count > 1)
        buf_addf(b, "%s\n", used > 1 ? "and these ways, since --all-paths was given" : "other ways, not taken");
    for (size_t i = 1; i < paths->count; i++) {
        buf_addf(b, "  cost %llu, ", (unsigned long long)paths->items[i].cost);
        put_line(b, q, &paths->items[i]);
        buf_addf(b, " (%s)\n", why_not(best, &paths->items[i]));
    }
    if (paths->more)
        buf_adds(b, "  and more\n");
}

static void explain_json(struct buf *b, const struct map_request *q, const struct map_paths *paths)
{
    buf_addf(b, "{\"schema\":1,\"more\":%s,\"paths\":[", paths->more ? "true" : "false");
    for (size_t i = 0; i < paths->count; i++) {
        const struct map_path *p = &paths->items[i];
        buf_addf(b, "%s\n{\"taken\":%s,\"cost\":%llu,\"hops\":%zu,\"steps\":[", i ? "," : "",
                 i == 0 || q->all_paths ? "true" : "false", (unsigned long long)p->cost, p->count);
        for (size_t k = 0; k < p->count; k++) {
            const struct map_edge *edge = p->steps[k];
            buf_adds(b, k ? ",{" : "{");
            plugin_put_json(b, "mapper", q->registry->plugins[edge->plugin].conf.name);
            plugin_put_json(b, "from", name_of(q, edge->from));
            plugin_put_json(b, "to", name_of(q, edge->to));
            buf_addf(b, ",\"cost\":%u,\"backward\":%s}", edge->cost, edge->backward ? "true" : "false");
        }
        buf_adds(b, "]}");
    }
    buf_adds(b, "\n]}\n");
}

int map_tell_explain(struct map_request *q, const struct map_query *query)
{
    struct map_paths paths;
    struct err e = {0};
    struct buf b = BUF_INIT;
    bool json = q->format && strcmp(q->format, "json") == 0;
    struct map_query more = *query;
    if (q->format && !json && strcmp(q->format, "text") != 0)
        return cmd_usage("map", "--explain is printed as text or json, not as %s", q->format);
    more.most = q->all_paths ? MAP_PATHS : 10;
    int rc = mapgraph_paths(q->graph, &more, &paths, &e);
    if (rc == 0)
        (json ? explain_json : explain_text)(&b, q, &paths);
    map_paths_release(&paths);
    if (rc == 0)
        return print(&b, stdout, EXIT_DONE);
    cmd_error("map", "%s", e.text);
    return EXIT_USAGE;
}

/* ---- what could be meant ---- */

static bool fits_all(const struct map_request *q, const struct namespace *n)
{
    struct id_pattern *pattern = NULL;
    bool fits = n->declared && *n->declared->pattern && id_pattern_new(n->declared->pattern, &pattern, NULL) == 0;
    for (size_t i = 0; fits && i < q->id_count; i++)
        fits = id_pattern_fits(pattern, q->ids[i], strlen(q->ids[i])) == 1;
    id_pattern_free(pattern);
    return fits;
}

struct candidates {
    bool *of;
    size_t count, first;
};

/* Those of `among` that the identifiers may be of; all of them where no pattern says anything. */
static void choose(const struct map_request *q, struct candidates *c, bool *among, bool *fitting)
{
    const struct registry *r = q->registry;
    size_t fits = 0;
    for (size_t i = 0; i < r->namespace_count; i++) {
        fitting[i] = among[i] && q->id_count > 0 && fits_all(q, &r->namespaces[i]);
        fits += fitting[i];
    }
    *c = (struct candidates){.of = fits ? fitting : among};
    for (size_t i = r->namespace_count; i-- > 0;) {
        c->count += c->of[i];
        c->first = c->of[i] ? i : c->first;
    }
    if (!fits)
        c->count = c->count == 1 ? 2 : c->count; /* nothing speaks for the only one but that it is there: ask */
}

static void put_candidates(struct buf *b, const struct registry *r, const struct candidates *c)
{
    size_t width = 8;
    for (size_t i = 0; i < r->namespace_count; i++)
        width = c->of[i] && strlen(r->namespaces[i].name) > width ? strlen(r->namespaces[i].name) : width;
    for (size_t i = 0; i < r->namespace_count; i++)
        if (c->of[i])
            put_namespace(b, &r->namespaces[i], width);
}

int map_tell_missing(struct map_request *q)
{
    const struct registry *r = q->registry;
    struct err e = {0};
    struct arena arena = {0};
    struct buf b = BUF_INIT;
    uint32_t at = 0;
    bool *among = arena_array(&arena, r->namespace_count + 1, sizeof *among),
         *fitting = arena_array(&arena, r->namespace_count + 1, sizeof *fitting);
    const char *known = q->from ? q->from : q->to;
    struct candidates c;
    int status = EXIT_USAGE;
    if (!among || !fitting) {
        cmd_error("map", "out of memory");
    } else if (r->namespace_count == 0) {
        cmd_error("map", "no mapper is installed: see [map] in adit.conf(5), or give --conf-dir");
    } else if (known && mapgraph_namespace(q->graph, known, &at, &e) != 0) {
        cmd_error("map", "%s", e.text);
    } else {
        memset(among, 1, r->namespace_count * sizeof *among);
        if (known) {
            mapgraph_reach(q->graph, at, q->from == NULL, among);
            among[at] = false;
        }
        if (q->from)
            c = (struct candidates){.of = among};
        else
            choose(q, &c, among, fitting);
        if (!q->from && q->to && c.count == 1) {
            q->from = r->namespaces[c.first].name;
            cmd_error("map", "taking --from %s: no other namespace that leads to %s has a pattern that fits", q->from,
                      q->to);
            status = -1;
        } else {
            buf_addf(&b,
                     q->from ? "adit map: --to is missing; %s leads to\n"
                     : q->to ? "adit map: --from is missing; these lead to %s%s\n"
                             : "adit map: --from and --to are missing%s%s\n",
                     q->from                          ? q->from
                     : q->to                          ? q->to
                     : q->id_count && c.of == fitting ? "; it may be of"
                                                      : "; there are",
                     q->to && q->id_count && !q->from && c.of == fitting ? ", and the identifiers may be of them" : "");
            put_candidates(&b, r, &c);
            buf_adds(&b,
                     "Try 'adit map --from NAMESPACE --to NAMESPACE ID…', 'adit map --list', or 'adit map --help'.\n");
            status = print(&b, stderr, EXIT_USAGE);
        }
    }
    arena_release(&arena);
    buf_release(&b);
    return status;
}
