/* SPDX-License-Identifier: MIT */
/* The rules of resource files, and what is told where one is broken. */
#include "resource.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "fields.h"
#include "path_text.h"
#include "resource_impl.h"

enum { SHOWN_COLUMNS = 60 }; /* of a value in a message */

struct resource_check {
    const struct conf_format *format;
    const char *shown;
    struct findings *findings;
    size_t most;
    uint64_t errors;
    bool no_memory, done;
    int fd;
    struct stamp stamp;
    struct row_reader rows;
    struct cutter cutter;
    char *scratch;
    struct cell *cells; /* of the present row: as many as there are columns */
    uint64_t *numbers;
    bool *good;
    bool header_seen, unique_full;
    uint64_t row_count;
    struct unique_set unique;
};

/* ---- findings ---- */

__attribute__((format(printf, 7, 8))) static void tell(struct resource_check *c, enum finding_severity severity,
                                                       const char *rule, uint64_t line, uint32_t column,
                                                       const char *mend, const char *format, ...)
{
    char text[1400];
    va_list ap;
    if (severity == FINDING_ERROR && ++c->errors > c->most)
        return;
    va_start(ap, format);
    (void)vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    uint32_t shown = line < UINT32_MAX ? (uint32_t)line : UINT32_MAX; /* the message has all of it */
    if (!findings_add(c->findings, severity, rule, c->shown, shown, column, mend, "%s", text))
        c->no_memory = true;
}

/* "0xL001", or what can be shown of it. */
static const char *quoted(struct buf *b, const char *text, size_t size)
{
    if (size == 0)
        return "nothing";
    buf_putc(b, '"');
    bool cut = path_text_visible(b, text, size, SHOWN_COLUMNS, NULL) < size;
    buf_adds(b, cut ? "\u2026\"" : "\"");
    return buf_cstr(b);
}

static void tell_value(struct resource_check *c, size_t i, enum value_fault fault)
{
    const struct conf_column *column = &c->format->columns[i];
    const struct cell *cell = &c->cells[i];
    struct buf expected = BUF_INIT, found = BUF_INIT;
    char rule[32];
    (void)snprintf(rule, sizeof rule, "resource.value.%s", conf_column_kind_name(column->kind));
    value_expected(column, fault, &expected);
    tell(c, FINDING_ERROR, rule, cell->line, cell->column,
         cell->size ? value_mend(column, fault) : "fill it in, or declare the column without \"required\"",
         "row %" PRIu64 ", column %zu \"%s\": expected %s, found %s", cell->line, i + 1, column->name,
         buf_cstr(&expected), quoted(&found, cell->text, cell->size));
    c->no_memory |= expected.failed || found.failed;
    buf_release(&expected);
    buf_release(&found);
}

/* ---- what a row may hold ---- */

/* Tells what bytes cannot stand in a text file; false where there are some. */
static bool check_bytes(struct resource_check *c, const struct row *row)
{
    const char *nul = memchr(row->text, '\0', row->size), *at = row->text, *end = row->text + row->size;
    if (!nul && utf8_valid(row->text, row->size))
        return true;
    uint64_t line = row->line;
    const char *begin = at;
    while (at < end && at != nul) {
        uint32_t character;
        size_t n = path_text_decode((const unsigned char *)at, (const unsigned char *)end, &character);
        if (character == UINT32_MAX)
            break;
        at += n;
        if (character == '\n') {
            begin = at;
            line++;
        }
    }
    tell(c, FINDING_ERROR, "resource.encoding", line, (uint32_t)(at - begin) + 1, "save the file as UTF-8",
         at == nul ? "row %" PRIu64 ": a NUL stands in the text" : "row %" PRIu64 ": the byte 0x%02x is not UTF-8",
         line, (unsigned)(unsigned char)*at);
    return false;
}

/* A line that ends in CR alone, or a CR within one. RFC 4180 lets it stand inside quotes. */
static bool check_returns(struct resource_check *c, const struct cell *cell)
{
    const char *at = cell->quoted ? NULL : memchr(cell->text, '\r', cell->size);
    if (!at)
        return true;
    tell(c, FINDING_ERROR, "resource.line", cell->line, cell->column + (uint32_t)(at - cell->text),
         "end each line with LF, or with CR LF", "row %" PRIu64 ": a carriage return stands within the line",
         cell->line);
    return false;
}

static void tell_count(struct resource_check *c, const struct row *row, size_t count, const struct cell *extra)
{
    size_t expected = c->format->column_count;
    const char *mend = count > expected ? "remove what is too much, or declare a column for it"
                                        : "add what is missing; a cell may be empty, its separator must stand";
    tell(c, FINDING_ERROR, "resource.columns", extra ? extra->line : row->line, extra ? extra->column : 1, mend,
         "row %" PRIu64 ": expected %zu column%s, found %zu", row->line, expected, expected == 1 ? "" : "s", count);
}

