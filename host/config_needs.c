/* SPDX-License-Identifier: MIT */
/* [match], [needs], [fields]: whom a plugin serves, what it is given, what it may emit. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "config_parse.h"

static void set_match_type(struct conf_parse *p, const char *value)
{
    conf_push_text(p, &p->conf->match_types, &p->conf->match_type_count, conf_media(p, value, true));
}

/* NAME.PATH, NAME.PATH = VALUE, NAME.PATH != VALUE */
static void set_match_field(struct conf_parse *p, const char *value)
{
    struct conf_predicate predicate = {.op = CONF_PRED_PRESENT, .value = "", .line = p->line};
    const char *end = conf_word_end(value), *dot = memchr(value, '.', (size_t)(end - value));
    if (!dot) {
        conf_error(p, value, "conf.match.field", "write PLUGIN.FIELD = VALUE",
                   "expected a plugin's field, found \"%.*s\"", (int)(end - value), value);
        return;
    }
    if (!conf_plugin_name(p, value, (size_t)(dot - value)) ||
        !conf_field_path(p, dot + 1, (size_t)(end - dot) - 1, false))
        return;
    const char *op = conf_skip_blanks(end);
    if (*op) {
        bool differs = op[0] == '!' && op[1] == '=';
        if (!differs && op[0] != '=') {
            conf_error(p, op, "conf.match.field", "", "expected = or != after the field");
            return;
        }
        predicate.op = differs ? CONF_PRED_NE : CONF_PRED_EQ;
        const char *text = conf_skip_blanks(op + (differs ? 2 : 1));
        size_t size = strlen(text);
        if (size == 0) {
            conf_error(p, text, "conf.match.field", "", "expected a value after %s", differs ? "!=" : "=");
            return;
        }
        predicate.value = *text == '"' ? conf_quoted(p, &text, true, &size) : conf_copy(p, text, size);
        if (!predicate.value)
            return;
    }
    predicate.plugin = conf_copy(p, value, (size_t)(dot - value));
    predicate.field = conf_copy(p, dot + 1, (size_t)(end - dot) - 1);
    struct conf_predicate *slot = conf_push(p, &p->conf->predicates, &p->conf->predicate_count, sizeof *slot);
    if (slot)
        *slot = predicate;
}

const struct conf_key conf_match_keys[] = {
    {"type", .repeats = true, .set = set_match_type},
    {"field", .repeats = true, .set = set_match_field},
    {0},
};

/* One `>= 1.2`, at *at. */
static bool read_bound(struct conf_parse *p, const char **at, struct conf_bound *out)
{
    static const struct {
        const char *text;
        enum conf_compare op;
    } ops[] = {
        {">=", CONF_GE}, {"<=", CONF_LE}, {">", CONF_GT}, {"<", CONF_LT}, {"=", CONF_EQ},
    };
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        size_t size = strlen(ops[i].text);
        if (strncmp(*at, ops[i].text, size) != 0)
            continue;
        const char *number = conf_skip_blanks(*at + size), *end = number + strcspn(number, " \t<>=");
        if (!conf_version_value(p, number, (size_t)(end - number), 1, &out->version))
            return false;
        out->op = ops[i].op;
        *at = conf_skip_blanks(end);
        return true;
    }
    conf_error(p, *at, "conf.needs.range", "such as exif >= 1.0 < 2", "expected one of = >= > <= <, found \"%s\"", *at);
    return false;
}

static void add_need(struct conf_parse *p, const char *value, bool optional)
{
    struct conf_need need = {.optional = optional, .line = p->line};
    size_t size = strcspn(value, " \t<>=");
    if (!conf_plugin_name(p, value, size))
        return;
    const char *at = conf_skip_blanks(value + size);
    for (size_t i = 0; *at && i < 2; i++) {
        if (!read_bound(p, &at, &need.bounds[i]))
            return;
    }
    if (*at) {
        conf_error(p, at, "conf.needs.range", "", "at most two bounds are allowed");
        return;
    }
    need.plugin = conf_copy(p, value, size);
    for (size_t i = 0; need.plugin && i < p->conf->need_count; i++) {
        if (strcmp(p->conf->needs[i].plugin, need.plugin) == 0) {
            conf_error(p, value, "conf.needs.repeated", "", "%s is needed already, in line %u", need.plugin,
                       p->conf->needs[i].line);
            return;
        }
    }
    struct conf_need *slot = need.plugin ? conf_push(p, &p->conf->needs, &p->conf->need_count, sizeof *slot) : NULL;
    if (slot)
        *slot = need;
}

static void set_plugin(struct conf_parse *p, const char *value)
{
    add_need(p, value, false);
}

static void set_optional(struct conf_parse *p, const char *value)
{
    add_need(p, value, true);
}

static void set_conflict(struct conf_parse *p, const char *value)
{
    size_t size = strlen(value);
    if (conf_plugin_name(p, value, size))
        conf_push_text(p, &p->conf->conflicts, &p->conf->conflict_count, conf_copy(p, value, size));
}

const struct conf_key conf_needs_keys[] = {
    {"plugin", .repeats = true, .set = set_plugin},
    {"optional", .repeats = true, .set = set_optional},
    {"conflict", .repeats = true, .set = set_conflict},
    {0},
};

