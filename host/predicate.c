/* SPDX-License-Identifier: MIT */
#include "predicate.h"

#include <stdio.h>
#include <string.h>

enum { VALUE_MAX = 1024 /* of a value that is compared; what is longer is cut */ };

/* The values of one field of one plugin's result. */
struct known_field {
    struct known_field *next;
    uint32_t plugin;
    const char *path;
    const char **values;
    size_t count, room;
    bool there; /* with or without a value that can be compared */
};

/* `value` with "*" for any run of characters. */
static bool value_matches(const char *pattern, const char *text)
{
    const char *star = NULL, *retry = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = ++pattern;
            retry = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star;
            text = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

/* A value as predicates write it; a time needs 64 bytes. False: it is none. */
static bool event_text(const struct field_event *e, char *out, size_t n)
{
    switch (e->tag) {
    case FIELD_BOOL: (void)snprintf(out, n, "%s", e->boolean ? "true" : "false"); return true;
    case FIELD_I64: (void)snprintf(out, n, "%lld", (long long)e->i64); return true;
    case FIELD_U64: (void)snprintf(out, n, "%llu", (unsigned long long)e->u64); return true;
    case FIELD_F64: (void)snprintf(out, n, "%.17g", e->f64); return true;
    case FIELD_STRING: (void)snprintf(out, n, "%.*s", (int)e->text.size, e->text.data); return true;
    case FIELD_TIME: (void)field_time_text(&e->time, out); return true;
    default: return false;
    }
}

static bool add_value(struct arena *a, struct known_field *k, const char *text)
{
    if (k->count == k->room) {
        size_t room = k->room ? k->room * 2 : 8;
        const char **grown = arena_array(a, room, sizeof *grown);
        if (!grown)
            return false;
        if (k->count)
            memcpy(grown, k->values, k->count * sizeof *grown);
        k->values = grown;
        k->room = room;
    }
    k->values[k->count] = arena_strdup(a, text);
    return k->values[k->count++] != NULL;
}

/* All values of the path (lists give each of their elements). False: memory is short. */
static bool collect_values(struct arena *a, const struct part *part, struct known_field *k)
{
    struct field_reader r = field_reader_of(part->fields, part->fields_size);
    struct field_event e;
    char at[FIELD_MAX_NAME * 2] = "", text[VALUE_MAX];
    size_t ends[FIELD_MAX_DEPTH + 2] = {0}, depth = 0;
    while (field_next(&r, &e) == 1) {
        if (e.tag == FIELD_END) {
            depth -= depth > 0;
            continue;
        }
        size_t n = ends[depth];
        int more = snprintf(at + n, sizeof at - n, "%s%.*s", n && e.name.size ? "." : "", (int)e.name.size, e.name.data ? e.name.data : "");
        size_t end = n + (size_t)more < sizeof at ? n + (size_t)more : sizeof at - 1;
        if (e.tag == FIELD_OBJECT || e.tag == FIELD_LIST) {
            if (depth <= FIELD_MAX_DEPTH)
                ends[++depth] = end;
            continue;
        }
        if (strcmp(at, k->path) != 0)
            continue;
        k->there = true;
        if (event_text(&e, text, sizeof text) && !add_value(a, k, text))
            return false;
    }
    return true;
}

/* NULL: memory is short. */
static const struct known_field *look_up(struct source *s, const struct job_state *j, const char *path)
{
    struct arena *a = &s->file->arena;
    for (struct known_field *k = s->known; k; k = k->next)
        if (k->plugin == j->plugin && strcmp(k->path, path) == 0)
            return k;
    struct known_field *k = arena_alloc(a, sizeof *k);
    if (!k)
        return NULL;
    *k = (struct known_field){.next = s->known, .plugin = j->plugin, .path = path};
    if (!collect_values(a, &j->part, k))
        return NULL;
    return s->known = k;
}

static bool holds(const struct conf_predicate *p, const struct known_field *k)
{
    bool equal = false;
    for (size_t i = 0; i < k->count && !equal && p->op != CONF_PRED_PRESENT; i++)
        equal = value_matches(p->value, k->values[i]);
    return p->op == CONF_PRED_PRESENT ? k->there : p->op == CONF_PRED_EQ ? equal : k->there && !equal;
}

bool predicates_hold(struct engine *g, struct source *s, const struct conf *c)
{
    for (size_t i = 0; i < c->predicate_count; i++) {
        const struct conf_predicate *p = &c->predicates[i];
        const struct plugin *need = registry_find(g->options.registry, p->plugin);
        const struct job_state *j = need ? source_job(s, need->index) : NULL;
        if (!j || j->progress != JOB_DONE || !source_part_is_usable(&j->part))
            return false;
        const struct known_field *k = look_up(s, j, p->field);
        if (!k) {
            engine_no_memory(g);
            return false;
        }
        if (!holds(p, k))
            return false;
    }
    return true;
}
