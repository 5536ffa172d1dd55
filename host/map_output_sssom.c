/* SPDX-License-Identifier: MIT */
/* Answers as SSSOM/TSV (Simple Standard for Sharing Ontology Mappings 1.1: "The SSSOM/TSV serialisation format", and the slots of
 * Mapping and MappingSet).
 *
 * mapping_cardinality is of the whole set: only at its end is it known which objects have more than one subject. So rows wait in a
 * temporary file, and of objects a hash each is remembered. Beyond OBJECTS of them the cardinality is left out, which the
 * specification allows, since it can be derived. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "fields.h"
#include "map_output_impl.h"
#include "namespace.h"

enum { OBJECTS = 1 << 23 };

struct object {
    uint64_t hash, subject;
    bool used, many;
};
struct sssom {
    FILE *rows;
    struct object *objects;
    size_t capacity, count;
    bool too_many;
    struct buf row;
};
/* A row that waits: its text but for the cardinality, which comes after `before` bytes. */
struct waiting {
    uint64_t object;
    uint32_t before, size;
    uint8_t subject_many, none;
};

static const char columns[] =
    "subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence\tmapping_cardinality\t"
    "subject_source\tobject_source\tmapping_tool\tmapping_tool_version\tmapping_source\t"
    "input\tinput_index\tstatus\tpath\thops\tresource_digest\n";
static const struct {
    const char *name, *type;
} extensions[] = {
    {"input", "xsd:string"}, {"input_index", "xsd:integer"}, {"status", "xsd:string"},
    {"path", "xsd:string"},  {"hops", "xsd:integer"},        {"resource_digest", "xsd:string"},
};

static const char nothing[] = "sssom:NoTermFound"; /* in place of what is not there */

/* ---- objects and their subjects ---- */

static struct object *slot_of(struct object *objects, size_t capacity, uint64_t hash)
{
    size_t at = hash & (capacity - 1);
    while (objects[at].used && objects[at].hash != hash)
        at = (at + 1) & (capacity - 1);
    return &objects[at];
}

static bool grow_objects(struct sssom *s)
{
    size_t capacity = s->capacity ? s->capacity * 2 : 1024;
    struct object *objects = calloc(capacity, sizeof *objects);
    if (!objects)
        return false;
    for (size_t i = 0; i < s->capacity; i++)
        if (s->objects[i].used)
            *slot_of(objects, capacity, s->objects[i].hash) = s->objects[i];
    free(s->objects);
    s->objects = objects;
    s->capacity = capacity;
    return true;
}

static void note_object(struct map_output *o, uint64_t hash, uint64_t subject)
{
    struct sssom *s = o->sssom;
    if (s->too_many)
        return;
    if (s->count == OBJECTS) {
        s->too_many = true;
        return;
    }
    if (s->count * 2 >= s->capacity && !grow_objects(s)) {
        o->error = -ENOMEM;
        return;
    }
    struct object *object = slot_of(s->objects, s->capacity, hash);
    object->many |= object->used && object->subject != subject;
    if (!object->used) {
        *object = (struct object){.hash = hash, .subject = subject, .used = true};
        s->count++;
    }
}

/* ---- rows ---- */

/* As RFC 4180, with tabs between. What is not UTF-8 becomes U+FFFD. */
static void put_cell(struct buf *b, const char *text, size_t size)
{
    bool quote =
        memchr(text, '\t', size) || memchr(text, '\n', size) || memchr(text, '\r', size) || memchr(text, '"', size);
    bool good = utf8_valid(text, size);
    if (quote)
        buf_putc(b, '"');
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"')
            buf_putc(b, '"');
        if (!good && (unsigned char)text[i] >= 0x80)
            buf_adds(b, "\xef\xbf\xbd");
        else
            buf_putc(b, text[i]);
    }
    if (quote)
        buf_putc(b, '"');
}

/* PREFIX:ID. What cannot stand in an IRI (RFC 3987, 2.2) is percent-encoded; an identifier that has the prefix keeps it. */
static void put_curie(struct buf *b, const struct namespace *n, const char *id, size_t size)
{
    static const char refused[] = " \"<>\\^`{|}%";
    const char *prefix = namespace_prefix(n);
    size_t prefix_size = strlen(prefix);
    if (!(size > prefix_size && memcmp(id, prefix, prefix_size) == 0 && id[prefix_size] == ':'))
        buf_addf(b, "%s:", prefix);
    bool good = utf8_valid(id, size);
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)id[i];
        if (c <= 0x20 || c == 0x7f || (c >= 0x80 && !good) || strchr(refused, c))
            buf_addf(b, "%%%02X", c);
        else
            buf_putc(b, id[i]);
    }
}

