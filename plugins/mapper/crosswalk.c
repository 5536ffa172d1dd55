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
#include <adit/adit.h>
#include <stdlib.h>
#include <string.h>

ADIT_MODULE("crosswalk", "1.0.0")

enum { MAX_RULES = 512, MAX_DEPTH = 8, MAX_VALUES = 1000 };

struct rule { struct adit_text media, target, kind, source; };
struct rules { struct rule items[MAX_RULES]; size_t count; char *text; };

/* ---- the table ---- */

static void crosswalk_close(void *state)
{
    struct rules *rules = state;
    if (rules)
        free(rules->text);
    free(rules);
}

static int32_t crosswalk_open(const struct adit_call *job, void **state)
{
    adit_source source = adit_resource(job, "rules");
    uint64_t size = source < 0 ? 0 : adit_source_size(job, source);
    struct adit_text text = adit_view(job, source, 0, (size_t)size);
    struct rules *rules = calloc(1, sizeof *rules);
    *state = rules;
    if (rules)
        rules->text = malloc(size + 1);
    if (source < 0 || !text.data || !rules || !rules->text) {
        (void)adit_warn(job, source < 0 ? "the .conf has no [resources] rules = FILE" : "the rules cannot be read");
        crosswalk_close(rules);
        *state = NULL;
        return ADIT_FAILED;
    }
    memcpy(rules->text, text.data, text.size);
    text.data = rules->text;
    (void)adit_text_next(&text, "\n"); /* the columns' names; the host has checked the form */
    while (text.size > 0) {
        struct adit_text line = adit_text_next(&text, "\n");
        if (rules->count == MAX_RULES) {
            (void)adit_warnf(job, "more than %d rules", MAX_RULES);
            crosswalk_close(rules);
            *state = NULL;
            return ADIT_FAILED;
        }
        struct rule *r = &rules->items[rules->count];
        r->media = adit_text_next(&line, "\t");
        r->target = adit_text_next(&line, "\t");
        r->kind = adit_text_next(&line, "\t");
        r->source = adit_text_next(&line, "\t");
        rules->count += r->source.size > 0;
    }
    return ADIT_OK;
}

/* ---- looking up ---- */

struct values { struct adit_value items[MAX_VALUES]; size_t count; };

static uint32_t root_of(const struct adit_call *job, struct adit_text *source)
{
    char name[64];
    struct adit_text plugin = adit_text_next(source, ".");
    if (plugin.size == 0 || plugin.size >= sizeof name)
        return 0;
    memcpy(name, plugin.data, plugin.size);
    name[plugin.size] = '\0';
    return adit_need(job, name, 0);
}

/* The values below `node` at `path`: of every element of lists, of XMP's languages the default one. */
static void collect(const struct adit_call *job, uint32_t node, struct adit_text path, int depth, struct values *out)
{
    struct adit_value value = adit_get(job, node);
    if (!node || depth == MAX_DEPTH || out->count == MAX_VALUES)
        return;
    if (value.kind == ADIT_KIND_LIST) {
        for (uint32_t child = adit_first(job, node); child; child = adit_next(job, child))
            collect(job, child, path, depth + 1, out);
    } else if (value.kind == ADIT_KIND_OBJECT && path.size > 0) {
        struct adit_text name = adit_text_next(&path, ".");
        collect(job, job->host->node_child(job->job, node, name.data, name.size), path, depth + 1, out);
    } else if (value.kind == ADIT_KIND_OBJECT) {
        uint32_t standard = adit_child(job, node, "x-default");
        collect(job, standard, path, depth + 1, out);
    } else if (path.size == 0) {
        out->items[out->count++] = value;
    }
}

static void look_up(const struct adit_call *job, const struct rule *r, struct values *out)
{
    struct adit_text rest = r->source;
    out->count = 0;
    while (out->count == 0 && rest.size > 0) {
        struct adit_text source = adit_text_next(&rest, " | ");
        if (source.data[0] == '=')
            out->items[out->count++] = adit_value_text(adit_text_of(source.data + 1, source.size - 1));
        else if (adit_text_is(source, "@media"))
            out->items[out->count++] = adit_value_text(adit_source_media(job));
        else
            collect(job, root_of(job, &source), source, 0, out);
    }
}

static bool is_for(const struct rule *r, struct adit_text media)
{
    struct adit_text rest = r->media;
    while (rest.size > 0) {
        struct adit_text pattern = adit_text_next(&rest, " | ");
        bool open = pattern.size > 0 && pattern.data[pattern.size - 1] == '*';
        size_t fixed = pattern.size - open;
        if (media.size >= fixed && (open || media.size == fixed) && memcmp(media.data, pattern.data, fixed) == 0)
            return true;
    }
    return false;
}

/* ---- emitting ---- */

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
    static const char *const precisions[] = {"", "year", "month", "day", "minute", "second", "millisecond", "microsecond", "nanosecond"};
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

static bool is_list(struct adit_text target)
{
    return target.size > 2 && memcmp(target.data + target.size - 2, "[]", 2) == 0;
}

static void emit_field(const struct adit_call *job, const struct rule *r, struct values *found)
{
    struct adit_text name = r->target;
    bool all = is_list(name);
    name.size -= all ? 2 : 0;
    for (size_t i = 0; i < found->count; i++)
        if (fits(r->kind, &found->items[i])) {
            (void)adit_emit_named(job, name, &found->items[i]);
            if (!all)
                return;
        }
}

static int32_t crosswalk_run(void *state, const struct adit_call *job)
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

ADIT_PLUGIN(crosswalk_open, crosswalk_run, NULL, crosswalk_close)
