/* SPDX-License-Identifier: MIT */
/* What the files of the pool share: pool.c (queues, batches), pool_zygote.c (start, lock, load), pool_worker.c (start, records,
 * death), pool_cause.c (why), pool_strays.c (processes that nobody ordered), pool_hold.c (too many results), pool_resource.c (declared formats). */
#ifndef HOST_POOL_IMPL_H
#define HOST_POOL_IMPL_H

#include <signal.h>
#include <sys/types.h>

#include "base/buf.h"
#include "libraries.h"
#include "module.h"
#include "pool.h"
#include "resource.h"
#include "ring.h"

enum { BATCHES = 2, MAX_ZYGOTES = 16, MAX_ATTEMPTS = 3, START_MS = 10000, CLOSE_MS = 10 };

struct batch {
    struct pool_task *tasks[WIRE_TASKS];
    bool task_ended[WIRE_TASKS];
    uint32_t open[WIRE_TASKS]; /* plugin whose job has begun and not ended; WIRE_NO_PLUGIN */
    bool writing[WIRE_TASKS];  /* a stream or artifact is open */
    size_t count, ended, open_count;
    uint32_t serial;
    bool alone;
};

enum watched { WATCH_ZYGOTE = 1, WATCH_ZYGOTE_DEATH, WATCH_WORKER, WATCH_WORKER_DEATH, WATCH_EXTRA };
/* What epoll gives back. */
struct watch { enum watched what; void *object; };

struct worker_process {
    struct domain *domain;
    pid_t pid;       /* 0: not known yet */
    int socket, pidfd;
    void *memory;
    struct ring_reader ring;
    struct buf inbox;
    size_t loaded;   /* plugins that it has, by order of loading */
    bool ready, retiring, used_up;
    bool leaving;    /* was told to go, and ends by itself */
    struct batch batches[BATCHES]; /* [0] is running */
    size_t batch_count;
    int64_t since;   /* when it was started, or the running job began (ms) */
    bool blameless; /* killed for another's deed: its jobs run again */
    bool late;      /* killed for a message: that may be of a job that had ended before it was read */
    bool killed; enum part_status killed_as; char killed_why[128];
    struct watch socket_watch, death_watch;
};

enum zygote_state { ZYGOTE_NONE = 0, ZYGOTE_LOCKING, ZYGOTE_READY, ZYGOTE_LOADING };

struct domain {
    struct pool *pool;
    char name[64];
    enum zygote_state state;
    pid_t pid;
    int socket, pidfd;
    int64_t since;
    uint32_t loading;              /* plugin */
    unsigned warnings;             /* of its open() */
    int kept_fd;                   /* what it keeps; -1 */
    unsigned char kept_key[32];
    uint32_t *loaded; size_t loaded_count, loaded_capacity; /* in order */
    uint32_t *wanted; size_t wanted_count, wanted_capacity; /* named by a plan, to be loaded before the next worker */
    struct worker_process **workers; size_t worker_count, worker_capacity;
    struct pool_task *first, *last; size_t queued;
    struct pool_task *later, *later_last; /* for modules that the workers lack: see take_up_later */
    int64_t later_since;           /* when the first of them came */
    size_t common;                 /* modules that every worker has: tasks for others wait */
    size_t unknown;                /* pool_strays.c: children in its process group that are not known by number */
    unsigned strays_seen;          /* looks in a row that found more of them than workers being started */
    bool strays;                   /* its zygote was killed for processes that nobody ordered */
    size_t most;                   /* tasks of a batch: fewer where workers die, since the rest of a batch is handed out again */
    unsigned failures;             /* deaths of the zygote without a job's end in between */
    unsigned failed_starts;        /* workers that never said hello, one after the other */
    int64_t used;                  /* for retiring the longest idle */
    struct watch socket_watch, death_watch;
};

/* What is known of a plugin in this run. */
struct plugin_use {
    bool is_sealed;
    struct sealed_module sealed;
    struct pool_resources *resources; /* NULL: none of a declared format, or not wanted yet */
    enum part_status failed; char why[1024]; /* failed != PART_OK: cannot be used */
    uint32_t place;               /* in the order of its domain's loading, from 1; 0: it is not loaded */
};

