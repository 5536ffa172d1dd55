/* SPDX-License-Identifier: MIT */
/* One line on a terminal's standard error that says how far a run is; nothing anywhere else. */
#ifndef HOST_PROGRESS_H
#define HOST_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress;

/* What the line tells of. */
struct progress_state {
    uint64_t files; /* done */
    uint64_t hits;  /* of them, from the cache */
    uint64_t failures;
    uint64_t bytes;   /* size of the files done */
    uint64_t total;   /* files in all; 0: not known */
    const char *path; /* of the file that is being read, any bytes; NULL or empty: none */
    size_t path_size;
    uint64_t job_done, job_total; /* of one long file: as its plugin said; total 0: not known or not said */
};

/* `fd` is shown on if it is a terminal and `wanted`; otherwise every call does nothing. NULL when memory is short,
 * which is legal everywhere. */
struct progress *progress_open(int fd, bool wanted);

/* Draws, at most ten times a second: cheap enough to be called for each file. Strings are read during the call only. */
void progress_update(struct progress *p, const struct progress_state *state);

/* Is it time to draw? Saves the caller from filling a state that is not shown. */
bool progress_due(struct progress *p);

/* Takes the line away, before something else is written to the terminal. The next update draws it again. */
void progress_clear(struct progress *p);
/* The same, for output_options.before_write. */
void progress_clear_callback(void *progress);

/* Clears and frees. NULL is legal. */
void progress_close(struct progress *p);

/* The line for a state, without control characters, of at most `columns` columns, NUL-terminated, in `out`: for
 * progress_update, and for tests. `seconds` since the run began. */
struct buf;
void progress_line(struct buf *out, const struct progress_state *state, double seconds, size_t columns);

#endif
