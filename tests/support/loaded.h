/* SPDX-License-Identifier: MIT */
/* A plugin of a registry, loaded into this process and opened, as a worker has it. */
#ifndef TESTS_SUPPORT_LOADED_H
#define TESTS_SUPPORT_LOADED_H

#include "job.h"
#include "registry.h"

struct loaded {
    struct job_plugin job;
    struct adit_plugin table;
    struct job_pair *options, *streams;
    const char **labels; /* of resources, then of companions */
    int *fds;            /* of resources; only while open() runs */
    bool opened;
};

/* The plugins that BUILD holds: its share/adit/conf.d alone, with its modules. NULL, with what is wrong on standard error. */
struct registry *loaded_registry(const char *build);

/* ADIT_OK; else `reason` says why it cannot be used. The module stays loaded to the end of the process. `fds`: descriptors to
 * take for its resources, in their order, or NULL for the files that they name. */
int32_t loaded_open(struct loaded *l, const struct plugin *p, const int *fds, char *reason, size_t n);
/* Calls close(), and frees what loaded_open made. */
void loaded_close(struct loaded *l);

#endif
