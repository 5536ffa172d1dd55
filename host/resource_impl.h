/* SPDX-License-Identifier: MIT */
/* What the parts of the resource checker share: rows (resource_rows.c), cells of a row (resource_cells.c), values of cells
 * (resource_value.c), keys of rows (resource_unique.c). */
#ifndef HOST_RESOURCE_IMPL_H
#define HOST_RESOURCE_IMPL_H

#include "base/buf.h"
#include "resource.h"

/* ---- rows: a line, or in CSV as many lines as its quotes hold together ---- */

/* How often a row of several lines may turn out to be a mistake and be read again as lines: keeps the time linear. */
enum { RESOURCE_REREADS = 64 };

struct row_reader {
    int fd;
    const char *comment; /* what rows that no quote extends begin with; "": nothing */
    uint64_t offset;     /* of the next read */
    char *window;
    size_t from, end; /* bytes in the window that are not done with */
    bool ended, skip; /* the rest of the present line is to be dropped */
    int error;        /* negative errno of a read */
    uint64_t line;    /* of window[from] */
    unsigned rereads;
    size_t size, first; /* of the present row, of its first line: with line ends */
    uint64_t lines;     /* of the present row */
};
struct row {
    const char *text; /* valid until the next; no line end */
    size_t size;
    uint64_t line; /* of its first byte */
    bool too_long; /* text is not all of it */
    bool several;  /* it has more lines than one */
    bool open;     /* a quote holds more together than a row may have: this is its first line */
};

bool rows_open(struct row_reader *r, int fd, const char *comment);
/* 1: *out is the next row; 0: there is none; negative errno: the file could not be read. */
int rows_next(struct row_reader *r, bool csv, struct row *out);
/* The present row was not one: the line after its first will be the next row. */
void rows_again(struct row_reader *r);
void rows_close(struct row_reader *r);

/* ---- cells ---- */

struct cell {
    const char *text;
    size_t size;
    uint64_t line;
    uint32_t column; /* of its first byte, a quote included, in its line; from 1 */
    bool quoted;
};
struct cutter {
    char separator; /* '\0': the whole row is one cell */
    bool quotes;
    const char *at, *end, *line_begin;
    uint64_t line;
    bool done;
    char *scratch; /* where "" becomes ": as large as a row may be */
    /* Of a cell that is wrong: */
    const char *problem, *mend;
    uint64_t problem_line;
    uint32_t problem_column;
};

void cut_begin(struct cutter *c, const struct row *row);
/* 1: *out is the next cell; 0: there is none; -1: it breaks the rules of quoting, and `problem` says how. */
int cut_next(struct cutter *c, struct cell *out);

/* ---- values ---- */

enum value_fault { VALUE_GOOD = 0, VALUE_FORM, VALUE_RANGE };

/* Is this text a value of the column's kind? An integer is put into *number in two's complement. */
enum value_fault value_check(const struct conf_column *column, const char *text, size_t size, uint64_t *number);
bool value_is_integer(enum conf_column_kind kind);
/* "a number such as 36867 or 0x9003", "a number from 0 to 65535", "one of AE, AS" */
void value_expected(const struct conf_column *column, enum value_fault fault, struct buf *b);
const char *value_mend(const struct conf_column *column, enum value_fault fault);

/* ---- keys ---- */

/* Zero-initialise. */
struct unique_set {
    uint64_t *hashes; /* 0: a free slot */
    uint64_t *lines;
    size_t capacity, count;
};
/* Remembers the key. Returns 1: it is new; 0: it stood in *line; -ENOSPC: it is new, and no more are kept; -ENOMEM. */
int unique_add(struct unique_set *s, uint64_t hash, uint64_t *line);
void unique_release(struct unique_set *s);

#endif
