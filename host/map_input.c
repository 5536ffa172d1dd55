/* SPDX-License-Identifier: MIT */
#include "map_input.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "map_csv.h"

enum { READ = 256 * 1024, SLACK = 16, MAX_ROW = 1024 * 1024 };

struct map_input {
    struct map_input_options options;
    size_t next_id;
    char *data;
    size_t begin, end, capacity; /* read, and not yet taken; SLACK bytes follow that may be read */
    bool at_end, started;
    uint64_t long_size; /* of a line that is too long and not yet ended, as far as it came; 0: none */
    char long_head[MAP_ID];
    char delimiter;
    size_t column;
    struct buf header, cell;
};

/* Reads once. 1: something came; 0: the end; -EAGAIN: nothing is there yet, and `wait` is false. */
static int read_more(struct map_input *in, bool wait, struct err *e)
{
    struct pollfd p = {.fd = in->options.fd, .events = POLLIN};
    int n = poll(&p, 1, wait ? -1 : 0);
    if (n == 0 || (n < 0 && errno == EINTR))
        return -EAGAIN;
    if (in->begin > 0) {
        memmove(in->data, in->data + in->begin, in->end - in->begin);
        in->end -= in->begin;
        in->begin = 0;
    }
    if (in->capacity - in->end < READ + SLACK) {
        char *data = realloc(in->data, in->end + READ + SLACK);
        if (!data)
            return err_set(e, -ENOMEM, "out of memory");
        in->data = data;
        in->capacity = in->end + READ + SLACK;
    }
    ssize_t got = read(in->options.fd, in->data + in->end, READ);
    if (got < 0)
        return errno == EINTR || errno == EAGAIN ? -EAGAIN : err_errno(e, "cannot read the identifiers");
    in->at_end = got == 0;
    in->end += (size_t)got;
    memset(in->data + in->end, 0, SLACK);
    if (!in->started && (in->end - in->begin >= 3 || in->at_end)) {
        in->started = true;
        if (in->end - in->begin >= 3 && memcmp(in->data + in->begin, "\xef\xbb\xbf", 3) == 0)
            in->begin += 3;
    }
    return got > 0;
}

/* ---- lines ---- */

static uint64_t load8(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* The first line feed from `at` on, where there is one, and whether all before it is plain. Eight bytes at once; bytes behind the
 * line may be looked at, and do not count. */
static const char *line_end(const char *at, bool *plain)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    uint64_t odd = 0;
    for (;; at += 8) {
        uint64_t v = load8(at), feed = v ^ (0x0a * ones), slash = v ^ (0x5c * ones);
        uint64_t feeds = (feed - ones) & ~feed & high; /* exact up to the first one */
        uint64_t odds = (v | ((v - 0x20 * ones) & ~v) | ((slash - ones) & ~slash)) & high;
        if (feeds) {
            unsigned bit = (unsigned)__builtin_ctzll(feeds);
            odd |= odds & ((1ull << bit >> 7) - 1); /* what is before the line feed */
            *plain = odd == 0;
            return at + bit / 8;
        }
        odd |= odds;
    }
}

/* Takes lines, the last of which ends at end[-1]. */
static bool take_lines(struct map_chunk *c, const char *at, const char *end)
{
    struct buf *b = &c->inputs.bytes;
    if (!buf_reserve(b, (size_t)(end - at) * 5 + SLACK))
        return false;
    while (at < end) {
        bool plain;
        const char *stop = line_end(at, &plain);
        size_t size = (size_t)(stop - at);
        if (plain && size > 0 && size <= 16) {
            uint32_t n = (uint32_t)size;
            char *to = b->data + b->size;
            memcpy(to, &n, sizeof n);
            memcpy(to + sizeof n, at, 16); /* both sides have the room */
            b->size += sizeof n + size;
            c->inputs.count++;
        } else {
            size -= size > 0 && stop[-1] == '\r';
            if (!map_chunk_add(c, at, size, size))
                return false;
        }
        at = stop + 1;
    }
    return true;
}

static const char *last_feed(const char *data, size_t size)
{
    return size ? memrchr(data, '\n', size) : NULL;
}

