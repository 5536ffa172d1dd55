/* SPDX-License-Identifier: MIT */
/* What the parts of the planner share. */
#ifndef HOST_PLAN_IMPL_H
#define HOST_PLAN_IMPL_H

#include "base/arena.h"
#include "base/map.h"
#include "plan.h"

/* What the selection says of one plugin. */
struct plan_choice {
    bool allowed; /* ready, and not left out by --skip */
    bool asked;   /* named, or everything is wanted: runs wherever it matches */
    bool named;   /* by --only or --with */
    bool along;   /* brought along: runs wherever it matches, for another's sake */
    uint32_t domain;
    const char **types; /* of [match], under their canonical names */
};

struct planner {
    const struct registry *registry;
    struct arena arena;
    struct plan_choice *choices; /* by plugin */
    bool *present;               /* by plugin: takes part in this run */
    uint32_t *order;             /* plugins by (depth, index): needs come first */
    const char **domains;
    size_t domain_count;
    struct map plans; /* type -> struct plan * */
    const struct plan **made; /* different ones */
    size_t made_count, made_capacity;
    bool only; /* --only was given */
};

/* What the planner found out about each plugin for one type. */
struct plan_entry {
    bool able;   /* could run on a source of this type */
    bool wanted; /* runs */
    enum plan_reason reason;
    const char *detail;
};

/* plan_select.c */
int plan_select(struct planner *p, const struct plan_selection *s, struct err *e);
/* Which of the plugin's [match] types fits a type (its canonical name); NULL: none. */
const char *plan_match(const struct planner *p, uint32_t plugin, const char *media);
bool plan_is_ready(const struct plugin *p);

/* plan_resolve.c: fills entries[0..registry->count). */
int plan_resolve(struct planner *p, const char *media, struct plan_entry *entries);
/* The canonical name of a type; lives as long as the planner. NULL when memory is short. */
const char *plan_canonical(struct planner *p, const char *media);

#endif
