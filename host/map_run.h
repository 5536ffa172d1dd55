/* SPDX-License-Identifier: MIT */
/* Takes identifiers through the steps of one or more ways, chunk by chunk, several at the same time, and hands the chunks to an
 * output in the order of the input. Memory is bounded whatever comes. */
#ifndef HOST_MAP_RUN_H
#define HOST_MAP_RUN_H

#include <signal.h>

#include "cache.h"
#include "map_chunk.h"
#include "map_input.h"
#include "mapgraph.h"
#include "pool.h"
#include "quarantine.h"

/* What is done with identifiers that are several. NONE: they are one. */
enum map_composite { MAP_COMPOSITE_NONE = 0, MAP_COMPOSITE_FIRST, MAP_COMPOSITE_ALL, MAP_COMPOSITE_COMBINED };

/* Of a mapper that took part: identifiers that it was asked for, and those that it knew. */
struct map_use {
    uint32_t plugin;
    bool backward;
    uint64_t asked, known;
    uint64_t cached; /* identifiers whose answer was kept from an earlier run */
};
struct map_run_options {
    struct registry *registry;
    const struct map_path *paths; size_t path_count; /* all are walked */
    bool validate;
    const struct map_path *back; /* for validate: from the end to the beginning; NULL: there is no way back */
    enum map_composite composite;
    const char *separator;
    struct map_input *input;
    /* Called for each chunk, in order. A negative errno ends the run. */
    int (*take)(void *context, struct map_chunk *c);
    int (*flush)(void *context); /* nothing more will come for a while */
    void *context;
    struct cache *cache; /* for mappers that say so; NULL: none */
    size_t workers;
    bool sandbox, strict, debug;
    const char *kept; /* as of the pool */
    const char *prefix;
    struct quarantine *quarantine; /* NULL: no crash counts */
    const volatile sig_atomic_t *interrupted;
};
struct map_run;
int map_run_open(const struct map_run_options *options, struct map_run **out, struct err *e);
/* 0; -EINTR; another negative errno with e told. */
int map_run_all(struct map_run *r, struct err *e);
/* Why inputs with a fault from MAP_FAULT_FAILED on could not be looked up. */
const char *map_run_reason(const struct map_run *r, uint8_t fault);
/* In the order of their first step. */
const struct map_use *map_run_uses(const struct map_run *r, size_t *count);
void map_run_stats(const struct map_run *r, struct pool_stats *out);
/* What plugins warned of, a line each; the same one once. */
const char *map_run_warnings(struct map_run *r);
void map_run_close(struct map_run *r);

#endif
