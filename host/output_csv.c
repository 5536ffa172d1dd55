/* SPDX-License-Identifier: MIT */
/* csv: see output.h for the columns. RFC 4180, but for the ends of lines. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "choice.h"
#include "output_format.h"
#include "output_value.h"
#include "path_text.h"

struct csv_state {
    struct choice columns;
    struct buf cell;
};

static void add_cstr(struct buf *b, const char *text)
{
    if (text)
        buf_adds(b, text);
}

static void own_path(struct buf *cell, const struct result *r)
{
    if (utf8_valid(r->name, r->name_size)) {
        buf_add(cell, r->name, r->name_size);
        return;
    }
    const unsigned char *at = (const unsigned char *)r->name, *end = at + r->name_size;
    while (at < end) {
        uint32_t c;
        size_t n = path_text_decode(at, end, &c);
        if (c == UINT32_MAX)
            buf_adds(cell, "\xef\xbf\xbd");
        else
            buf_add(cell, at, n);
        at += n;
    }
}

static void own_path_base64(struct buf *cell, const struct result *r)
{
    value_base64(cell, r->name, r->name_size);
}

static void own_type(struct buf *cell, const struct result *r)
{
    add_cstr(cell, r->media);
}

static void own_detected(struct buf *cell, const struct result *r)
{
    add_cstr(cell, r->detected);
}

static bool was_read(const struct result *r)
{
    return r->error == RESULT_READ || r->error == RESULT_CHANGED;
}

static void own_size(struct buf *cell, const struct result *r)
{
    if (was_read(r))
        value_u64(cell, r->size);
}

static void own_mtime(struct buf *cell, const struct result *r)
{
    if (was_read(r))
        value_unix_time(cell, r->mtime_ns);
}

static void own_error(struct buf *cell, const struct result *r)
{
    buf_adds(cell, output_error_name(r->error));
}

static void own_reason(struct buf *cell, const struct result *r)
{
    if (r->error != RESULT_READ)
        add_cstr(cell, r->error_text);
}

static void (*const owns[OWN_COUNT])(struct buf *cell, const struct result *r) = {
    [OWN_PATH] = own_path, [OWN_PATH_BASE64] = own_path_base64, [OWN_TYPE] = own_type, [OWN_DETECTED] = own_detected,
    [OWN_SIZE] = own_size, [OWN_MTIME] = own_mtime, [OWN_ERROR] = own_error, [OWN_REASON] = own_reason,
};

static const struct part *find_part(const struct result *r, const char *plugin)
{
    for (size_t i = 0; i < r->part_count; i++)
        if (strcmp(r->parts[i].plugin, plugin) == 0)
            return &r->parts[i];
    return NULL;
}

/* Names may hold dots themselves: each is tried against as much of the path as it covers. */
static const char *path_after(const char *path, struct adit_text name)
{
    if (strncmp(path, name.data, name.size) != 0)
        return NULL;
    path += name.size;
    return path[0] == '.' ? path + 1 : path[0] == '\0' ? path : NULL;
}

static void add_cell(struct buf *cell, struct field_reader *r, const struct field_event *e)
{
    char time[FIELD_TIME_TEXT];
    if (e->tag == FIELD_STRING)
        buf_add(cell, e->text.data, e->text.size);
    else if (e->tag == FIELD_TIME)
        buf_add(cell, time, field_time_text(&e->time, time));
    else
        (void)value_tree(cell, r, e, NULL, NULL);
}

static bool find_field(struct field_reader *r, const char *path, unsigned depth, bool json, struct buf *cell);

/* The field at `path` of each object in a list that has it, as a JSON array. */
static bool find_in_list(struct field_reader *r, const char *path, unsigned depth, struct buf *cell)
{
    struct field_event e;
    size_t begin = cell->size;
    bool any = false;
    while (field_next(r, &e) == 1 && e.tag != FIELD_END) {
        struct field_reader inner = *r;
        size_t before = cell->size;
        buf_putc(cell, any ? ',' : '[');
        if (e.tag == FIELD_OBJECT && find_field(&inner, path, depth, true, cell))
            any = true;
        else
            cell->size = before;
        if ((e.tag == FIELD_OBJECT || e.tag == FIELD_LIST) && !field_skip(r))
            break;
    }
    if (any)
        buf_putc(cell, ']');
    else
        cell->size = begin;
    return any;
}

/* Adds the field at `path` among the events up to the next END of this level, as JSON where it stands among others. Recursion is
 * bounded by `depth`. */
