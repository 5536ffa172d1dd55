/* SPDX-License-Identifier: MIT */
/* What the parts of `adit map` share: the request, and what is told instead of mapping. */
#ifndef HOST_CMD_MAP_H
#define HOST_CMD_MAP_H

#include <signal.h>

#include "cmd.h"
#include "map_output.h"
#include "mapgraph.h"

enum { MAP_NAMES = 64, MAP_PATHS = 100 };

struct map_names { const char *items[MAP_NAMES]; size_t count; };
struct map_request {
    struct cmd_common common;
    const char *from, *to, *input, *column, *columns, *format;
    struct map_names via, avoid;
    size_t max_hops, jobs;
    bool all_paths, explain, validate, list, no_header, stats, quiet, complete, no_sandbox, strict, debug, no_cache;
    char delimiter;
    enum map_composite composite;
    const char *const *ids; size_t id_count;
    struct registry *registry;
    struct mapgraph *graph;
    struct quarantine *quarantine;
    const volatile sig_atomic_t *interrupted;
};

/* cmd_map_run.c. Maps, and returns the exit status. */
int map_request_run(struct map_request *q, const struct map_query *query, enum map_format format);

/* cmd_map_tell.c. Each prints, and returns the exit status. */
int map_tell_list(struct map_request *q);
int map_tell_explain(struct map_request *q, const struct map_query *query);
/* --from or --to is missing. Where only one namespace can be meant by --from it is set, and told; -1 is returned then. */
int map_tell_missing(struct map_request *q);

#endif
