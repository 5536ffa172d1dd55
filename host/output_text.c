/* SPDX-License-Identifier: MIT */
/* Text for a person: a block a file, its plugins and streams indented in it, fields in two columns. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "output_format.h"
#include "output_value.h"
#include "path_text.h"

enum { KEY_COLUMNS = 32, VALUE_COLUMNS = 16, LINE_COLUMNS = 100, LINE_INDENT = 16 };

static const int64_t SECOND = 1000000000;

/* One line of a plugin's fields; the texts lie in text_state.texts. */
struct row {
    unsigned indent; /* columns */
    bool dash;       /* the first line of an element of a list */
    size_t key, key_size;
    size_t value, value_size, unit_size; /* the unit follows the value, with its blank */
};

/* Where a walk through nested fields is. */
struct level {
    size_t path_size; /* of the declared path up to here */
    unsigned indent;
    bool list, dash;
};

struct text_state {
    struct {
        struct row *items;
        size_t count, capacity;
    } rows;
    struct buf texts, path;
    struct level levels[FIELD_MAX_DEPTH + 2];
    unsigned depth;
};

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define RED "\033[31m"
#define YELLOW "\033[33m"
#define CYAN "\033[36m"
#define PLAIN "\033[0m"

static void paint(struct output *o, const char *color)
{
    if (o->options.color)
        buf_adds(&o->buf, color);
}

static void spaces(struct buf *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_putc(b, ' ');
}

static void add_visible(struct buf *b, const char *text, size_t size)
{
    (void)path_text_visible(b, text, size, SIZE_MAX, NULL);
}

static void add_hex(struct buf *b, struct adit_text bytes, size_t max_columns)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.size && i * 2 <= max_columns; i++) {
        buf_putc(b, digits[(unsigned char)bytes.data[i] >> 4]);
        buf_putc(b, digits[(unsigned char)bytes.data[i] & 15]);
    }
}

static size_t columns_of(const char *text, size_t size)
{
    size_t columns = 0;
    const unsigned char *at = (const unsigned char *)text, *end = at + size;
    while (at < end) {
        uint32_t c;
        at += path_text_decode(at, end, &c);
        columns += path_text_columns(c);
    }
    return columns;
}

/* A single value, as long as it can be seen. */
static void add_value(struct output *o, const struct field_event *e)
{
    struct text_state *s = o->state;
    size_t room = o->options.width ? o->options.width : SIZE_MAX;
    switch (e->tag) {
    case FIELD_STRING:
    case FIELD_BYTES_TEXT:
        /* A little more than fits, so that the cut shows. */
        (void)path_text_visible(&s->texts, e->text.data, e->text.size, room == SIZE_MAX ? room : room + 1, NULL);
        break;
    case FIELD_BYTES:
        add_hex(&s->texts, e->text, room);
        break;
    case FIELD_BOOL:
        buf_adds(&s->texts, e->boolean ? "yes" : "no");
        break;
    case FIELD_TIME: {
        char time[FIELD_TIME_TEXT];
        buf_add(&s->texts, time, field_time_text(&e->time, time));
        break;
    }
    default:
        value_event(&s->texts, e);
    }
}

static void set_path(struct text_state *s, const struct field_event *e)
{
    const struct level *level = &s->levels[s->depth];
    s->path.size = level->path_size;
    if (level->list)
        return;
    if (s->path.size > 0)
        buf_putc(&s->path, '.');
    buf_add(&s->path, e->name.data, e->name.size);
    s->texts.failed |= s->path.failed; /* by the path the unit is found */
}

static struct row *add_row(struct text_state *s, const struct field_event *e)
{
    struct level *level = &s->levels[s->depth];
    unsigned indent = level->dash ? level->indent - 2 : level->indent;
    if (!vec_push(&s->rows, (struct row){.indent = indent, .dash = level->dash || level->list})) {
        s->texts.failed = true;
        return NULL;
    }
    level->dash = false;
    struct row *row = &s->rows.items[s->rows.count - 1];
    row->key = s->texts.size;
    add_visible(&s->texts, e->name.data, e->name.size);
    row->key_size = s->texts.size - row->key;
    return row;
}