static void put_row(struct map_output *o, const struct map_answer *a, const struct map_target *t)
{
    struct sssom *s = o->sssom;
    struct buf *b = &s->row;
    const struct map_way *way = map_output_way(o, t);
    const struct map_output_options *p = &o->options;
    struct waiting w = {.subject_many = a->distinct > 1, .none = (uint8_t)(t ? 0 : a->input.size ? 1 : 2)};
    buf_reset(b);
    if (a->input.size > 0)
        put_curie(b, p->from, a->input.data, a->input.size);
    else
        buf_adds(b, nothing);
    buf_addf(b, "\t%s\t", way->predicate);
    size_t begin = b->size;
    if (t)
        put_curie(b, p->to, t->text.data, t->text.size);
    else
        buf_adds(b, nothing);
    w.object = b->data ? hash64(b->data + begin, b->size - begin, 0) : 0;
    buf_addf(b, "\t%s\t\t", way->justification);
    w.before = (uint32_t)b->size;
    buf_addf(b, "\tnamespace:%s\tnamespace:%s\tadit\t%s\tmapper:%s\t", p->from->name, p->to->name, ADIT_VERSION,
             way->source);
    put_cell(b, a->input.data, a->input.size);
    buf_addf(b, "\t%llu\t%s\t%s\t%zu\t%s\n", (unsigned long long)a->index + 1, map_status_name(a->status), way->name,
             way->hops, way->digest);
    w.size = (uint32_t)b->size;
    if (b->failed || fwrite(&w, sizeof w, 1, s->rows) != 1 || fwrite(b->data, 1, b->size, s->rows) != b->size)
        o->error = o->error ? o->error : b->failed ? -ENOMEM : -ENOSPC;
    if (t)
        note_object(o, w.object, hash64(a->input.data, a->input.size, 1));
}

static void sssom_answer(struct map_output *o, const struct map_answer *a)
{
    if (o->error)
        return;
    if (a->count == 0)
        put_row(o, a, NULL);
    for (size_t i = 0; i < a->count; i++)
        put_row(o, a, &a->targets[i]);
}

/* ---- the set ---- */

static void put_prefix(struct buf *b, const struct namespace *n)
{
    const char *iri = n->declared ? n->declared->iri : "";
    buf_addf(b, "#  %s: \"", namespace_prefix(n));
    if (*iri)
        buf_adds(b, iri);
    else
        buf_addf(b, "urn:adit:%s:", n->name);
    buf_adds(b, "\"\n");
}

static void put_metadata(struct map_output *o)
{
    const struct map_output_options *p = &o->options;
    const struct sssom *s = o->sssom;
    struct buf *b = &o->out;
    buf_adds(b, "#sssom_version: \"1.1\"\n#curie_map:\n");
    put_prefix(b, p->from);
    if (strcmp(namespace_prefix(p->from), namespace_prefix(p->to)) != 0)
        put_prefix(b, p->to);
    buf_adds(b, "#  mapper: \"urn:adit:mapper:\"\n#  namespace: \"urn:adit:namespace:\"\n"
                "#  adit: \"urn:adit:property:\"\n#  xsd: \"http://www.w3.org/2001/XMLSchema#\"\n");
    buf_addf(b, "#mapping_set_id: \"urn:adit:mapping:%s:%s\"\n", p->from->name, p->to->name);
    buf_addf(b, "#mapping_set_title: \"%s to %s\"\n", p->from->name, p->to->name);
    buf_adds(b, "#license: \"https://w3id.org/sssom/license/unspecified\"\n");
    buf_addf(b, "#mapping_tool: \"adit\"\n#mapping_tool_version: \"%s\"\n", ADIT_VERSION);
    if (s->too_many)
        buf_addf(b, "#comment: \"More than %d objects: mapping_cardinality is left out.\"\n", OBJECTS);
    buf_adds(b, "#extension_definitions:\n");
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
        buf_addf(b, "#  - slot_name: \"%s\"\n#    property: \"adit:%s\"\n#    type_hint: \"%s\"\n", extensions[i].name,
                 extensions[i].name, extensions[i].type);
    buf_adds(b, columns);
}

static const char *cardinality(const struct sssom *s, const struct waiting *w)
{
    if (w->none)
        return w->none == 1 ? "1:0" : "0:0";
    if (s->too_many)
        return "";
    bool many = slot_of(s->objects, s->capacity, w->object)->many;
    return w->subject_many ? (many ? "n:n" : "1:n") : many ? "n:1" : "1:1";
}

static void copy_rows(struct map_output *o)
{
    struct sssom *s = o->sssom;
    struct waiting w;
    if (fflush(s->rows) != 0 || fseek(s->rows, 0, SEEK_SET) != 0)
        o->error = -errno;
    while (!o->error && fread(&w, sizeof w, 1, s->rows) == 1) {
        char *row;
        buf_reset(&s->row);
        row = buf_reserve(&s->row, w.size);
        if (!row || fread(row, 1, w.size, s->rows) != w.size) {
            o->error = row ? -EIO : -ENOMEM;
            return;
        }
        buf_add(&o->out, row, w.before);
        buf_adds(&o->out, cardinality(s, &w));
        buf_add(&o->out, row + w.before, w.size - w.before);
        map_output_spill(o);
    }
}

static int sssom_begin(struct map_output *o, struct err *e)
{
    struct sssom *s = calloc(1, sizeof *s);
    if (!s)
        return err_set(e, -ENOMEM, "out of memory");
    s->rows = tmpfile();
    if (!s->rows) {
        free(s);
        return err_errno(e, "cannot make a temporary file for the rows");
    }
    o->sssom = s;
    return 0;
}

static void sssom_end(struct map_output *o)
{
    struct sssom *s = o->sssom;
    if (!o->error) {
        put_metadata(o);
        copy_rows(o);
    }
    (void)fclose(s->rows);
    buf_release(&s->row);
    free(s->objects);
    free(s);
}

const struct map_format_ops map_sssom_ops = {
    .name = "sssom", .begin = sssom_begin, .answer = sssom_answer, .end = sssom_end};
