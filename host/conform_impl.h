/* SPDX-License-Identifier: MIT */
/* What the parts of `adit validate --run` share. */
#ifndef HOST_CONFORM_IMPL_H
#define HOST_CONFORM_IMPL_H

#include "base/arena.h"
#include "check_input.h"
#include "collect.h"
#include "conform.h"
#include "libraries.h"
#include "module.h"

struct conform {
    struct conform_options options;
    struct report *report;
    struct libraries libraries;
    struct collector *collector;
    struct buf filters[2];
    size_t ran;
};

struct conform_samples {
    struct check_sample items[CHECK_SAMPLE_COUNT];
    int fds[CHECK_SAMPLE_COUNT];
    size_t count;
    size_t left_out;   /* too large, or too many */
    char folder[4096]; /* where they were looked for */
    bool beside;       /* that is the .conf's own: *.sample, and what has a .expected.json, are samples */
    struct arena arena;
};

/* The plugin that is checked. */
struct conform_subject {
    const struct registry *registry;
    const struct plugin *plugin;
    const struct sealed_module *sealed;
    struct conform_samples *samples;
    struct buf needs;   /* fields of needed plugins, as in wire.h */
    uint64_t sound;     /* checks that passed: bit 1 << enum check_id */
    uint64_t reference; /* what the samples give; 0: not known */
};

enum { CONFORM_TEXT = 1400 };
struct conform_verdict {
    enum check_status status;
    uint64_t input;  /* number of the input it came to, 0: none */
    uint64_t digest; /* struct check_page */
    bool undeclared; /* a run emitted what [fields] does not declare */
    char text[CONFORM_TEXT];
};

/* conform_process.c: one check in one locked process. */
int conform_process(struct conform *c, const struct conform_subject *s, enum check_id check, struct conform_verdict *v,
                    struct err *e);

/* conform_samples.c */
int conform_samples_open(struct conform_samples *s, const struct conform *c, const struct registry *r,
                         const struct plugin *p, struct err *e);
void conform_samples_close(struct conform_samples *s);
/* Writes the input to the folder for inputs, and its path to `path`. */
int conform_save_input(const struct conform *c, const struct conform_subject *s, enum check_id check, uint64_t number,
                       char *path, size_t room);

/* conform_needs.c: every declared field of every needed plugin, with some value. */
int conform_needs(const struct registry *r, const struct plugin *p, struct buf *out);

#endif
