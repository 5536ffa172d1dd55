/* SPDX-License-Identifier: MIT */
/* Rows of a delimited table: RFC 4180 where the delimiter is no tab. */
#ifndef HOST_MAP_CSV_H
#define HOST_MAP_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* The row that begins at `at`: its bytes with the line's end (0: it is not there as a whole; never where `at_end`), and those
 * without. */
size_t map_csv_row(const char *at, size_t size, char delimiter, bool at_end, size_t *row_size);

/* Cell number `index` (from 0) of a row, unquoted, in `out`. False: there is no such cell, or its quotes are not well formed. */
bool map_csv_cell(const char *row, size_t size, char delimiter, size_t index, struct buf *out);

/* What a table with this first line has between its cells. */
char map_csv_delimiter(const char *line, size_t size);

/* Appends a cell, quoted or escaped so that it reads back. */
void map_csv_put(struct buf *b, char delimiter, const char *text, size_t size);
/* Appends a cell of a tab-separated table: tab, line feed, carriage return, backslash and NUL as \t \n \r \\ \0. */
void map_tsv_put(struct buf *b, const char *text, size_t size);

#endif
