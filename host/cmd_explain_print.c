/* SPDX-License-Identifier: MIT */
/* Prints what `adit explain` says of a file, for people and for programs. */
#include <string.h>

#include "cmd_explain.h"
#include "output_value.h"
#include "plugin_text.h"

/* "magic of priority 50, declared by png (line 12)" */
static void put_why(struct buf *b, const struct detect_result *d)
{
    static const char *const by[] = {
        [DETECT_BY_NOTHING] = "nothing fits better",
        [DETECT_BY_MAGIC] = "its bytes",
        [DETECT_BY_GLOB] = "its name",
        [DETECT_BY_MAGIC_AND_GLOB] = "its bytes and its name",
        [DETECT_BY_TEXT] = "it reads as text",
        [DETECT_BY_SIZE] = "its size",
        [DETECT_BY_DECLARATION] = "you say so",
    };
    buf_adds(b, by[d->by]);
    if (d->by != DETECT_BY_NOTHING && d->by != DETECT_BY_DECLARATION && d->declared_in && d->declared_in[0])
        buf_addf(b, "; priority %u, declared by %s in line %u", d->priority, d->declared_in, d->line);
}

/* A decision in words. */
static void put_decision(struct buf *b, const struct plan_decision *d)
{
    switch (d->reason) {
    case PLAN_RUNS_TYPE:
        buf_addf(b, "runs: matches %s", d->detail);
        break;
    case PLAN_RUNS_NEEDED:
        buf_addf(b, "runs: %s needs it", d->detail);
        break;
    case PLAN_RUNS_FIELD:
        buf_addf(b, "runs: maps fields of %s", d->detail);
        break;
    case PLAN_NOT_TYPE:
        buf_adds(b, *d->detail ? d->detail : "does not match this type");
        break;
    case PLAN_NOT_SELECTED:
        plugin_put_visible(b, d->detail);
        break;
    case PLAN_NOT_READY:
        plugin_put_visible(b, d->detail);
        break;
    case PLAN_MISSING_NEED:
        buf_addf(b, "needs %s", d->detail);
        break;
    case PLAN_CONFLICT:
        buf_addf(b, "conflicts with %s", d->detail);
        break;
    case PLAN_NOT_NEEDED:
        buf_adds(b, "nothing that runs needs it");
        break;
    }
}

static void put_stages(struct explanation *x, const struct plan *plan)
{
    struct buf *b = &x->out;
    if (plan->stage_count == 0)
        buf_adds(b, "  no plugin runs\n");
    for (size_t i = 0; i < plan->stage_count; i++) {
        const struct plan_stage *s = &plan->stages[i];
        buf_addf(b, "  stage %zu, domain %s%s:", i + 1, planner_domain_name(x->planner, s->domain),
                 s->after_streams ? ", after the streams" : "");
        for (size_t k = 0; k < s->job_count; k++)
            buf_addf(b, " %s", x->registry->plugins[s->jobs[k]].conf.name);
        buf_putc(b, '\n');
    }
}

static void put_predicates(struct buf *b, const struct conf *c)
{
    static const char *const ops[] = {"", " = ", " != ", " is there"};
    for (size_t i = 0; i < c->predicate_count; i++) {
        const struct conf_predicate *on = &c->predicates[i];
        buf_addf(b, "%s%s.%s%s", i ? " and " : ", where ", on->plugin, on->field, ops[on->op]);
        plugin_put_visible(b, on->value);
    }
}

/* The part of an earlier result that this plugin would not have to make again; NULL: it is not in the plan. */
static const struct reuse_part *part_of(const struct explained *f, uint32_t plugin)
{
    for (size_t i = 0; f->told && i < f->plan->plugin_count; i++)
        if (f->plan->plugins[i] == plugin)
            return &f->told->parts[i];
    return NULL;
}

static void put_cache(struct buf *b, const struct explained *f)
{
    if (!f->told)
        return;
    if (f->told->reason[0]) {
        buf_adds(b, "  cache: ");
        plugin_put_visible(b, f->told->reason);
        buf_putc(b, '\n');
    } else if (f->told->kept == f->plan->plugin_count) {
        buf_adds(b, "  cache: all is kept from an earlier run\n");
    } else if (f->told->kept == 0) {
        buf_adds(b, "  cache: nothing that is kept from an earlier run still holds\n");
    } else {
        buf_addf(b, "  cache: of %zu plugins the results of %zu are kept from an earlier run\n", f->plan->plugin_count, f->told->kept);
    }
    if (f->told->refined[0])
        buf_addf(b, "  refined: an earlier run found it to be %s; 'adit explain --type %s' tells of that\n", f->told->refined,
                 f->told->refined);
}

