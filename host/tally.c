/* SPDX-License-Identifier: MIT */
#include "tally.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"

struct tally {
    const struct registry *registry;
    uint64_t **sums; /* of each plugin: of each of its fields; NULL: it has told nothing yet */
};

struct tally *tally_new(const struct registry *registry)
{
    struct tally *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->registry = registry;
    t->sums = calloc(registry->count + 1, sizeof *t->sums);
    if (t->sums)
        return t;
    free(t);
    return NULL;
}

void tally_free(struct tally *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->registry->count; i++)
        free(t->sums[i]);
    free(t->sums);
    free(t);
}

static bool is_tallied(const struct conf_field *f)
{
    return strcmp(f->unit, "records") == 0 && f->kind == CONF_FIELD_U64 && !strpbrk(f->path, ".[");
}

static bool tallies(const struct plugin *p)
{
    bool any = false;
    for (size_t i = 0; i < p->conf.field_count; i++)
        any |= is_tallied(&p->conf.fields[i]);
    return any;
}

static void add_field(struct tally *t, const struct plugin *p, const struct field_event *e)
{
    const struct conf_field *f = plugin_field(p, e->name.data, e->name.size);
    if (!f || !is_tallied(f))
        return;
    if (!t->sums[p->index])
        t->sums[p->index] = calloc(p->conf.field_count, sizeof **t->sums);
    if (t->sums[p->index])
        t->sums[p->index][f - p->conf.fields] += e->u64;
}

static void add_part(struct tally *t, const struct part *part)
{
    const struct plugin *p = registry_find(t->registry, part->plugin);
    struct field_reader r = field_reader_of(part->fields, part->fields_size);
    struct field_event e;
    size_t depth = 0;
    if (!p || !tallies(p))
        return;
    while (field_next(&r, &e) == 1) {
        if (e.tag == FIELD_END)
            depth--;
        else if (e.tag == FIELD_OBJECT || e.tag == FIELD_LIST)
            depth++;
        else if (depth == 0 && e.tag == FIELD_U64)
            add_field(t, p, &e);
    }
}

void tally_add(struct tally *t, const struct result *r)
{
    if (!t)
        return;
    for (size_t i = 0; i < r->part_count; i++)
        add_part(t, &r->parts[i]);
    for (size_t i = 0; i < r->stream_count; i++) /* as deep as streams may be */
        tally_add(t, &r->streams[i]);
}

void tally_print(const struct tally *t, double seconds, FILE *out)
{
    for (size_t i = 0; i < t->registry->count; i++) {
        const struct conf *c = &t->registry->plugins[i].conf;
        const char *between = "";
        if (!t->sums[i])
            continue;
        (void)fprintf(out, "records of %s: ", c->name);
        for (size_t k = 0; k < c->field_count; k++) {
            if (!is_tallied(&c->fields[k]))
                continue;
            unsigned long long n = t->sums[i][k];
            (void)fprintf(out, "%s%s %llu (%.0f a second)", between, c->fields[k].path, n, (double)n / seconds);
            between = ", ";
        }
        (void)fprintf(out, "\n");
    }
}
