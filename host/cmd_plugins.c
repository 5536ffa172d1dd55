/* SPDX-License-Identifier: MIT */
/* adit plugins: what is configured, and how it hangs together. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "nearest.h"
#include "plugin_graph.h"
#include "plugin_held.h"
#include "plugin_text.h"
#include "quarantine.h"

static const char help[] =
    "Usage: adit plugins [list] [OPTION]…\n"
    "       adit plugins show NAME…\n"
    "       adit plugins graph [--format dot|mermaid]\n"
    "       adit plugins fields [NAME]…\n"
    "       adit plugins release NAME…\n"
    "\n"
    "  list       name, version, kind, state and summary of every plugin; why, where one does not run (default)\n"
    "  show       everything that is known of a plugin\n"
    "  graph      who needs whom, whose streams feed whom, what mappers link, for Graphviz or Mermaid\n"
    "  fields     what plugins may emit: PLUGIN.FIELD, kind, unit, description\n"
    "  release    let a plugin out of quarantine, where it is after it crashed or hung on three files\n"
    "\n"
    "  -f, --format FORMAT      of list, show and fields: text (default) or json; of graph: dot (default) or "
    "mermaid\n" CMD_COMMON_HELP
    "\nExit status: 0 done; 1 release found nothing to release; 2 bad usage; 3 configuration.\n";

enum format { FORMAT_NONE = 0, FORMAT_TEXT, FORMAT_JSON, FORMAT_DOT, FORMAT_MERMAID };

struct request {
    struct cmd_common common;
    struct registry *registry;
    enum format format;
    char **names;
    int name_count;
    struct buf out;
    struct arena arena;
};

static const struct plugin *plugin_named(const struct request *q, const char *name)
{
    const struct plugin *p = registry_find(q->registry, name);
    if (p)
        return p;
    struct nearest near = {.word = name};
    for (size_t i = 0; i < q->registry->count; i++)
        nearest_offer(&near, q->registry->plugins[i].conf.name);
    if (near.best)
        cmd_error("plugins", "there is no plugin '%s': did you mean '%s'?", name, near.best);
    else
        cmd_error("plugins", "there is no plugin '%s': 'adit plugins list' says which there are", name);
    return NULL;
}

/* ---- list ---- */

static void list_text(struct request *q)
{
    const struct registry *r = q->registry;
    size_t width = 8;
    for (size_t i = 0; i < r->count; i++) {
        size_t size = strlen(r->plugins[i].conf.name);
        width = size > width ? size : width;
    }
    for (size_t i = 0; i < r->count; i++) {
        const struct plugin *p = &r->plugins[i];
        char version[VERSION_TEXT];
        buf_addf(&q->out, "%-*s  %-8s %-9s  %-11s  ", (int)width, p->conf.name, version_text(p->conf.version, version),
                 plugin_kind_name(p), plugin_state_name(p->state));
        plugin_put_visible(&q->out, p->state == PLUGIN_READY ? p->conf.summary : p->reason);
        buf_putc(&q->out, '\n');
    }
}

static void put_summary_json(struct buf *b, const struct plugin *p)
{
    char version[VERSION_TEXT];
    plugin_put_json(b, "name", p->conf.name);
    plugin_put_json(b, "version", version_text(p->conf.version, version));
    plugin_put_json(b, "kind", plugin_kind_name(p));
    plugin_put_json(b, "state", plugin_state_name(p->state));
    plugin_put_json(b, "reason", p->reason);
    plugin_put_json(b, "summary", p->conf.summary);
    plugin_put_json(b, "conf", p->conf_path);
    if (p->overrides)
        plugin_put_json(b, "overrides", p->overrides);
}

static int do_list(struct request *q)
{
    if (q->name_count > 0)
        return cmd_usage("plugins", "list takes no names: 'adit plugins show NAME' shows one");
    if (q->format != FORMAT_JSON) {
        list_text(q);
        return EXIT_DONE;
    }
    buf_adds(&q->out, "{\"schema\":1,\"plugins\":[");
    for (size_t i = 0; i < q->registry->count; i++) {
        buf_adds(&q->out, i ? ",\n{" : "\n{");
        put_summary_json(&q->out, &q->registry->plugins[i]);
        buf_putc(&q->out, '}');
    }
    buf_adds(&q->out, "\n]}\n");
    return EXIT_DONE;
}

/* ---- show ---- */

static void put_line(struct buf *b, const char *label, const char *text)
{
    if (!text || !*text)
        return;
    buf_addf(b, "  %-12s ", label);
    plugin_put_visible(b, text);
    buf_putc(b, '\n');
}

static void put_lines(struct buf *b, const char *label, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_line(b, i ? "" : label, texts[i]);
}

