/* SPDX-License-Identifier: MIT */
/* Plugins that crashed or hung on three different files, or identifiers that they were asked to map, are not run any more, until they are released by hand or their module
 * changes. Kept beside the cache, one line an event. [host] */
#ifndef HOST_QUARANTINE_H
#define HOST_QUARANTINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { QUARANTINE_FILES = 3 };

struct quarantine;

/* Reads what earlier runs noted in `dir` (NULL: only this run counts). -ENOMEM; a file that cannot be read counts as empty. */
int quarantine_open(const char *dir, struct quarantine **out);
void quarantine_free(struct quarantine *q);

/* A file by its absolute path and by its bytes (text without tabs; "": not known): what agrees in one of both is the same file. An
 * identifier by its namespace and itself, "iso3166.alpha2:CH", in place of a path. */
struct quarantine_file { const char *path; size_t path_size; const char *content; };

/* A job of this plugin, of a module with this SHA-256, ended by a crash or a time-out on this file. The same file counts once.
 * True: it is in quarantine from now on. `what` is one line: "crashed with signal 11 (…)". q may be NULL: nothing is kept. */
bool quarantine_note(struct quarantine *q, const char *plugin, const unsigned char digest[32], const struct quarantine_file *file,
                     const char *what);

/* Why the plugin is in quarantine, one line with the files; NULL: it is not, or q is NULL. Valid until the next call. */
const char *quarantine_reason(struct quarantine *q, const char *plugin, const unsigned char digest[32]);

/* Is anything noted of this plugin, whatever its module? */
bool quarantine_mentions(const struct quarantine *q, const char *plugin);

/* Forgets the events of a plugin, whatever its module. *released: how many there were. */
int quarantine_release(const char *dir, const char *plugin, size_t *released, struct err *e);

#endif