static bool find_field(struct field_reader *r, const char *path, unsigned depth, bool json, struct buf *cell)
{
    struct field_event e;
    while (field_next(r, &e) == 1 && e.tag != FIELD_END) {
        const char *rest = path_after(path, e.name);
        if (rest && rest[0] == '\0') {
            if (json)
                (void)value_tree(cell, r, &e, NULL, NULL);
            else
                add_cell(cell, r, &e);
            return true;
        }
        if (rest && depth < FIELD_MAX_DEPTH) {
            struct field_reader inner = *r;
            if ((e.tag == FIELD_OBJECT && find_field(&inner, rest, depth + 1, json, cell)) ||
                (e.tag == FIELD_LIST && find_in_list(&inner, rest, depth + 1, cell)))
                return true;
        }
        if ((e.tag == FIELD_OBJECT || e.tag == FIELD_LIST) && !field_skip(r))
            return false;
    }
    return false;
}

static bool find_cell(const struct result *r, const struct choice_item *column, struct buf *cell)
{
    const struct part *part = find_part(r, column->plugin);
    if (part && !column->path) {
        buf_adds(cell, part_status_name(part->status));
        return true;
    }
    if (part) {
        struct field_reader fields = {part->fields, part->fields + part->fields_size};
        if (find_field(&fields, column->path, 0, false, cell))
            return true;
    }
    for (size_t i = 0; i < r->stream_count; i++)
        if (find_cell(&r->streams[i], column, cell))
            return true;
    return false;
}

static bool needs_quotes(const struct buf *cell)
{
    for (size_t i = 0; i < cell->size; i++)
        if (strchr("\",\r\n", cell->data[i])) /* a NUL too, which strchr finds at its end */
            return true;
    return cell->size > 0 && (cell->data[0] == ' ' || cell->data[cell->size - 1] == ' ');
}

static void print_cell(struct buf *b, const struct buf *cell)
{
    if (!needs_quotes(cell)) {
        buf_add(b, cell->data, cell->size);
        return;
    }
    buf_putc(b, '"');
    for (size_t i = 0; i < cell->size; i++) {
        if (cell->data[i] == '"')
            buf_putc(b, '"');
        buf_putc(b, cell->data[i]);
    }
    buf_putc(b, '"');
}

/* What a terminal would act upon is made visible: names of files and texts in them may be anybody's. */
static void show_cell(struct output *o, const struct buf *cell)
{
    struct buf shown = BUF_INIT;
    (void)path_text_visible(&shown, cell->data, cell->size, SIZE_MAX, NULL);
    shown.failed |= cell->failed;
    print_cell(&o->buf, &shown);
    o->buf.failed |= shown.failed;
    buf_release(&shown);
}

static void csv_result(struct output *o, const struct result *r)
{
    struct csv_state *s = o->state;
    for (size_t i = 0; i < s->columns.count; i++) {
        const struct choice_item *column = &s->columns.items[i];
        if (i > 0)
            buf_putc(&o->buf, ',');
        buf_reset(&s->cell);
        if (column->own >= 0)
            owns[column->own](&s->cell, r);
        else
            (void)find_cell(r, column, &s->cell);
        if (o->terminal && s->cell.size > 0)
            show_cell(o, &s->cell);
        else
            print_cell(&o->buf, &s->cell);
    }
    buf_putc(&o->buf, '\n');
    o->buf.failed = o->buf.failed || s->cell.failed;
}

static void print_header(struct output *o, const char *name, size_t size)
{
    struct csv_state *s = o->state;
    buf_reset(&s->cell);
    buf_add(&s->cell, name, size);
    print_cell(&o->buf, &s->cell);
    o->buf.failed |= s->cell.failed;
}

static int csv_begin(struct output *o, struct err *e)
{
    o->state = calloc(1, sizeof(struct csv_state));
    if (!o->state)
        return err_set(e, -ENOMEM, "not enough memory");
    struct csv_state *s = o->state;
    const char *list = o->options.fields ? o->options.fields : "path,type,size,mtime,error";
    int error = choice_read(list, o->options.registry, true, &s->columns, e);
    for (size_t i = 0; !error && i < s->columns.count; i++) {
        print_header(o, s->columns.items[i].text, strlen(s->columns.items[i].text));
        buf_putc(&o->buf, i + 1 < s->columns.count ? ',' : '\n');
    }
    return error;
}

static void csv_release(struct output *o)
{
    struct csv_state *s = o->state;
    if (!s)
        return;
    choice_release(&s->columns);
    buf_release(&s->cell);
    free(s);
}

const struct output_ops output_csv_ops = {.begin = csv_begin, .result = csv_result, .release = csv_release};
