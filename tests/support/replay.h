/* SPDX-License-Identifier: MIT */
/* Runs a plugin on inputs in this process with the services of adit-check, and holds what it does against what the host holds it
 * against. The source lies between unreadable pages. To an id mapper, each line of it is an identifier. */
#ifndef TESTS_SUPPORT_REPLAY_H
#define TESTS_SUPPORT_REPLAY_H

#include "check_job.h"
#include "job_input.h"
#include "loaded.h"

struct replay {
    struct registry *registry;
    const struct plugin *plugin;
    struct loaded loaded;
    struct check check;
    struct check_page page;
    struct check_job *job; /* its `seen` is what the last run did */
    size_t room;
    struct job_input_use use;
    const int *resources; /* before replay_open: descriptors of its resources; NULL: the files that they name */
    struct buf records, fields;
    struct adit_text *ids; /* of an id mapper */
    size_t id_capacity;
    char fault[1024];
};

/* Zeroed memory in. ADIT_OK; else `fault` says why the plugin cannot be used. */
int32_t replay_open(struct replay *p, struct registry *r, const struct plugin *plugin);
/* 0: nothing to complain about. 1: `fault` says what. -1: the host would not have run it. */
int replay_run(struct replay *p, const struct job_input *in, enum check_place place);
void replay_close(struct replay *p);

#endif
