/* SPDX-License-Identifier: MIT */
/* Folders of files that are worth keeping while they are used: what is in them, and how the longest unused go. A file's time of
 * modification is that of its last use. */
#ifndef HOST_PRUNE_H
#define HOST_PRUNE_H

#include <stdint.h>

enum prune_kind { PRUNE_FOREIGN, PRUNE_WHOLE, PRUNE_PARTIAL }; /* somebody else's; a file; what a killed program left half written */

/* What of a folder may stay, and what is left and gone then, summed up over the calls. */
struct prune {
    int64_t before;              /* seconds: what was not used since goes */
    uint64_t most;               /* bytes: the longest unused go while there are more */
    uint64_t files, bytes, gone;
};

/* `kind` tells a file by its name. Partial ones go after an hour. Where there is no such folder there is nothing. 0 or -errno. */
int prune_folder(const char *folder, enum prune_kind (*kind)(const char *name), struct prune *p);

#endif
