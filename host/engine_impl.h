/* SPDX-License-Identifier: MIT */
/* What the files of the engine share: engine.c (the loop, files in and out), source.c (the jobs of one source), record.c and
 * record_artifact.c (what workers tell), reuse.c (parts of earlier results). */
#ifndef HOST_ENGINE_IMPL_H
#define HOST_ENGINE_IMPL_H

#include "artifact.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "collect.h"
#include "engine.h"
#include "shards.h"

enum {
    WINDOW = 256,            /* files under way */
    BURST = 64,              /* files opened before the pool is looked after again */
    MAX_DEPTH = 8,           /* streams within streams */
    MAX_STREAMS = 2000,      /* of a file */
    MAX_WARNINGS = 32,       /* of a part */
};
static const uint64_t FILE_STREAM_BYTES = 64u << 20; /* made for one file, all depths together */
static const uint64_t HELD_BYTES = 64u << 20;        /* kept while earlier files are waited for */

enum job_progress { JOB_WAITING = 0, JOB_RUNNING, JOB_DONE };

struct job_state {
    uint32_t plugin;
    enum job_progress progress;
    bool hidden; /* not in the result: a predicate did not hold */
    struct part part;
    size_t warning_room;
    uint64_t artifact_bytes, artifacts; /* as they were counted for the file */
    size_t artifact_room;
    struct map taken;                   /* their names */
    bool artifact_limit;                /* one was left out for the file having had enough */
    unsigned refined;                   /* times */
};

struct file;
struct known_field;

/* A file or a stream on its way. Lives in its file's arena. */
struct source {
    struct pool_task task;
    struct file *file;
    struct source *parent, *first, *last, *next; /* streams, in the order found */
    size_t stream_count, unfinished;
    unsigned depth;
    struct result result;
    const struct plan *plan;
    struct job_state *jobs;
    size_t job_count;
    struct known_field *known;  /* what predicates have asked for: predicate.h */
    const char *refined;        /* type to go on with, once the running task is done */
    const struct result *old;   /* what is known from before: parts may be taken from it */
    struct buf needs;
    struct buf raw;             /* of the running job */
    struct source *writing;     /* the stream that is being made */
    struct artifact *artifact;
    struct spool *spool;        /* --artifacts-format webdataset: its artifacts, until their turn comes */
    bool spooling;              /* one of them is open */
    int fd;                     /* where the bytes are: the file, or what an ancestor made */
    int made_fd;                /* memfd with the streams that this source's plugins made; -1 */
    uint64_t made_size;
    bool gathering; /* the task has a job */
    bool running, finished, discarded;
    uint32_t found_by;          /* plugin */
};

/* What a plugin has made of a file, its streams included. */
struct artifact_count {
    struct artifact_count *next;
    uint32_t plugin;
    uint64_t bytes, count;
};

struct file {
    struct file *next;
    struct arena arena;
    struct source root;
    char *key;
    size_t key_size;
    struct stamp stamp;
    bool done, keep;
    uint64_t made_bytes;
    uint64_t held; /* bytes of results */
    size_t streams;
    struct artifact_count *artifacts;
};

struct engine {
    struct engine_options options;
    struct planner *planner;
    struct pool *pool;
    struct collector *collector;
    struct artifacts *artifacts; /* or: */
    struct shards *shards;
    struct file *first, *last, *spare;
    size_t under_way, window;
    uint64_t held;            /* by all files under way */
    unsigned char registry_key[CACHE_KEY];
    bool registry_key_holds;  /* false: something in it is racy */
    unsigned char (*fingerprints)[32];
    int shortage; /* for which the digest of a module could not be had; 0: none */
    unsigned char *has_fingerprint;
    const char **versions;    /* by plugin, as text */
    const char **quarantined; /* by plugin: the reason, "": it is not, NULL: not looked at yet */
    struct arena arena;       /* of the run */
    bool walk_ended, out_of_memory;
    int exit_status;
    struct engine_stats stats;
    struct buf scratch;
};

/* engine.c */
/* Why the plugin is in quarantine, for as long as the run lasts; NULL: it is not. */
const char *engine_quarantined(struct engine *g, const struct plugin *p);

/* source.c */
struct source *source_new(struct file *f, struct source *parent);
/* Detects, plans, and goes on as far as it can without waiting. */
void source_start(struct engine *g, struct source *s);
void source_advance(struct engine *g, struct source *s);
void source_release(struct source *s);
struct job_state *source_job(struct source *s, uint32_t plugin);
/* Do its fields count, for those that need them? */
bool source_part_is_usable(const struct part *p);
void source_warn(struct source *s, struct job_state *j, const char *text, size_t n);

/* companion.c: files beside a file that the plugin declares, opened for the running task. */
void source_companions(struct engine *g, struct source *s, uint32_t plugin);
void source_close_companions(struct source *s);
/* The file's result depends on what `old` depended on: a part of it was taken over. False: no memory. */
bool source_keep_dependencies(struct file *f, const struct result *old);

/* record.c */
struct pool_events record_events(struct engine *g);

/* record_artifact.c: the same for artifacts; payloads are of the shape that wire.h gives. */
void record_artifact(struct engine *g, struct source *s, const struct plugin *p, const uint8_t *payload);
void record_artifact_data(struct engine *g, struct source *s, const struct plugin *p, const uint8_t *data, size_t n);
/* The job runs again: what it made does not count. */
/* The job has ended, whatever was open. */
void record_artifact_cut(struct source *s);
void record_artifact_again(struct source *s, const struct plugin *p);
void record_artifact_close(struct engine *g, struct source *s, const struct plugin *p, uint8_t flags);

/* reuse.c */
void reuse_key(struct engine *g);
/* The fingerprint that a part of this plugin carries. False: its module cannot be read. */
bool reuse_fingerprint(struct engine *g, uint32_t plugin, bool produced_streams, unsigned char out[32]);
/* The first companion that the result was made with and that did not stay as it was; NULL: all did. */
const struct dependency *reuse_changed_companion(const struct result *r);
/* Was this part made by what would make it again? Then *plugin is who. */
bool reuse_part_holds(struct engine *g, const struct part *part, uint32_t *plugin);
/* The same of all that is in the streams that `plugin` found. */
bool reuse_streams_hold(struct engine *g, const struct result *old, const char *plugin);
/* Takes over the parts of s->old that still hold. */
void reuse_parts(struct engine *g, struct source *s);

/* engine.c */
void engine_file_done(struct engine *g, struct file *f);
void engine_no_memory(struct engine *g);
/* Bytes of results that are kept until the file is printed. */
void engine_keep(struct engine *g, struct file *f, uint64_t bytes);

#endif
