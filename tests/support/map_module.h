/* SPDX-License-Identifier: MIT */
/* An id mapper's module in this process, behind the services that a worker gives it: open() over a table, map(), and what both
 * said, as text. */
#ifndef TESTS_MAP_MODULE_H
#define TESTS_MAP_MODULE_H

#include "base/buf.h"
#include "job_map.h"

enum { MAP_MODULE_OPTIONS = 32 };

struct map_module {
    struct adit_job job;
    struct job_sink sink;
    struct adit_plugin table;
    struct job_plugin plugin;
    struct job_pair options[MAP_MODULE_OPTIONS];
    const char *resource;
    int fd;
    struct buf warnings;     /* a line each */
    struct buf links;        /* "NUMBER FLAGS TARGET", a line each */
    bool count_only;
    uint64_t linked;
    uint32_t ids;
};

/* Loads the module `so`, with the resource "table" of these bytes under this file name. */
void map_module_init(struct map_module *m, const char *so, const char *file, const void *bytes, size_t size);
void map_module_option(struct map_module *m, const char *key, const char *value);
/* open(): its status; the last warning stays in `warnings`. */
int32_t map_module_open(struct map_module *m);
/* map() over n identifiers. What is sent is held against links_valid. */
int32_t map_module_run(struct map_module *m, const struct adit_text *ids, size_t n, uint32_t flags);
void map_module_release(struct map_module *m);

#endif
