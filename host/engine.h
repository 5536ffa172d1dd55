/* SPDX-License-Identifier: MIT */
/* From a walk to printed results: looks up, opens, detects, plans, hands to the pool, collects, keeps, prints, in the order of
 * the walk. [host] */
#ifndef HOST_ENGINE_H
#define HOST_ENGINE_H

#include <signal.h>

#include "base/err.h"
#include "cache.h"
#include "output.h"
#include "pairs.h"
#include "plan.h"
#include "pool.h"
#include "progress.h"
#include "quarantine.h"
#include "registry.h"
#include "shards.h"
#include "tally.h"
#include "walk.h"

struct engine_options {
    struct registry *registry;
    struct plan_selection selection;
    struct walk *walk;
    struct output *output;
    struct cache *cache;             /* NULL: --no-cache */
    struct progress *progress;       /* NULL: none */
    struct tally *tally;             /* NULL: none */
    struct quarantine *quarantine;
    const char *artifacts;           /* folder, or NULL */
    const struct pairs *pairs;       /* companions by a table, or NULL */
    const char *shard_name;          /* artifacts go into shards of this name; NULL: into files of their own */
    uint64_t shard_bytes;
    size_t workers;                  /* 0: one a processor */
    bool sandbox, strict, debug;
    const char *kept;                /* as of the pool */
    const char *prefix;
    void (*warned)(void *context, const char *plugin, const char *text); /* what a plugin's open() warned of; may be NULL */
    void *context;                   /* of warned */
    volatile sig_atomic_t *interrupted; /* set by a signal: end with what is done */
};

struct engine_stats {
    uint64_t files, bytes, streams, hits, reused, failed, unread;
    uint64_t failing;        /* files that ask for exit status 1 */
    char first_failure[512]; /* of them, see result_put_failure */
    uint64_t artifacts, artifact_bytes; /* written by plugins */
    struct shards_counts shards;
    struct pool_stats pool;
};

/* Runs to the end. 0: everything was printed; `*status` is then the exit status that the results ask for. Negative: the run
 * could not go on (e says why); what was finished is printed and kept. -EINTR: interrupted. */
int engine_run(const struct engine_options *options, int *status, struct engine_stats *stats, struct err *e);

#endif
