/* SPDX-License-Identifier: MIT */
/* All that a plugin is given for one job, as bytes: its source, the fields of the plugins that it needs, and its companions.
 * Written to one file and read from it again, so that what breaks a plugin can be kept:
 *
 *     PLUGIN <tab> MEDIA <tab> NAME <tab> SIZE OF NEEDS [<tab> LABEL=SIZE]… <newline> needs, companions, source
 *
 * Sizes beyond the end of the file are taken as what is left: every file that begins with a plugin's name is an input. */
#ifndef TESTS_SUPPORT_JOB_INPUT_H
#define TESTS_SUPPORT_JOB_INPUT_H

#include "base/buf.h"
#include "collect.h"
#include "job.h"

enum { INPUT_COMPANIONS = 8, INPUT_NEEDS = 64, INPUT_PARTS = INPUT_COMPANIONS + 2 };

struct job_input {
    char plugin[64], media[128], name[256];
    struct buf source, needs; /* needs: as wire.h says */
    struct {
        uint16_t label; /* index in the plugin's [companions] */
        struct buf data;
    } companions[INPUT_COMPANIONS];
    size_t companion_count;
};

void job_input_release(struct job_input *in);
bool job_input_parse(const struct registry *r, const void *data, size_t size, struct job_input *out);
void job_input_write(const struct registry *r, const struct job_input *in, struct buf *out);

/* The parts that a mutation may change: source, needs, companions. */
size_t job_input_parts(struct job_input *in, struct buf *parts[INPUT_PARTS]);

/* The input on its way to a job: what job->needs and job->companions point to. Zero-initialise; keep for the next one. */
struct job_input_use {
    struct collector *collector;
    struct buf whole, fields[INPUT_NEEDS];
    struct job_need needs[INPUT_NEEDS];
    struct job_companion companions[INPUT_COMPANIONS];
};
/* Fields pass through the host's collector, as they do before a plugin sees those of another. False: the host would not have
 * let them through. Sets the job's needs and companions, not its source. */
bool job_input_apply(struct job_input_use *use, const struct registry *r, const struct job_input *in,
                     struct adit_job *job);
void job_input_use_release(struct job_input_use *use);

#endif
