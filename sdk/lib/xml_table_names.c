/* SPDX-License-Identifier: MIT */
/* The paths of the rows as a tree of names. */
#include "xml_table_impl.h"
#include <adit/emit.h>
#include <stdlib.h>
#include <string.h>

/* "dc:title" */
static struct adit_text cut_prefix(struct adit_text *name)
{
    const char *colon = name->size > 0 ? (const char *)memchr(name->data, ':', name->size) : NULL;
    return colon ? adit_text_next(name, ":") : ADIT_TEXT("");
}

static bool is_known(const struct adit_xml_table *table, struct adit_text prefix)
{
    for (size_t i = 0; i < table->space_count; i++)
        if (adit_text_is(prefix, table->spaces[i].prefix))
            return true;
    return prefix.size == 0;
}

bool adit_xml_table_fits(const struct adit_xml_table *table, struct adit_text prefix, struct adit_text local,
                         bool attribute, const struct adit_xml_name *name)
{
    bool any = !attribute;
    if (!adit_text_equal(name->local, local))
        return false;
    if (attribute && prefix.size == 0)
        return name->space.size == 0;
    for (size_t i = 0; i < table->space_count; i++)
        if (adit_text_is(prefix, table->spaces[i].prefix)) {
            if (adit_text_is(name->space, table->spaces[i].uri))
                return true;
            any = false;
        }
    return any && prefix.size == 0;
}

bool adit_xml_table_is(const struct adit_xml_table *table, const struct adit_xml_name *name, const char *wanted)
{
    struct adit_text local = adit_text_c(wanted), prefix = cut_prefix(&local);
    return adit_xml_table_fits(table, prefix, local, false, name);
}

/* The name below `parent`, made where it is not there yet. */
static uint16_t name_below(struct reading *t, uint16_t parent, struct adit_text prefix, struct adit_text local)
{
    uint16_t *link = &t->names[parent].child;
    for (; *link != NONE; link = &t->names[*link].sibling)
        if (adit_text_equal(t->names[*link].local, local) && adit_text_equal(t->names[*link].prefix, prefix))
            return *link;
    *link = (uint16_t)t->name_count;
    t->names[t->name_count] = (struct name){prefix, local, parent, NONE, NONE, NONE, NONE, false};
    return (uint16_t)t->name_count++;
}

/* What is wrong with a row. NULL: nothing. */
static const char *fault_of(const struct row *row)
{
    enum adit_row_type type = row->is->type;
    if (type < ADIT_ROW_OBJECT || type > ADIT_ROW_END)
        return "no such type";
    if ((type >= ADIT_ROW_CALL) != (row->is->call != NULL))
        return "CALL, START and END have a call, and the others none";
    if (type < ADIT_ROW_CALL && !row->is->field && (!row->is->keep || type == ADIT_ROW_OBJECT))
        return "nothing is done with it";
    if (row->is->keep &&
        (type == ADIT_ROW_OBJECT || type == ADIT_ROW_TEXT || type == ADIT_ROW_REALS || type >= ADIT_ROW_CALL))
        return "a value of this type cannot be kept";
    if (row->attribute.size > 0 && !adit_xml_table_is_value(type))
        return "an attribute is a value";
    return NULL;
}

static const char *add_row(struct reading *t, uint16_t number)
{
    struct row *row = &t->rows[number];
    struct adit_text rest = adit_text_c(row->is->path);
    bool anywhere = rest.size > 2 && memcmp(rest.data, "//", 2) == 0;
    uint16_t at = anywhere ? ANYWHERE : BASE;
    if (anywhere)
        rest = adit_text_of(rest.data + 2, rest.size - 2);
    for (unsigned steps = 0; rest.size > 0; steps++) {
        struct adit_text step = adit_text_next(&rest, "/");
        bool attribute = step.size > 0 && step.data[0] == '@';
        step = adit_text_of(step.data + attribute, step.size - attribute);
        struct adit_text prefix = cut_prefix(&step);
        if (step.size == 0 || steps == MAX_REACHED / 2 || !is_known(t->table, prefix) ||
            (attribute && (rest.size > 0 || at == ANYWHERE)))
            return "more than 8 names, one that is missing, a prefix that is not known, or an attribute where none can "
                   "stand";
        if (attribute) {
            row->prefix = prefix;
            row->attribute = step;
        } else {
            at = name_below(t, at, prefix, step);
        }
    }
    struct name *name = &t->names[at];
    row->name = at;
    row->next = NONE;
    if (name->first_row == NONE)
        name->first_row = number;
    else
        t->rows[name->last_row].next = number;
    name->last_row = number;
    name->value = name->value || (adit_xml_table_is_value(row->is->type) && row->attribute.size == 0);
    return fault_of(row);
}

/* The object in which an element of this name stands. */
static uint16_t owner_of(const struct reading *t, uint16_t name)
{
    for (uint16_t at = t->names[name].parent; at != NONE; at = t->names[at].parent)
        for (uint16_t row = t->names[at].first_row; row != NONE; row = t->rows[row].next)
            if (t->rows[row].is->type == ADIT_ROW_OBJECT)
                return row;
    return NONE;
}

int32_t adit_xml_table_prepare(struct reading *t)
{
    const struct adit_xml_table *table = t->table;
    size_t count = table->count < MAX_ROWS ? table->count : 0, most = 2;
    for (size_t i = 0; i < count; i++) {
        most++;
        for (const char *at = table->rows[i].path; *at; at++)
            most += *at == '/';
    }
    t->rows = (struct row *)calloc(count + 1, sizeof *t->rows);
    t->names = (struct name *)calloc(most, sizeof *t->names);
    if (!t->rows || !t->names)
        return ADIT_FAILED;
    for (t->name_count = 0; t->name_count < 2; t->name_count++)
        t->names[t->name_count] = (struct name){{NULL, 0}, {NULL, 0}, NONE, NONE, NONE, NONE, NONE, false};
    const char *fault = count < table->count || most >= NONE ? "too many rows" : NULL;
    for (uint16_t i = 0; i < count && !fault; i++) {
        t->rows[i].is = &table->rows[i];
        fault = add_row(t, i);
        if (fault)
            (void)adit_warnf(t->r.job, "row \"%s\" of the plugin's table: %s", table->rows[i].path, fault);
    }
    for (uint16_t i = 0; i < count && !fault; i++)
        t->rows[i].owner = owner_of(t, t->rows[i].name);
    return fault ? ADIT_FAILED : ADIT_OK;
}
