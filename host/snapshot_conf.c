/* SPDX-License-Identifier: MIT */
#include "snapshot_conf.h"

#include <string.h>

#include "fields.h"

void codec_u64(struct codec *c, uint64_t *v)
{
    if (c->out)
        put_varint(c->out, *v);
    else if (!c->failed && c->at < c->end && *c->at < 0x80)
        *v = *c->at++; /* the most common by far */
    else if (c->failed || !get_varint(&c->at, c->end, v)) {
        c->failed = true;
        *v = 0;
    }
}

static void codec_i64(struct codec *c, int64_t *v)
{
    uint64_t zigzag = ((uint64_t)*v << 1) ^ (uint64_t)(*v >> 63);
    codec_u64(c, &zigzag);
    if (!c->out)
        *v = (int64_t)((zigzag >> 1) ^ (0 - (zigzag & 1)));
}

/* A number from 0 to `most`. */
static uint64_t codec_bounded(struct codec *c, uint64_t v, uint64_t most)
{
    codec_u64(c, &v);
    if (v <= most)
        return v;
    c->failed = true;
    return 0;
}

void codec_size(struct codec *c, size_t *v, size_t most)
{
    *v = (size_t)codec_bounded(c, *v, most);
}

static void codec_u32(struct codec *c, uint32_t *v)
{
    *v = (uint32_t)codec_bounded(c, *v, UINT32_MAX);
}

void codec_bool(struct codec *c, bool *v)
{
    *v = codec_bounded(c, *v, 1) != 0;
}

void codec_raw(struct codec *c, const unsigned char **bytes, size_t size)
{
    if (c->out) {
        buf_add(c->out, *bytes, size);
        return;
    }
    if (c->failed || (size_t)(c->end - c->at) < size) {
        c->failed = true;
        return;
    }
    *bytes = c->at;
    c->at += size;
}

void codec_text(struct codec *c, const char **text)
{
    size_t size = c->out ? strlen(*text) : 0;
    codec_size(c, &size, CONF_MAX_FILE);
    const unsigned char *bytes = (const unsigned char *)*text;
    codec_raw(c, &bytes, size + 1);
    if (c->out)
        return;
    if (!c->failed && bytes[size] == '\0') {
        *text = (const char *)bytes;
        return;
    }
    c->failed = true;
    *text = "";
}

/* The elements of an array: reading allocates them, zeroed. Each takes a byte at least. */
static void codec_list(struct codec *c, void *items_pointer, size_t *count, size_t size)
{
    codec_size(c, count, c->out ? SIZE_MAX : (size_t)(c->end - c->at));
    if (c->out)
        return;
    void *items = *count ? arena_array(c->arena, *count, size) : NULL;
    if (*count && !items) {
        c->failed = true;
        *count = 0;
    }
    memcpy(items_pointer, &items, sizeof items);
}

static void codec_texts(struct codec *c, const char ***texts, size_t *count)
{
    codec_list(c, texts, count, sizeof **texts);
    for (size_t i = 0; i < *count; i++)
        codec_text(c, &(*texts)[i]);
}

static void codec_pairs(struct codec *c, struct conf_pair **pairs, size_t *count)
{
    codec_list(c, pairs, count, sizeof **pairs);
    for (size_t i = 0; i < *count; i++) {
        codec_text(c, &(*pairs)[i].key);
        codec_text(c, &(*pairs)[i].value);
        codec_u32(c, &(*pairs)[i].line);
    }
}

static void codec_version(struct codec *c, struct conf_version *v)
{
    codec_u32(c, &v->major);
    codec_u32(c, &v->minor);
    codec_u32(c, &v->patch);
}

static void codec_part(struct codec *c, struct conf_magic_part *part)
{
    bool masked = part->mask != NULL;
    codec_i64(c, &part->first);
    codec_i64(c, &part->last);
    codec_size(c, &part->size, CONF_PATTERN_MAX);
    codec_raw(c, &part->bytes, part->size);
    codec_bool(c, &masked);
    if (masked)
        codec_raw(c, &part->mask, part->size);
}

static void codec_magic(struct codec *c, struct conf_magic *magic)
{
    codec_list(c, &magic->parts, &magic->part_count, sizeof *magic->parts);
    for (size_t i = 0; i < magic->part_count; i++)
        codec_part(c, &magic->parts[i]);
    if (!conf_magic_fits(magic))
        c->failed = true;
    magic->priority = (uint32_t)codec_bounded(c, magic->priority, 100);
    codec_u32(c, &magic->line);
}

