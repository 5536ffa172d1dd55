/* SPDX-License-Identifier: MIT */
/* Answers as JSON, one object an input, and as text for a terminal. */
#include <string.h>

#include "map_output_impl.h"
#include "output_value.h"
#include "path_text.h"

static void put_member(struct buf *b, const char *key, const char *text, size_t size)
{
    buf_addf(b, ",\"%s\":", key);
    (void)value_string(b, text, size);
}

static void put_target(struct map_output *o, const struct map_target *t)
{
    struct buf *b = &o->out;
    const struct map_way *way = map_output_way(o, t);
    buf_adds(b, "{\"id\":");
    (void)value_string(b, t->text.data, t->text.size);
    if (t->flags & ADIT_LINK_SECONDARY)
        buf_adds(b, ",\"secondary\":true");
    if (t->flags & ADIT_LINK_OBSOLETE)
        buf_adds(b, ",\"obsolete\":true");
    if (t->through.size > 0)
        put_member(b, "through", t->through.data, t->through.size);
    if (o->options.validated) {
        const char *validation = map_validation_name(map_output_validation(o, t));
        put_member(b, "validation", validation, strlen(validation));
    }
    put_member(b, "predicate", way->predicate, strlen(way->predicate));
    put_member(b, "path", way->name, strlen(way->name));
    buf_addf(b, ",\"hops\":%zu", way->hops);
    put_member(b, "resource_digest", way->digest, strlen(way->digest));
    buf_putc(b, '}');
}

static void put_object(struct map_output *o, const struct map_answer *a)
{
    struct buf *b = &o->out;
    buf_addf(b, "{\"index\":%llu,\"input\":", (unsigned long long)a->index + 1);
    (void)value_string(b, a->input.data, a->input.size);
    if (o->options.header)
        put_member(b, "row", a->row.data, a->row.size);
    put_member(b, "status", map_status_name(a->status), strlen(map_status_name(a->status)));
    if (*a->reason)
        put_member(b, "reason", a->reason, strlen(a->reason));
    if (o->options.validated && a->count == 0)
        put_member(b, "validation", "no-forward-target", strlen("no-forward-target"));
    buf_adds(b, ",\"targets\":[");
    for (size_t i = 0; i < a->count; i++) {
        buf_adds(b, i ? "," : "");
        put_target(o, &a->targets[i]);
        map_output_spill(o);
    }
    buf_adds(b, "]}");
}

static int no_begin(struct map_output *o, struct err *e)
{
    (void)o;
    (void)e;
    return 0;
}

static void no_end(struct map_output *o)
{
    (void)o;
}

static void ndjson_answer(struct map_output *o, const struct map_answer *a)
{
    put_object(o, a);
    buf_putc(&o->out, '\n');
}

static int json_begin(struct map_output *o, struct err *e)
{
    (void)e;
    buf_adds(&o->out, "{\"schema\":1,\"from\":");
    (void)value_string(&o->out, o->options.from->name, strlen(o->options.from->name));
    put_member(&o->out, "to", o->options.to->name, strlen(o->options.to->name));
    buf_adds(&o->out, ",\"answers\":[");
    return 0;
}

static void json_answer(struct map_output *o, const struct map_answer *a)
{
    buf_adds(&o->out, o->first ? "\n" : ",\n");
    o->first = false;
    put_object(o, a);
}

static void json_end(struct map_output *o)
{
    buf_adds(&o->out, "\n]}\n");
}

/* "TP53  7157", "MEMO1  51072, 7795  ambiguous" */
static void text_answer(struct map_output *o, const struct map_answer *a)
{
    struct buf *b = &o->out;
    (void)path_text_visible(b, a->input.data, a->input.size, SIZE_MAX, NULL);
    buf_adds(b, "\t");
    for (size_t i = 0; i < a->count; i++) {
        const struct map_target *t = &a->targets[i];
        buf_adds(b, i ? ", " : "");
        (void)path_text_visible(b, t->text.data, t->text.size, SIZE_MAX, NULL);
        if (o->options.way_count > 1)
            buf_addf(b, " [%s]", map_output_way(o, t)->name);
        if (o->options.validated)
            buf_addf(b, " (%s)", map_validation_name(map_output_validation(o, t)));
        map_output_spill(o);
    }
    if (a->status != MAP_MAPPED)
        buf_addf(b, "%s%s", a->count ? "\t" : "", map_status_name(a->status));
    if (*a->reason) {
        buf_adds(b, ": ");
        (void)path_text_visible(b, a->reason, strlen(a->reason), SIZE_MAX, NULL);
    }
    buf_putc(b, '\n');
}

const struct map_format_ops map_ndjson_ops = {
    .name = "ndjson", .begin = no_begin, .answer = ndjson_answer, .end = no_end};
const struct map_format_ops map_json_ops = {
    .name = "json", .begin = json_begin, .answer = json_answer, .end = json_end};
const struct map_format_ops map_text_ops = {.name = "text", .begin = no_begin, .answer = text_answer, .end = no_end};
