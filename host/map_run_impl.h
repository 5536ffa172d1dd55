/* SPDX-License-Identifier: MIT */
/* What the run and its chunks under way share. */
#ifndef HOST_MAP_RUN_IMPL_H
#define HOST_MAP_RUN_IMPL_H

#include "map_cache.h"
#include "map_run.h"
#include "map_seen.h"

enum { MAP_REASONS = 200, MAP_CRASHES = 64 };

/* Some of a level's texts on their way through a mapper. */
struct map_task {
    struct pool_task pool;
    struct map_flight *flight;
    uint32_t begin; /* first of the level's entries */
    struct map_links links;
    struct buf warning;
    bool limited, crashed;
    uint8_t fault; /* 0: it was answered */
};

/* A chunk under way. */
struct map_flight {
    struct map_flight *next; /* spare */
    struct map_run *run;
    struct map_chunk *chunk;
    const struct map_path *path; /* the way that is walked now, or the way back */
    size_t way, step;
    bool back;
    struct map_level *levels; size_t level_count, level_capacity;
    size_t forward_levels; /* on the way back: levels of the way there; the last of them is where it began */
    struct map_task *tasks; size_t task_count, task_capacity, pending;
    struct map_seen seen;
    bool cached;               /* answers of the present step may be kept */
    struct map_links kept;     /* those that were, and then all of the step's, by entry */
    struct map_texts missing; uint32_t *missing_of; size_t missing_capacity; /* what is asked, and which entries that are */
    bool simple; /* one way of one step, and the inputs are the entries */
};

struct map_run {
    struct map_run_options options;
    struct pool *pool;
    struct map_chunk *first, *last, *spare;
    struct map_flight *spare_flights;
    size_t under_way, window;
    uint64_t next_input;
    struct map_use *uses; size_t use_count;
    uint32_t *domains; /* by plugin */
    char *reasons[MAP_REASONS]; size_t reason_count;
    struct buf warnings;
    struct map_cache *cache;   /* NULL: no mapper of this run wants one */
    unsigned crashes;
    bool out_of_memory;
};

/* map_flight.c. Begins; a chunk that needs no mapper is done at once. */
void map_flight_start(struct map_run *r, struct map_chunk *c);
/* All tasks of the present step have ended. */
void map_flight_stepped(struct map_flight *f);
void map_flight_free(struct map_flight *f);

/* map_kept.c. What is left to be asked of this level. False: no memory. */
bool map_kept_look_up(struct map_flight *f, const struct map_level *l);
/* Keeps what the tasks answered, and joins it with what was kept before: f->kept, sorted. False: no memory. */
bool map_kept_join(struct map_flight *f, const struct map_level *l);

/* map_run.c */
struct map_use *map_run_use(struct map_run *r, const struct map_edge *edge);
/* The number of a reason; the same text has the same. */
uint8_t map_run_fault(struct map_run *r, const char *plugin, const char *why);
void map_run_submit(struct map_run *r, struct map_task *t);
/* The chunk is done, its flight is not needed any more. */
void map_run_landed(struct map_flight *f);
/* Its second half becomes a chunk of its own, and both begin anew. False: no memory, or it has only one input. */
bool map_run_split(struct map_flight *f);

#endif
