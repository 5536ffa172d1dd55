/* SPDX-License-Identifier: MIT */
/* What a plugin is given for its samples: the engine runs over them in this process, as in `adit extract`, so that it finds the
 * streams, the needed fields and the companions that belong to each job. */
#ifndef TESTS_SUPPORT_CAPTURE_H
#define TESTS_SUPPORT_CAPTURE_H

#include "job_input.h"

enum { CAPTURE_PATH = 512, CAPTURE_BYTES = 4 << 20, CAPTURE_CELLS = 2000 };

struct captured {
    struct job_input input;
    char sample[CAPTURE_PATH]; /* the file that it came from */
};

struct capture {
    struct captured *items;
    size_t count, capacity;
    size_t sample_count;
    char folder[CAPTURE_PATH];
};

/* The jobs of the plugin for the files in tests/plugins/FAMILY/NAME that have an expected result: of the .conf's name or, where
 * that has no samples, of the module's. A file that gives it no job (one that is too broken for its type to be known) is its
 * source as it is, with one of each field that it needs. Equal inputs stand once; sources of more than 4 MiB are left out.
 * An id mapper is asked for the cells of its table, and for the lines of its samples. False: the engine could not run; standard error says why. */
bool capture_samples(struct registry *r, const struct plugin *p, struct capture *out);
/* Are there samples for it, or cells of a table? */
bool capture_has_samples(const struct plugin *p);
/* A file as the plugin's source, whatever its type. False: it is too large, or cannot be read. */
bool capture_file(struct registry *r, const struct plugin *p, const char *path, struct job_input *out);
void capture_release(struct capture *c);

#endif
