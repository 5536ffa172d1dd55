/* SPDX-License-Identifier: MIT */
/* From a module's file to sealed, checked bytes that may be handed to a zygote. What was checked is what runs, whatever
 * happens to the file meanwhile. [host] */
#ifndef HOST_MODULE_H
#define HOST_MODULE_H

#include "base/err.h"
#include "registry.h"

struct vlibraries;

enum { MODULE_LIBRARIES = 8 };
struct sealed_module {
    int fd; /* a sealed memfd: nobody can write, grow or shrink it */
    /* The libraries of [module] library, from the module's own folder, in the order of the .conf. */
    int libraries[MODULE_LIBRARIES];
    size_t library_count;
    unsigned char digest[32]; /* of the module and its own libraries */
};
void module_close(struct sealed_module *m);

/* Reads the plugin's module (and its own libraries) once, seals the copy, checks it against every rule and against the .conf. 0, or a negative errno
 * with the first mistake and its mend in e. `check` false (--sandbox=off): sealed and compared with the .conf only.
 * `libraries` may be NULL: then imports are not resolved. */
int module_seal(const struct plugin *plugin, struct vlibraries *libraries, bool check, struct sealed_module *out, struct err *e);

/* Only the digest, as module_seal would give it. */
int module_digest(const struct plugin *plugin, unsigned char digest[32], struct err *e);

#endif
