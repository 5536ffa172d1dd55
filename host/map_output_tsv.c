/* SPDX-License-Identifier: MIT */
/* Answers as a table, a row a target: tab-separated, or the table that the identifiers came from with columns behind its own.
 *
 * Most rows are those of an input with one target: what does not change in them is put together once, and nothing but the input,
 * its number and the target are looked at for each. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "map_output_impl.h"

static const char *const names[MAP_COLUMNS] = {"input", "input_index", "target",  "status",     "predicate",
                                               "path",  "hops",        "through", "validation", "resource_digest",
                                               "reason"};
const char map_output_columns[] =
    "input, input_index, target, status, predicate, path, hops, through, validation, resource_digest, reason";

static char between(const struct map_output *o)
{
    return o->options.header ? o->options.delimiter : '\t';
}

static int add_column(struct map_output *o, const char *name, size_t size, struct err *e)
{
    for (size_t i = 0; i < MAP_COLUMNS; i++) {
        if (strlen(names[i]) != size || memcmp(names[i], name, size) != 0)
            continue;
        if (o->column_count == MAP_COLUMNS_MOST)
            return err_set(e, -EINVAL, "--columns: more than %d columns", MAP_COLUMNS_MOST);
        o->columns[o->column_count++] = (enum map_column)i;
        return 0;
    }
    return err_set(e, -EINVAL, "--columns: there is no column '%.*s': there are %s", (int)size, name,
                   map_output_columns);
}

static int choose_columns(struct map_output *o, struct err *e)
{
    const char *at = o->options.columns;
    for (size_t i = 0; !at && i < MAP_COLUMNS; i++) {
        bool left_out = i == MAP_COL_PREDICATE || i == MAP_COL_THROUGH ||
                        (i == MAP_COL_VALIDATION && !o->options.validated) || (i == MAP_COL_INPUT && o->options.header);
        if (!left_out)
            o->columns[o->column_count++] = (enum map_column)i;
    }
    while (at) {
        size_t size = strcspn(at, ",");
        int rc = add_column(o, at, size, e);
        if (rc < 0)
            return rc;
        at = at[size] ? at + size + 1 : NULL;
    }
    return 0;
}

static void put_text(struct map_output *o, const char *text, size_t size)
{
    map_csv_put(&o->out, between(o), text, size);
}

/* ---- any row ---- */

static void put_column(struct map_output *o, enum map_column column, const struct map_answer *a,
                       const struct map_target *t)
{
    const struct map_way *way = map_output_way(o, t);
    switch (column) {
    case MAP_COL_INPUT:
        put_text(o, a->input.data, a->input.size);
        return;
    case MAP_COL_INDEX:
        buf_addf(&o->out, "%llu", (unsigned long long)a->index + 1);
        return;
    case MAP_COL_TARGET:
        put_text(o, t ? t->text.data : "", t ? t->text.size : 0);
        return;
    case MAP_COL_STATUS:
        buf_adds(&o->out, map_status_name(a->status));
        return;
    case MAP_COL_PREDICATE:
        buf_adds(&o->out, t ? way->predicate : "");
        return;
    case MAP_COL_PATH:
        buf_adds(&o->out, way->name);
        return;
    case MAP_COL_HOPS:
        buf_addf(&o->out, "%zu", way->hops);
        return;
    case MAP_COL_THROUGH:
        put_text(o, t ? t->through.data : "", t ? t->through.size : 0);
        return;
    case MAP_COL_VALIDATION:
        buf_adds(&o->out, map_validation_name(map_output_validation(o, t)));
        return;
    case MAP_COL_DIGEST:
        buf_adds(&o->out, way->digest);
        return;
    case MAP_COL_REASON:
        put_text(o, a->reason, strlen(a->reason));
        return;
    case MAP_COLUMNS:
        return;
    }
}