/* A predicate asks for a field, so its plugin has to run before: a hard need, whether [needs] names it or not. */
static void imply_need(struct conf_parse *p, const struct conf_predicate *predicate)
{
    struct conf *c = p->conf;
    for (size_t i = 0; i < c->need_count; i++) {
        if (strcmp(c->needs[i].plugin, predicate->plugin) == 0) {
            c->needs[i].optional = false;
            return;
        }
    }
    struct conf_need *slot = conf_push(p, &c->needs, &c->need_count, sizeof *slot);
    if (slot)
        *slot = (struct conf_need){.plugin = predicate->plugin, .line = predicate->line};
}

void conf_needs_finish(struct conf_parse *p)
{
    struct conf *c = p->conf;
    for (size_t i = 0; i < c->predicate_count; i++)
        imply_need(p, &c->predicates[i]);
    for (size_t i = 0; c->name && i < c->need_count; i++) {
        if (strcmp(c->needs[i].plugin, c->name) == 0)
            conf_error_at(p, c->needs[i].line, 1, "conf.needs.self", "", "%s needs itself", c->name);
    }
    for (size_t i = 0; c->name && i < c->conflict_count; i++) {
        if (strcmp(c->conflicts[i], c->name) == 0)
            conf_error_at(p, p->section_line, 1, "conf.needs.self", "", "%s conflicts with itself", c->name);
    }
}

static const struct {
    const char *name;
    enum conf_field_kind kind;
    uint8_t bits;
} field_kinds[] = {
    {"bool", CONF_FIELD_BOOL, 0},   {"i8", CONF_FIELD_I64, 8},    {"i16", CONF_FIELD_I64, 16},
    {"i32", CONF_FIELD_I64, 32},    {"i64", CONF_FIELD_I64, 64},  {"u8", CONF_FIELD_U64, 8},
    {"u16", CONF_FIELD_U64, 16},    {"u32", CONF_FIELD_U64, 32},  {"u64", CONF_FIELD_U64, 64},
    {"f32", CONF_FIELD_F64, 32},    {"f64", CONF_FIELD_F64, 64},  {"string", CONF_FIELD_STRING, 0},
    {"bytes", CONF_FIELD_BYTES, 0}, {"time", CONF_FIELD_TIME, 0}, {"any", CONF_FIELD_ANY, 0},
};

static bool read_kind(struct conf_parse *p, const char *text, size_t size, struct conf_field *field)
{
    for (size_t i = 0; i < sizeof field_kinds / sizeof *field_kinds; i++) {
        if (strlen(field_kinds[i].name) == size && memcmp(field_kinds[i].name, text, size) == 0) {
            field->kind = field_kinds[i].kind;
            field->bits = field_kinds[i].bits;
            return true;
        }
    }
    conf_error(p, text, "conf.field.kind", "",
               "expected one of bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 string bytes time any; found \"%.*s\"",
               (int)size, text);
    return false;
}

/* PATH = KIND [UNIT] ["description"] */
void conf_fields_any(struct conf_parse *p, const char *key, const char *value)
{
    struct conf_field field = {.unit = "", .description = "", .line = p->line};
    size_t key_size = strlen(key), size;
    const char *end = value + strcspn(value, " \t\"");
    if (!conf_field_path(p, key, key_size, true) || !read_kind(p, value, (size_t)(end - value), &field))
        return;
    const char *at = conf_skip_blanks(end);
    if (*at && *at != '"') {
        end = at + strcspn(at, " \t\"");
        field.unit = conf_copy(p, at, (size_t)(end - at));
        at = conf_skip_blanks(end);
    }
    if (*at == '"') {
        field.description = conf_quoted(p, &at, true, &size);
        at = conf_skip_blanks(at);
    }
    if (!field.unit || !field.description)
        return;
    if (*at) {
        conf_error(p, at, "conf.field.form", "PATH = KIND [UNIT] [\"description\"]", "expected the end, found \"%s\"",
                   at);
        return;
    }
    field.path = conf_copy(p, key, key_size);
    struct conf_field *slot = field.path ? conf_push(p, &p->conf->fields, &p->conf->field_count, sizeof *slot) : NULL;
    if (slot)
        *slot = field;
}

/* `a = u32` beside `a.b = u32` or `a[] = u32`: could be emitted as one or the other only. */
static void check_shapes(struct conf_parse *p, const struct map *paths, const struct conf_field *field)
{
    const char *path = field->path;
    for (size_t i = 1; path[i]; i++) {
        if ((path[i] != '.' && path[i] != '[') || path[i - 1] == '*') /* text.* beside text.*[]: some are lists */
            continue;
        const struct conf_field *outer = map_get(paths, path, i);
        if (outer && outer->kind != CONF_FIELD_ANY)
            conf_error_at(p, field->line, 1, "conf.field.shape", "",
                          "%s is declared as a single value in line %u, so %s cannot be", outer->path, outer->line,
                          path);
    }
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct conf_field *)a)->path, ((const struct conf_field *)b)->path);
}

void conf_fields_finish(struct conf_parse *p)
{
    struct map paths = {0};
    struct conf *c = p->conf;
    for (size_t i = 0; i < c->field_count; i++) {
        struct conf_field *field = &c->fields[i];
        const struct conf_field *same = map_gets(&paths, field->path);
        if (same)
            conf_error_at(p, field->line, 1, "conf.field.repeated", "keep one of the two",
                          "the field %s is declared already, in line %u", field->path, same->line);
        else if (!map_puts(&paths, field->path, field))
            p->no_memory = true;
    }
    for (size_t i = 0; i < c->field_count; i++)
        check_shapes(p, &paths, &c->fields[i]);
    map_release(&paths);
    if (c->field_count > 1)
        qsort(c->fields, c->field_count, sizeof *c->fields, by_path);
}
