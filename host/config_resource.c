/* SPDX-License-Identifier: MIT */
/* [resource LABEL]: the format that a file of [resources] declares. */
#include <string.h>

#include "config_parse.h"
#include "nearest.h"

enum { LABEL_COLUMN = 11 }; /* behind "[resource " */

static const struct {
    const char *name;
    enum conf_column_kind kind;
} kinds[] = {
    {"text", CONF_COLUMN_TEXT}, {"name", CONF_COLUMN_NAME}, {"u8", CONF_COLUMN_U8},     {"u16", CONF_COLUMN_U16},
    {"u32", CONF_COLUMN_U32},   {"u64", CONF_COLUMN_U64},   {"i32", CONF_COLUMN_I32},   {"i64", CONF_COLUMN_I64},
    {"f64", CONF_COLUMN_F64},   {"hex", CONF_COLUMN_HEX},   {"bool", CONF_COLUMN_BOOL}, {"date", CONF_COLUMN_DATE},
    {"enum", CONF_COLUMN_ENUM},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

const char *conf_column_kind_name(enum conf_column_kind kind)
{
    for (size_t i = 0; i < KINDS; i++)
        if (kinds[i].kind == kind)
            return kinds[i].name;
    return "";
}

const struct conf_format *conf_format_of(const struct conf *c, const char *label)
{
    for (size_t i = 0; i < c->format_count; i++)
        if (strcmp(c->formats[i].label, label) == 0)
            return &c->formats[i];
    return NULL;
}

static struct conf_format *present(struct conf_parse *p)
{
    return &p->conf->formats[p->conf->format_count - 1];
}

void conf_resource_begin(struct conf_parse *p, const char *label)
{
    const struct conf_format *other = conf_format_of(p->conf, label);
    if (other)
        conf_error_at(p, p->line, LABEL_COLUMN, "conf.section.repeated", "join the two",
                      "[resource %s] stands twice: it began in line %u", label, other->line);
    const char *copy = conf_copy(p, label, strlen(label));
    struct conf_format *f = copy ? conf_push(p, &p->conf->formats, &p->conf->format_count, sizeof *f) : NULL;
    if (!f) {
        p->section = NULL; /* without memory for it, its keys cannot be kept */
        return;
    }
    *f = (struct conf_format){.label = copy, .kind = CONF_FORMAT_TSV, .comment = "", .line = p->line};
    p->unique = NULL;
}

static void set_format(struct conf_parse *p, const char *value)
{
    static const char *const names[] = {"tsv", "csv", "lines", NULL};
    size_t i;
    if (conf_choice(p, value, names, &i))
        present(p)->kind = (enum conf_format_kind)(CONF_FORMAT_TSV + i);
}

static void set_header(struct conf_parse *p, const char *value)
{
    (void)conf_yes_no(p, value, &present(p)->header);
}

/* A text at *at: QUOTED, or what comes before a blank or one of `ends`. *at is moved behind it. NULL: complained about. */
static const char *name_at(struct conf_parse *p, const char **at, const char *ends)
{
    size_t size = strcspn(*at, ends);
    const char *begin = *at, *name;
    if (*begin == '"') {
        name = conf_quoted(p, at, true, &size);
    } else {
        name = conf_copy(p, begin, size);
        *at += size;
    }
    if (name && size == 0) {
        conf_error(p, begin, "conf.resource.column", "", "expected a column's name");
        return NULL;
    }
    return name;
}

static void set_comment(struct conf_parse *p, const char *value)
{
    const char *at = value;
    const char *text = name_at(p, &at, " \t");
    if (text && *at)
        conf_error(p, at, "conf.value.quote", "quote a text that has blanks", "text follows the beginning of comments");
    if (text)
        present(p)->comment = text;
}

/* enum(a|b|c), from its parenthesis on. */
static bool read_choices(struct conf_parse *p, const char **at, struct conf_column *c)
{
    static const char mend[] = "write enum(a|b|c)";
    if (**at != '(') {
        conf_error(p, *at, "conf.resource.kind", mend, "enum lacks its values");
        return false;
    }
    do {
        const char *begin = *at + 1;
        size_t size = strcspn(begin, "|)");
        *at = begin + size;
        if (size == 0 || **at == '\0') {
            conf_error(p, *at, "conf.resource.kind", mend, size ? "\")\" is missing" : "a value of enum is empty");
            return false;
        }
        conf_push_text(p, &c->choices, &c->choice_count, conf_copy(p, begin, size));
    } while (**at == '|');
    ++*at;
    return true;
}

static bool read_kind(struct conf_parse *p, const char **at, struct conf_column *c)
{
    struct nearest near = {0};
    size_t size = strcspn(*at, " \t(");
    char word[CONF_MAX_LINE + 1];
    memcpy(word, *at, size);
    word[size] = '\0';
    near.word = word;
    for (size_t i = 0; i < KINDS; i++) {
        nearest_offer(&near, kinds[i].name);
        if (strcmp(word, kinds[i].name) != 0)
            continue;
        c->kind = kinds[i].kind;
        *at += size;
        return c->kind != CONF_COLUMN_ENUM || read_choices(p, at, c);
    }
    conf_error(p, *at, "conf.resource.kind",
               "the kinds are text name u8 u16 u32 u64 i32 i64 f64 hex bool date enum(a|b|c)",
               near.best ? "expected the column's kind, found \"%s\": did you mean %s?"
                         : "expected the column's kind, found \"%s\"",
               word, near.best);
    return false;
}

static void set_column(struct conf_parse *p, const char *value)
{
    struct conf_format *f = present(p);
    struct conf_column column = {.line = p->line};
    const char *at = value;
    column.name = name_at(p, &at, " \t,\"");
    if (!column.name)
        return;
    for (size_t i = 0; i < f->column_count; i++)
        if (strcmp(f->columns[i].name, column.name) == 0)
            conf_error(p, value, "conf.resource.column", "give each column a name of its own",
                       "the column \"%s\" stands twice: it was set in line %u", column.name, f->columns[i].line);
    if (*at && *at != ' ' && *at != '\t') {
        conf_error(p, at, "conf.resource.column", "quote a name that has blanks, commas or quotes",
                   "%s cannot stand in a column's name", conf_byte_text(*at).text);
        return;
    }
    at = conf_skip_blanks(at);
    if (read_kind(p, &at, &column)) {
        const char *word = conf_skip_blanks(at);
        column.required = strcmp(word, "required") == 0 && word > at;
        if (*at && !column.required)
            conf_error(p, word, "conf.resource.column", "column = NAME KIND [required]",
                       "only \"required\" can follow the column's kind, found \"%s\"", word);
    }
    struct conf_column *slot = conf_push(p, &f->columns, &f->column_count, sizeof *slot);
    if (slot)
        *slot = column; /* also where its kind is wrong: `unique` may name it */
}

/* Columns may be declared below: the names are looked up at the end of the section. */
static void set_unique(struct conf_parse *p, const char *value)
{
    p->unique = conf_copy(p, value, strlen(value));
    p->unique_line = p->line;
    p->unique_column = p->column;
}

static void add_unique(struct conf_parse *p, struct conf_format *f, const char *name, uint32_t column)
{
    struct nearest near = {.word = name};
    uint32_t index = 0;
    while (index < f->column_count && strcmp(f->columns[index].name, name) != 0)
        nearest_offer(&near, f->columns[index++].name);
    if (index == f->column_count) {
        conf_error_at(p, p->unique_line, column, "conf.resource.unique", "",
                      near.best ? "there is no column \"%s\": did you mean %s?" : "there is no column \"%s\"", name,
                      near.best);
        return;
    }
    for (size_t i = 0; i < f->unique_count; i++)
        if (f->unique[i] == index)
            conf_error_at(p, p->unique_line, column, "conf.resource.unique", "name it once",
                          "the column \"%s\" stands twice", name);
    uint32_t *slot = conf_push(p, &f->unique, &f->unique_count, sizeof *slot);
    if (slot)
        *slot = index;
}

static void read_unique(struct conf_parse *p, struct conf_format *f)
{
    p->line = p->unique_line; /* where name_at complains */
    p->value = p->unique;
    p->column = p->unique_column;
    for (const char *at = p->unique;; at++) {
        at = conf_skip_blanks(at);
        uint32_t column = p->unique_column + (uint32_t)(at - p->unique);
        const char *name = name_at(p, &at, " \t,");
        if (!name)
            return;
        add_unique(p, f, name, column);
        at = conf_skip_blanks(at);
        if (*at == '\0')
            return;
        if (*at != ',') {
            conf_error(p, at, "conf.resource.unique", "unique = NAME, NAME", "expected \",\" between two columns");
            return;
        }
    }
}

void conf_resource_finish(struct conf_parse *p)
{
    struct conf_format *f = present(p);
    uint32_t line = p->line;
    if (p->unique)
        read_unique(p, f);
    p->line = line;
    if (f->kind == CONF_FORMAT_LINES && f->column_count > 1)
        conf_error_at(p, f->columns[1].line, 1, "conf.resource.column", "keep one, or declare tsv or csv",
                      "format = lines has one column, the whole line");
    if (f->kind == CONF_FORMAT_LINES && f->header)
        conf_error_at(p, f->line, 1, "conf.resource.header", "remove it, or declare tsv or csv",
                      "format = lines has no header");
}

void conf_resources_finish(struct conf_parse *p)
{
    const struct conf *c = p->conf;
    for (size_t i = 0; i < c->format_count; i++) {
        struct nearest near = {.word = c->formats[i].label};
        bool known = false;
        for (size_t k = 0; k < c->resource_count && !known; k++) {
            known = strcmp(c->resources[k].key, c->formats[i].label) == 0;
            nearest_offer(&near, c->resources[k].key);
        }
        if (!known)
            conf_error_at(p, c->formats[i].line, LABEL_COLUMN, "conf.resource.label",
                          "give it the label of a file of [resources]",
                          near.best ? "[resources] has no %s: did you mean %s?" : "[resources] has no %s",
                          c->formats[i].label, near.best);
    }
}

const struct conf_key conf_resource_keys[] = {
    {"format", .required = true, .set = set_format},
    {"header", .set = set_header},
    {"comment", .set = set_comment},
    {"column", .repeats = true, .required = true, .set = set_column},
    {"unique", .set = set_unique},
    {0},
};