static void put_row(struct map_output *o, const struct map_answer *a, const struct map_target *t)
{
    bool first = true;
    if (o->options.header) {
        buf_add(&o->out, a->row.data, a->row.size);
        first = false;
    }
    for (size_t i = 0; i < o->column_count; i++) {
        if (!first)
            buf_putc(&o->out, between(o));
        first = false;
        put_column(o, o->columns[i], a, t);
    }
    buf_putc(&o->out, '\n');
}

static void tsv_answer(struct map_output *o, const struct map_answer *a)
{
    if (a->count == 0)
        put_row(o, a, NULL);
    for (size_t i = 0; i < a->count; i++) {
        put_row(o, a, &a->targets[i]);
        map_output_spill(o);
    }
}

/* ---- the short cut ---- */

/* Whole blocks are copied: up to BLOCK bytes behind a text may be read, and behind its copy written. */
enum { BLOCK = 16 };

/* What every row of a mapped input has in common. */
static bool cut_pieces(struct map_output *o)
{
    struct buf text = BUF_INIT;
    const struct map_answer mapped = {.status = MAP_MAPPED, .reason = ""};
    const struct map_target none = {.text = {"", 0}};
    struct buf out = o->out;
    o->out = text;
    for (size_t i = 0; i <= o->column_count; i++) {
        enum map_column column = i < o->column_count ? o->columns[i] : MAP_COLUMNS;
        if (i > 0)
            buf_putc(&o->out, i < o->column_count ? '\t' : '\n');
        enum map_piece_end then = column == MAP_COL_INPUT    ? MAP_PIECE_INPUT
                                  : column == MAP_COL_INDEX  ? MAP_PIECE_INDEX
                                  : column == MAP_COL_TARGET ? MAP_PIECE_TARGET
                                                             : MAP_PIECE_END;
        if (then == MAP_PIECE_END && i < o->column_count) {
            put_column(o, column, &mapped, &none);
            continue;
        }
        struct map_piece *piece = &o->pieces[o->piece_count++];
        *piece = (struct map_piece){arena_alloc(&o->arena, o->out.size + 2 * BLOCK), o->out.size, then};
        o->fixed += o->out.size;
        if (piece->text && o->out.size > 0)
            memcpy(piece->text, o->out.data, o->out.size);
        bool failed = o->out.failed || !piece->text;
        buf_reset(&o->out);
        o->out.failed = failed;
    }
    bool failed = o->out.failed;
    buf_release(&o->out);
    o->out = out;
    return !failed;
}

/* A number as text that counts up by one at little cost. */
struct counter {
    char digits[24], slack[BLOCK];
    size_t begin;
};

static void counter_set(struct counter *c, uint64_t v)
{
    c->begin = sizeof c->digits;
    do
        c->digits[--c->begin] = (char)('0' + v % 10);
    while (v /= 10);
}

static inline void counter_step(struct counter *c)
{
    size_t at = sizeof c->digits - 1;
    while (at >= c->begin && c->digits[at] == '9')
        c->digits[at--] = '0';
    if (at < c->begin)
        c->digits[c->begin = at] = '1';
    else
        c->digits[at]++;
}

static inline char *put(char *to, const char *text, size_t size)
{
    memcpy(to, text, BLOCK);
    for (size_t at = BLOCK; at < size; at += BLOCK)
        memcpy(to + at, text + at, BLOCK);
    return to + size;
}

static inline char *put_pieces(const struct map_output *o, char *to, struct adit_text input, struct adit_text target,
                               const struct counter *number)
{
    for (const struct map_piece *p = o->pieces;; p++) {
        to = put(to, p->text, p->size);
        if (p->then == MAP_PIECE_INPUT)
            to = put(to, input.data, input.size);
        else if (p->then == MAP_PIECE_INDEX)
            to = put(to, number->digits + number->begin, sizeof number->digits - number->begin);
        else if (p->then == MAP_PIECE_TARGET)
            to = put(to, target.data, target.size);
        else
            return to;
    }
}

