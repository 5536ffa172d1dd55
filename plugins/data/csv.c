/* SPDX-License-Identifier: MIT */
/* Delimited text: dialect, rows, columns with what their cells look like. The format declares nothing of this but its bytes: what is
 * inferred is emitted under names that say so. Sources: RFC 4180; W3C, Model for Tabular Data and Metadata on the Web, 8. */
#include <adit/adit.h>
#include <adit/csv.h>
#include <adit/header.h>
#include <adit/sketch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

ADIT_MODULE("csv", "1.0.0")

enum { MAX_COLUMNS = 256, ROOM = 256 << 10, SAMPLE = 256 << 10, SAMPLE_ROWS = 200, NAME = 128 };
#define LL(x) ((unsigned long long)(x))
/* What a cell looks like, and a column of them. Later ones take in earlier ones only where widen() says so. */
enum look { EMPTY, INTEGER, NUMBER, BOOLEAN, DATE, DATETIME, STRING };
static const char *const look_names[] = {"empty", "integer", "number", "boolean", "date", "datetime", "string"};

struct column {
    char name[NAME];
    enum look look, head; /* of the data, of the first row */
    uint64_t empty, longest, shortest;
    double least, most;
    char first[40], last[40]; /* earliest and latest of dates, as written */
    struct adit_time earliest, latest;
    struct adit_distinct distinct;
};

struct table {
    const struct adit_call *job;
    struct adit_reader from;
    struct adit_csv csv;
    struct adit_text cells[MAX_COLUMNS];
    char room[ROOM];
    struct column columns[MAX_COLUMNS];
    uint64_t rows, ragged, columns_most, blank, cut, begin, end;
    bool quoted, unclosed;
};

/* Digits with zeros before them are a code, no number: what they count is not the digits' value. */
static enum look look_at(struct adit_text t, double *number, struct adit_time *time)
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

static enum look widen(enum look a, enum look b)
{
    if (a == EMPTY || b == EMPTY || a == b)
        return a > b ? a : b;
    if (a + b == INTEGER + NUMBER && a != BOOLEAN && b != BOOLEAN)
        return NUMBER;
    if ((a == DATE && b == DATETIME) || (a == DATETIME && b == DATE))
        return DATETIME;
    return STRING;
}

static void keep(char *out, size_t room, struct adit_text t)
{
    size_t n = t.size < room ? t.size : room - 1;
    while (n > 0 && n < t.size && ((unsigned char)t.data[n] & 0xc0) == 0x80)
        n--;
    memcpy(out, t.data, n);
    out[n] = '\0';
}

static void add_cell(struct column *c, struct adit_text t)
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
        keep(c->first, sizeof c->first, adit_text_trim(t));
    }
    if (!*c->last || adit_time_compare(&time, &c->latest) > 0) {
        c->latest = time;
        keep(c->last, sizeof c->last, adit_text_trim(t));
    }
}

static void begin(struct table *t, char delimiter, uint64_t end)
{
    t->from = adit_reader_at(t->job, ADIT_SOURCE_MAIN, t->begin, end - t->begin);
    t->csv = adit_csv(&t->from, delimiter ? delimiter : ',', t->room, sizeof t->room, t->cells, MAX_COLUMNS);
}

/* How well the beginning can be cut by this delimiter: rows of the commonest width beyond one cell, more cells first. */
static double score(struct table *t, char delimiter)
{
    enum { wide = 64 };
    uint64_t widths[wide + 1] = {0}, rows = 0, best = 0;
    begin(t, delimiter, t->end < t->begin + SAMPLE ? t->end : t->begin + SAMPLE);
    while (rows < SAMPLE_ROWS && adit_next_row(&t->csv)) {
        bool blank = t->csv.total == 1 && t->csv.cells[0].size == 0;
        if (blank || (t->csv.ended && t->end > t->begin + SAMPLE))
            continue;
        widths[t->csv.total < wide ? t->csv.total : wide]++;
        rows++;
    }
    for (uint64_t i = 2; i <= wide; i++)
        if (widths[i] > widths[best])
            best = i;
    return rows > 0 && best > 0 ? (double)widths[best] / (double)rows + (double)best * 1e-3 : 0;
}

/* NUL: there is none, as it seems. */
static char find_delimiter(struct table *t)
{
    static const char candidates[] = ",\t;|:";
    char found = '\0';
    double most = 0;
    if (adit_text_is(adit_source_media(t->job), "text/tab-separated-values"))
        return '\t';
    for (const char *c = candidates; *c; c++) {
        double s = score(t, *c) - (*c == ':' ? 0.2 : 0); /* times are full of them */
        if (s > most) {
            most = s;
            found = *c;
        }
    }
    return found;
}