static void put_needs(struct buf *b, const struct conf *c, bool optional)
{
    const char *label = optional ? "may need" : "needs";
    for (size_t i = 0; i < c->need_count; i++) {
        if (c->needs[i].optional != optional)
            continue;
        buf_addf(b, "  %-12s ", label);
        plugin_need_text(b, &c->needs[i]);
        buf_putc(b, '\n');
        label = "";
    }
}

static void put_needed_by(struct buf *b, const struct registry *r, const struct plugin *p)
{
    for (size_t i = 0; i < p->dependent_count; i++)
        put_line(b, i ? "" : "needed by", r->plugins[p->dependents[i]].conf.name);
}

static void put_pairs(struct buf *b, const char *label, const struct conf_pair *pairs, size_t count,
                      const char *between)
{
    for (size_t i = 0; i < count; i++) {
        buf_addf(b, "  %-12s %s%s", i ? "" : label, pairs[i].key, between);
        plugin_put_visible(b, pairs[i].value);
        buf_putc(b, '\n');
    }
}

static void put_fields(struct buf *b, const struct plugin *p, const char *indent, bool with_name)
{
    for (size_t i = 0; i < p->conf.field_count; i++) {
        const struct conf_field *f = &p->conf.fields[i];
        char kind[8];
        size_t begin = b->size;
        buf_addf(b, "%s%s%s%s", indent, with_name ? p->conf.name : "", with_name ? "." : "", f->path);
        buf_addf(b, "%*s %-6s %-6s ", begin + 36 > b->size ? (int)(begin + 36 - b->size) : 1, "",
                 plugin_field_kind_name(f, kind), f->unit);
        plugin_put_visible(b, f->description);
        while (b->size > 0 && b->data[b->size - 1] == ' ')
            b->size--;
        buf_putc(b, '\n');
    }
}

static void show_text(struct request *q, const struct plugin *p)
{
    const struct conf *c = &p->conf;
    struct buf *b = &q->out;
    char version[VERSION_TEXT];
    buf_addf(b, "%s %s, %s: ", c->name, version_text(c->version, version), plugin_state_name(p->state));
    plugin_put_visible(b, p->state == PLUGIN_READY ? c->summary : p->reason);
    buf_putc(b, '\n');
    if (p->state != PLUGIN_READY)
        put_line(b, "summary", c->summary);
    put_line(b, "kind", plugin_kind_name(p));
    put_line(b, "conf", p->conf_path);
    put_line(b, "overrides", p->overrides);
    put_line(b, "module", p->module_path ? p->module_path : c->module);
    put_line(b, "domain", c->domain);
    if (c->isolation != CONF_ISOLATE_DOMAIN)
        put_line(b, "isolation", plugin_isolation_name(p));
    put_line(b, "default", c->by_default ? "" : "no: runs where --with, --only or another plugin asks for it");
    for (size_t i = 0; i < c->type_count; i++)
        put_line(b, i ? "" : "declares", c->types[i].media);
    put_lines(b, "matches", c->match_types, c->match_type_count);
    for (size_t i = 0; i < c->predicate_count; i++) {
        static const char *const ops[] = {"", " = ", " != ", " is there"};
        const struct conf_predicate *on = &c->predicates[i];
        buf_addf(b, "  %-12s %s.%s%s", i ? "" : "only where", on->plugin, on->field, ops[on->op]);
        plugin_put_visible(b, on->value);
        buf_putc(b, '\n');
    }
    put_needs(b, c, false);
    put_needs(b, c, true);
    put_needed_by(b, q->registry, p);
    put_lines(b, "conflicts", c->conflicts, c->conflict_count);
    put_lines(b, "streams", c->streams, c->stream_count);
    put_lines(b, "refines to", c->refines, c->refine_count);
    put_line(b, "artifacts", c->artifacts ? "yes" : "");
    if (c->map.from_count > 0) {
        buf_addf(b, "  %-12s ", "maps");
        plugin_map_text(b, &c->map);
        buf_putc(b, '\n');
    }
    for (size_t i = 0; i < c->map.field_count; i++)
        buf_addf(b, "  %-12s %s.%s\n", i ? "" : "maps fields", c->map.fields[i].plugin, c->map.fields[i].path);
    for (size_t i = 0; i < c->namespace_count; i++)
        put_line(b, i ? "" : "namespaces", c->namespaces[i].name);
    put_pairs(b, "companions", c->companions, c->companion_count, " = ");
    put_pairs(b, "resources", c->resources, c->resource_count, " = ");
    put_pairs(b, "options", c->options, c->option_count, " = ");
    put_pairs(b, "waives", c->waivers, c->waiver_count, " because ");
    if (c->kind != CONF_TYPES)
        buf_addf(b, "  %-12s %u ms, %llu MiB, streams %llu KiB, fields %llu KiB, artifacts %u and %llu KiB\n", "limits", c->time_ms,
                 (unsigned long long)(c->memory >> 20), (unsigned long long)(c->stream_bytes >> 10),
                 (unsigned long long)(c->output_bytes >> 10), c->artifact_most, (unsigned long long)(c->artifact_bytes >> 10));
    if (c->field_count > 0)
        buf_adds(b, "  fields\n");
    put_fields(b, p, "    ", false);
}

