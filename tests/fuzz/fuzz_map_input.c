/* SPDX-License-Identifier: MIT */
/* Any bytes as identifiers, a line each or a column of a table, through a pipe in pieces. Lines are held against a plain reading of
 * them; cells of a table read back as they are printed. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "map_csv.h"
#include "map_input.h"

/* One line after the other, as a person would split them. */
struct plain {
    const char *at, *end;
};

static bool plain_next(struct plain *p, struct adit_text *out)
{
    if (p->at == p->end)
        return false;
    const char *stop = memchr(p->at, '\n', (size_t)(p->end - p->at));
    const char *line_end = stop ? stop : p->end;
    size_t size = (size_t)(line_end - p->at);
    if (size > 0 && line_end[-1] == '\r')
        size--;
    *out = (struct adit_text){p->at, size};
    p->at = stop ? stop + 1 : p->end;
    return true;
}

static void check_chunk(const struct map_chunk *c, struct plain *p)
{
    const char *at = c->inputs.bytes.data;
    for (uint32_t i = 0; i < c->inputs.count; i++) {
        const struct adit_text found = map_texts_next(&at);
        struct adit_text expected;
        uint8_t fault = c->faults ? c->faults[i] : 0;
        if (!plain_next(p, &expected))
            abort();
        if (fault != MAP_FAULT_LONG &&
            (found.size != expected.size || (found.size && memcmp(found.data, expected.data, found.size) != 0)))
            abort();
        if ((expected.size == 0) != (fault == MAP_FAULT_EMPTY) || (fault == MAP_FAULT_LONG && expected.size < MAP_ID))
            abort();
        if (c->plain && (fault || !map_plain(found.data, found.size)))
            abort();
    }
    if (at != c->inputs.bytes.data + c->inputs.bytes.size)
        abort();
}

/* A cell that is printed reads back the same. */
static void check_cells(const struct map_chunk *c, char delimiter)
{
    const char *row_at = c->rows.bytes.data;
    struct buf cell = BUF_INIT, again = BUF_INIT, read = BUF_INIT;
    for (uint32_t i = 0; i < c->rows.count; i++) {
        const struct adit_text row = map_texts_next(&row_at);
        for (size_t k = 0; k < 4 && map_csv_cell(row.data, row.size, delimiter, k, &cell); k++) {
            buf_reset(&again);
            map_csv_put(&again, delimiter, cell.data ? cell.data : "", cell.size);
            bool same = delimiter == '\t' ||
                        (map_csv_cell(again.data ? again.data : "", again.size, delimiter, 0, &read) &&
                         read.size == cell.size && (cell.size == 0 || memcmp(read.data, cell.data, cell.size) == 0));
            if (!same)
                abort();
        }
    }
    buf_release(&cell);
    buf_release(&again);
    buf_release(&read);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int ends[2];
    if (size < 2 || size > 60000 || pipe(ends) != 0)
        return 0;
    uint8_t kind = data[0];
    size_t first = (size_t)data[1] * 16 < size - 2 ? (size_t)data[1] * 16 : size - 2;
    const char *text = (const char *)data + 2, *end = text + size - 2;
    struct map_input_options options = {.fd = ends[0], .column = kind & 1 ? "2" : NULL, .no_header = true};
    struct map_input *in = NULL;
    struct err e = {0};
    struct map_chunk *c = map_chunk_new();
    size_t table_first = options.column ? size - 2 : first; /* opening a table waits for its first row */
    if (!c || write(ends[1], text, table_first) != (ssize_t)table_first)
        abort();
    if (options.column)
        (void)close(ends[1]);
    struct plain p = {text, end};
    if (end - text >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        p.at += 3;
    if (map_input_open(&options, &in, &e) == 0) {
        size_t header_size;
        char delimiter;
        bool second = options.column != NULL, ended = false;
        (void)map_input_header(in, &header_size, &delimiter);
        while (!ended) {
            int got = map_input_next(in, c, true, &e);
            if (got == -EAGAIN && !second) {
                if (write(ends[1], text + first, size - 2 - first) != (ssize_t)(size - 2 - first))
                    abort();
                (void)close(ends[1]);
                second = true;
            } else if (got == -EAGAIN) {
                abort();
            }
            if (got == 1 && c->inputs.count == 0)
                abort();
            if (got == 1 && options.column)
                check_cells(c, delimiter);
            else if (got == 1)
                check_chunk(c, &p);
            ended = got == 0 || (got < 0 && got != -EAGAIN);
            map_chunk_reset(c);
        }
        if (!options.column && p.at != p.end)
            abort();
        if (!second)
            (void)close(ends[1]);
    } else if (!options.column) {
        (void)close(ends[1]);
    }
    map_input_free(in);
    map_chunk_free(c);
    (void)close(ends[0]);
    return 0;
}
