/* SPDX-License-Identifier: MIT */
/* One job of a plugin with services that do as a script says, and note what the plugin made of them. [adit-check, locked] */
#ifndef HOST_CHECK_JOB_H
#define HOST_CHECK_JOB_H

#include "check.h"
#include "check_input.h"

struct check_script {
    uint64_t fail_read; /* the n-th read or view fails, 1-based; 0: none */
    bool fail_after;    /* and all that follow */
    bool cut;           /* the source ends at `end`, whatever its size says */
    uint64_t end;
    uint64_t cancel_at; /* from the n-th poll on, adit_progress says stop; 0: never */
};

struct check_seen {
    int32_t status;
    uint64_t digest;                    /* of the status and of all that was emitted */
    uint64_t reads, polls, polls_after; /* polls_after: once it was told to stop */
    uint64_t open_nesting;              /* objects and lists that were left open */
    bool open_writer;                   /* a stream or an artifact was */
    char field_fault[CHECK_TEXT / 2],
        stream_fault[CHECK_TEXT / 2]; /* the first refusal that was the plugin's doing; "" */
};

struct check_job {
    struct adit_job job; /* first: the services get its address */
    struct job_sink sink;
    const struct check *check;
    struct check_script script;
    struct check_seen seen;
    struct buf *records; /* NULL, or where the events go */
    uint8_t *memory;     /* pages that the source lies in, an unreadable one before and one behind */
    size_t memory_size;
};

/* The services. Made by check_host_init. */
extern struct adit_host check_host;
void check_host_init(void);

/* Gets a zeroed job ready for sources of up to `room` bytes. False: no memory. */
bool check_job_init(struct check_job *j, const struct check *c, size_t room);
/* How the source lies in memory. */
enum check_place { CHECK_PLACE_LOOSE, CHECK_PLACE_END, CHECK_PLACE_BEGIN };
void check_job_source(struct check_job *j, const struct check_input *in, enum check_place place);
/* run() with that state; script and source stay. */
void check_job_run(struct check *c, struct check_job *j, void *state, const struct adit_host *host);
/* run_batch() where there is one and n > 1, as a worker does, else run() of one after the other. */
void check_job_batch(struct check *c, struct check_job *const *jobs, size_t n, void *state);

#endif