/* The declared unit of the field at s->path, after a blank. */
static void add_unit_text(struct text_state *s, const struct plugin *plugin)
{
    const struct conf_field *field = plugin ? plugin_field(plugin, s->path.data, s->path.size) : NULL;
    if (!field || !field->unit || !field->unit[0])
        return;
    buf_putc(&s->texts, ' ');
    add_visible(&s->texts, field->unit, strlen(field->unit));
}

static void add_unit(struct text_state *s, struct row *row, const struct plugin *plugin)
{
    row->value_size = s->texts.size - row->value;
    add_unit_text(s, plugin);
    row->unit_size = s->texts.size - row->value - row->value_size;
}

static void push_level(struct text_state *s, bool list, const struct row *heading)
{
    struct level *level = &s->levels[++s->depth];
    *level = (struct level){.list = list, .path_size = s->path.size};
    level->indent = heading ? heading->indent + 2 + (heading->dash ? 2 : 0) : s->levels[s->depth - 1].indent + 2;
}

/* Are there only single values up to the END that belongs to the list just begun? */
static bool is_flat(struct field_reader r)
{
    struct field_event e;
    while (field_next(&r, &e) == 1 && e.tag != FIELD_OBJECT && e.tag != FIELD_LIST)
        if (e.tag == FIELD_END)
            return true;
    return false;
}

static void add_flat_list(struct output *o, struct field_reader *r, const struct plugin *plugin,
                          const struct field_event *begin)
{
    struct text_state *s = o->state;
    struct row *row = add_row(s, begin);
    if (!row)
        return;
    row->value = s->texts.size;
    struct field_event e;
    bool first = true;
    while (field_next(r, &e) == 1 && e.tag != FIELD_END) {
        if (o->options.width && s->texts.size - row->value > o->options.width * 4)
            continue; /* beyond what can be seen, four bytes a column at most */
        if (!first)
            buf_adds(&s->texts, ", ");
        first = false;
        add_value(o, &e);
    }
    if (first)
        buf_adds(&s->texts, "(none)");
    add_unit(s, row, plugin);
}

/* An object of single values in a list, on one line if it fits: "- name a.txt, size 12 bytes". False: it does not, and
 * nothing was read. */
static bool add_flat_object(struct output *o, struct field_reader *r, const struct plugin *plugin,
                            const struct field_event *begin)
{
    struct text_state *s = o->state;
    struct field_reader ahead = *r;
    struct field_event e;
    size_t texts = s->texts.size, path = s->path.size, rows = s->rows.count;
    size_t width = o->options.width ? o->options.width : LINE_COLUMNS;
    size_t room = width > 2 * LINE_INDENT ? width - LINE_INDENT : LINE_INDENT;
    struct row *row = is_flat(*r) ? add_row(s, begin) : NULL;
    bool fits = row != NULL;
    if (row)
        row->value = texts;
    while (fits && field_next(&ahead, &e) == 1 && e.tag != FIELD_END) {
        if (s->texts.size > texts)
            buf_adds(&s->texts, ", ");
        s->path.size = path;
        buf_putc(&s->path, '.');
        buf_add(&s->path, e.name.data, e.name.size);
        add_visible(&s->texts, e.name.data, e.name.size);
        buf_putc(&s->texts, ' ');
        add_value(o, &e);
        add_unit_text(s, plugin);
        fits = columns_of(s->texts.data + texts, s->texts.size - texts) <= room;
    }
    s->path.size = path;
    if (!fits) {
        s->texts.size = texts;
        s->rows.count = rows;
        return false;
    }
    row->value_size = s->texts.size - texts;
    *r = ahead;
    return true;
}

static void begin_nested(struct output *o, struct field_reader *r, const struct plugin *plugin,
                         const struct field_event *e)
{
    struct text_state *s = o->state;
    bool list = e->tag == FIELD_LIST, in_list = s->levels[s->depth].list;
    if (list)
        buf_adds(&s->path, "[]");
    if (list && is_flat(*r)) {
        add_flat_list(o, r, plugin, e);
        return;
    }
    if (!list && in_list && add_flat_object(o, r, plugin, e))
        return;
    /* An object in a list has no line of its own: the dash stands before its first field. */
    const struct row *heading = in_list ? NULL : add_row(s, e);
    push_level(s, list, heading);
    s->levels[s->depth].dash = in_list;
}

