/* SPDX-License-Identifier: MIT */
/* The rules of a crosswalk: how their table is read, and what they find in the fields of other plugins. */
#ifndef PLUGINS_MAPPER_CROSSWALK_RULES_H
#define PLUGINS_MAPPER_CROSSWALK_RULES_H

#include <adit/adit.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_RULES = 512, MAX_DEPTH = 8, MAX_VALUES = 1000 };

struct rule {
    struct adit_text media, target, kind, source;
};

struct rules {
    struct rule items[MAX_RULES];
    size_t count;
    char *text;
};

struct values {
    struct adit_value items[MAX_VALUES];
    size_t count;
};

static inline void free_rules(struct rules *rules)
{
    if (rules)
        free(rules->text);
    free(rules);
}

/* The lines of the resource `rules`, whose form the host has checked. NULL: it cannot be had, which is told. */
static inline struct rules *read_rules(const struct adit_call *job)
{
    adit_source source = adit_resource(job, "rules");
    uint64_t size = source < 0 ? 0 : adit_source_size(job, source);
    struct adit_text text = adit_view(job, source, 0, (size_t)size);
    struct rules *rules = (struct rules *)calloc(1, sizeof *rules);
    if (rules && text.data)
        rules->text = (char *)malloc(text.size + 1);
    if (!rules || !rules->text) {
        (void)adit_warn(job, source < 0 ? "the .conf has no [resources] rules = FILE" : "the rules cannot be read");
        free_rules(rules);
        return NULL;
    }
    text = adit_text_keep(text, rules->text, text.size + 1);
    (void)adit_text_next(&text, "\n"); /* the columns' names */
    while (text.size > 0) {
        struct adit_text line = adit_text_next(&text, "\n");
        if (rules->count == MAX_RULES) {
            (void)adit_warnf(job, "more than %d rules", MAX_RULES);
            free_rules(rules);
            return NULL;
        }
        struct rule *r = &rules->items[rules->count];
        r->media = adit_text_next(&line, "\t");
        r->target = adit_text_next(&line, "\t");
        r->kind = adit_text_next(&line, "\t");
        r->source = adit_text_next(&line, "\t");
        rules->count += r->source.size > 0;
    }
    return rules;
}

static inline uint32_t root_of(const struct adit_call *job, struct adit_text *source)
{
    char name[64];
    struct adit_text plugin = adit_text_next(source, ".");
    if (plugin.size == 0 || plugin.size >= sizeof name)
        return 0;
    (void)adit_text_keep(plugin, name, sizeof name);
    return adit_need(job, name, 0);
}

/* The values below `node` at `path`: of every element of lists, of XMP's languages the default one. */
static inline void collect(const struct adit_call *job, uint32_t node, struct adit_text path, int depth,
                           struct values *out)
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

static inline void look_up(const struct adit_call *job, const struct rule *r, struct values *out)
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

static inline bool is_for(const struct rule *r, struct adit_text media)
{
    struct adit_text rest = r->media;
    while (rest.size > 0) {
        struct adit_text pattern = adit_text_next(&rest, " | ");
        bool open = adit_text_ends(pattern, "*");
        size_t fixed = pattern.size - open;
        if (media.size >= fixed && (open || media.size == fixed) && memcmp(media.data, pattern.data, fixed) == 0)
            return true;
    }
    return false;
}

#endif
