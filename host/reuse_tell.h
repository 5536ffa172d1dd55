/* SPDX-License-Identifier: MIT */
/* What `adit extract` would take over for a file from an earlier run, and why not the rest: for `adit explain`. */
#ifndef HOST_REUSE_TELL_H
#define HOST_REUSE_TELL_H

#include "base/arena.h"
#include "cache.h"
#include "plan.h"
#include "registry.h"

/* Of one plugin of the plan. */
struct reuse_part {
    bool kept;
    const char *reason; /* why it runs again; "" where it is kept */
};

struct reuse_told {
    const char *reason;       /* why nothing at all is kept; "": see the parts */
    struct reuse_part *parts; /* in the order of plan->plugins */
    size_t kept;              /* of them */
    const char *refined;      /* the type that plugins made of the detected one then; "" where they did not */
};

struct reuse_tell;

/* `selection`: as the planner has it. `folder` is that of the cache, NULL where there is none; it is not made. Everything outlives *out. 0; -ENOMEM with e filled.
 * Ask reuse_tell_cache for what the cache has to say; NULL: there is none. */
int reuse_tell_open(struct registry *r, struct planner *p, const struct plan_selection *selection, const char *folder, struct reuse_tell **out, struct err *e);
void reuse_tell_close(struct reuse_tell *t);
struct cache *reuse_tell_cache(struct reuse_tell *t);

/* Of the file at `path`, of this type, for which this is the plan. Texts lie in `arena`. 0, or the negative errno of
 * what is short. */
int reuse_tell_file(struct reuse_tell *t, const char *path, const char *detected, const struct plan *plan, struct arena *arena,
                    struct reuse_told *out);

#endif
