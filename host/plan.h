/* SPDX-License-Identifier: MIT */
/* Who runs on a source of a type, after whom, in which domain. Plans are made once a type and kept.
 *
 * A plugin is in the plan of a type when its [match] fits (a type also fits through its parents, and by its aliases), it is
 * selected, and each of its hard needs is met:
 *   - an extractor's need runs on the same source, before it: so it has to match the type as well, or to match no type at all
 *     (such a plugin runs only where another needs it);
 *   - a mapper's need may also run on the streams found in the source.
 * Optional needs run before it where they are in the plan themselves. Predicates ([match] field = …) are for the engine: the
 * plan only puts the plugin after the one whose field it asks for.
 *
 * Selection. Without --only: every plugin that is not `default = no`, and those of --with. With --only: those named. What they
 * need comes along, on the sources where they run. With --only, a plugin that matches only types that are found inside other
 * files (declared with `embedded = yes`, be it by one of several, or with no magic, glob or root element) brings those along that declare
 * to emit such streams, so that `--only exif` finds the EXIF in a JPEG; emitters of "*" (archives) do not come along. --skip leaves out, and with it what
 * has a hard need for it. A plugin that emits streams and nothing else (a decoder: no fields, refinements or artifacts) and is not
 * named runs only where another plugin that runs takes one of these streams; one that runs on `*` does not count. */
#ifndef HOST_PLAN_H
#define HOST_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "registry.h"

/* A run of consecutive jobs that one worker does in one go. Jobs of a stage depend only on earlier stages and on earlier
 * jobs of the same stage. Extractors come first; field mappers (which wait for the streams too) are in stages of their
 * own, with `after_streams` set. */
struct plan_stage {
    uint32_t domain;          /* index into planner domains: see plan_domain_name */
    bool after_streams;
    const uint32_t *jobs;     /* plugin indexes in order; one alone where its isolation is not CONF_ISOLATE_DOMAIN */
    size_t job_count;
};

struct plan {
    const char *media;
    const struct plan_stage *stages;
    size_t stage_count;
    const uint32_t *plugins;  /* all of them, in the order of their jobs */
    size_t plugin_count;
    uint64_t id;              /* the same for equal plans within one process */
};

/* Why a plugin is or is not in a plan: for `adit explain`. */
enum plan_reason {
    PLAN_RUNS_TYPE,      /* its [match] fits the type (detail: which) */
    PLAN_RUNS_NEEDED,    /* another plugin of the plan needs it (detail: which) */
    PLAN_RUNS_FIELD,     /* it maps a field of a plugin of the plan (detail: which plugin) */
    PLAN_NOT_TYPE, PLAN_NOT_SELECTED /* --only, --skip, default = no */, PLAN_NOT_READY /* detail: reason */,
    PLAN_MISSING_NEED /* detail: which */, PLAN_CONFLICT,
    PLAN_NOT_NEEDED, /* matches no type itself (or is `default = no`), and nothing in the plan needs it */
};
struct plan_decision { uint32_t plugin; enum plan_reason reason; const char *detail; };

struct plan_selection {
    const char *const *only; size_t only_count;   /* plugin names, or "plugin.field"; needs come along */
    const char *const *skip; size_t skip_count;
    const char *const *with; size_t with_count;   /* adds plugins that are `default = no` */
};

struct planner;
/* -EINVAL with e filled when a selected name does not exist (with the nearest known one). */
int planner_open(const struct registry *r, const struct plan_selection *s, struct planner **out, struct err *e);
void planner_free(struct planner *p);

/* The plan of a type (and of the parents it declares). Never NULL but for memory: a type that nobody matches has an empty
 * plan. Owned by the planner, valid until planner_free. */
const struct plan *planner_plan(struct planner *p, const char *media);

/* Is any plugin of the selection interested in streams of this media type? Empty media: in any type at all? */
bool planner_wants_stream(struct planner *p, const char *media);

const char *planner_domain_name(const struct planner *p, uint32_t domain);
size_t planner_domain_count(const struct planner *p);

/* Did the user ask for this plugin's results (or for everything), rather than that it comes along for another's sake? */
bool planner_asked(const struct planner *p, uint32_t plugin);
/* registry_fingerprint under this selection: an optional need that is left out changes what a plugin emits. */
bool planner_fingerprint(const struct planner *p, uint32_t plugin, unsigned char out[32]);

/* Every plugin's decision for a type, in the order of plugins. Caller frees *out with free(). */
int planner_explain(struct planner *p, const char *media, struct plan_decision **out, size_t *count);

#endif
