/* SPDX-License-Identifier: MIT */
/* Fields of other plugins under the names of a shared vocabulary, by a table of rules: the resource `rules`, whose columns are
 *
 *   media    for sources of this type; a * at the end stands for anything, " | " is between several: a film's rules are not
 *            for the picture on its cover
 *   target   the field to emit; with [] all values, else the first
 *   kind     text, number, time, or moment: an entry of the list `events`, with the same moment in UTC where its zone is known
 *   source   PLUGIN.PATH, lists and all on the way; several with " | " between them: the first that has a value. =TEXT is itself,
 *            @media the source's type
 *
 * and, after those, what the rule stands on. A crosswalk is thus one .conf and one table. */
#include "crosswalk_rules.h"

ADIT_MODULE("crosswalk", "1.0.0")

static bool as_time(const struct adit_value *v, struct adit_time *out)
{
    if (v->kind == ADIT_KIND_STRING)
        return adit_time_parse(v->as.text, out);
    *out = v->as.time;
    return v->kind == ADIT_KIND_TIME;
}

static bool fits(struct adit_text kind, struct adit_value *v)
{
    struct adit_time time;
    if (adit_text_is(kind, "number"))
        return v->kind == ADIT_KIND_U64 || v->kind == ADIT_KIND_I64 || v->kind == ADIT_KIND_F64;
    if (!adit_text_is(kind, "time"))
        return v->kind == ADIT_KIND_STRING && v->as.text.size > 0;
    if (!as_time(v, &time))
        return false;
    *v = adit_value_time(time);
    return true;
}

static void emit_moment(const struct adit_call *job, const struct rule *r, const struct adit_value *v)
{
    static const char *const precisions[] = {"",       "year",        "month",       "day",       "minute",
                                             "second", "millisecond", "microsecond", "nanosecond"};
    struct adit_time t;
    if (!as_time(v, &t) || !adit_time_valid(&t))
        return;
    bool zoned = t.zone != ADIT_ZONE_UNKNOWN && t.precision >= ADIT_TIME_MINUTE;
    (void)adit_begin_object(job, "");
    adit_emit_text(job, "event", r->target);
    adit_emit_text(job, "source", r->source);
    adit_emit_time(job, "time", t);
    adit_emit_string(job, "precision", precisions[t.precision]);
    adit_emit_bool(job, "zone_known", zoned);
    if (zoned) {
        int64_t seconds = adit_time_to_unix(&t);
        adit_emit_time(job, "utc", adit_time_from_unix(seconds, t.nanosecond, t.precision));
        adit_emit_i64(job, "unix", seconds);
    }
    (void)adit_end(job);
}

static void emit_field(const struct adit_call *job, const struct rule *r, struct values *found)
{
    bool all = adit_text_ends(r->target, "[]");
    struct adit_text name = adit_text_of(r->target.data, r->target.size - (all ? 2 : 0));
    for (size_t i = 0; i < found->count; i++)
        if (fits(r->kind, &found->items[i])) {
            (void)adit_emit_named(job, name, &found->items[i]);
            if (!all)
                return;
        }
}

static int32_t run(void *state, const struct adit_call *job)
{
    static struct values found;
    const struct rules *rules = state;
    const struct rule *end = rules->items + rules->count;
    struct adit_text media = adit_source_media(job);
    bool moments = false, any = false;
    for (const struct rule *r = rules->items; r < end; r++) {
        if (!is_for(r, media))
            continue;
        look_up(job, r, &found);
        any |= found.count > 0;
        bool moment = adit_text_is(r->kind, "moment");
        if (moment && !moments && found.count > 0)
            moments = adit_begin_list(job, "events") == 0;
        for (size_t i = 0; moment && i < found.count; i++)
            emit_moment(job, r, &found.items[i]);
        if (!moment)
            emit_field(job, r, &found);
    }
    if (moments)
        (void)adit_end(job);
    return any ? ADIT_OK : ADIT_DECLINED;
}

static int32_t open_rules(const struct adit_call *job, void **state)
{
    *state = read_rules(job);
    return *state ? ADIT_OK : ADIT_FAILED;
}

static void close_rules(void *state)
{
    free_rules((struct rules *)state);
}

ADIT_PLUGIN(open_rules, run, NULL, close_rules)
