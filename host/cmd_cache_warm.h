/* SPDX-License-Identifier: MIT */
/* adit cache warm --map [NAME…] */
#ifndef HOST_CMD_CACHE_WARM_H
#define HOST_CMD_CACHE_WARM_H

#include "cmd.h"

/* Loads the named id mappers, or all; prints a line for each. Returns the exit status. */
int cmd_cache_warm(struct cmd_common *common, char **names, int count);

#endif