/* False: the fields are damaged, or nested deeper than they may be. */
static bool collect_rows(struct output *o, const struct part *part, const struct plugin *plugin)
{
    struct text_state *s = o->state;
    struct field_reader r = field_reader_of(part->fields, part->fields_size);
    struct field_event e;
    int got;
    s->rows.count = 0;
    s->depth = 0;
    s->levels[0] = (struct level){0};
    buf_reset(&s->texts);
    buf_reset(&s->path);
    while ((got = field_next(&r, &e)) == 1) {
        if (e.tag == FIELD_END) {
            if (s->depth-- == 0)
                return false;
            continue;
        }
        set_path(s, &e);
        if (e.tag == FIELD_OBJECT || e.tag == FIELD_LIST) {
            if (s->depth == FIELD_MAX_DEPTH)
                return false;
            begin_nested(o, &r, plugin, &e);
            continue;
        }
        struct row *row = add_row(s, &e);
        if (!row)
            return false;
        row->value = s->texts.size;
        add_value(o, &e);
        add_unit(s, row, plugin);
    }
    return got == 0;
}

static size_t row_columns(const struct text_state *s, const struct row *row)
{
    return row->indent + (row->dash ? 2 : 0) + columns_of(s->texts.data + row->key, row->key_size);
}

/* The value, cut with "…" where it is wider than what is left of the line. */
static void print_value(struct output *o, const struct row *row, size_t column)
{
    const struct text_state *s = o->state;
    const char *value = s->texts.data + row->value;
    size_t room = SIZE_MAX;
    if (o->options.width) {
        room = o->options.width > column + VALUE_COLUMNS ? o->options.width - column : VALUE_COLUMNS;
        if (room > row->unit_size + VALUE_COLUMNS / 2)
            room -= row->unit_size;
    }
    if (room == SIZE_MAX || columns_of(value, row->value_size) <= room) {
        buf_add(&o->buf, value, row->value_size);
    } else {
        (void)path_text_visible(&o->buf, value, row->value_size, room - 1, NULL);
        buf_adds(&o->buf, "…");
    }
    buf_add(&o->buf, value + row->value_size, row->unit_size);
}

static void print_rows(struct output *o, size_t indent)
{
    const struct text_state *s = o->state;
    size_t widest = 0;
    for (size_t i = 0; i < s->rows.count; i++) {
        size_t columns = row_columns(s, &s->rows.items[i]);
        if (s->rows.items[i].value && columns > widest && columns <= KEY_COLUMNS)
            widest = columns;
    }
    for (size_t i = 0; i < s->rows.count; i++) {
        const struct row *row = &s->rows.items[i];
        size_t columns = row_columns(s, row);
        spaces(&o->buf, indent + row->indent);
        if (row->dash)
            buf_adds(&o->buf, "- ");
        buf_add(&o->buf, s->texts.data + row->key, row->key_size);
        if (row->value_size > 0) {
            size_t gap = row->key_size == 0 ? 0 : columns < widest ? widest - columns + 2 : 2;
            spaces(&o->buf, gap);
            print_value(o, row, indent + columns + gap);
        }
        buf_putc(&o->buf, '\n');
        output_spill(o);
    }
}

static void print_line(struct output *o, size_t indent, const char *color, const char *label, const char *text)
{
    spaces(&o->buf, indent);
    paint(o, color);
    buf_adds(&o->buf, label);
    add_visible(&o->buf, text, strlen(text));
    paint(o, PLAIN);
    buf_putc(&o->buf, '\n');
}

static void print_part(struct output *o, size_t indent, const struct part *part)
{
    const struct registry *registry = o->options.registry;
    const struct plugin *plugin = registry ? registry_find(registry, part->plugin) : NULL;
    spaces(&o->buf, indent);
    paint(o, CYAN);
    add_visible(&o->buf, part->plugin, strlen(part->plugin));
    paint(o, PLAIN);
    if (part->status != PART_OK) {
        buf_adds(&o->buf, "  ");
        paint(o, part_status_is_failure(part->status) ? RED : DIM);
        buf_adds(&o->buf, part_status_name(part->status));
        if (part->reason && part->reason[0]) {
            buf_adds(&o->buf, ": ");
            add_visible(&o->buf, part->reason, strlen(part->reason));
        }
        paint(o, PLAIN);
    }
    buf_putc(&o->buf, '\n');
    bool whole = collect_rows(o, part, plugin);
    print_rows(o, indent + 2);
    const struct text_state *s = o->state;
    if (s->texts.failed) /* nothing is damaged: the output ends here, and says why */
        o->buf.failed = true;
    else if (!whole)
        print_line(o, indent + 2, RED, "", "further fields are damaged");
    for (size_t i = 0; i < part->warning_count; i++)
        print_line(o, indent + 2, YELLOW, "warning: ", part->warnings[i]);
    for (size_t i = 0; i < part->artifact_count; i++)
        print_line(o, indent + 2, "", "artifact: ", part->artifacts[i]);
}