static void put_fields_json(struct buf *b, const struct plugin *p, bool with_name, const char *between)
{
    for (size_t i = 0; i < p->conf.field_count; i++) {
        const struct conf_field *f = &p->conf.fields[i];
        char kind[8];
        buf_adds(b, b->size > 0 && b->data[b->size - 1] == '}' ? "," : "");
        buf_adds(b, between);
        buf_putc(b, '{');
        if (with_name)
            plugin_put_json(b, "plugin", p->conf.name);
        plugin_put_json(b, "path", f->path);
        plugin_put_json(b, "kind", plugin_field_kind_name(f, kind));
        plugin_put_json(b, "unit", f->unit);
        plugin_put_json(b, "description", f->description);
        buf_putc(b, '}');
    }
}

static void put_needs_json(struct buf *b, const struct plugin *p, const char *key, bool optional)
{
    bool first = true;
    buf_addf(b, ",\"%s\":[", key);
    for (size_t i = 0; i < p->conf.need_count; i++) {
        if (p->conf.needs[i].optional != optional)
            continue;
        buf_adds(b, first ? "\"" : ",\"");
        plugin_need_text(b, &p->conf.needs[i]); /* names and numbers: nothing to escape */
        buf_putc(b, '"');
        first = false;
    }
    buf_putc(b, ']');
}

static void show_json(struct request *q, const struct plugin *p)
{
    struct buf *b = &q->out;
    const struct conf *c = &p->conf;
    buf_adds(b, "{\"schema\":1,\"plugin\":{");
    put_summary_json(b, p);
    plugin_put_json(b, "domain", c->domain);
    plugin_put_json(b, "isolation", plugin_isolation_name(p));
    if (p->module_path)
        plugin_put_json(b, "module", p->module_path);
    buf_addf(b, ",\"default\":%s,\"artifacts\":%s,\"declares\":[", c->by_default ? "true" : "false",
             c->artifacts ? "true" : "false");
    for (size_t i = 0; i < c->type_count; i++)
        buf_addf(b, "%s\"%s\"", i ? "," : "", c->types[i].media); /* RFC 6838 names: nothing to escape */
    buf_putc(b, ']');
    plugin_put_json_list(b, "matches", c->match_types, c->match_type_count);
    put_needs_json(b, p, "needs", false);
    put_needs_json(b, p, "optional", true);
    plugin_put_json_list(b, "conflicts", c->conflicts, c->conflict_count);
    plugin_put_json_list(b, "streams", c->streams, c->stream_count);
    plugin_put_json_list(b, "refines", c->refines, c->refine_count);
    plugin_put_map_json(b, &c->map);
    buf_addf(b, ",\"limits\":{\"time_ms\":%u,\"memory\":%llu,\"stream\":%llu,\"output\":%llu,\"artifact\":%llu,\"artifacts\":%u},\"fields\":[", c->time_ms,
             (unsigned long long)c->memory, (unsigned long long)c->stream_bytes, (unsigned long long)c->output_bytes,
             (unsigned long long)c->artifact_bytes, c->artifact_most);
    put_fields_json(b, p, false, "");
    buf_adds(b, "]}}\n");
}

static int do_show(struct request *q)
{
    if (q->name_count == 0)
        return cmd_usage("plugins", "show: name a plugin");
    for (int i = 0; i < q->name_count; i++) {
        const struct plugin *p = plugin_named(q, q->names[i]);
        if (!p)
            return EXIT_USAGE;
        if (q->format == FORMAT_JSON)
            show_json(q, p);
        else
            show_text(q, p);
    }
    return EXIT_DONE;
}

/* ---- graph, fields, release ---- */

static int do_graph(struct request *q)
{
    if (q->name_count > 0)
        return cmd_usage("plugins", "graph takes no names");
    if (q->format == FORMAT_MERMAID)
        plugin_graph_mermaid(&q->out, q->registry);
    else
        plugin_graph_dot(&q->out, q->registry);
    return EXIT_DONE;
}

static int do_fields(struct request *q)
{
    bool json = q->format == FORMAT_JSON;
    size_t count = q->name_count ? (size_t)q->name_count : q->registry->count;
    buf_adds(&q->out, json ? "{\"schema\":1,\"fields\":[" : "");
    for (size_t i = 0; i < count; i++) {
        const struct plugin *p = q->name_count ? plugin_named(q, q->names[i]) : &q->registry->plugins[i];
        if (!p)
            return EXIT_USAGE;
        if (!json)
            put_fields(&q->out, p, "", true);
        else
            put_fields_json(&q->out, p, true, "\n");
    }
    buf_adds(&q->out, json ? "\n]}\n" : "");
    return EXIT_DONE;
}

