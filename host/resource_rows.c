/* SPDX-License-Identifier: MIT */
/* A window that moves over the file, and the rows in it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "resource_impl.h"

enum { WINDOW = 2 * RESOURCE_ROW_MAX };

bool rows_open(struct row_reader *r, int fd, const char *comment)
{
    *r = (struct row_reader){.fd = fd, .comment = comment, .line = 1, .window = malloc(WINDOW)};
    return r->window != NULL;
}

void rows_close(struct row_reader *r)
{
    free(r->window);
    r->window = NULL;
}

static void fill(struct row_reader *r)
{
    if (r->from > 0)
        memmove(r->window, r->window + r->from, r->end - r->from);
    r->end -= r->from;
    r->from = 0;
    ssize_t n;
    do
        n = pread(r->fd, r->window + r->end, WINDOW - r->end, (off_t)r->offset);
    while (n < 0 && errno == EINTR);
    if (n <= 0) {
        r->ended = true;
        r->error = n < 0 ? -errno : 0;
        return;
    }
    r->end += (size_t)n;
    r->offset += (uint64_t)n;
}

/* The end of the line that begins `at` bytes behind `from`, its newline included. *end == at: the file has ended. False: it is
 * longer than a row may be. */
static bool line_end(struct row_reader *r, size_t at, size_t *end)
{
    size_t seen = at;
    for (;;) {
        size_t have = r->end - r->from;
        size_t limit = have < RESOURCE_ROW_MAX ? have : RESOURCE_ROW_MAX;
        const char *begin = r->window + r->from;
        const char *newline = seen < limit ? memchr(begin + seen, '\n', limit - seen) : NULL;
        if (newline) {
            *end = (size_t)(newline - begin) + 1;
            return true;
        }
        if (have >= RESOURCE_ROW_MAX)
            return false;
        if (r->ended) {
            *end = have;
            return true;
        }
        seen = limit;
        fill(r);
    }
}

/* Drops the rest of a line that is too long. */
static void skip_line(struct row_reader *r)
{
    while (r->skip) {
        const char *begin = r->window + r->from;
        const char *newline = memchr(begin, '\n', r->end - r->from);
        r->from = newline ? r->from + (size_t)(newline - begin) + 1 : r->end;
        r->skip = !newline && !r->ended;
        if (r->skip)
            fill(r);
    }
}

static bool is_comment(const struct row_reader *r)
{
    size_t size = strlen(r->comment);
    return size > 0 && size <= r->size && memcmp(r->window + r->from, r->comment, size) == 0;
}

/* RFC 4180: a quote opens at a cell's first byte, and a doubled one inside is a quote. Is one open at the end? */
static bool open_after(const char *text, size_t size, bool open)
{
    bool first = !open;
    for (size_t i = 0; i < size; i++) {
        if (open && text[i] == '"' && i + 1 < size && text[i + 1] == '"')
            i++;
        else if (open)
            open = text[i] != '"';
        else if (text[i] == '"' && first)
            open = true;
        first = !open && text[i] == ',';
    }
    return open;
}

/* The row's further lines. Where the quote is never closed there are none. False: they are more than a row may have. */
static bool extend(struct row_reader *r)
{
    size_t end = r->size;
    bool open = memchr(r->window + r->from, '"', end) && open_after(r->window + r->from, end, false);
    while (open) {
        size_t from = end;
        bool fits = line_end(r, from, &end);
        if (!fits || end == from) {
            rows_again(r);
            return fits;
        }
        open = open_after(r->window + r->from + from, end - from, true);
        r->size = end;
        r->lines++;
    }
    return true;
}

int rows_next(struct row_reader *r, bool csv, struct row *out)
{
    skip_line(r);
    r->from += r->size;
    r->line += r->lines;
    r->size = r->lines = 0;
    *out = (struct row){.line = r->line};
    if (!line_end(r, 0, &r->first)) {
        r->skip = true;
        r->lines = 1;
        out->too_long = true;
        return 1;
    }
    if (r->first == 0)
        return r->error;
    r->size = r->first;
    r->lines = 1;
    if (csv && !is_comment(r))
        out->open = !extend(r);
    out->text = r->window + r->from;
    out->size = r->size;
    out->several = r->lines > 1;
    if (out->size > 0 && out->text[out->size - 1] == '\n')
        out->size -= out->size > 1 && out->text[out->size - 2] == '\r' ? 2 : 1;
    return 1;
}

void rows_again(struct row_reader *r)
{
    r->size = r->first;
    r->lines = 1;
    r->rereads++;
}
