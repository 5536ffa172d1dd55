/* SPDX-License-Identifier: MIT */
#include <adit/csv.h>

enum { END = -1 };

static int peek(struct adit_csv *c)
{
    if (c->at == c->filled && !c->ended) {
        int64_t got = adit_read_next(c->from, c->buffer, sizeof c->buffer);
        c->failed = got < 0;
        c->ended = got <= 0;
        c->filled = got > 0 ? (size_t)got : 0;
        c->at = 0;
    }
    return c->at < c->filled ? (unsigned char)c->buffer[c->at] : END;
}

static int take(struct adit_csv *c)
{
    int byte = peek(c);
    c->at += byte != END;
    return byte;
}

static void put(struct adit_csv *c, int byte, size_t *used)
{
    if (*used == c->capacity || c->total > c->max_cells)
        c->cut = c->cut || c->total <= c->max_cells;
    else
        c->room[(*used)++] = (char)byte;
}

/* From behind the opening quote to behind the closing one. */
static void read_quoted(struct adit_csv *c, size_t *used)
{
    for (int byte; (byte = take(c)) != END;) {
        if (c->backslash && byte == '\\' && peek(c) != END) {
            put(c, take(c), used);
        } else if (byte != c->quote) {
            put(c, byte, used);
        } else if (peek(c) == c->quote) {
            put(c, take(c), used);
        } else {
            return;
        }
    }
    c->unclosed = true;
}

static bool ends_cell(const struct adit_csv *c, int byte)
{
    return byte == END || byte == '\n' || byte == '\r' || byte == (unsigned char)c->delimiter;
}

/* One cell, up to what ends it. Text behind a closing quote belongs to it, though it should not be there. */
static void read_cell(struct adit_csv *c, size_t *used)
{
    size_t begin = *used;
    c->total++;
    if (c->quote && peek(c) == (unsigned char)c->quote) {
        (void)take(c);
        c->quoted = true;
        read_quoted(c, used);
        c->faults += !ends_cell(c, peek(c));
    }
    for (int byte; !ends_cell(c, byte = peek(c));) {
        (void)take(c);
        if (c->backslash && byte == '\\' && peek(c) != END)
            byte = take(c);
        else
            c->faults += c->quote && byte == (unsigned char)c->quote;
        put(c, byte, used);
    }
    if (c->total <= c->max_cells)
        c->cells[c->count++] = adit_text_of(c->room + begin, *used - begin);
}

bool adit_next_row(struct adit_csv *c)
{
    size_t used = 0;
    int byte;
    c->count = 0;
    c->total = 0;
    c->cut = c->quoted = c->unclosed = false;
    if (peek(c) == END)
        return false;
    c->number++;
    do {
        read_cell(c, &used);
        byte = take(c);
    } while (byte == (unsigned char)c->delimiter);
    if (byte == '\r' && peek(c) == '\n')
        (void)take(c);
    return true;
}
