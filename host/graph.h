/* SPDX-License-Identifier: MIT */
/* Joins the plugins into one graph by [needs], and finds what is wrong with it: names claimed twice, conflicts, needs that are
 * missing, too old or broken, and cycles. */
#ifndef HOST_GRAPH_H
#define HOST_GRAPH_H

#include "base/err.h"
#include "registry.h"

enum { GRAPH_MAX_CYCLES = 64 };

/* Fills by_name and every plugin's edges, dependents and depth; breaks the plugins that cannot run, with reasons and findings. */
int graph_join(struct registry *r, struct err *e);

/* Cycles (graph_cycles.c). Breaks every plugin that is on one, and reports up to GRAPH_MAX_CYCLES elementary ones as paths,
 * smallest plugin first, in the order of their names. */
int graph_find_cycles(struct registry *r, struct err *e);

#endif
