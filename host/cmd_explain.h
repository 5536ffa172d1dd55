/* SPDX-License-Identifier: MIT */
/* What `adit explain` knows of a file, and its printers. */
#ifndef HOST_CMD_EXPLAIN_H
#define HOST_CMD_EXPLAIN_H

#include "base/arena.h"
#include "base/buf.h"
#include "cmd.h"
#include "detect.h"
#include "plan.h"
#include "reuse_tell.h"

struct explain_names {
    const char **items;
    size_t count, capacity;
};

struct explanation {
    struct cmd_common common;
    struct registry *registry;
    struct planner *planner;
    struct explain_names only, skip, with;
    const char *type;
    bool json;
    size_t printed;
    struct buf out;
    struct arena arena;
    struct reuse_tell *reuse;
    bool cache_fails; /* what is kept is not known */
};

struct explained {
    const char *path;
    const struct detect_result *type;
    const struct plan *plan;
    const struct plan_decision *decisions;
    size_t count;
    const struct reuse_told *told; /* NULL: of a type, which nothing is kept of */
};

/* Append to x->out. False: no memory. */
bool explain_text(struct explanation *x, const struct explained *f);
bool explain_json(struct explanation *x, const struct explained *f);

#endif
