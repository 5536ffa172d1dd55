/* SPDX-License-Identifier: MIT */
/* The system's shared libraries, as the validator wants them: found by name in the library directories, mapped
 * read-only. [host, command] */
#ifndef HOST_LIBRARIES_H
#define HOST_LIBRARIES_H

#include "validate.h"

/* Opens nothing yet; libraries are found when a module needs them. NULL: no memory. `libraries` goes into voptions. */
struct libraries {
    struct vlibraries *symbols;
    struct mapped_library *mapped;
};
int libraries_open(struct libraries *l); /* 0 or -ENOMEM */
void libraries_close(struct libraries *l);

/* The directories that are searched, in this order, up to a NULL. They are those to which the sandbox gives the zygote
 * access; ld.so.cache and LD_LIBRARY_PATH are not asked. */
const char *const *libraries_directories(void);

#endif