/* Cuts the row into c->cells. False: it is no row of as many columns, and that is told. */
static bool cut_row(struct resource_check *c, const struct row *row)
{
    struct cell cell, extra;
    size_t count = 0, expected = c->format->column_count;
    int r;
    c->cutter.scratch = c->scratch;
    cut_begin(&c->cutter, row);
    while ((r = cut_next(&c->cutter, &cell)) == 1) {
        if (!check_returns(c, &cell))
            return false;
        if (count < expected)
            c->cells[count] = cell;
        else if (count == expected)
            extra = cell;
        count++;
    }
    if (r < 0) {
        struct cutter *k = &c->cutter;
        if (row->open)
            k->problem = "the quote that opens here is not closed where the row has to end, after 256 KiB";
        tell(c, FINDING_ERROR, "resource.quote", k->problem_line, k->problem_column, k->mend,
             "row %" PRIu64 ", column %zu: %s", k->problem_line, count + 1, k->problem);
        if (row->several)
            rows_again(&c->rows);
        return false;
    }
    if (count == expected)
        return true;
    tell_count(c, row, count, count > expected ? &extra : NULL);
    return false;
}

static void check_header(struct resource_check *c)
{
    for (size_t i = 0; i < c->format->column_count; i++) {
        const char *name = c->format->columns[i].name;
        const struct cell *cell = &c->cells[i];
        if (strlen(name) == cell->size && memcmp(name, cell->text, cell->size) == 0)
            continue;
        struct buf found = BUF_INIT;
        tell(c, FINDING_ERROR, "resource.header", cell->line, cell->column,
             "name the columns in the file as the .conf does, in the same order",
             "row %" PRIu64 ", column %zu: expected the name \"%s\", found %s", cell->line, i + 1, name,
             quoted(&found, cell->text, cell->size));
        c->no_memory |= found.failed;
        buf_release(&found);
    }
}

/* ---- unique ---- */

/* False: the row takes no part, since a cell is wrong or all are empty. */
static bool key_of(const struct resource_check *c, uint64_t *hash)
{
    const struct conf_format *f = c->format;
    bool some = false;
    *hash = 0;
    for (size_t i = 0; i < f->unique_count; i++) {
        size_t k = f->unique[i];
        const struct cell *cell = &c->cells[k];
        if (!c->good[k])
            return false;
        some |= cell->size > 0;
        bool number = cell->size > 0 && value_is_integer(f->columns[k].kind);
        const uint64_t size = number ? sizeof c->numbers[k] : cell->size;
        *hash = hash64(&size, sizeof size, *hash);
        *hash = number ? hash64(&c->numbers[k], size, *hash) : hash64(cell->text, size, *hash);
    }
    return some;
}

static void tell_duplicate(struct resource_check *c, const struct row *row, uint64_t other)
{
    const struct conf_format *f = c->format;
    const struct cell *cell = &c->cells[f->unique[0]];
    struct buf names = BUF_INIT, values = BUF_INIT;
    for (size_t i = 0; i < f->unique_count; i++) {
        struct buf one = BUF_INIT;
        buf_addf(&names, "%s%u \"%s\"", i ? ", " : "", f->unique[i] + 1, f->columns[f->unique[i]].name);
        buf_addf(&values, "%s%s", i ? ", " : "",
                 quoted(&one, c->cells[f->unique[i]].text, c->cells[f->unique[i]].size));
        buf_release(&one);
    }
    tell(c, FINDING_ERROR, "resource.duplicate", cell->line, cell->column, "keep one of the two rows",
         "row %" PRIu64 ", column%s %s: %s stands in row %" PRIu64 " already", row->line,
         f->unique_count > 1 ? "s" : "", buf_cstr(&names), buf_cstr(&values), other);
    c->no_memory |= names.failed || values.failed;
    buf_release(&names);
    buf_release(&values);
}

static void check_unique(struct resource_check *c, const struct row *row)
{
    uint64_t hash, line = row->line;
    if (c->format->unique_count == 0 || !key_of(c, &hash))
        return;
    int r = unique_add(&c->unique, hash, &line);
    if (r == -ENOMEM)
        c->no_memory = true;
    else if (r == 0)
        tell_duplicate(c, row, line);
    else if (r == -ENOSPC && !c->unique_full) {
        c->unique_full = true;
        tell(c, FINDING_NOTE, "resource.duplicate", row->line, 1, "",
             "row %" PRIu64 ": from here on, rows are compared with the first %d ones alone, not with each other",
             row->line, RESOURCE_UNIQUE_MAX);
    }
}

/* ---- the check ---- */

static void check_cells(struct resource_check *c, const struct row *row)
{
    for (size_t i = 0; i < c->format->column_count; i++) {
        const struct conf_column *column = &c->format->columns[i];
        const struct cell *cell = &c->cells[i];
        enum value_fault fault = VALUE_GOOD;
        if (cell->size > 0)
            fault = value_check(column, cell->text, cell->size, &c->numbers[i]);
        else if (column->required)
            fault = VALUE_FORM;
        c->good[i] = fault == VALUE_GOOD;
        if (!c->good[i])
            tell_value(c, i, fault);
    }
    check_unique(c, row);
}