static void codec_type(struct codec *c, struct conf_type *t)
{
    codec_text(c, &t->label);
    codec_text(c, &t->media);
    codec_texts(c, &t->parents, &t->parent_count);
    codec_texts(c, &t->aliases, &t->alias_count);
    codec_list(c, &t->magics, &t->magic_count, sizeof *t->magics);
    for (size_t i = 0; i < t->magic_count; i++)
        codec_magic(c, &t->magics[i]);
    codec_list(c, &t->globs, &t->glob_count, sizeof *t->globs);
    for (size_t i = 0; i < t->glob_count; i++) {
        struct conf_glob *glob = &t->globs[i];
        codec_text(c, &glob->pattern);
        glob->weight = (uint32_t)codec_bounded(c, glob->weight, 100);
        codec_bool(c, &glob->case_sensitive);
        codec_u32(c, &glob->line);
    }
    codec_texts(c, &t->roots, &t->root_count);
    codec_bool(c, &t->text);
    codec_bool(c, &t->embedded);
    codec_u32(c, &t->line);
}

static void codec_need(struct codec *c, struct conf_need *need)
{
    codec_text(c, &need->plugin);
    codec_bool(c, &need->optional);
    for (size_t i = 0; i < 2; i++) {
        need->bounds[i].op = (enum conf_compare)codec_bounded(c, need->bounds[i].op, CONF_LT);
        if (need->bounds[i].op != CONF_ANY)
            codec_version(c, &need->bounds[i].version);
    }
    codec_u32(c, &need->line);
}

static void codec_field(struct codec *c, struct conf_field *field)
{
    codec_text(c, &field->path);
    field->kind = (enum conf_field_kind)codec_bounded(c, field->kind, CONF_FIELD_ANY);
    field->bits = (uint8_t)codec_bounded(c, field->bits, 64);
    codec_text(c, &field->unit);
    codec_text(c, &field->description);
    codec_u32(c, &field->line);
}

static void codec_column(struct codec *c, struct conf_column *column)
{
    codec_text(c, &column->name);
    column->kind = (enum conf_column_kind)codec_bounded(c, column->kind, CONF_COLUMN_ENUM);
    codec_bool(c, &column->required);
    codec_texts(c, &column->choices, &column->choice_count);
    codec_u32(c, &column->line);
    if (column->kind < CONF_COLUMN_TEXT)
        c->failed = true;
}

void codec_format(struct codec *c, struct conf_format *f)
{
    codec_text(c, &f->label);
    f->kind = (enum conf_format_kind)codec_bounded(c, f->kind, CONF_FORMAT_LINES);
    codec_bool(c, &f->header);
    codec_text(c, &f->comment);
    codec_list(c, &f->columns, &f->column_count, sizeof *f->columns);
    for (size_t i = 0; i < f->column_count; i++)
        codec_column(c, &f->columns[i]);
    codec_list(c, &f->unique, &f->unique_count, sizeof *f->unique);
    for (size_t i = 0; i < f->unique_count; i++) {
        codec_u32(c, &f->unique[i]);
        if (f->unique[i] >= f->column_count)
            c->failed = true;
    }
    codec_u32(c, &f->line);
    if (f->kind < CONF_FORMAT_TSV || f->column_count == 0 || (f->kind == CONF_FORMAT_LINES && f->column_count > 1))
        c->failed = true;
}

static void codec_map(struct codec *c, struct conf_map *m)
{
    codec_texts(c, &m->from, &m->from_count);
    codec_text(c, &m->to);
    m->cost = (uint32_t)codec_bounded(c, m->cost, 1000);
    codec_text(c, &m->predicate);
    codec_text(c, &m->inverse);
    codec_bool(c, &m->symmetric);
    codec_bool(c, &m->cache);
    codec_list(c, &m->fields, &m->field_count, sizeof *m->fields);
    for (size_t i = 0; i < m->field_count; i++) {
        codec_text(c, &m->fields[i].plugin);
        codec_text(c, &m->fields[i].path);
        codec_u32(c, &m->fields[i].line);
    }
    codec_u32(c, &m->line);
}

