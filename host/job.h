/* SPDX-License-Identifier: MIT */
/* One plugin's work on one source: the services of <adit/abi.h> over a source, a plugin and a sink for what is emitted.
 * Runs in the locked processes and in tests; knows no socket. [zygote: open phase; worker: run phase] */
#ifndef HOST_JOB_H
#define HOST_JOB_H

#include <adit/abi.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "wire.h"

struct job_pair { const char *key, *value; };

enum job_keeping { JOB_KEEPS_NOTHING = 0, JOB_MAY_KEEP = WIRE_MAY_KEEP, JOB_HAS_KEPT = WIRE_HAS_KEPT };

/* A module put to use, as the locked processes know it. */
struct job_plugin {
    uint32_t index;
    const char *name;
    const struct adit_plugin *table; /* of the module (job_table.h) */
    void *state;
    struct job_pair *options; size_t option_count;
    const char **resources; const int *resource_fds; size_t resource_count; /* descriptors: while open() runs */
    const char **companions; size_t companion_count;
    struct job_pair *streams; size_t stream_count; /* media type -> "1" or "0": is it wanted? */
    uint64_t output_bytes, stream_bytes, artifact_bytes, artifact_most;
    enum job_keeping keeping; int kept_fd; uint64_t kept_size; /* while open() runs */
    struct arena opened;             /* views made in open(): they live as long as the module */
};

struct job_source {
    int fd;                /* -1: memory */
    const uint8_t *memory;
    uint64_t offset, size;
};
struct job_companion { uint32_t plugin; uint16_t label; struct job_source source; };
struct job_need { const char *plugin; size_t plugin_size; const uint8_t *fields; size_t size; };

struct job_mapping { void *at; size_t size; };

/* Where emitted things go. put() takes a record of wire.h. */
struct job_sink {
    void *context;
    void (*put)(void *context, enum wire_record kind, uint8_t flags, const void *a, size_t a_size, const void *b, size_t b_size);
    /* true: stop */
    bool (*progress)(void *context, uint64_t done, uint64_t total);
};

enum { JOB_BLOCK = 16 * 1024, JOB_BLOCKS = 4, JOB_SMALL = JOB_BLOCK * JOB_BLOCKS, JOB_MAX_SOURCES = 18, JOB_VIEW = 4 << 20, JOB_VIEWS = 16 << 20,
       JOB_MAP_LEAST = 1 << 20, JOB_MAPPINGS = 16 };

struct job_node;
struct job_map;

/* Zero-initialise; reused for one job after another. */
struct adit_job {
    const struct job_plugin *plugin; /* whose function runs */
    const struct job_sink *sink;
    bool opening;                    /* [open] */
    struct job_source sources[JOB_MAX_SOURCES];
    size_t source_count;
    struct job_mapping mappings[JOB_MAPPINGS]; size_t mapping_count; /* made in the running open() */
    const struct job_companion *companions; size_t companion_count;
    const struct job_need *needs; size_t need_count;
    struct adit_text name, media;
    uint16_t task_flags;             /* WIRE_TASK_… */
    uint64_t quota;                  /* bytes of made streams that the source has left */
    uint64_t stream_left;            /* the same for the running job */
    uint64_t artifact_left, artifacts_left; /* for the running job; the host counts those of the whole file */

    uint8_t *blocks;                 /* JOB_BLOCKS blocks of read-ahead, then JOB_SMALL bytes: a small main source, whole */
    uint64_t block_at[JOB_BLOCKS];   /* block number + 1, with the source in the top byte; 0: empty */
    uint32_t block_used[JOB_BLOCKS], block_size[JOB_BLOCKS], clock;
    bool small_loaded;

    uint64_t kept_bytes;             /* by the running open() */
    struct job_map *map;             /* job_map.c; NULL until identifiers are mapped */

    struct arena views;
    struct arena nodes_arena;
    struct job_node *nodes; size_t node_count; bool nodes_ready;
    struct buf event;
    uint8_t nesting[16]; uint32_t depth; /* half of FIELD_MAX_DEPTH: see collect.c */
    bool writing, writing_stream, overflowed;
    uint64_t emitted, events, refused;
    uint32_t end_flags;
};

/* Gets ready for a source: sources[0], names, needs. Everything is borrowed until job_release_source. */
void job_set_source(struct adit_job *job, const struct job_source *source, struct adit_text name, struct adit_text media);
/* Runs the plugin's run() on the job's source, between RECORD_JOB_BEGIN and RECORD_JOB_END. */
void job_run(struct adit_job *job, const struct job_plugin *plugin);
/* The two halves of job_run, for run_batch. */
void job_begin(struct adit_job *job, const struct job_plugin *plugin);
void job_end(struct adit_job *job, int32_t status);
/* The call to hand to the plugin. */
struct adit_call job_call(struct adit_job *job);
/* Runs open(). `reason` (n bytes) gets the last warning; where the job has a sink, that gets them all. */
int32_t job_open(struct adit_job *job, struct job_plugin *plugin, char *reason, size_t n);
void job_release_source(struct adit_job *job);

/* The table of services, for tests that call a plugin by themselves. */
extern const struct adit_host job_host;

#endif
