/* SPDX-License-Identifier: MIT */
/* Of each open element, which names its path has reached; what the rows of those names want at its start and end. */
#include "xml_table_impl.h"
#include <adit/emit.h>
#include <adit/source.h>
#include <stdlib.h>
#include <string.h>

/* One row after the other of those that an element is about: for (struct each e = FIRST; (row = next_row(t, l, &e));) */
struct each {
    unsigned name;
    uint16_t row;
};
#define FIRST                                                                                                          \
    {                                                                                                                  \
        0, NONE                                                                                                        \
    }

static struct row *next_row(const struct reading *t, const struct level *l, struct each *e)
{
    if (e->row != NONE)
        e->row = t->rows[e->row].next;
    while (e->row == NONE && e->name < l->reached)
        e->row = t->names[l->names[e->name++]].first_row;
    return e->row == NONE ? NULL : &t->rows[e->row];
}

static void reach(struct reading *t, struct level *l, uint16_t from)
{
    for (uint16_t at = t->names[from].child; at != NONE; at = t->names[at].sibling)
        if (l->reached < MAX_REACHED &&
            adit_xml_table_fits(t->table, t->names[at].prefix, t->names[at].local, false, &t->r.x->name)) {
            l->names[l->reached++] = at;
            l->value = l->value || t->names[at].value;
        }
}

static struct level *open_level(struct reading *t)
{
    if (t->open == t->level_room) {
        size_t room = t->level_room * 2 + 16;
        struct level *moved = (struct level *)realloc(t->levels, room * sizeof *moved);
        if (!moved) {
            t->failed = true;
            return NULL;
        }
        t->levels = moved;
        t->level_room = room;
    }
    struct level *l = &t->levels[t->open++];
    memset(l, 0, sizeof *l);
    if (t->open == 1) {
        l->names[l->reached++] = BASE;
        l->value = t->names[BASE].value;
        return l;
    }
    for (unsigned i = 0; i < l[-1].reached; i++)
        reach(t, l, l[-1].names[i]);
    reach(t, l, ANYWHERE);
    return l;
}

static void read_attribute(struct reading *t, const struct row *row)
{
    for (size_t i = 0; i < t->r.x->attribute_count; i++)
        if (adit_xml_table_fits(t->table, row->prefix, row->attribute, true, &t->r.x->attributes[i].name)) {
            adit_xml_table_give(t, row->is, t->r.x->attributes[i].value);
            return;
        }
}

static void call(struct reading *t, const struct adit_xml_row *row)
{
    t->r.row = row;
    row->call(&t->r, ADIT_TEXT(""));
}

static void on_start(struct reading *t)
{
    struct level *l = open_level(t);
    struct adit_xml *x = t->r.x;
    uint32_t depth = x->depth;
    struct row *row;
    if (!l)
        return;
    for (struct each e = FIRST; (row = next_row(t, l, &e));) {
        row->count += row->is->type == ADIT_ROW_COUNT || row->is->type == ADIT_ROW_SOME;
        if (row->is->type == ADIT_ROW_OBJECT)
            (void)adit_begin_object(t->r.job, row->is->field);
    }
    for (struct each e = FIRST; (row = next_row(t, l, &e));)
        if (row->attribute.size > 0)
            read_attribute(t, row);
    t->gathering += l->value;
    l->begin = t->text_size;
    l->line = x->line;
    l->column = x->column;
    for (struct each e = FIRST; x->kind == ADIT_XML_START && x->depth == depth && (row = next_row(t, l, &e));)
        if (row->is->type == ADIT_ROW_START)
            call(t, row->is);
    bool moved = x->kind != ADIT_XML_START || x->depth != depth;
    while (moved && x->depth >= depth && !(x->kind == ADIT_XML_END && x->depth == depth) && adit_xml_next(x))
        continue;
}

/* Of an object that ends, or of the whole. */
static void give_counts(struct reading *t, uint16_t owner)
{
    for (size_t i = 0; i < t->table->count; i++) {
        enum adit_row_type type = t->rows[i].is->type;
        if (t->rows[i].owner == owner && (type == ADIT_ROW_COUNT || type == ADIT_ROW_SOME))
            adit_xml_table_give_count(t, &t->rows[i]);
    }
}