static void print_type(struct output *o, const struct result *r)
{
    const char *media = r->media && r->media[0] ? r->media : "unknown type";
    add_visible(&o->buf, media, strlen(media));
    if (r->detected && r->detected[0] && strcmp(r->detected, media) != 0) {
        buf_adds(&o->buf, " in ");
        add_visible(&o->buf, r->detected, strlen(r->detected));
    }
    buf_adds(&o->buf, ", ");
    value_u64(&o->buf, r->size);
    buf_adds(&o->buf, r->size == 1 ? " byte" : " bytes");
}

static void print_contents(struct output *o, size_t indent, const struct result *r);

static void print_stream(struct output *o, size_t indent, const struct result *r)
{
    spaces(&o->buf, indent);
    buf_adds(&o->buf, "stream ");
    paint(o, BOLD);
    add_visible(&o->buf, r->name, r->name_size);
    paint(o, PLAIN);
    buf_adds(&o->buf, r->name_size > 0 ? ": " : "(unnamed): ");
    print_type(o, r);
    if (r->offset != UINT64_MAX) {
        buf_adds(&o->buf, " at ");
        value_u64(&o->buf, r->offset);
    }
    if (r->truncated)
        buf_adds(&o->buf, ", truncated");
    if (r->source_plugin && r->source_plugin[0]) {
        buf_adds(&o->buf, ", from ");
        add_visible(&o->buf, r->source_plugin, strlen(r->source_plugin));
    }
    buf_putc(&o->buf, '\n');
    print_contents(o, indent + 2, r);
}

static void print_contents(struct output *o, size_t indent, const struct result *r)
{
    for (size_t i = 0; i < r->part_count; i++)
        print_part(o, indent, &r->parts[i]);
    for (size_t i = 0; i < r->stream_count; i++)
        print_stream(o, indent, &r->streams[i]);
    if (r->limit && r->limit[0])
        print_line(o, indent, YELLOW, "limit: ", r->limit);
}

static void text_result(struct output *o, const struct result *r)
{
    if (o->results > 0)
        buf_putc(&o->buf, '\n');
    paint(o, BOLD);
    add_visible(&o->buf, r->name, r->name_size);
    paint(o, PLAIN);
    buf_putc(&o->buf, '\n');
    if (r->error != RESULT_READ) {
        spaces(&o->buf, 2);
        paint(o, r->error == RESULT_NOT_REGULAR ? DIM : RED);
        buf_adds(&o->buf, r->error == RESULT_NOT_REGULAR ? "not a regular file" : output_error_name(r->error));
        if (r->error_text && r->error_text[0]) {
            buf_adds(&o->buf, ": ");
            add_visible(&o->buf, r->error_text, strlen(r->error_text));
        }
        paint(o, PLAIN);
        buf_putc(&o->buf, '\n');
    }
    if (r->error == RESULT_READ || r->error == RESULT_CHANGED) {
        spaces(&o->buf, 2);
        paint(o, DIM);
        print_type(o, r);
        buf_adds(&o->buf, ", ");
        value_unix_time(&o->buf, r->mtime_ns - (r->mtime_ns % SECOND + SECOND) % SECOND);
        paint(o, PLAIN);
        buf_putc(&o->buf, '\n');
    }
    print_contents(o, 2, r);
}

static int text_begin(struct output *o, struct err *e)
{
    o->state = calloc(1, sizeof(struct text_state));
    return o->state ? 0 : err_set(e, -ENOMEM, "not enough memory");
}

static void text_release(struct output *o)
{
    struct text_state *s = o->state;
    if (!s)
        return;
    free(s->rows.items);
    buf_release(&s->texts);
    buf_release(&s->path);
    free(s);
}

const struct output_ops output_text_ops = {.begin = text_begin, .result = text_result, .release = text_release};
