/* SPDX-License-Identifier: MIT */
/* csv: see output.h for the columns. RFC 4180, but for the ends of lines. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "nearest.h"
#include "output_format.h"
#include "output_value.h"
#include "path_text.h"

struct column {
    char *text;         /* "png.text.Title", cut into the next two */
    const char *plugin; /* NULL: one of the file's own */
    const char *field;  /* NULL: the plugin's status */
    void (*own)(struct buf *cell, const struct result *r);
};

struct csv_state {
    struct {
        struct column *items;
        size_t count, capacity;
    } columns;
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

static const struct {
    const char *name;
    void (*add)(struct buf *cell, const struct result *r);
} owns[] = {
    {"path", own_path},   {"path_base64", own_path_base64},
    {"type", own_type},   {"detected", own_detected},
    {"size", own_size},   {"mtime", own_mtime},
    {"error", own_error}, {"reason", own_reason},
};

static const struct part *find_part(const struct result *r, const char *plugin)
{
    for (size_t i = 0; i < r->part_count; i++)
        if (strcmp(r->parts[i].plugin, plugin) == 0)
            return &r->parts[i];
    return NULL;
}

static bool skip_nested(struct field_reader *r)
{
    struct field_event e;
    for (size_t depth = 1; depth > 0;) {
        if (field_next(r, &e) != 1)
            return false;
        if (e.tag == FIELD_END)
            depth--;
        else if (e.tag == FIELD_OBJECT || e.tag == FIELD_LIST)
            depth++;
    }
    return true;
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

/* Adds the field at `path` among the events up to the next END of this level. Recursion is bounded by `depth`. */
static bool find_field(struct field_reader *r, const char *path, unsigned depth, struct buf *cell)
{
    struct field_event e;
    while (field_next(r, &e) == 1 && e.tag != FIELD_END) {
        const char *rest = path_after(path, e.name);
        if (rest && rest[0] == '\0') {
            add_cell(cell, r, &e);
            return true;
        }
        if (rest && e.tag == FIELD_OBJECT && depth < FIELD_MAX_DEPTH) {
            struct field_reader inner = *r;
            if (find_field(&inner, rest, depth + 1, cell))
                return true;
        }
        if ((e.tag == FIELD_OBJECT || e.tag == FIELD_LIST) && !skip_nested(r))
            return false;
    }
    return false;
}

static bool find_cell(const struct result *r, const struct column *column, struct buf *cell)
{
    const struct part *part = find_part(r, column->plugin);
    if (part && !column->field) {
        buf_adds(cell, part_status_name(part->status));
        return true;
    }
    if (part) {
        struct field_reader fields = {part->fields, part->fields + part->fields_size};
        if (find_field(&fields, column->field, 0, cell))
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

static void csv_result(struct output *o, const struct result *r)
{
    struct csv_state *s = o->state;
    for (size_t i = 0; i < s->columns.count; i++) {
        const struct column *column = &s->columns.items[i];
        if (i > 0)
            buf_putc(&o->buf, ',');
        buf_reset(&s->cell);
        if (column->own)
            column->own(&s->cell, r);
        else
            (void)find_cell(r, column, &s->cell);
        print_cell(&o->buf, &s->cell);
    }
    buf_putc(&o->buf, '\n');
    o->buf.failed = o->buf.failed || s->cell.failed;
}

static int check_plugin(const struct output *o, const char *name, const char *column, struct err *e)
{
    const struct registry *registry = o->options.registry;
    if (!registry || registry_find(registry, name))
        return 0;
    struct nearest nearest = {.word = name};
    for (size_t i = 0; i < sizeof owns / sizeof *owns; i++)
        nearest_offer(&nearest, owns[i].name);
    for (size_t i = 0; i < registry->count; i++)
        nearest_offer(&nearest, registry->plugins[i].conf.name);
    return err_set(e, -EINVAL,
                   "there is no column '%s': expected path, path_base64, type, detected, size, mtime, error, "
                   "reason, PLUGIN or PLUGIN.FIELD%s%s%s",
                   column, nearest.best ? " (did you mean '" : "", nearest.best ? nearest.best : "",
                   nearest.best ? "'?)" : "");
}

static int add_column(struct output *o, const char *name, size_t size, struct err *e)
{
    struct csv_state *s = o->state;
    struct column column = {.text = strndup(name, size)};
    if (!column.text || !vec_push(&s->columns, column)) {
        free(column.text);
        return err_set(e, -ENOMEM, "not enough memory");
    }
    struct column *added = &s->columns.items[s->columns.count - 1];
    for (size_t i = 0; i < sizeof owns / sizeof *owns; i++)
        if (strcmp(added->text, owns[i].name) == 0)
            added->own = owns[i].add;
    if (added->own)
        return 0;
    char *dot = strchr(added->text, '.');
    if (size == 0 || dot == added->text || (dot && dot[1] == '\0'))
        return err_set(e, -EINVAL, "'%s' is no column: expected a name, PLUGIN or PLUGIN.FIELD between commas",
                       added->text);
    if (dot)
        *dot = '\0';
    added->plugin = added->text;
    added->field = dot ? dot + 1 : NULL;
    return check_plugin(o, added->plugin, added->plugin, e);
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
    const char *at = o->options.fields ? o->options.fields : "path,type,size,mtime";
    for (;; at++) {
        size_t size = strcspn(at, ",");
        int error = add_column(o, at, size, e);
        if (error)
            return error;
        print_header(o, at, size);
        at += size;
        buf_putc(&o->buf, *at ? ',' : '\n');
        if (!*at)
            return 0;
    }
}

static void csv_release(struct output *o)
{
    struct csv_state *s = o->state;
    if (!s)
        return;
    for (size_t i = 0; i < s->columns.count; i++)
        free(s->columns.items[i].text);
    free(s->columns.items);
    buf_release(&s->cell);
    free(s);
}

const struct output_ops output_csv_ops = {.begin = csv_begin, .result = csv_result, .release = csv_release};
