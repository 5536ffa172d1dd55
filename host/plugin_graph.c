/* SPDX-License-Identifier: MIT */
#include "plugin_graph.h"

#include <string.h>

#include "detect.h"
#include "namespace.h"

/* Names are a-z 0-9 _ -: nothing to escape. Mermaid has words that cannot be a node's id, so there plugins are numbered. */
static void put_node(struct buf *b, const struct plugin *p, bool dot)
{
    bool off = p->state != PLUGIN_READY, box = p->conf.kind == CONF_MAPPER;
    if (dot)
        buf_addf(b, "  \"%s\"%s%s;\n", p->conf.name, box ? " [shape=box]" : "",
                 off ? " [color=grey, fontcolor=grey]" : "");
    else
        buf_addf(b, "  n%u%s%s%s%s\n", p->index, box ? "[" : "(", p->conf.name, box ? "]" : ")", off ? ":::off" : "");
}

static void put_edges(struct buf *b, const struct registry *r, const struct plugin *p, bool dot)
{
    for (size_t i = 0; i < p->hard_count + p->soft_count; i++) {
        bool soft = i >= p->hard_count;
        const struct plugin *to = &r->plugins[soft ? p->soft[i - p->hard_count] : p->hard[i]];
        if (dot)
            buf_addf(b, "  \"%s\" -> \"%s\"%s;\n", p->conf.name, to->conf.name, soft ? " [style=dashed]" : "");
        else
            buf_addf(b, "  n%u %s n%u\n", p->index, soft ? "-.->" : "-->", to->index);
    }
}

static bool takes(const struct registry *r, const struct plugin *p, const char *media)
{
    for (size_t i = 0; i < p->conf.match_type_count; i++) {
        const char *type = p->conf.match_types[i];
        if (type[strlen(type) - 1] != '*' && detect_is_a(r->detect, media, type))
            return true;
    }
    return false;
}

/* A "*" on either side would join everything with everything, and tell nothing. */
static void put_streams(struct buf *b, const struct registry *r, const struct plugin *p, bool dot)
{
    for (size_t s = 0; s < p->conf.stream_count; s++) {
        const char *media = p->conf.streams[s];
        for (size_t i = 0; media[strlen(media) - 1] != '*' && i < r->count; i++) {
            const struct plugin *to = &r->plugins[i];
            if (!takes(r, to, media))
                continue;
            if (dot)
                buf_addf(b, "  \"%s\" -> \"%s\" [style=dotted, label=\"%s\"];\n", p->conf.name, to->conf.name, media);
            else
                buf_addf(b, "  n%u == \"%s\" ==> n%u\n", p->index, media, to->index);
        }
    }
}

static void put_namespace(struct buf *b, const struct registry *r, const char *name, bool dot)
{
    if (dot)
        buf_addf(b, "\"%s:\"", name); /* no plugin's name has a colon */
    else
        buf_addf(b, "i%zu", (size_t)(namespace_find(r, name) - r->namespaces));
}

/* From namespace to namespace, through the mapper; both ways where it may be walked backwards. */
static void put_map(struct buf *b, const struct registry *r, const struct plugin *p, bool dot)
{
    const struct conf_map *m = &p->conf.map;
    for (size_t i = 0; i < m->from_count + 1 && m->from_count > 0; i++) {
        bool last = i == m->from_count;
        buf_adds(b, "  ");
        if (!last) {
            put_namespace(b, r, m->from[i], dot);
            buf_adds(b, !dot ? m->symmetric ? " <--> " : " --> " : " -> ");
        }
        if (dot)
            buf_addf(b, "\"%s\"", p->conf.name);
        else
            buf_addf(b, "n%u", p->index);
        if (last) {
            buf_adds(b, !dot ? m->symmetric ? " <--> " : " --> " : " -> ");
            put_namespace(b, r, m->to, dot);
        }
        buf_adds(b, dot && m->symmetric ? " [dir=both];\n" : dot ? ";\n" : "\n");
    }
}

static void put_namespaces(struct buf *b, const struct registry *r, bool dot)
{
    for (size_t i = 0; i < r->namespace_count; i++) {
        buf_adds(b, "  ");
        put_namespace(b, r, r->namespaces[i].name, dot);
        if (dot)
            buf_addf(b, " [shape=hexagon, label=\"%s\"];\n", r->namespaces[i].name);
        else
            buf_addf(b, "{{%s}}\n", r->namespaces[i].name);
    }
}

static void put_all(struct buf *b, const struct registry *r, bool dot)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->plugins[i].conf.kind != CONF_TYPES)
            put_node(b, &r->plugins[i], dot);
    }
    put_namespaces(b, r, dot);
    for (size_t i = 0; i < r->count; i++) {
        put_edges(b, r, &r->plugins[i], dot);
        put_streams(b, r, &r->plugins[i], dot);
        if (r->plugins[i].state != PLUGIN_DISABLED)
            put_map(b, r, &r->plugins[i], dot);
    }
}

void plugin_graph_dot(struct buf *b, const struct registry *r)
{
    buf_adds(b, "digraph plugins {\n  rankdir=LR;\n");
    put_all(b, r, true);
    buf_adds(b, "}\n");
}

void plugin_graph_mermaid(struct buf *b, const struct registry *r)
{
    buf_adds(b, "flowchart LR\n");
    put_all(b, r, false);
    buf_adds(b, "  classDef off color:grey,stroke:grey\n");
}
