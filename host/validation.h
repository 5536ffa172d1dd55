/* SPDX-License-Identifier: MIT */
/* What there is to be validated under some paths, and doing it: modules by themselves or with the .conf files that use
 * them, .conf files by themselves and in the graph that their directory makes, with the resources whose format they
 * declare. [command] */
#ifndef HOST_VALIDATION_H
#define HOST_VALIDATION_H

#include "base/err.h"
#include "registry.h"
#include "report.h"

struct validation_options {
    const char *const *paths;
    size_t path_count;
    /* Directories that give context (needs, modules): those of the program and of --conf-dir, --module-dir. A .conf
     * that is validated is read as if its own directory were the last of them, or the only one with only_given_dirs. */
    const struct registry_options *registry;
    /* Called for each .conf that has a module, once both are checked; a negative result ends the validation. NULL: nobody asks. */
    int (*plugin)(void *context, const struct registry *r, const struct plugin *p, const char *path, struct err *e);
    void *context;
};

/* Adds to the report whatever is found. 0, or a negative errno with e filled: a path that is not there, no memory.
 * Files that are neither named nor called *.so or *.conf are passed over, so the report may stay without any file. */
int validation_run(const struct validation_options *options, struct report *report, struct err *e);

#endif