/* A line that is longer than a chunk: its head is kept, the rest counted. True: its end was seen, and it is added. */
static bool pass_long_line(struct map_input *in, struct map_chunk *c, bool *failed)
{
    const char *data = in->data + in->begin;
    size_t size = in->end - in->begin;
    const char *feed = size ? memchr(data, '\n', size) : NULL;
    size_t taken = feed ? (size_t)(feed - data) : size;
    if (in->long_size == 0 && size > 0)
        memcpy(in->long_head, data, taken < MAP_ID ? taken : MAP_ID);
    in->long_size += taken;
    in->begin += taken + (feed != NULL);
    if (!feed && !in->at_end)
        return false;
    *failed = !map_chunk_add(c, in->long_head, MAP_ID, in->long_size);
    in->long_size = 0;
    return true;
}

/* 1: the chunk has something. 0: more is needed. */
static int next_lines(struct map_input *in, struct map_chunk *c, bool hungry, struct err *e)
{
    bool failed = false;
    size_t size = in->end - in->begin;
    if (in->long_size > 0) {
        bool ended = pass_long_line(in, c, &failed);
        return failed ? err_set(e, -ENOMEM, "out of memory") : ended;
    }
    if (size < MAP_CHUNK_BYTES && !in->at_end && !hungry)
        return 0;
    size_t most = size < MAP_CHUNK_BYTES ? size : MAP_CHUNK_BYTES;
    const char *data = in->data + in->begin, *feed = last_feed(data, most);
    if (feed) {
        failed = !take_lines(c, data, feed + 1);
        in->begin += (size_t)(feed + 1 - data);
    } else if (size >= MAP_CHUNK_BYTES) {
        bool ended = pass_long_line(in, c, &failed);
        return failed ? err_set(e, -ENOMEM, "out of memory") : ended;
    } else if (in->at_end && size > 0) { /* the last one has no end */
        size_t n = size - (data[size - 1] == '\r');
        failed = !map_chunk_add(c, data, n, n);
        in->begin = in->end;
    } else {
        return 0;
    }
    return failed ? err_set(e, -ENOMEM, "out of memory") : 1;
}

/* ---- tables ---- */

static bool take_row(struct map_input *in, struct map_chunk *c, const char *row, size_t size)
{
    uint32_t number = c->inputs.count;
    bool there = map_csv_cell(row, size, in->delimiter, in->column, &in->cell);
    if (in->cell.failed || !map_chunk_add(c, in->cell.data, there ? in->cell.size : 0, there ? in->cell.size : 0))
        return false;
    map_texts_add(&c->rows, row, size);
    return !c->rows.bytes.failed && (there || map_chunk_set_fault(c, number, MAP_FAULT_COLUMN));
}

static int next_rows(struct map_input *in, struct map_chunk *c, bool hungry, struct err *e)
{
    if (in->end - in->begin < MAP_CHUNK_BYTES && !in->at_end && !hungry)
        return 0;
    while (c->rows.bytes.size < MAP_CHUNK_BYTES && in->begin < in->end) {
        size_t size = in->end - in->begin, row_size = 0;
        size_t taken = map_csv_row(in->data + in->begin, size, in->delimiter, in->at_end, &row_size);
        if (taken == 0 && size > MAX_ROW)
            return err_set(e, -EINVAL, "a row of the table has more than %d bytes: is a quote not closed?", MAX_ROW);
        if (taken == 0)
            break;
        if (!take_row(in, c, in->data + in->begin, row_size))
            return err_set(e, -ENOMEM, "out of memory");
        in->begin += taken;
    }
    return c->inputs.count > 0;
}

