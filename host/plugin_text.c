/* SPDX-License-Identifier: MIT */
#include "plugin_text.h"

#include <stdio.h>
#include <string.h>

#include "output_value.h"
#include "path_text.h"

const char *plugin_kind_name(const struct plugin *p)
{
    static const char *const names[] = {"", "extractor", "mapper", "types"};
    return names[p->conf.kind];
}

const char *plugin_state_name(enum plugin_state state)
{
    static const char *const names[] = {"ready", "disabled", "broken", "quarantined"};
    return names[state];
}

const char *plugin_isolation_name(const struct plugin *p)
{
    return conf_isolation_names[p->conf.isolation];
}

const char *plan_reason_name(enum plan_reason reason)
{
    switch (reason) {
    case PLAN_RUNS_TYPE:
        return "type";
    case PLAN_RUNS_NEEDED:
        return "needed";
    case PLAN_RUNS_FIELD:
        return "field";
    case PLAN_NOT_TYPE:
        return "not-type";
    case PLAN_NOT_SELECTED:
        return "not-selected";
    case PLAN_NOT_READY:
        return "not-ready";
    case PLAN_MISSING_NEED:
        return "missing-need";
    case PLAN_CONFLICT:
        return "conflict";
    case PLAN_NOT_NEEDED:
        return "not-needed";
    }
    return "";
}

bool plan_reason_runs(enum plan_reason reason)
{
    return reason == PLAN_RUNS_TYPE || reason == PLAN_RUNS_NEEDED || reason == PLAN_RUNS_FIELD;
}

const char *plugin_field_kind_name(const struct conf_field *f, char out[8])
{
    switch (f->kind) {
    case CONF_FIELD_BOOL:
        return "bool";
    case CONF_FIELD_STRING:
        return "string";
    case CONF_FIELD_BYTES:
        return "bytes";
    case CONF_FIELD_TIME:
        return "time";
    case CONF_FIELD_OBJECT:
        return "object";
    case CONF_FIELD_LIST_OF_ANY:
        return "list";
    case CONF_FIELD_ANY:
        return "any";
    case CONF_FIELD_I64:
    case CONF_FIELD_U64:
    case CONF_FIELD_F64:
        break;
    }
    char letter = f->kind == CONF_FIELD_I64 ? 'i' : f->kind == CONF_FIELD_U64 ? 'u' : 'f';
    (void)snprintf(out, 8, "%c%u", letter, f->bits);
    return out;
}

void plugin_need_text(struct buf *b, const struct conf_need *need)
{
    char version[VERSION_TEXT];
    buf_adds(b, need->plugin);
    for (size_t i = 0; i < 2; i++) {
        if (need->bounds[i].op != CONF_ANY)
            buf_addf(b, " %s %s", version_compare_text(need->bounds[i].op),
                     version_text(need->bounds[i].version, version));
    }
}

/* Namespaces and predicates have no byte that would have to be escaped. */
void plugin_map_text(struct buf *b, const struct conf_map *m)
{
    for (size_t i = 0; i < m->from_count; i++)
        buf_addf(b, "%s%s", i ? ", " : "", m->from[i]);
    buf_addf(b, " -> %s, %s, cost %u%s", m->to, m->predicate, m->cost, m->symmetric ? ", both ways" : "");
}

void plugin_put_visible(struct buf *b, const char *text)
{
    (void)path_text_visible(b, text, strlen(text), SIZE_MAX, NULL);
}

static void put_comma(struct buf *b)
{
    if (b->size > 0 && b->data[b->size - 1] != '{' && b->data[b->size - 1] != '[')
        buf_putc(b, ',');
}

void plugin_put_json(struct buf *b, const char *key, const char *text)
{
    put_comma(b);
    buf_addf(b, "\"%s\":", key);
    (void)value_string(b, text, strlen(text));
}

void plugin_put_map_json(struct buf *b, const struct conf_map *m)
{
    if (m->from_count == 0)
        return;
    buf_adds(b, ",\"map\":{");
    plugin_put_json_list(b, "from", m->from, m->from_count);
    plugin_put_json(b, "to", m->to);
    buf_addf(b, ",\"cost\":%u,\"symmetric\":%s", m->cost, m->symmetric ? "true" : "false");
    plugin_put_json(b, "predicate", m->predicate);
    plugin_put_json(b, "inverse", m->inverse);
    buf_putc(b, '}');
}

void plugin_put_json_list(struct buf *b, const char *key, const char *const *texts, size_t count)
{
    put_comma(b);
    buf_addf(b, "\"%s\":[", key);
    for (size_t i = 0; i < count; i++) {
        put_comma(b);
        (void)value_string(b, texts[i], strlen(texts[i]));
    }
    buf_putc(b, ']');
}