static void put_runs(struct explanation *x, const struct explained *f, int width)
{
    struct buf *b = &x->out;
    for (size_t i = 0; i < f->count; i++) {
        const struct conf *c = &x->registry->plugins[f->decisions[i].plugin].conf;
        const struct reuse_part *part = part_of(f, f->decisions[i].plugin);
        if (!plan_reason_runs(f->decisions[i].reason) || c->kind == CONF_TYPES)
            continue;
        buf_addf(b, "    %-*s  ", width, c->name);
        put_decision(b, &f->decisions[i]);
        put_predicates(b, c);
        if (part && part->kept)
            buf_adds(b, "; kept");
        else if (part && !f->told->reason[0])
            buf_addf(b, "; anew: %s", part->reason);
        buf_putc(b, '\n');
    }
}

/* What has nothing to do with the type is told by its names alone. */
static bool is_plain(const struct plan_decision *d)
{
    return (d->reason == PLAN_NOT_TYPE && !*d->detail) || d->reason == PLAN_NOT_NEEDED;
}

static void put_others(struct explanation *x, const struct explained *f, int width)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct conf *c = &x->registry->plugins[f->decisions[i].plugin].conf;
        if (plan_reason_runs(f->decisions[i].reason) || c->kind == CONF_TYPES || is_plain(&f->decisions[i]))
            continue;
        buf_addf(&x->out, "    %-*s  ", width, c->name);
        put_decision(&x->out, &f->decisions[i]);
        buf_putc(&x->out, '\n');
    }
}

/* "    does not match this type: csv, docx, …", in lines of some hundred columns. */
static void put_plain(struct explanation *x, const struct explained *f, enum plan_reason reason)
{
    enum { LINE = 110 };
    struct buf *b = &x->out;
    size_t begin = b->size;
    bool first = true;
    for (size_t i = 0; i < f->count; i++) {
        const struct conf *c = &x->registry->plugins[f->decisions[i].plugin].conf;
        if (f->decisions[i].reason != reason || c->kind == CONF_TYPES || !is_plain(&f->decisions[i]))
            continue;
        if (first) {
            buf_adds(b, "    ");
            put_decision(b, &f->decisions[i]);
            buf_putc(b, ':');
        } else {
            buf_putc(b, ',');
        }
        if (b->size - begin + strlen(c->name) > LINE) {
            buf_adds(b, "\n     ");
            begin = b->size - 5;
        }
        buf_addf(b, " %s", c->name);
        first = false;
    }
    if (!first)
        buf_putc(b, '\n');
}

/* What those that run may find in it, or find it to be, and who runs on that. */
static void put_found(struct explanation *x, const char *by, const char *media, const char *how, bool *first)
{
    struct buf *b = &x->out;
    bool any = strchr(media, '*') != NULL;
    const struct plan *plan = any ? NULL : planner_plan(x->planner, media);
    b->failed = b->failed || (!any && !plan);
    if (plan && plan->plugin_count == 0)
        return; /* nobody looks into it */
    buf_addf(b, "%s    %s, %s %s:", *first ? "  what they may find:\n" : "", strcmp(media, "*") == 0 ? "any type" : media, how, by);
    *first = false;
    for (size_t i = 0; plan && i < plan->plugin_count; i++)
        buf_addf(b, "%s %s", i ? "," : "", x->registry->plugins[plan->plugins[i]].conf.name);
    buf_adds(b, plan ? "\n" : " who is for what it is\n");
}

static void put_streams(struct explanation *x, const struct explained *f)
{
    bool first = true;
    for (size_t i = 0; i < f->plan->plugin_count; i++) {
        const struct conf *c = &x->registry->plugins[f->plan->plugins[i]].conf;
        for (size_t k = 0; k < c->stream_count; k++)
            put_found(x, c->name, c->streams[k], "a stream from", &first);
        for (size_t k = 0; k < c->refine_count; k++)
            put_found(x, c->name, c->refines[k], "refined by", &first);
    }
}