static void check_row(struct resource_check *c, struct row *row)
{
    static const char mark[] = "\xef\xbb\xbf";
    const char *comment = c->format->comment;
    size_t comment_size = strlen(comment);
    if (row->too_long) {
        tell(c, FINDING_ERROR, "resource.line", row->line, 1, "break it into several rows",
             "row %" PRIu64 ": the line has more than %d bytes", row->line, RESOURCE_ROW_MAX);
        c->header_seen = true;
        c->row_count++;
        return;
    }
    if (row->line == 1 && row->size >= 3 && memcmp(row->text, mark, 3) == 0) {
        tell(c, FINDING_ERROR, "resource.encoding", 1, 1, "save the file as UTF-8 without it",
             "row 1: the file begins with a byte order mark");
        row->text += 3;
        row->size -= 3;
    }
    if (comment_size > 0 && row->size >= comment_size && memcmp(row->text, comment, comment_size) == 0)
        return;
    bool header = c->format->header && !c->header_seen;
    c->header_seen = true;
    c->row_count += !header;
    if (!check_bytes(c, row) || !cut_row(c, row))
        return;
    if (header)
        check_header(c);
    else
        check_cells(c, row);
}

static void finish(struct resource_check *c, int error)
{
    c->done = true;
    if (error)
        tell(c, FINDING_ERROR, "resource.open", 0, 0, "", "the file cannot be read: %s", strerror(-error));
    else if (c->row_count == 0 && c->errors == 0)
        tell(c, FINDING_ERROR, "resource.empty", 0, 0, "fill it, or install the file again", "the file has no rows");
    if (c->errors > c->most && c->most > 1)
        if (!findings_add(c->findings, FINDING_ERROR, "resource.more", c->shown, 0, 0,
                          "mend the first ones and check again", "%" PRIu64 " more errors are not listed",
                          c->errors - c->most))
            c->no_memory = true;
}

int resource_step(struct resource_check *c, size_t budget)
{
    uint64_t from = c->rows.offset;
    while (!c->done && !c->no_memory && c->rows.offset - from < budget) {
        struct row row;
        int r = rows_next(&c->rows, c->format->kind == CONF_FORMAT_CSV, &row);
        if (r != 1) {
            finish(c, r);
            break;
        }
        check_row(c, &row);
        if (c->rows.rereads >= RESOURCE_REREADS) {
            tell(c, FINDING_ERROR, "resource.quote", row.line, 1, "mend the first ones and check again",
                 "row %" PRIu64 ": too many quotes are not closed: what follows is not checked", row.line);
            finish(c, 0);
        }
        c->done |= c->most == 1 && c->errors > 0;
    }
    return c->no_memory ? -ENOMEM : !c->done;
}

static void open_file(struct resource_check *c, const char *path)
{
    struct stat st;
    const char *why = NULL;
    c->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (c->fd < 0 || fstat(c->fd, &st) < 0)
        why = strerror(errno);
    else if (!S_ISREG(st.st_mode))
        why = "it is not a regular file";
    if (why) {
        tell(c, FINDING_ERROR, "resource.open", 0, 0, "", "the file cannot be opened: %s", why);
        c->done = true;
        return;
    }
    stamp_from_stat(&st, &c->stamp);
    (void)posix_fadvise(c->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
}

int resource_open(const char *path, const char *shown, const struct conf_format *format, size_t most,
                  struct findings *findings, struct resource_check **out)
{
    static const char separators[] = {[CONF_FORMAT_TSV] = '\t', [CONF_FORMAT_CSV] = ',', [CONF_FORMAT_LINES] = '\0'};
    size_t columns = format->column_count;
    struct resource_check *c = calloc(1, sizeof *c);
    if (!c)
        return -ENOMEM;
    *c = (struct resource_check){
        .format = format,
        .shown = shown,
        .findings = findings,
        .most = most,
        .fd = -1,
        .cutter = {.separator = separators[format->kind], .quotes = format->kind == CONF_FORMAT_CSV}};
    c->cells = calloc(columns, sizeof *c->cells);
    c->numbers = calloc(columns, sizeof *c->numbers);
    c->good = calloc(columns, sizeof *c->good);
    c->scratch = c->cutter.quotes ? malloc(RESOURCE_ROW_MAX) : NULL;
    open_file(c, path);
    if (!c->cells || !c->numbers || !c->good || (c->cutter.quotes && !c->scratch) ||
        !rows_open(&c->rows, c->fd, format->comment) || c->no_memory) {
        resource_close(c);
        return -ENOMEM;
    }
    *out = c;
    return 0;
}

const struct stamp *resource_stamp(const struct resource_check *c)
{
    return &c->stamp;
}

void resource_close(struct resource_check *c)
{
    if (!c)
        return;
    rows_close(&c->rows);
    unique_release(&c->unique);
    free(c->cells);
    free(c->numbers);
    free(c->good);
    free(c->scratch);
    if (c->fd >= 0)
        (void)close(c->fd);
    free(c);
}
