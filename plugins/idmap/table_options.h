/* SPDX-License-Identifier: MIT */
/* What [options] says about a table, and which of its columns that means. */
#ifndef PLUGINS_IDMAP_TABLE_OPTIONS_H
#define PLUGINS_IDMAP_TABLE_OPTIONS_H

#include <adit/adit.h>
#include <adit/charset.h>

#include "table_index.h"
#include "table_rows.h"

enum { LIST_MAX = 16, NO_COLUMN = UINT32_MAX, ID_BYTES = 4096 };

struct columns { uint32_t at[LIST_MAX]; size_t count; };
/* How the identifiers in some cells are written. */
struct spelling { struct adit_text separator, prefix; };

struct table {
    struct rows rows;
    uint64_t first;      /* offset of the first row that is data, and its line */
    uint64_t line;
    uint32_t columns;    /* that every row has */
    uint32_t want;       /* how many of them matter */
    bool header, fold, ragged, symmetric, plain;
    bool is_kept;        /* the indexes are mapped, not made */
    struct columns key, value, secondary; /* key: one */
    uint32_t obsolete, replacement;
    struct adit_text obsolete_value;
    struct spelling key_as, value_as, secondary_as;
    struct adit_text missing[LIST_MAX]; size_t missing_count;
    struct index by_key, by_value;
    char *scratch;       /* for a cell with doubled quotes; ROW_BYTES */
};

static inline struct adit_text table_trim(struct adit_text t)
{
    while (t.size > 0 && t.data[0] == ' ')
        t.data++, t.size--;
    while (t.size > 0 && t.data[t.size - 1] == ' ')
        t.size--;
    return t;
}

/* The text up to the separator (the whole where it is empty), blanks cut; *rest is what follows. False: there is no more. */
static inline bool table_split(struct adit_text *rest, struct adit_text separator, struct adit_text *out)
{
    if (!rest->data)
        return false;
    const char *at = separator.size == 1 ? memchr(rest->data, separator.data[0], rest->size) : NULL;
    for (size_t i = 0; separator.size > 1 && !at && i + separator.size <= rest->size; i++)
        if (memcmp(rest->data + i, separator.data, separator.size) == 0)
            at = rest->data + i;
    size_t n = at ? (size_t)(at - rest->data) : rest->size;
    *out = table_trim(adit_text_of(rest->data, n));
    *rest = at ? adit_text_of(at + separator.size, rest->size - n - separator.size) : adit_text_of(NULL, 0);
    return true;
}

/* A cell of a row, quotes resolved and blanks cut; empty where there is none. */
static inline struct adit_text table_cell(const struct table *t, const struct row *row, uint32_t column)
{
    if (column >= row->cells || column >= ROW_CELLS)
        return ADIT_TEXT("");
    const struct row_cell *c = &row->cell[column];
    struct adit_text text = adit_text_of(t->rows.text + c->begin, (size_t)(c->end - c->begin));
    if (c->doubled) {
        size_t n = 0;
        for (size_t i = 0; i < text.size && n < ROW_BYTES; i++) {
            t->scratch[n++] = text.data[i];
            i += text.data[i] == '"';
        }
        text = adit_text_of(t->scratch, n);
    }
    return table_trim(text);
}

/* ---- options ---- */

static inline int32_t table_wrong(const struct adit_call *job, const char *key, struct adit_text found, const char *expected)
{
    (void)adit_warnf(job, "option %s: expected %s, found \"%.*s\"", key, expected, (int)(found.size < 100 ? found.size : 100),
                     found.data ? found.data : "");
    return ADIT_FAILED;
}

static inline bool table_ends(struct adit_text text, const char *with)
{
    size_t n = strlen(with);
    return text.size >= n && memcmp(text.data + text.size - n, with, n) == 0;
}

static inline int32_t table_read_delimiter(const struct adit_call *job, struct rows *r)
{
    static const struct { const char *word; char c; } words[] = {{"tab", '\t'}, {"comma", ','}, {"semicolon", ';'}, {"pipe", '|'}, {"space", ' '}};
    struct adit_text option = adit_option(job, "delimiter");
    r->delimiter = option.size == 1 ? option.data[0] : '\0';
    if (!option.data)
        r->delimiter = table_ends(adit_option(job, "resources.table"), ".csv") ? ',' : '\t';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (adit_text_is(option, words[i].word))
            r->delimiter = words[i].c;
    unsigned char d = (unsigned char)r->delimiter;
    if (d == 0 || d >= 0x80 || d == '"' || d == '\n' || d == '\r')
        return table_wrong(job, "delimiter", option, "tab, comma, semicolon, pipe, space or one ASCII character but quotes and line ends");
    r->quote = adit_option_bool(job, "quote", d == ',' || d == ';');
    r->comment = adit_option(job, "comment");
    return ADIT_OK;
}

static inline int32_t table_read_options(const struct adit_call *job, struct table *t)
{
    struct adit_text letters = adit_option(job, "case"), missing = adit_option(job, "missing"), item;
    t->header = adit_option_bool(job, "header", true);
    t->ragged = adit_option_bool(job, "ragged", false);
    t->symmetric = adit_text_is(adit_option(job, "map.symmetric"), "yes");
    t->key_as = (struct spelling){adit_option(job, "key_separator"), adit_option(job, "key_prefix")};
    t->value_as = (struct spelling){adit_option(job, "value_separator"), adit_option(job, "value_prefix")};
    t->secondary_as = (struct spelling){adit_option(job, "secondary_separator"), t->key_as.prefix};
    t->fold = adit_text_is(letters, "fold");
    if (letters.data && !t->fold && !adit_text_is(letters, "keep"))
        return table_wrong(job, "case", letters, "keep or fold");
    while (t->missing_count < LIST_MAX && table_split(&missing, ADIT_TEXT(","), &item))
        t->missing[t->missing_count++] = item;
    return missing.data ? table_wrong(job, "missing", missing, "at most 16 texts") : table_read_delimiter(job, &t->rows);
}