/* What the type is besides itself: plugins for those types run too. */
static void put_kinds(struct explanation *x, const char *media)
{
    const char *kinds[DETECT_KINDS];
    size_t count = detect_kinds(x->registry->detect, media, kinds);
    for (size_t i = 1; i < count; i++)
        buf_addf(&x->out, "%s%s", i > 1 ? ", " : "  also: ", kinds[i]);
    buf_adds(&x->out, count > 1 ? "\n" : "");
}

bool explain_text(struct explanation *x, const struct explained *f)
{
    struct buf *b = &x->out;
    size_t width = 8;
    for (size_t i = 0; i < f->count; i++) {
        size_t size = strlen(x->registry->plugins[f->decisions[i].plugin].conf.name);
        bool told = plan_reason_runs(f->decisions[i].reason) || !is_plain(&f->decisions[i]);
        width = told && size > width ? size : width;
    }
    buf_adds(b, x->printed ? "\n" : "");
    plugin_put_visible(b, f->path);
    buf_addf(b, ": %s\n  because: ", f->type->media);
    put_why(b, f->type);
    buf_putc(b, '\n');
    put_kinds(x, f->type->media);
    put_cache(b, f);
    put_stages(x, f->plan);
    put_streams(x, f);
    buf_adds(b, "  decisions:\n");
    put_runs(x, f, (int)width);
    put_others(x, f, (int)width);
    put_plain(x, f, PLAN_NOT_TYPE);
    put_plain(x, f, PLAN_NOT_NEEDED);
    return !b->failed;
}

static void put_cache_json(struct buf *b, const struct explained *f)
{
    bool all = !f->told->reason[0] && f->told->kept == f->plan->plugin_count;
    buf_addf(b, ",\"cache\":{\"kept\":\"%s\"", all ? "all" : f->told->kept > 0 ? "some" : "none");
    if (f->told->reason[0])
        plugin_put_json(b, "reason", f->told->reason);
    if (f->told->refined[0])
        plugin_put_json(b, "refined", f->told->refined);
    buf_putc(b, '}');
}

bool explain_json(struct explanation *x, const struct explained *f)
{
    const struct detect_result *d = f->type;
    const struct plan *plan = f->plan;
    const struct plan_decision *decisions = f->decisions;
    size_t count = f->count;
    struct buf *b = &x->out, why = BUF_INIT;
    buf_adds(b, x->printed ? ",\n{" : "\n{");
    plugin_put_json(b, "path", f->path);
    plugin_put_json(b, "type", d->media);
    const char *kinds[DETECT_KINDS];
    plugin_put_json_list(b, "is", kinds, detect_kinds(x->registry->detect, d->media, kinds));
    put_why(&why, d);
    plugin_put_json(b, "because", buf_cstr(&why));
    buf_release(&why);
    plugin_put_json(b, "declared_by", d->declared_in ? d->declared_in : "");
    if (f->told)
        put_cache_json(b, f);
    buf_adds(b, ",\"stages\":[");
    for (size_t i = 0; i < plan->stage_count; i++) {
        const struct plan_stage *s = &plan->stages[i];
        buf_addf(b, "%s{\"domain\":\"%s\",\"after_streams\":%s,\"plugins\":[", i ? "," : "",
                 planner_domain_name(x->planner, s->domain), s->after_streams ? "true" : "false");
        for (size_t k = 0; k < s->job_count; k++)
            buf_addf(b, "%s\"%s\"", k ? "," : "", x->registry->plugins[s->jobs[k]].conf.name);
        buf_adds(b, "]}");
    }
    buf_adds(b, "],\"decisions\":[");
    for (size_t i = 0; i < count; i++) {
        buf_adds(b, i ? ",{" : "{");
        plugin_put_json(b, "plugin", x->registry->plugins[decisions[i].plugin].conf.name);
        buf_addf(b, ",\"runs\":%s", plan_reason_runs(decisions[i].reason) ? "true" : "false");
        plugin_put_json(b, "reason", plan_reason_name(decisions[i].reason));
        plugin_put_json(b, "detail", decisions[i].detail);
        const struct reuse_part *part = part_of(f, decisions[i].plugin);
        if (part)
            buf_addf(b, ",\"kept\":%s", part->kept ? "true" : "false");
        if (part && !part->kept)
            plugin_put_json(b, "anew", f->told->reason[0] ? f->told->reason : part->reason);
        buf_putc(b, '}');
    }
    buf_adds(b, "]}");
    return !b->failed;
}
