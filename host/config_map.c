/* SPDX-License-Identifier: MIT */
/* [map] and [namespace NAME]: what an id mapper links, and what identifiers of a namespace look like. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config_parse.h"
#include "id_pattern.h"

enum { LABEL_COLUMN = 12 }; /* behind "[namespace " */

/* The bytes of a name: a-z 0-9 first, then also . _ -. Returns the first that does not fit, or the end. */
static const char *namespace_end(const char *text)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    size_t n = strspn(text, first);
    return n ? text + n + strspn(text + n, "abcdefghijklmnopqrstuvwxyz0123456789._-") : text;
}

/* What is wrong with a namespace's name, or NULL. *at is the byte. */
static const char *namespace_fault(const char *text, const char **at)
{
    *at = namespace_end(text);
    if (**at)
        return "cannot stand there in a namespace's name";
    if (*at == text)
        return "a namespace's name is missing";
    if (*at - text <= CONF_MAX_NAMESPACE)
        return NULL;
    *at = text + CONF_MAX_NAMESPACE;
    return "is beyond the 39 bytes that a namespace's name may have";
}

static const char *read_namespace(struct conf_parse *p, const char *value)
{
    const char *at, *fault = namespace_fault(value, &at);
    if (!fault)
        return conf_copy(p, value, strlen(value));
    conf_error(p, at, "conf.map.namespace", "a-z and 0-9, then also \".\", \"_\" and \"-\", such as hgnc.symbol",
               *at ? "%s %s" : "%s%s", *at ? conf_byte_text(*at).text : "", fault);
    return NULL;
}

static void set_from(struct conf_parse *p, const char *value)
{
    const char *name = read_namespace(p, value);
    struct conf_map *m = &p->conf->map;
    for (size_t i = 0; name && i < m->from_count; i++) {
        if (strcmp(m->from[i], name) == 0) {
            conf_error(p, value, "conf.map.repeated", "keep one of the two", "from = %s stands twice", name);
            return;
        }
    }
    conf_push_text(p, &m->from, &m->from_count, name);
}

static void set_to(struct conf_parse *p, const char *value)
{
    const char *name = read_namespace(p, value);
    if (name)
        p->conf->map.to = name;
}

static void set_cost(struct conf_parse *p, const char *value)
{
    (void)conf_number(p, value, 1, 1000, &p->conf->map.cost);
}

/* PREFIX:NAME, as SSSOM writes entities. Blanks and what would break a table cannot stand in it. */
static const char *read_curie(struct conf_parse *p, const char *value)
{
    const char *colon = strchr(value, ':'), *odd = strpbrk(value, " \t\"");
    if (colon && colon > value && colon[1] && !odd)
        return conf_copy(p, value, strlen(value));
    conf_error(p, odd ? odd : value, "conf.map.curie", "", "expected a CURIE such as skos:exactMatch, found \"%s\"",
               value);
    return NULL;
}

static void set_predicate(struct conf_parse *p, const char *value)
{
    const char *text = read_curie(p, value);
    if (text)
        p->conf->map.predicate = text;
}

static void set_inverse(struct conf_parse *p, const char *value)
{
    const char *text = read_curie(p, value);
    if (text)
        p->conf->map.inverse = text;
}

static void set_symmetric(struct conf_parse *p, const char *value)
{
    (void)conf_yes_no(p, value, &p->conf->map.symmetric);
}

static void set_cache(struct conf_parse *p, const char *value)
{
    (void)conf_yes_no(p, value, &p->conf->map.cache);
}

/* NAME.PATH */
static void set_field(struct conf_parse *p, const char *value)
{
    size_t size = strcspn(value, ".");
    if (!conf_plugin_name(p, value, size))
        return;
    if (value[size] == '\0') {
        conf_error(p, value, "conf.map.field", "PLUGIN.FIELD", "expected a plugin's field, found the plugin %s alone",
                   value);
        return;
    }
    const char *path = value + size + 1;
    if (!conf_field_path(p, path, strlen(path), false))
        return;
    struct conf_map_field field = {conf_copy(p, value, size), conf_copy(p, path, strlen(path)), p->line};
    struct conf_map_field *slot =
        field.plugin && field.path ? conf_push(p, &p->conf->map.fields, &p->conf->map.field_count, sizeof *slot) : NULL;
    if (slot)
        *slot = field;
}

const struct conf_key conf_map_keys[] = {
    {"from", .repeats = true, .required = true, .set = set_from},
    {"to", .required = true, .set = set_to},
    {"cost", .set = set_cost},
    {"predicate", .set = set_predicate},
    {"inverse", .set = set_inverse},
    {"symmetric", .set = set_symmetric},
    {"field", .repeats = true, .set = set_field},
    {"cache", .set = set_cache},
    {0},
};

