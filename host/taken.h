/* SPDX-License-Identifier: MIT */
/* Names of files that are taken: a name that comes again gets a number. Any count of names, and of one name, in linear time. */
#ifndef HOST_TAKEN_H
#define HOST_TAKEN_H

#include "base/buf.h"
#include "base/map.h"

/* Makes *name one that is not taken: its first `stem` bytes, "~2" or a later number, and `ending`. */
void taken_number(struct map *taken, struct buf *name, size_t stem, const char *ending);
/* The name outlives the map. False: memory is short. */
bool taken_add(struct map *taken, const char *name, size_t size);

#endif