/* Inputs with one plain target each, as long as there are such. Returns how many. */
static uint64_t put_simple(struct map_output *o, struct map_cursor *at, struct counter *number)
{
    const struct map_chunk *c = at->chunk;
    const struct map_links *l = &c->links;
    const size_t row = o->fixed + MAP_ID + LINK_TARGET + (sizeof number->digits + BLOCK) * 2 * MAP_COLUMNS_MOST;
    char *to = buf_reserve(&o->out, MAP_BLOCK + row), *full = to ? to + MAP_BLOCK : NULL;
    uint32_t begin = at->number;
    if (!to)
        return 0;
    const char *target = l->bytes.data + at->byte;
    for (; at->number < c->inputs.count && at->link < l->count; at->number++, at->link++) {
        const struct link_head *head = &l->heads[at->link];
        if (head->id != at->number || (head->size_flags & 0xff) ||
            (at->link + 1 < l->count && head[1].id == at->number))
            break;
        const struct adit_text input = map_texts_next(&at->input);
        to = put_pieces(o, to, input, (struct adit_text){target, head->size_flags >> 8}, number);
        target += head->size_flags >> 8;
        counter_step(number);
        if (to >= full) {
            o->out.size = (size_t)(to - o->out.data);
            if (map_output_write(o) != 0)
                break;
            to = buf_reserve(&o->out, MAP_BLOCK + row); /* there is the room */
            full = to + MAP_BLOCK;
        }
    }
    if (to && !o->error)
        o->out.size = (size_t)(to - o->out.data);
    at->byte = (size_t)(target - l->bytes.data);
    return at->number - begin;
}

/* One input after the other; those that are not simply mapped go the ordinary way. */
static bool tsv_chunk(struct map_output *o, struct map_chunk *c)
{
    struct map_links *l = &c->links;
    if (o->piece_count == 0 || !c->plain || c->faults || c->composite || !map_plain(l->bytes.data, l->bytes.size) ||
        !buf_reserve(&c->inputs.bytes, BLOCK) || !buf_reserve(&l->bytes, BLOCK))
        return false;
    struct map_cursor at = {.chunk = c, .input = c->inputs.bytes.data};
    struct counter number = {.begin = 0};
    uint64_t mapped = 0;
    counter_set(&number, c->first + 1);
    for (;;) {
        struct map_answer a;
        mapped += put_simple(o, &at, &number);
        if (o->error || !map_judge_next(o->options.judge, &at, &a))
            break;
        map_output_count(o, &a);
        tsv_answer(o, &a);
        counter_step(&number);
        map_output_spill(o);
    }
    o->counts.inputs += mapped;
    o->counts.targets += mapped;
    o->counts.statuses[MAP_MAPPED] += mapped;
    return true;
}

static int tsv_begin(struct map_output *o, struct err *e)
{
    int rc = choose_columns(o, e);
    bool first = true, differs = false;
    if (rc < 0)
        return rc;
    if (o->options.header)
        buf_add(&o->out, o->options.header, o->options.header_size);
    first = o->options.header == NULL;
    for (size_t i = 0; i < o->column_count && !(o->options.header && o->options.header_size == 0); i++) {
        if (!first)
            buf_putc(&o->out, between(o));
        first = false;
        buf_adds(&o->out, names[o->columns[i]]);
    }
    if (!o->options.header || o->options.header_size > 0)
        buf_putc(&o->out, '\n');
    for (size_t i = 0; i < o->column_count; i++) /* text is reserved for one of each */
        for (size_t k = 0; k < i; k++)
            differs |= o->columns[i] == o->columns[k];
    for (size_t i = 0; i < o->column_count; i++)
        differs |= o->columns[i] == MAP_COL_THROUGH; /* of one way of several steps it differs from row to row */
    bool one_way = o->options.way_count == 1 && !o->options.validated && !o->options.header && !differs;
    return !one_way || cut_pieces(o) ? 0 : err_set(e, -ENOMEM, "out of memory");
}

static void nothing(struct map_output *o)
{
    (void)o;
}

const struct map_format_ops map_tsv_ops = {
    .name = "tsv", .begin = tsv_begin, .answer = tsv_answer, .end = nothing, .chunk = tsv_chunk};
