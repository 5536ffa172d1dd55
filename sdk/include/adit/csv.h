/* SPDX-License-Identifier: MIT */
/*
 * Rows of delimited text: comma-separated values and their dialects, in bounded memory. In libadit-sdk. [run; open for resources]
 *
 *     char room[64 * 1024];
 *     struct adit_text cells[256];
 *     struct adit_reader from = adit_reader(job);
 *     struct adit_csv csv = adit_csv(&from, ',', room, sizeof room, cells, 256);
 *     while (adit_next_row(&csv))
 *         … csv.cells[0 … csv.count - 1]
 *
 * Cells are separated by the delimiter. One that begins with a quote goes on to the next single quote, over delimiters and line ends;
 * two quotes in it are one. Rows end in LF, CRLF or CR. Bytes are bytes: nothing is decoded or trimmed.
 *
 * Source: RFC 4180 2, and what is written besides (W3C, Model for Tabular Data, 8).
 */
#ifndef ADIT_CSV_H
#define ADIT_CSV_H

#include <adit/abi.h>
#include <adit/reader.h>
#include <adit/text.h>

enum { ADIT_CSV_BUFFER = 8192 };

struct adit_csv {
    struct adit_reader *from;
    char delimiter;
    char quote;     /* '"'; 0: cells are not quoted */
    bool backslash; /* a backslash takes the next character as it is (MySQL, Hive) */
    char *room;     /* the caller's: one row */
    size_t capacity;
    struct adit_text *cells; /* the caller's */
    size_t max_cells;
    char buffer[ADIT_CSV_BUFFER];
    size_t at, filled;
    bool ended, failed; /* the source could not be read: the rows end there */
    /* The row found last; valid until the next call. */
    size_t count;    /* cells kept */
    uint64_t total;  /* cells that there are */
    uint64_t number; /* of the row, from 1 */
    bool cut;        /* a cell was longer than the room left, and lost its end */
    bool quoted;     /* a cell was quoted */
    bool unclosed;   /* the text ends inside of a quoted cell */
    uint64_t faults; /* quotes where none should be, in all rows: kept as they are */
};

/* Rows of up to `capacity` bytes and `max_cells` cells; what is beyond is counted and dropped. `from` must live as long. */
static inline struct adit_csv adit_csv(struct adit_reader *from, char delimiter, char *room, size_t capacity,
                                       struct adit_text *cells, size_t max_cells)
{
    struct adit_csv c;
    c.from = from;
    c.delimiter = delimiter;
    c.quote = '"';
    c.backslash = false;
    c.room = room;
    c.capacity = capacity;
    c.cells = cells;
    c.max_cells = max_cells;
    c.at = c.filled = 0;
    c.ended = c.failed = false;
    c.count = 0;
    c.total = c.number = c.faults = 0;
    c.cut = c.quoted = c.unclosed = false;
    return c;
}

#ifdef __cplusplus
extern "C" {
#endif
/* Finds the next row. An empty line is a row of one empty cell; the end of the last line begins no further row. */
bool adit_next_row(struct adit_csv *c);
#ifdef __cplusplus
}
#endif

#endif
