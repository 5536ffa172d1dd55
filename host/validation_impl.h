/* SPDX-License-Identifier: MIT */
/* What the parts of a validation share. */
#ifndef HOST_VALIDATION_IMPL_H
#define HOST_VALIDATION_IMPL_H

#include "base/map.h"
#include "libraries.h"
#include "registry.h"
#include "validation.h"

struct target {
    const char *path; /* as given, or as walked down from there: what the report shows */
    const char *real;
    const char *root; /* of a .conf: its configuration directory */
    bool done;
};
struct targets {
    struct target *items;
    size_t count, capacity;
};

/* A module as one .conf wants it: checked once, however many .conf files want it so. */
struct variant {
    const char *real, *key;
};
struct variants {
    struct variant *items;
    size_t count, capacity;
};

struct validation {
    const struct validation_options *options;
    struct report *report;
    struct arena arena;
    struct arena scratch; /* the bytes of the module that is being checked */
    struct libraries libraries;
    struct targets modules, confs;
    struct map checked; /* real paths of modules that were checked with a .conf */
    struct variants variants;
    struct map resources; /* path and declared format of those that were checked */
};

/* validation_module.c. Checks the module at `real` as `conf` (NULL: none) declares it. */
int validation_module(struct validation *v, const char *real, const char *conf_path, const struct conf *conf,
                      struct err *e);

/* validation_resource.c. Checks the resources whose format the plugin's .conf, shown as `conf_path`, declares. */
int validation_resources(struct validation *v, const struct plugin *p, const char *conf_path, struct err *e);

/* A whole regular file of at most `limit` bytes, in the arena. 0 or a negative errno. */
int read_whole(struct arena *a, const char *path, size_t limit, uint8_t **bytes, size_t *size);

#endif