/* The number of a column: a name of the header, or a number. */
static int find_column(struct map_input *in, struct err *e)
{
    const char *wanted = in->options.column;
    struct buf names = BUF_INIT;
    for (size_t i = 0;
         !in->options.no_header && map_csv_cell(in->header.data, in->header.size, in->delimiter, i, &in->cell); i++) {
        if (strcmp(buf_cstr(&in->cell), wanted) == 0) {
            in->column = i;
            buf_release(&names);
            return 0;
        }
        buf_addf(&names, "%s%s", i ? ", " : "", buf_cstr(&in->cell));
    }
    char *end;
    unsigned long number = strtoul(wanted, &end, 10);
    int rc = 0;
    if (wanted[0] >= '0' && wanted[0] <= '9' && *end == '\0' && number >= 1 && number <= 100000)
        in->column = number - 1;
    else if (in->options.no_header)
        rc = err_set(e, -EINVAL, "--column %s: with --no-header it is the number of a column, from 1", wanted);
    else
        rc = err_set(e, -EINVAL, "--column %s: the table has no such column; it has %s", wanted, buf_cstr(&names));
    buf_release(&names);
    return rc;
}

static int read_header(struct map_input *in, struct err *e)
{
    const char *data;
    size_t size, row_size = 0, taken = 0;
    int got = 1;
    while (got > 0 || got == -EAGAIN) {
        got = read_more(in, true, e);
        data = in->data + in->begin;
        size = in->end - in->begin;
        const char *feed = size ? memchr(data, '\n', size) : NULL;
        if (!in->started || (!feed && !in->at_end && size <= MAX_ROW))
            continue;
        in->delimiter = in->options.delimiter;
        if (!in->delimiter)
            in->delimiter = map_csv_delimiter(data, feed ? (size_t)(feed - data) : size);
        taken = map_csv_row(data, size, in->delimiter, in->at_end, &row_size);
        if (taken > 0 || in->at_end || size > MAX_ROW)
            break;
    }
    if (got < 0 && got != -EAGAIN)
        return got;
    if (taken == 0 && !in->at_end)
        return err_set(e, -EINVAL, "the first row of the table has more than %d bytes", MAX_ROW);
    if (in->options.no_header)
        return find_column(in, e);
    buf_add(&in->header, in->data + in->begin, row_size);
    in->begin += taken;
    return in->header.failed ? err_set(e, -ENOMEM, "out of memory") : find_column(in, e);
}

/* ---- */

static int next_ids(struct map_input *in, struct map_chunk *c, struct err *e)
{
    while (in->next_id < in->options.id_count && c->inputs.bytes.size < MAP_CHUNK_BYTES) {
        const char *id = in->options.ids[in->next_id++];
        if (!map_chunk_add(c, id, strlen(id), strlen(id)))
            return err_set(e, -ENOMEM, "out of memory");
    }
    return c->inputs.count > 0;
}

int map_input_next(struct map_input *in, struct map_chunk *c, bool hungry, struct err *e)
{
    if (in->options.id_count > 0)
        return next_ids(in, c, e);
    for (;;) {
        bool starved = false;
        if (!in->at_end && in->end - in->begin < MAP_CHUNK_BYTES) {
            int got = read_more(in, false, e);
            if (got < 0 && got != -EAGAIN)
                return got;
            starved = got == -EAGAIN;
        }
        if (in->begin == in->end && in->long_size == 0) {
            if (in->at_end || starved)
                return in->at_end ? 0 : -EAGAIN;
            continue;
        }
        int taken =
            in->options.column ? next_rows(in, c, hungry && starved, e) : next_lines(in, c, hungry && starved, e);
        if (taken != 0)
            return taken;
        if (starved)
            return -EAGAIN;
    }
}

int map_input_fd(const struct map_input *in)
{
    return in->options.id_count > 0 || in->at_end ? -1 : in->options.fd;
}

const char *map_input_header(const struct map_input *in, size_t *size, char *delimiter)
{
    *size = in->header.size;
    *delimiter = in->delimiter;
    return in->options.column ? in->header.size ? in->header.data : "" : NULL;
}

int map_input_open(const struct map_input_options *options, struct map_input **out, struct err *e)
{
    struct map_input *in = calloc(1, sizeof *in);
    if (!in)
        return err_set(e, -ENOMEM, "out of memory");
    in->options = *options;
    int rc = options->column && options->id_count == 0 ? read_header(in, e) : 0;
    if (rc < 0) {
        map_input_free(in);
        return rc;
    }
    *out = in;
    return 0;
}

void map_input_free(struct map_input *in)
{
    if (!in)
        return;
    free(in->data);
    buf_release(&in->header);
    buf_release(&in->cell);
    free(in);
}
