/* SPDX-License-Identifier: MIT */
/* One check of one plugin, in a process of its own: what all of the checks stand on. [adit-check, locked] */
#ifndef HOST_CHECK_H
#define HOST_CHECK_H

#include <adit/abi.h>
#include <stdbool.h>

#include "check_wire.h"
#include "job.h"

struct check_sample {
    const char *name;
    size_t name_size;
    struct adit_text media;
    uint8_t *data;
    size_t size;
};

/* What the checks that make inputs need to know: the host makes the same ones again from the same. */
struct check_corpus {
    const struct check_sample *samples;
    size_t count;
    uint64_t seed;
    uint32_t effort;
};

enum { CHECK_STATES = 16 };
struct check_state;

struct check {
    struct check_page *page;
    struct check_request request;
    struct job_plugin plugin;
    const char **refines;
    struct check_corpus corpus;
    struct check_sample *samples;
    struct job_need *needs;
    size_t need_count;
    int modules[CHECK_MODULES]; /* libraries of its own, and the module last */
    size_t module_count;
    int64_t load_ns;            /* dlopen and the first open() */
    void *states[CHECK_STATES]; /* of several open() */
    size_t state_count;
    const struct adit_host *hosts[CHECK_STATES]; /* CHECK_HOST_SIZE: the table that each state was opened with */
    uint64_t allocations;                        /* of open(), CHECK_MEMORY_OPEN */
    struct check_state *before;                  /* of the process */
    uint64_t started_ns;
    bool one_done, out_of_time;
};

/* The program: serves one check and ends. */
int check_process(void);

/* A verdict, the first of which stays. */
void check_fail(struct check *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void check_skip(struct check *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void check_warn(struct check *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void check_pass(struct check *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool check_decided(const struct check *c);
/* Names the input that runs next. */
void check_what(struct check *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* for (uint64_t i = 0; check_next(c, &i, n); i++): the inputs 0..n-1, or the one that was asked for; ends early where there is a
 * verdict or no time left. */
bool check_next(struct check *c, uint64_t *i, uint64_t n);
/* Did that check pass, so that its inputs may be used for another one? */
bool check_is_sound(const struct check *c, enum check_id check);
/* Around calls into the module. */
void check_enter(struct check *c, enum check_phase phase);
void check_leave(struct check *c);
uint64_t check_now_ns(void);

/* check_module.c */
/* Loads the module; fails the check where it cannot be. */
bool check_load(struct check *c);
/* Calls open() with this table of services. */
int32_t check_open(struct check *c, const struct adit_host *host, void **state, char *reason, size_t n);
/* open() once, into c->plugin.state; fails the check where it does not succeed. */
bool check_open_once(struct check *c);
void check_close(struct check *c, void *state);

/* What a check does while modules may be loaded (stage 1), and then behind the worker's lock, with the samples. */
struct check_steps {
    void (*opening)(struct check *c); /* NULL: load and open once */
    void (*running)(struct check *c);
};
extern const struct check_steps check_steps[CHECK_COUNT];

#endif
