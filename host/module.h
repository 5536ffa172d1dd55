/* SPDX-License-Identifier: MIT */
/* From a module's file to sealed, checked bytes that may be handed to a zygote. What was checked is what runs, whatever
 * happens to the file meanwhile. [host] */
#ifndef HOST_MODULE_H
#define HOST_MODULE_H

#include "base/err.h"
#include "registry.h"

struct vlibraries;

struct sealed_module {
    int fd; /* a sealed memfd: nobody can write, grow or shrink it; the caller closes it */
    unsigned char digest[32];
};

/* Reads the plugin's module once, seals the copy, checks it against every rule and against the .conf. 0, or a negative errno
 * with the first mistake and its mend in e. `check` false (--sandbox=off): sealed and compared with the .conf only.
 * `libraries` may be NULL: then imports are not resolved. */
int module_seal(const struct plugin *plugin, struct vlibraries *libraries, bool check, struct sealed_module *out, struct err *e);

/* Only the digest of the file's bytes. */
int module_digest(const char *path, unsigned char digest[32], struct err *e);

#endif