void conf_map_begin(struct conf_parse *p, const char *label)
{
    (void)label;
    p->conf->map.line = p->line;
}

/* ---- [namespace NAME] ---- */

static struct conf_namespace *present(struct conf_parse *p)
{
    return &p->conf->namespaces[p->conf->namespace_count - 1];
}

void conf_namespace_begin(struct conf_parse *p, const char *label)
{
    const char *at, *fault = namespace_fault(label, &at);
    if (fault)
        conf_error_at(p, p->line, LABEL_COLUMN + (uint32_t)(at - label), "conf.map.namespace",
                      "a-z and 0-9, then also \".\", \"_\" and \"-\", such as hgnc.symbol", *at ? "%s %s" : "%s%s",
                      *at ? conf_byte_text(*at).text : "", fault);
    for (size_t i = 0; i < p->conf->namespace_count; i++) {
        if (strcmp(p->conf->namespaces[i].name, label) == 0)
            conf_error_at(p, p->line, LABEL_COLUMN, "conf.section.repeated", "join the two",
                          "[namespace %s] stands twice: it began in line %u", label, p->conf->namespaces[i].line);
    }
    const char *copy = conf_copy(p, label, strlen(label));
    struct conf_namespace *n = copy ? conf_push(p, &p->conf->namespaces, &p->conf->namespace_count, sizeof *n) : NULL;
    if (!n) {
        p->section = NULL; /* without memory for it, its keys cannot be kept */
        return;
    }
    *n = (struct conf_namespace){
        .name = copy, .title = "", .prefix = "", .iri = "", .pattern = "", .separator = "", .line = p->line};
}

static void set_text(struct conf_parse *p, const char **slot, const char *value)
{
    const char *copy = conf_copy(p, value, strlen(value));
    if (copy)
        *slot = copy;
}

static void set_title(struct conf_parse *p, const char *value)
{
    set_text(p, &present(p)->title, value);
}

static void set_prefix(struct conf_parse *p, const char *value)
{
    const char *end = value + strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
    if (*end)
        conf_error(p, end, "conf.namespace.prefix", "letters, digits, \".\", \"_\" and \"-\"",
                   "%s cannot stand there in a CURIE's prefix", conf_byte_text(*end).text);
    else
        set_text(p, &present(p)->prefix, value);
}

/* RFC 3987, 2.2: a scheme, and nothing that cannot stand in an IRI. */
static void set_iri(struct conf_parse *p, const char *value)
{
    size_t bad = strcspn(value, " \t\"<>\\^`{|}");
    const char *colon = strchr(value, ':');
    if (value[bad] || !colon || colon == value)
        conf_error(p, value + (value[bad] ? bad : 0), "conf.namespace.iri",
                   "an IRI such as https://identifiers.org/hgnc/", "\"%s\" is no IRI", value);
    else
        set_text(p, &present(p)->iri, value);
}

static void set_pattern(struct conf_parse *p, const char *value)
{
    struct id_pattern *pattern = NULL;
    struct err e = {0};
    int rc = id_pattern_new(value, &pattern, &e);
    p->no_memory |= rc == -ENOMEM;
    if (rc < 0)
        conf_error(p, value, "conf.namespace.pattern", "a POSIX extended regular expression, as of grep -E", "%s",
                   e.text);
    else
        set_text(p, &present(p)->pattern, value);
    id_pattern_free(pattern);
}

static void set_example(struct conf_parse *p, const char *value)
{
    struct conf_namespace *n = present(p);
    conf_push_text(p, &n->examples, &n->example_count, conf_copy(p, value, strlen(value)));
}

static void set_separator(struct conf_parse *p, const char *value)
{
    size_t size;
    const char *at = value;
    if (*value != '"') {
        conf_error(p, value, "conf.value.quote", "separator = \",\"", "expected a text in quotes, found \"%s\"", value);
        return;
    }
    const char *text = conf_quoted(p, &at, true, &size);
    if (!text)
        return;
    if (*at || size == 0)
        conf_error(p, *at ? at : value, "conf.value.quote", "separator = \",\"",
                   *at ? "text follows the closing quote" : "a separator has one byte at least");
    else
        present(p)->separator = text;
}

const struct conf_key conf_namespace_keys[] = {
    {"title", .set = set_title},
    {"prefix", .set = set_prefix},
    {"iri", .set = set_iri},
    {"pattern", .set = set_pattern},
    {"example", .repeats = true, .set = set_example},
    {"separator", .set = set_separator},
    {0},
};

