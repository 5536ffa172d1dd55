/* SPDX-License-Identifier: MIT */
/* From what a worker says a plugin emitted to fields that may be kept: well-formed, declared, of the declared types, each name
 * once. What does not fit is left out and told. [host] */
#ifndef HOST_COLLECT_H
#define HOST_COLLECT_H

#include "base/buf.h"
#include "fields.h"
#include "registry.h"

struct collector;
struct collector *collector_new(void); /* NULL: no memory */
void collector_free(struct collector *c);

enum { COLLECT_MAX_WARNINGS = 8, COLLECT_WARNING = 200 };
struct collect_warnings {
    char text[COLLECT_MAX_WARNINGS][COLLECT_WARNING];
    size_t count;
    uint64_t left_out; /* fields that were refused, told or not */
    uint64_t repeated; /* of these: because they stood there before, as in a file that repeats what stands once */
};

/* `raw`: events as they came, END events and all. Writes canonical fields to `out`. 0; -EBADMSG where the bytes are no fields
 * (the worker broke the protocol); -ENOMEM. */
int collect_fields(struct collector *c, const struct plugin *plugin, const void *raw, size_t size, struct buf *out,
                   struct collect_warnings *warnings);

#endif
