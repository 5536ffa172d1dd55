/* SPDX-License-Identifier: MIT */
/* Columns of delimited text, and what their cells look like: W3C, Model for Tabular Data and Metadata on the Web, 8 (types are inferred
 * here, not declared). */
#ifndef PLUGINS_DATA_CSV_COLUMN_H
#define PLUGINS_DATA_CSV_COLUMN_H

#include <adit/adit.h>
#include <adit/header.h>
#include <adit/sketch.h>
#include <math.h>
#include <string.h>

enum { COLUMN_NAME = 128 };

/* What a cell looks like, and a column of them. Later ones take in earlier ones only where widen() says so. */
enum look { EMPTY, INTEGER, NUMBER, BOOLEAN, DATE, DATETIME, STRING };
static const char *const look_names[] = {"empty", "integer", "number", "boolean", "date", "datetime", "string"};

struct column {
    char name[COLUMN_NAME];
    enum look look, head; /* of the data, of the first row */
    uint64_t empty, longest, shortest;
    double least, most;
    char first[40], last[40]; /* earliest and latest of dates, as written */
    struct adit_time earliest, latest;
    struct adit_distinct distinct;
};

/* Digits with zeros before them are a code, no number: what they count is not the digits' value. */
static inline enum look look_at(struct adit_text t, double *number, struct adit_time *time)
{
    t = adit_text_trim(t);
    if (t.size == 0)
        return EMPTY;
    if (adit_text_to_f64(t, number)) {
        size_t sign = t.data[0] == '-' || t.data[0] == '+', digits = sign;
        while (digits < t.size && t.data[digits] >= '0' && t.data[digits] <= '9')
            digits++;
        bool whole = digits == t.size && digits > sign;
        if (digits > sign + 1 && t.data[sign] == '0')
            return STRING;
        return whole && t.size - sign <= 18 ? INTEGER : NUMBER;
    }
    if (adit_text_equals_ignoring_case(t, "true") || adit_text_equals_ignoring_case(t, "false"))
        return BOOLEAN;
    if (t.size >= 10 && adit_time_parse(t, time))
        return time->precision > ADIT_TIME_DAY ? DATETIME : DATE;
    return STRING;
}

static inline enum look widen(enum look a, enum look b)
{
    if (a == EMPTY || b == EMPTY || a == b)
        return a > b ? a : b;
    if (a + b == INTEGER + NUMBER && a != BOOLEAN && b != BOOLEAN)
        return NUMBER;
    if ((a == DATE && b == DATETIME) || (a == DATETIME && b == DATE))
        return DATETIME;
    return STRING;
}

static inline void add_cell(struct column *c, struct adit_text t)
{
    double number = 0;
    struct adit_time time;
    enum look look = look_at(t, &number, &time);
    c->empty += look == EMPTY;
    if (look == EMPTY)
        return;
    c->look = widen(c->look, look);
    adit_distinct_add(&c->distinct, t.data, t.size);
    c->longest = t.size > c->longest ? t.size : c->longest;
    c->shortest = c->shortest == 0 || t.size < c->shortest ? t.size : c->shortest;
    if (look == INTEGER || look == NUMBER) {
        c->least = number < c->least || isnan(c->least) ? number : c->least;
        c->most = number > c->most || isnan(c->most) ? number : c->most;
    }
    if (look != DATE && look != DATETIME)
        return;
    if (!*c->first || adit_time_compare(&time, &c->earliest) < 0) {
        c->earliest = time;
        (void)adit_text_keep(adit_text_trim(t), c->first, sizeof c->first);
    }
    if (!*c->last || adit_time_compare(&time, &c->latest) > 0) {
        c->latest = time;
        (void)adit_text_keep(adit_text_trim(t), c->last, sizeof c->last);
    }
}

/* A header, as it seems: names in every cell, all different. One column alone has one where its cells look otherwise. */
static inline bool has_header(const struct column *columns, size_t n, uint64_t rows)
{
    bool differs = false;
    for (size_t i = 0; i < n; i++) {
        const struct column *c = &columns[i];
        if (!*c->name || c->head != STRING)
            return false;
        differs = differs || (c->look != STRING && c->look != EMPTY);
        for (size_t k = 0; k < i; k++)
            if (strcmp(c->name, columns[k].name) == 0)
                return false;
    }
    return n > 0 && rows > 1 && (differs || n > 1);
}

/* Of `rows` rows of data. */
static inline void emit_column(const struct adit_call *job, const struct column *c, bool header, uint64_t rows)
{
    (void)adit_begin_object(job, "columns");
    if (header)
        (void)adit_emit_string(job, "name", c->name);
    (void)adit_emit_string(job, "inferred_type", look_names[c->look]);
    (void)adit_emit_u64(job, "empty_count", c->empty);
    if (c->look == INTEGER || c->look == NUMBER) {
        (void)adit_emit_f64(job, "minimum", c->least);
        (void)adit_emit_f64(job, "maximum", c->most);
    } else if (c->look == DATE || c->look == DATETIME) {
        (void)adit_emit_string(job, "earliest", c->first);
        (void)adit_emit_string(job, "latest", c->last);
    }
    if (c->longest > 0) {
        double distinct = round(adit_distinct_estimate(&c->distinct)), filled = (double)(rows - c->empty);
        (void)adit_emit_u64(job, "shortest", c->shortest);
        (void)adit_emit_u64(job, "longest", c->longest);
        (void)adit_emit_u64(job, "distinct_estimate", (uint64_t)(distinct < filled ? distinct : filled));
    }
    (void)adit_end(job);
}

#endif