void conf_namespace_finish(struct conf_parse *p)
{
    const struct conf_namespace *n = present(p);
    struct id_pattern *pattern = NULL;
    if (!*n->pattern || n->example_count == 0)
        return;
    int rc = id_pattern_new(n->pattern, &pattern, NULL);
    p->no_memory |= rc == -ENOMEM;
    for (size_t i = 0; rc == 0 && i < n->example_count; i++) {
        int fits = id_pattern_fits(pattern, n->examples[i], strlen(n->examples[i]));
        p->no_memory |= fits < 0;
        if (fits == 0)
            conf_error_at(p, n->line, 1, "conf.namespace.example", "mend the pattern or the example",
                          "the example \"%s\" of [namespace %s] does not match its pattern %s", n->examples[i], n->name,
                          n->pattern);
    }
    id_pattern_free(pattern);
}

/* ---- the whole file ---- */

const char *conf_inverse_predicate(const char *predicate)
{
    static const char *const pairs[][2] = {
        {"skos:exactMatch", "skos:exactMatch"},     {"skos:closeMatch", "skos:closeMatch"},
        {"skos:relatedMatch", "skos:relatedMatch"}, {"skos:broadMatch", "skos:narrowMatch"},
        {"skos:narrowMatch", "skos:broadMatch"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (strcmp(pairs[i][0], predicate) == 0)
            return pairs[i][1];
    return "";
}

/* The plugins whose fields are mapped run first, where they run. */
static void imply_needs(struct conf_parse *p)
{
    struct conf *c = p->conf;
    for (size_t i = 0; i < c->map.field_count; i++) {
        const struct conf_map_field *field = &c->map.fields[i];
        bool known = false;
        for (size_t k = 0; k < c->need_count && !known; k++)
            known = strcmp(c->needs[k].plugin, field->plugin) == 0;
        struct conf_need *slot = known ? NULL : conf_push(p, &c->needs, &c->need_count, sizeof *slot);
        if (slot)
            *slot = (struct conf_need){.plugin = field->plugin, .optional = true, .line = field->line};
    }
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct conf_field *)a)->path, ((const struct conf_field *)b)->path);
}

/* What a mapper that is bound to a field says in an extraction needs no [fields]. */
static void imply_fields(struct conf_parse *p)
{
    static const struct conf_field implied[] = {
        {.path = "links[].field",
         .kind = CONF_FIELD_STRING,
         .unit = "",
         .description = "Field that the identifier is from"},
        {.path = "links[].id", .kind = CONF_FIELD_STRING, .unit = "", .description = "Identifier as found"},
        {.path = "links[].status",
         .kind = CONF_FIELD_STRING,
         .unit = "",
         .description = "mapped, ambiguous, unmapped, …"},
        {.path = "links[].targets[]", .kind = CONF_FIELD_STRING, .unit = "", .description = "What it is linked with"},
    };
    struct conf *c = p->conf;
    size_t declared = c->field_count;
    for (size_t i = 0; i < sizeof implied / sizeof *implied; i++) {
        bool known = declared && bsearch(&implied[i], c->fields, declared, sizeof *c->fields, by_path);
        struct conf_field *slot = known ? NULL : conf_push(p, &c->fields, &c->field_count, sizeof *slot);
        if (!slot)
            continue;
        *slot = implied[i];
        slot->line = c->map.line;
    }
    if (c->field_count > 1)
        qsort(c->fields, c->field_count, sizeof *c->fields, by_path);
}

void conf_maps_finish(struct conf_parse *p)
{
    struct conf *c = p->conf;
    struct conf_map *m = &c->map;
    if (m->line == 0)
        return;
    if (c->kind && c->kind != CONF_MAPPER)
        conf_error_at(p, m->line, 1, "conf.map.kind", "write kind = mapper", "[map] is for plugins of kind = mapper");
    for (size_t i = 0; i < m->from_count; i++) {
        if (strcmp(m->from[i], m->to) == 0)
            conf_error_at(p, m->line, 1, "conf.map.circle", "a mapper leads from one namespace to another",
                          "from and to are both %s", m->to);
    }
    if (m->symmetric && m->from_count > 1)
        conf_error_at(p, m->line, 1, "conf.map.symmetric", "make a .conf of each",
                      "[map] is symmetric, and backwards it could lead to %s or to %s", m->from[0], m->from[1]);
    if (!*m->predicate)
        m->predicate = "skos:exactMatch";
    const char *known = conf_inverse_predicate(m->predicate);
    if (*known && *m->inverse && strcmp(known, m->inverse) != 0)
        conf_error_at(p, m->line, 1, "conf.map.inverse", "leave inverse out", "the inverse of %s is %s, not %s",
                      m->predicate, known, m->inverse);
    if (!*m->inverse)
        m->inverse = known;
    if (m->symmetric && !*m->inverse)
        conf_error_at(p, m->line, 1, "conf.map.inverse", "say with inverse = CURIE what it is read backwards",
                      "[map] is symmetric, and %s has no inverse that is known", m->predicate);
    imply_needs(p);
    if (m->field_count > 0)
        imply_fields(p);
}