static void codec_namespace(struct codec *c, struct conf_namespace *n)
{
    codec_text(c, &n->name);
    codec_text(c, &n->title);
    codec_text(c, &n->prefix);
    codec_text(c, &n->iri);
    codec_text(c, &n->pattern);
    codec_text(c, &n->separator);
    codec_texts(c, &n->examples, &n->example_count);
    codec_u32(c, &n->line);
}

static void codec_head(struct codec *c, struct conf *conf)
{
    bool has_module = conf->module != NULL;
    codec_text(c, &conf->name);
    codec_bool(c, &has_module);
    if (has_module)
        codec_text(c, &conf->module);
    else
        conf->module = NULL;
    codec_text(c, &conf->summary);
    codec_text(c, &conf->domain);
    codec_version(c, &conf->version);
    conf->kind = (enum conf_kind)codec_bounded(c, conf->kind, CONF_TYPES);
    conf->isolation = (enum conf_isolation)codec_bounded(c, conf->isolation, CONF_ISOLATE_JOB);
    codec_bool(c, &conf->enabled);
    codec_bool(c, &conf->by_default);
    if (conf->kind < CONF_EXTRACTOR || (conf->kind == CONF_TYPES) == has_module || !*conf->name || !*conf->domain)
        c->failed = true;
}

void codec_conf(struct codec *c, struct conf *conf)
{
    codec_head(c, conf);
    codec_list(c, &conf->types, &conf->type_count, sizeof *conf->types);
    for (size_t i = 0; i < conf->type_count; i++)
        codec_type(c, &conf->types[i]);
    codec_texts(c, &conf->match_types, &conf->match_type_count);
    codec_list(c, &conf->predicates, &conf->predicate_count, sizeof *conf->predicates);
    for (size_t i = 0; i < conf->predicate_count; i++) {
        struct conf_predicate *p = &conf->predicates[i];
        codec_text(c, &p->plugin);
        codec_text(c, &p->field);
        codec_text(c, &p->value);
        p->op = (enum conf_predicate_op)codec_bounded(c, p->op, CONF_PRED_PRESENT);
        codec_u32(c, &p->line);
    }
    codec_list(c, &conf->needs, &conf->need_count, sizeof *conf->needs);
    for (size_t i = 0; i < conf->need_count; i++)
        codec_need(c, &conf->needs[i]);
    codec_texts(c, &conf->conflicts, &conf->conflict_count);
    codec_texts(c, &conf->streams, &conf->stream_count);
    codec_texts(c, &conf->refines, &conf->refine_count);
    codec_bool(c, &conf->artifacts);
    codec_list(c, &conf->fields, &conf->field_count, sizeof *conf->fields);
    for (size_t i = 0; i < conf->field_count; i++)
        codec_field(c, &conf->fields[i]);
    codec_u32(c, &conf->time_ms);
    codec_u64(c, &conf->memory);
    codec_u64(c, &conf->stream_bytes);
    codec_u64(c, &conf->output_bytes);
    codec_u64(c, &conf->artifact_bytes);
    codec_u32(c, &conf->artifact_most);
    codec_pairs(c, &conf->companions, &conf->companion_count);
    codec_pairs(c, &conf->resources, &conf->resource_count);
    codec_list(c, &conf->formats, &conf->format_count, sizeof *conf->formats);
    for (size_t i = 0; i < conf->format_count; i++)
        codec_format(c, &conf->formats[i]);
    codec_pairs(c, &conf->options, &conf->option_count);
    codec_map(c, &conf->map);
    codec_list(c, &conf->namespaces, &conf->namespace_count, sizeof *conf->namespaces);
    for (size_t i = 0; i < conf->namespace_count; i++)
        codec_namespace(c, &conf->namespaces[i]);
    codec_bool(c, &conf->constructors);
    codec_pairs(c, &conf->waivers, &conf->waiver_count);
    codec_texts(c, &conf->libraries, &conf->library_count);
}

void codec_stamp(struct codec *c, struct stamp *s)
{
    codec_u64(c, &s->device);
    codec_u64(c, &s->inode);
    codec_u64(c, &s->size);
    codec_i64(c, &s->mtime_ns);
    codec_i64(c, &s->ctime_ns);
    codec_bool(c, &s->exists);
}