/* ---- columns ---- */

static inline int32_t table_no_column(const struct adit_call *job, const struct table *t, const struct row *head, const char *key,
                                      struct adit_text name)
{
    char names[320];
    size_t n = 0;
    for (uint32_t i = 0; t->header && i < head->cells && n + 4 < sizeof names; i++) {
        struct adit_text c = table_cell(t, head, i);
        size_t room = sizeof names - 4 - n, size = c.size < room ? c.size : room;
        memcpy(names + n, c.data, size);
        n += size;
        names[n++] = ',';
        names[n++] = ' ';
    }
    if (n >= 2)
        n -= 2;
    (void)adit_warnf(job, "option %s: the table has no column \"%.*s\"; it has %u%s%.*s", key, (int)(name.size < 60 ? name.size : 60), name.data,
                     (unsigned)head->cells, t->header ? ": " : ", and header = no: write a number", (int)n, names);
    return ADIT_FAILED;
}

/* A name of the header, or a number from 1. */
static inline uint32_t table_find_column(const struct table *t, const struct row *head, struct adit_text name)
{
    uint32_t number = 0, most = head->cells < ROW_CELLS ? head->cells : ROW_CELLS;
    for (uint32_t i = 0; t->header && i < most; i++)
        if (adit_text_equal(table_cell(t, head, i), name))
            return i;
    for (size_t i = 0; i < name.size && number < 100000; i++) {
        if (name.data[i] < '0' || name.data[i] > '9')
            return NO_COLUMN;
        number = number * 10 + (uint32_t)(name.data[i] - '0');
    }
    return number >= 1 && number <= most ? number - 1 : NO_COLUMN;
}

static inline int32_t table_find_columns(const struct adit_call *job, struct table *t, const struct row *head, const char *key,
                                         struct adit_text list, struct columns *out)
{
    struct adit_text name;
    while (table_split(&list, ADIT_TEXT(","), &name)) {
        if (out->count == LIST_MAX)
            return table_wrong(job, key, name, "at most 16 columns");
        uint32_t at = table_find_column(t, head, name);
        if (at == NO_COLUMN)
            return table_no_column(job, t, head, key, name);
        out->at[out->count++] = at;
        t->want = at + 1 > t->want ? at + 1 : t->want;
    }
    return ADIT_OK;
}

static inline struct adit_text table_option_or(const struct adit_call *job, const char *key, const char *otherwise)
{
    struct adit_text text = adit_option(job, key);
    return text.data ? text : adit_text_c(otherwise);
}

/* obsolete = COLUMN=VALUE */
static inline int32_t table_find_obsolete(const struct adit_call *job, struct table *t, const struct row *head)
{
    struct adit_text rule = adit_option(job, "obsolete"), column, by = adit_option(job, "replacement");
    struct columns one = {.count = 0}, other = {.count = 0};
    t->obsolete = t->replacement = NO_COLUMN;
    if (!rule.data)
        return by.data ? table_wrong(job, "obsolete", rule, "COLUMN=VALUE, since there is a replacement") : ADIT_OK;
    (void)table_split(&rule, ADIT_TEXT("="), &column);
    if (!rule.data)
        return table_wrong(job, "obsolete", column, "COLUMN=VALUE");
    t->obsolete_value = table_trim(rule);
    int32_t status = table_find_columns(job, t, head, "obsolete", column, &one);
    if (status == ADIT_OK && by.data)
        status = table_find_columns(job, t, head, "replacement", by, &other);
    if (status == ADIT_OK && (one.count != 1 || other.count > 1))
        return table_wrong(job, one.count != 1 ? "obsolete" : "replacement", one.count != 1 ? column : by, "one column");
    t->obsolete = one.at[0];
    t->replacement = other.count ? other.at[0] : NO_COLUMN;
    return status;
}

/* From the table's first row: the header, or one like the others. */
static inline int32_t table_read_columns(const struct adit_call *job, struct table *t, const struct row *head)
{
    t->columns = head->cells;
    struct adit_text key = table_option_or(job, "key", "1");
    int32_t status = table_find_columns(job, t, head, "key", key, &t->key);
    if (status == ADIT_OK && t->key.count != 1)
        return table_wrong(job, "key", key, "one column");
    if (status == ADIT_OK)
        status = table_find_columns(job, t, head, "value", table_option_or(job, "value", "2"), &t->value);
    if (status == ADIT_OK)
        status = table_find_columns(job, t, head, "secondary", adit_option(job, "secondary"), &t->secondary);
    if (status == ADIT_OK)
        status = table_find_obsolete(job, t, head);
    t->plain = status == ADIT_OK && t->value.count == 1 && !t->secondary.count && t->obsolete == NO_COLUMN && !t->missing_count &&
               !t->key_as.separator.size && !t->value_as.separator.size && !t->value_as.prefix.size;
    return status;
}

#endif