/* A header, as it seems: names in every cell, all different. One column alone has one where its cells look otherwise. */
static bool has_header(const struct table *t)
{
    bool differs = false;
    size_t n = t->columns_most < MAX_COLUMNS ? (size_t)t->columns_most : MAX_COLUMNS;
    for (size_t i = 0; i < n; i++) {
        const struct column *c = &t->columns[i];
        if (!*c->name || c->head != STRING)
            return false;
        differs = differs || (c->look != STRING && c->look != EMPTY);
        for (size_t k = 0; k < i; k++)
            if (strcmp(c->name, t->columns[k].name) == 0)
                return false;
    }
    return n > 0 && t->rows > 1 && (differs || n > 1);
}

static bool read_rows(struct table *t, char delimiter)
{
    struct adit_csv *c = &t->csv;
    begin(t, delimiter, t->end);
    while (adit_next_row(c)) {
        double number;
        struct adit_time time;
        if (c->total == 1 && c->cells[0].size == 0 && !c->quoted) {
            t->blank++;
            continue;
        }
        t->rows++;
        t->quoted = t->quoted || c->quoted;
        t->unclosed = t->unclosed || c->unclosed;
        t->cut += c->cut;
        for (size_t i = 0; i < c->count; i++) {
            struct column *column = &t->columns[i];
            if (t->rows > 1) {
                add_cell(column, c->cells[i]);
                continue;
            }
            column->least = column->most = NAN;
            column->head = look_at(c->cells[i], &number, &time);
            keep(column->name, NAME, adit_text_trim(c->cells[i]));
        }
        if (t->rows == 1)
            t->columns_most = c->total;
        t->ragged += c->total != t->columns_most;
        if (t->rows % 4096 == 0 && !adit_progress(t->job, t->from.at, t->end))
            return false;
    }
    return true;
}

static void emit_column(const struct table *t, const struct column *c, bool header)
{
    const struct adit_call *job = t->job;
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
        double distinct = round(adit_distinct_estimate(&c->distinct)), filled = (double)(t->rows - header - c->empty);
        (void)adit_emit_u64(job, "shortest", c->shortest);
        (void)adit_emit_u64(job, "longest", c->longest);
        (void)adit_emit_u64(job, "distinct_estimate", (uint64_t)(distinct < filled ? distinct : filled));
    }
    (void)adit_end(job);
}

static void emit_table(struct table *t, char delimiter)
{
    const struct adit_call *job = t->job;
    const char text[2] = {delimiter, '\0'};
    bool header = has_header(t);
    if (delimiter)
        (void)adit_emit_string(job, "inferred_delimiter", text);
    (void)adit_emit_bool(job, "inferred_header", header);
    (void)adit_emit_bool(job, "quoted", t->quoted);
    (void)adit_emit_u64(job, "row_count", t->rows);
    (void)adit_emit_u64(job, "column_count", t->columns_most);
    (void)adit_emit_u64(job, "ragged_rows", t->ragged);
    (void)adit_emit_u64(job, "blank_lines", t->blank);
    if (t->csv.faults > 0)
        (void)adit_emit_u64(job, "stray_quotes", t->csv.faults);
    for (size_t i = 0; t->rows > 1 && i < t->columns_most && i < MAX_COLUMNS; i++) {
        if (!header) /* then the first row is data like the others */
            add_cell(&t->columns[i], adit_text_c(t->columns[i].name));
        emit_column(t, &t->columns[i], header);
    }
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct table *t = (struct table *)calloc(1, sizeof *t);
    (void)state;
    if (!t)
        return ADIT_FAILED;
    struct adit_cursor c = adit_cursor(job);
    uint64_t size = adit_size(job), max = adit_option_u64(job, "max_bytes", 64 << 20);
    int32_t status = ADIT_OK;
    t->job = job;
    t->end = size < max ? size : max;
    t->begin = adit_match_literal(&c, "\xef\xbb\xbf") ? 3 : 0;
    if (adit_match_literal(&c, "\xff\xfe") || adit_match_literal(&c, "\xfe\xff")) {
        (void)adit_warn(job, "UTF-16: only encodings that have ASCII in them are read");
        free(t);
        return ADIT_UNSUPPORTED;
    }
    char delimiter = find_delimiter(t);
    bool whole = read_rows(t, delimiter) && t->end == size;
    emit_table(t, delimiter);
    if (!whole)
        (void)adit_warnf(job, "only the first %llu of %llu bytes were examined (option max_bytes)", LL(t->from.at),
                         LL(size));
    if (t->cut > 0)
        (void)adit_warnf(job, "%llu rows are longer than %d bytes: their cells were cut", LL(t->cut), ROOM);
    if (t->unclosed && whole) {
        (void)adit_warnf(job, "row %llu: a quoted cell has no end: expected \", found the end of the file",
                         LL(t->csv.number));
        status = ADIT_MALFORMED;
    }
    free(t);
    return status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