struct pool {
    struct pool_options options;
    int epoll;
    struct domain **domains; size_t domain_count, domain_capacity;
    struct plugin_use *uses;       /* by plugin index */
    struct buf filters[2];
    bool has_filters;
    uint64_t fork_key;
    int landlock_abi;
    bool has_own_filters;
    long own_filters;              /* system-call filters that this process itself is under */
    struct libraries libraries;
    bool has_libraries;
    size_t pending;
    uint32_t serial;
    struct pool_stats stats;
    struct buf message;
    struct err fatal;              /* set: the run ends */
    struct watch extra_watch;
    int extra_fd;
    int64_t last_check;
    bool holding;                  /* pool_hold */
    bool again;                    /* there is more to do, or to tell, before anything happens: do not wait for events */
};

int64_t pool_now_ms(void);
int pool_watch(struct pool *p, int fd, struct watch *w, enum watched what, void *object);

/* pool.c */
/* Are all plugins of the task among the first `loaded` ones that its domain loaded? */
bool pool_task_runs(const struct pool *p, const struct pool_task *task, size_t loaded);
void pool_requeue(struct pool *p, struct pool_task *task); /* at the front */
void pool_task_finished(struct pool *p, struct pool_task *task);
/* Takes a job out of a task that is not running; ends the task where it was the last. True: the task is finished. */
bool pool_drop_job(struct pool *p, struct pool_task *task, uint32_t plugin, enum part_status status, const char *reason);

/* pool_zygote.c */
void zygote_start(struct domain *d);
void zygote_load(struct domain *d, uint32_t plugin);
void zygote_on_message(struct domain *d);
void zygote_on_death(struct domain *d);
void zygote_stop(struct domain *d);
/* Ends its workers, its zygote, and whatever else is in their process group. */
void domain_stop(struct domain *d);
/* Nothing more is run in this domain: its plugins are disabled with the reason. */
void domain_give_up(struct domain *d, enum part_status status, const char *reason);

/* pool_strays.c: processes that nobody ordered. */
void strays_check(struct pool *p);
void strays_end(void);

/* pool_kept.c */
/* What the plugin kept before, or room for what it will: a descriptor to send behind those of the resources, or -1. */
int pool_kept_begin(struct domain *d, uint32_t plugin, const int *resources, struct wire_load *head);
/* It is loaded, or not; and said to have kept so many bytes. */
void pool_kept_end(struct domain *d, uint64_t bytes);

/* pool_hold.c */
bool hold_back_others(struct domain *d);

/* pool_resource.c */
enum pool_checked { POOL_GOOD = 0, POOL_CHECKING, POOL_BROKEN };
/* Goes on checking the plugin's resources; where one is broken the plugin is disabled, with the reason. */
enum pool_checked pool_check_resources(struct pool *p, uint32_t plugin);
/* Is `fd` the i-th resource as it was checked (or of no declared format)? 0, or a negative errno. */
int pool_resource_same(const struct pool *p, uint32_t plugin, size_t i, int fd, struct err *e);
void pool_resources_free(struct pool_resources *r);

/* pool_cause.c */
enum part_status worker_cause(const struct worker_process *w, const siginfo_t *info, char *why, size_t n);
/* Did the process die because a resource of the plugin that ran changed? Then `why` says so. */
bool pool_lost_resource(const struct pool *p, uint32_t plugin, const siginfo_t *info, char *why, size_t n);

/* pool_worker.c */
void worker_start(struct domain *d);
void worker_on_message(struct worker_process *w);
void worker_on_death(struct worker_process *w);
/* Takes what is in the ring. */
void worker_drain(struct worker_process *w);
void worker_kill(struct worker_process *w, enum part_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* For another's deed: its jobs run again elsewhere. */
void worker_abandon(struct worker_process *w);
/* An idle one: it calls the plugins' close() and ends, and nobody waits for it. */
void worker_dismiss(struct worker_process *w);
/* Ends it and waits for that: one that was told to go may take CLOSE_MS for it. */
void worker_stop(struct worker_process *w);
/* A child of ours that is dead, or none. */
bool process_has_ended(pid_t pid);
void worker_never_started(struct worker_process *w);
void worker_free(struct worker_process *w);

/* pool_locks.c */
/* Before the worker sees any input: 1, 0, or -errno where it cannot be seen. */
int worker_is_locked(struct pool *p, pid_t pid);

/* pool_batch.c */
/* Sends the next batch of the domain's queue to a worker that can take it. False: nothing was sent. */
bool batch_send(struct worker_process *w, size_t most);

#endif
