/* SPDX-License-Identifier: MIT */
/* Delimited text: dialect, rows, columns with what their cells look like. The format declares nothing of this but its bytes: what is
 * inferred is emitted under names that say so. Sources: RFC 4180; W3C, Model for Tabular Data and Metadata on the Web, 8. */
#include "csv_dialect.h"
#include <stdlib.h>

ADIT_MODULE("csv", "1.0.0")

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
            (void)adit_text_keep(adit_text_trim(c->cells[i]), column->name, sizeof column->name);
        }
        if (t->rows == 1)
            t->columns_most = c->total;
        t->ragged += c->total != t->columns_most;
        if (t->rows % 4096 == 0 && !adit_progress(t->job, t->from.at, t->end))
            return false;
    }
    return true;
}

static void emit_table(struct table *t, char delimiter)
{
    const struct adit_call *job = t->job;
    const char text[2] = {delimiter, '\0'};
    size_t columns = t->columns_most < MAX_COLUMNS ? (size_t)t->columns_most : MAX_COLUMNS;
    bool header = has_header(t->columns, columns, t->rows);
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
    for (size_t i = 0; t->rows > 1 && i < columns; i++) {
        if (!header) /* then the first row is data like the others */
            add_cell(&t->columns[i], adit_text_c(t->columns[i].name));
        emit_column(job, &t->columns[i], header, t->rows - header);
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
