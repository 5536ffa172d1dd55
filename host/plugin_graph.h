/* SPDX-License-Identifier: MIT */
/* The plugins' graph as a drawing: for Graphviz, and for Mermaid. */
#ifndef HOST_PLUGIN_GRAPH_H
#define HOST_PLUGIN_GRAPH_H

#include "base/buf.h"
#include "registry.h"

/* Nodes are plugins but those that only declare types. Edges: solid to what a plugin needs, dashed to what it may need, dotted
 * from whoever emits streams of a type to whoever matches it, with the type. Hexagons are namespaces of identifiers, joined
 * through the mappers between them. Grey: does not run. */
void plugin_graph_dot(struct buf *b, const struct registry *r);
void plugin_graph_mermaid(struct buf *b, const struct registry *r);

#endif