static void end_objects(struct reading *t, const struct level *l)
{
    for (unsigned i = l->reached; i-- > 0;)
        for (uint16_t row = t->names[l->names[i]].first_row; row != NONE; row = t->rows[row].next)
            if (t->rows[row].is->type == ADIT_ROW_OBJECT) {
                give_counts(t, row);
                (void)adit_end(t->r.job);
            }
}

/* `whole`: its end tag was read. Faults in values are told at the start tag's place. */
static void on_end(struct reading *t, bool whole)
{
    struct level *l = &t->levels[--t->open];
    struct adit_xml *x = t->r.x;
    uint64_t line = x->line, column = x->column;
    struct row *row;
    struct adit_text text = adit_text_of(t->text_size > l->begin ? t->text + l->begin : "", t->text_size - l->begin);
    x->line = l->line;
    x->column = l->column;
    for (struct each e = FIRST; whole && l->value && (row = next_row(t, l, &e));)
        if (adit_xml_table_is_value(row->is->type) && row->attribute.size == 0)
            adit_xml_table_give(t, row->is, text);
    t->gathering -= l->value;
    if (t->gathering == 0)
        t->text_size = 0;
    for (struct each e = FIRST; (row = next_row(t, l, &e));)
        if (row->is->type == ADIT_ROW_END)
            call(t, row->is);
    end_objects(t, l);
    x->line = line;
    x->column = column;
}

/* Everything in the element, one event after the other; a call at a start tag may have moved on to the element's end. */
static void read_element(struct reading *t)
{
    struct adit_xml *x = t->r.x;
    uint32_t base = x->depth;
    uint64_t events = 0;
    do {
        if (x->kind == ADIT_XML_TEXT && t->gathering > 0)
            adit_xml_table_gather(t, x->text);
        if (x->kind == ADIT_XML_START)
            on_start(t);
        if (x->kind == ADIT_XML_END && x->depth + 1 == base + t->open)
            on_end(t, true);
        else if (x->kind != ADIT_XML_TEXT && x->depth + 1 != base + t->open)
            t->failed = t->failed || x->kind != ADIT_XML_NONE; /* a call read beyond its element */
        if (++events % EVENTS == 0 && !adit_progress(t->r.job, 0, 0))
            return;
    } while (t->open > 0 && !t->failed && !t->r.done && adit_xml_next(x));
}

int32_t adit_xml_read(const struct adit_call *job, struct adit_xml *x, const struct adit_xml_table *table,
                      void *context)
{
    struct reading t;
    memset(&t, 0, sizeof t);
    t.r.job = job;
    t.r.x = x;
    t.r.context = context;
    t.r.report = adit_report(job);
    t.table = table;
    int32_t status = x && x->kind == ADIT_XML_START ? adit_xml_table_prepare(&t) : ADIT_FAILED;
    if (status == ADIT_OK) {
        read_element(&t);
        while (t.open > 0)
            on_end(&t, false);
        give_counts(&t, NONE);
        status = t.failed ? ADIT_FAILED : adit_verdict(&t.r.report);
    }
    free(t.rows);
    free(t.names);
    free(t.levels);
    free(t.text);
    return status;
}

int32_t adit_xml_read_document(const struct adit_call *job, struct adit_reader *from,
                               const struct adit_xml_options *options, const struct adit_xml_table *table,
                               void *context)
{
    struct adit_xml_options with = options ? *options : (struct adit_xml_options){.places = true};
    with.places = true;
    struct adit_xml *x = adit_xml_open(from, &with);
    int32_t status = ADIT_OK;
    if (adit_xml_next(x)) { /* the first event is the root's start tag */
        bool mine = !table->root || adit_xml_table_is(table, &x->name, table->root);
        status = mine ? adit_xml_read(job, x, table, context) : ADIT_DECLINED;
        while (mine && x->kind == ADIT_XML_END && x->depth == 1 && adit_xml_next(x))
            continue;
    }
    if (status != ADIT_DECLINED && (!x || x->kind == ADIT_XML_NONE)) {
        int32_t came = adit_xml_status(job, x);
        status = came != ADIT_OK ? came : status;
    }
    adit_xml_close(x);
    return status;
}