static int do_release(struct request *q)
{
    char dir[4096];
    struct err e = {0};
    int status = EXIT_DONE;
    if (q->name_count == 0)
        return cmd_usage("plugins", "release: name a plugin");
    if (cmd_cache_dir(&q->common, dir, sizeof dir) != 0) {
        cmd_error("plugins", "release: no cache folder is known: give --cache-dir, or set HOME");
        return EXIT_USAGE;
    }
    for (int i = 0; i < q->name_count; i++) {
        size_t released = 0;
        if (quarantine_release(dir, q->names[i], &released, &e) != 0) {
            cmd_error("plugins", "%s", e.text);
            return EXIT_SOME_FAILED;
        }
        if (released == 0) {
            cmd_error("plugins", "nothing is noted against '%s'", q->names[i]);
            status = EXIT_SOME_FAILED;
            continue;
        }
        buf_addf(&q->out, "%s: released; %zu %s forgotten\n", q->names[i], released,
                 released == 1 ? "event is" : "events are");
    }
    return status;
}

/* ---- the command line ---- */

static const struct {
    const char *name;
    int (*run)(struct request *q);
    bool reads_plugins;
    enum format formats[2];
} actions[] = {
    {"list", do_list, true, {FORMAT_TEXT, FORMAT_JSON}},        {"show", do_show, true, {FORMAT_TEXT, FORMAT_JSON}},
    {"graph", do_graph, true, {FORMAT_DOT, FORMAT_MERMAID}},    {"fields", do_fields, true, {FORMAT_TEXT, FORMAT_JSON}},
    {"release", do_release, false, {FORMAT_TEXT, FORMAT_TEXT}},
};

static int parse_format(struct request *q, const char *name)
{
    static const char *const names[] = {"", "text", "json", "dot", "mermaid"};
    for (size_t i = FORMAT_TEXT; i <= FORMAT_MERMAID; i++) {
        if (strcmp(name, names[i]) == 0) {
            q->format = (enum format)i;
            return 0;
        }
    }
    return cmd_usage("plugins", "--format: expected text, json, dot or mermaid, found '%s'", name);
}

/* 0: go on; -1: help was printed; otherwise the exit status. */
static int parse(struct request *q, int argc, char **argv)
{
    static const struct option longs[] = {
        CMD_COMMON_LONG, {"format", required_argument, NULL, 'f'}, {NULL, 0, NULL, 0}};
    int status = 0;
    for (int option; status == 0 && (option = cmd_getopt(argc, argv, "f:", longs)) != -1;) {
        if (option == CMD_OPT_HELP) {
            (void)fputs(help, stdout);
            return -1;
        }
        if (option == 'f')
            status = parse_format(q, optarg);
        else if (option == '?' || cmd_common_option(&q->common, option, optarg) < 0)
            status = EXIT_USAGE;
    }
    return status;
}

static int finish(struct request *q, int status)
{
    if (q->out.failed) {
        cmd_error("plugins", "out of memory");
        status = EXIT_SOME_FAILED;
    } else {
        (void)fwrite(q->out.data ? q->out.data : "", 1, q->out.size, stdout); /* main() tells where that fails */
    }
    buf_release(&q->out);
    registry_free(q->registry);
    arena_release(&q->arena);
    return status;
}

static int open_plugins(struct request *q)
{
    char dir[4096];
    int status = cmd_open_registry(&q->common, &q->registry);
    if (status || cmd_cache_dir(&q->common, dir, sizeof dir) != 0 || plugin_mark_held(q->registry, dir, &q->arena))
        return status;
    cmd_error("plugins", "out of memory");
    return EXIT_SOME_FAILED;
}

int cmd_plugins(int argc, char **argv)
{
    struct request q = {0};
    if (cmd_common_init(&q.common) != 0)
        return EXIT_CONFIGURATION;
    int status = parse(&q, argc, argv);
    if (status != 0)
        return status < 0 ? EXIT_DONE : status;
    const char *name = optind < argc ? argv[optind++] : "list";
    q.names = argv + optind;
    q.name_count = argc - optind;
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        if (strcmp(name, actions[i].name) != 0)
            continue;
        if (q.format && q.format != actions[i].formats[0] && q.format != actions[i].formats[1])
            return cmd_usage("plugins", "%s cannot be printed in that format", name);
        status = actions[i].reads_plugins ? open_plugins(&q) : 0;
        return finish(&q, status ? status : actions[i].run(&q));
    }
    return cmd_usage("plugins", "there is no '%s': expected list, show, graph, fields or release", name);
}
