/* SPDX-License-Identifier: MIT */
/* Cuts a row into cells: TSV as IANA's text/tab-separated-values has it (no quotes), CSV as RFC 4180. */
#include <string.h>

#include "resource_impl.h"

void cut_begin(struct cutter *c, const struct row *row)
{
    c->at = c->line_begin = row->text;
    c->end = row->text + row->size;
    c->line = row->line;
    c->done = false;
    c->problem = NULL;
}

static uint32_t column_of(const struct cutter *c, const char *at)
{
    return (uint32_t)(at - c->line_begin) + 1;
}

static int problem(struct cutter *c, uint64_t line, uint32_t column, const char *what, const char *mend)
{
    c->problem = what;
    c->mend = mend;
    c->problem_line = line;
    c->problem_column = column;
    return -1;
}

/* The closing quote of a cell whose text begins at `at`; NULL: there is none. Counts lines. */
static const char *closing_quote(struct cutter *c, const char *at, bool *doubled)
{
    for (; at < c->end; at++) {
        if (*at == '\n') {
            c->line++;
            c->line_begin = at + 1;
        }
        if (*at != '"')
            continue;
        if (at + 1 == c->end || at[1] != '"')
            return at;
        *doubled = true;
        at++;
    }
    return NULL;
}

static size_t undouble(char *to, const char *text, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < size; i++) {
        to[n++] = text[i];
        i += text[i] == '"';
    }
    return n;
}

static int quoted_cell(struct cutter *c, struct cell *out)
{
    bool doubled = false;
    const char *begin = c->at + 1, *close = closing_quote(c, begin, &doubled);
    if (!close)
        return problem(c, out->line, out->column, "the quote that opens here is not closed",
                       "close it; inside a quoted cell a quote is written twice");
    out->quoted = true;
    out->text = begin;
    out->size = (size_t)(close - begin);
    if (doubled) {
        out->text = c->scratch;
        out->size = undouble(c->scratch, begin, out->size);
    }
    c->at = close + 1;
    if (c->at == c->end || *c->at == c->separator)
        return 1;
    if (c->line != out->line)
        return problem(c, out->line, out->column,
                       "the quote that opens here is not closed in this row, and text follows the next quote below",
                       "close it; inside a quoted cell a quote is written twice");
    return problem(c, c->line, column_of(c, c->at), "text follows the closing quote",
                   "end the cell there; inside a quoted cell a quote is written twice");
}

static int plain_cell(struct cutter *c, struct cell *out)
{
    size_t left = (size_t)(c->end - c->at);
    const char *stop = c->separator ? memchr(c->at, c->separator, left) : NULL;
    out->text = c->at;
    out->size = stop ? (size_t)(stop - c->at) : left;
    const char *quote = c->quotes ? memchr(out->text, '"', out->size) : NULL;
    if (quote)
        return problem(c, c->line, column_of(c, quote), "a quote stands inside a cell that is not quoted",
                       "quote the whole cell, and write the quotes inside twice");
    c->at += out->size;
    return 1;
}

int cut_next(struct cutter *c, struct cell *out)
{
    if (c->done)
        return 0;
    *out = (struct cell){.line = c->line, .column = column_of(c, c->at)};
    int r = c->quotes && c->at < c->end && *c->at == '"' ? quoted_cell(c, out) : plain_cell(c, out);
    if (r < 0)
        return r;
    if (out->text == c->scratch && c->scratch)
        c->scratch += out->size; /* the cells of a row stand one behind the other */
    c->done = c->at == c->end;
    c->at += !c->done;
    return 1;
}
