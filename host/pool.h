/* SPDX-License-Identifier: MIT */
/* The locked processes as the host sees them: zygotes, workers, queues of tasks, limits, deaths. Knows sources only as
 * descriptors and bytes. One thread; everything happens within pool_submit and pool_wait. [host] */
#ifndef HOST_POOL_H
#define HOST_POOL_H

#include <adit/abi.h>

#include "base/err.h"
#include "registry.h"
#include "result.h"
#include "wire.h"

enum { POOL_TASK_JOBS = 32, POOL_TASK_COMPANIONS = 8 };

/* A source and jobs for it that do not depend on each other, all of one domain. The owner's memory; everything it points to
 * stays until task_done. */
struct pool_task {
    struct pool_task *next;
    uint32_t domain;
    uint32_t jobs[POOL_TASK_JOBS]; /* plugin indexes; what has run is taken out */
    uint32_t job_count;
    int fd;                        /* -1: `memory`, or no bytes at all */
    const uint8_t *memory;
    uint64_t offset, size;
    struct adit_text name, media;
    uint16_t flags;                /* WIRE_TASK_… */
    uint64_t stream_bytes;
    const uint8_t *needs; size_t needs_size; /* as wire.h says */
    struct { int fd; uint64_t size; uint32_t plugin; uint16_t label; } companions[POOL_TASK_COMPANIONS];
    uint32_t companion_count;
    uint32_t map_ids;              /* WIRE_TASK_MAP: how many identifiers the source has */
    uint64_t link_bytes;           /* the pool's: of the LINKS that came */
    const void *group;             /* tasks that could fill one quota together: few of them are sent at once; NULL: none */
    bool alone;                    /* a batch and a worker's life of its own */
    unsigned attempts;
    void *owner;
};

/* What the pool tells. `context` is the options'. The bytes of a record are hostile but of the shape that wire.h gives: sizes
 * fit, names and types are within it, links are valid (links.h). They are borrowed until the call returns. */
struct pool_events {
    void *context;
    void (*job_begun)(void *context, struct pool_task *task, uint32_t plugin);
    void (*record)(void *context, struct pool_task *task, uint32_t plugin, const struct wire_record_head *head,
                   const uint8_t *payload);
    void (*job_ended)(void *context, struct pool_task *task, uint32_t plugin, const struct wire_job_end *end);
    /* The worker is gone, or the plugin cannot be loaded: nothing more comes of this job. What was told stays. */
    void (*job_lost)(void *context, struct pool_task *task, uint32_t plugin, enum part_status status, const char *reason);
    /* Forget what was told of this job: it will run again. */
    void (*job_again)(void *context, struct pool_task *task, uint32_t plugin);
    /* The module of a plugin was sealed; for fingerprints. */
    void (*sealed)(void *context, uint32_t plugin, const unsigned char digest[32]);
    void (*task_done)(void *context, struct pool_task *task);
    /* Is this one of those that the owner waits for (pool_hold)? There must always be one, running or queued, unless the owner can
     * go on without. NULL: it never holds. */
    bool (*urgent)(void *context, const struct pool_task *task);
    /* May be NULL. What a plugin's open() warned of; a line of any bytes. Where open() fails, its last one is the reason too. */
    void (*warned)(void *context, uint32_t plugin, const char *text);
};

struct pool_options {
    struct registry *registry;
    size_t workers;           /* of a domain at once; 0: one a processor */
    bool sandbox;             /* false: --sandbox=off */
    bool strict;              /* every system call that is not allowed kills: for tests */
    bool debug;               /* locked processes keep standard error */
    bool (*wants_stream)(void *context, const char *media); /* context: that of events */
    const char *kept;         /* folder for what plugins keep between runs (kept.h); NULL: nothing is kept */
    const char *prefix;       /* PREFIX/libexec/adit/adit-zygote */
    struct pool_events events;
};

struct pool;
/* Starts nothing yet. */
int pool_open(const struct pool_options *options, struct pool **out, struct err *e);
/* Ends every process that it started, and waits for them. */
void pool_close(struct pool *p);

/* Which domain a plugin runs in, by name; the same name gives the same number. -ENOMEM. */
int pool_domain(struct pool *p, const char *name, uint32_t *out);

/* A plan names this plugin: workers that are started from now on will have it. */
void pool_want(struct pool *p, uint32_t domain, uint32_t plugin);
void pool_submit(struct pool *p, struct pool_task *task);
/* From now on this plugin's jobs are not run: they are lost with this status and reason. */
void pool_disable(struct pool *p, uint32_t plugin, enum part_status status, const char *reason);
/* Starts what can be started, waits up to `timeout_ms` for something to happen, and takes what has come in. `extra_fd` (or -1)
 * ends the wait too. 0, or a negative errno that ends the run (e says why: a lock that cannot be applied, no memory). */
int pool_wait(struct pool *p, int timeout_ms, int extra_fd, struct err *e);
size_t pool_pending(const struct pool *p); /* tasks submitted and not done */

/* While on, only urgent tasks are run, one at a time; to be called again whenever another task has become urgent. */
void pool_hold(struct pool *p, bool on);

/* Asks every running job to stop; those that do not within their limits' grace are killed by pool_close. */
void pool_cancel(struct pool *p);

/* The job that has been running the longest and reports progress. False: none. */
bool pool_progress(const struct pool *p, struct pool_task **task, uint64_t *done, uint64_t *total);

struct pool_stats {
    uint64_t batches, tasks, jobs, workers_started, zygotes_started, workers_lost, modules_loaded;
    const char *locks; /* what they cover, in words; "" where no process was needed */
};
void pool_stats(const struct pool *p, struct pool_stats *out);

#endif
