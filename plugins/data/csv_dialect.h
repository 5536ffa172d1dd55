/* SPDX-License-Identifier: MIT */
/* The dialect of delimited text: which delimiter cuts its beginning best. W3C, Model for Tabular Data and Metadata on the Web, 8. */
#ifndef PLUGINS_DATA_CSV_DIALECT_H
#define PLUGINS_DATA_CSV_DIALECT_H

#include "csv_column.h"
#include <adit/csv.h>

enum { MAX_COLUMNS = 256, ROOM = 256 << 10, SAMPLE = 256 << 10, SAMPLE_ROWS = 200 };
#define LL(x) ((unsigned long long)(x))
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

static inline void begin(struct table *t, char delimiter, uint64_t end)
{
    t->from = adit_reader_at(t->job, ADIT_SOURCE_MAIN, t->begin, end - t->begin);
    t->csv = adit_csv(&t->from, delimiter ? delimiter : ',', t->room, sizeof t->room, t->cells, MAX_COLUMNS);
}

/* How well the beginning can be cut by this delimiter: rows of the commonest width beyond one cell, more cells first. */
static inline double score(struct table *t, char delimiter)
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
static inline char find_delimiter(struct table *t)
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

#endif
