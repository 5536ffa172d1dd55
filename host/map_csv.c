/* SPDX-License-Identifier: MIT */
#include "map_csv.h"

#include <string.h>

size_t map_csv_row(const char *at, size_t size, char delimiter, bool at_end, size_t *row_size)
{
    size_t end = 0, after;
    bool quotes = delimiter != '\t', quoted = false, cell_begins = true;
    for (; end < size && (quoted || at[end] != '\n'); end++) {
        if (quotes && at[end] == '"' && (quoted || cell_begins))
            quoted = !quoted;
        else if (quotes && at[end] == '"' && end > 0 && at[end - 1] == '"')
            quoted = true; /* a doubled one goes on */
        cell_begins = at[end] == delimiter && !quoted;
    }
    if (end == size && !at_end)
        return 0;
    after = end < size ? end + 1 : end;
    if (end > 0 && at[end - 1] == '\r')
        end--;
    *row_size = end;
    return after;
}

/* RFC 4180, 2.5 to 2.7: a quoted cell; the byte behind it, or NULL. */
static const char *quoted_cell(const char *at, const char *end, char delimiter, struct buf *out)
{
    for (at++; at < end; at++) {
        if (*at != '"')
            buf_putc(out, *at);
        else if (at + 1 < end && at[1] == '"')
            buf_putc(out, *at++);
        else
            return at + 1 == end || at[1] == delimiter ? at + 1 : NULL;
    }
    return NULL;
}

bool map_csv_cell(const char *row, size_t size, char delimiter, size_t index, struct buf *out)
{
    const char *at = row, *end = row + size;
    for (size_t i = 0;; i++) {
        buf_reset(out);
        if (delimiter != '\t' && at < end && *at == '"') {
            at = quoted_cell(at, end, delimiter, out);
            if (!at)
                return false;
        } else {
            const char *stop = at < end ? memchr(at, delimiter, (size_t)(end - at)) : NULL;
            stop = stop ? stop : end;
            buf_add(out, at, (size_t)(stop - at));
            at = stop;
        }
        if (i == index)
            return !out->failed;
        if (at == end)
            return false;
        at++;
    }
}

char map_csv_delimiter(const char *line, size_t size)
{
    return size == 0                                             ? ','
           : memchr(line, '\t', size)                            ? '\t'
           : !memchr(line, ',', size) && memchr(line, ';', size) ? ';'
                                                                 : ',';
}

void map_tsv_put(struct buf *b, const char *text, size_t size)
{
    static const char special[] = "\t\n\r\\", letters[] = "tnr\\0";
    for (size_t i = 0; i < size; i++) {
        const char *found = memchr(special, text[i], sizeof special); /* with its NUL */
        if (found)
            buf_putc(b, '\\');
        buf_putc(b, found ? letters[found - special] : text[i]);
    }
}

void map_csv_put(struct buf *b, char delimiter, const char *text, size_t size)
{
    if (delimiter == '\t') {
        map_tsv_put(b, text, size);
        return;
    }
    bool quote = false;
    for (size_t i = 0; i < size && !quote; i++)
        quote = text[i] == delimiter || text[i] == '"' || text[i] == '\n' || text[i] == '\r';
    if (!quote) {
        buf_add(b, text, size);
        return;
    }
    buf_putc(b, '"');
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"')
            buf_putc(b, '"');
        buf_putc(b, text[i]);
    }
    buf_putc(b, '"');
}
