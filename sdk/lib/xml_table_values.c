/* SPDX-License-Identifier: MIT */
/* What stands in elements and attributes, as the rows want it. */
#include "xml_table_impl.h"
#include <adit/emit.h>
#include <adit/header.h>
#include <adit/time.h>
#include <stdlib.h>
#include <string.h>

bool adit_xml_table_is_value(enum adit_row_type type)
{
    return type >= ADIT_ROW_TEXT && type <= ADIT_ROW_CALL;
}

void adit_xml_wrong(struct adit_xml_read *r, const char *expected, struct adit_text found)
{
    char place[128];
    size_t n = found.size < 40 ? found.size : 40;
    while (n > 0 && n < found.size && ((unsigned char)found.data[n] & 0xc0) == 0x80)
        n--;
    adit_complain(&r->report, "%s: %s: expected %s, found \"%.*s\"%s", adit_xml_place(r->x, place),
                  *r->row->path ? r->row->path : "the element", expected, (int)n, found.data,
                  n < found.size ? "…" : "");
}

static void give(struct reading *t, const struct adit_xml_row *row, const struct adit_value *v, const void *kept,
                 size_t size)
{
    if (row->field)
        (void)adit_emit(t->r.job, row->field, v);
    if (row->keep)
        memcpy((char *)t->r.context + row->keep, kept, size);
}

static void give_integer(struct reading *t, const struct adit_xml_row *row, struct adit_text text)
{
    int64_t i;
    uint64_t u;
    if (adit_text_to_i64(text, &i))
        give(t, row, &(struct adit_value){.kind = ADIT_KIND_I64, .as.i64 = i}, &i, sizeof i);
    else if (!row->keep && adit_text_to_u64(text, &u))
        (void)adit_emit_u64(t->r.job, row->field, u);
    else
        adit_xml_wrong(&t->r, "a whole number", text);
}

static void give_real(struct reading *t, const struct adit_xml_row *row, struct adit_text text)
{
    static const char *const none[] = {"NaN", "INF", "-INF", "+INF"};
    double real;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (adit_text_is(text, none[i]))
            return;
    if (adit_text_to_f64(text, &real))
        give(t, row, &(struct adit_value){.kind = ADIT_KIND_F64, .as.f64 = real}, &real, sizeof real);
    else
        adit_xml_wrong(&t->r, "a number", text);
}

static void give_reals(struct reading *t, const struct adit_xml_row *row, struct adit_text text)
{
    static const char between[] = " \t\r\n,";
    for (size_t i = 0, n; i < text.size; i += n) {
        for (n = 0; i + n < text.size && !memchr(between, text.data[i + n], sizeof between - 1); n++)
            continue;
        if (n > 0)
            give_real(t, row, adit_text_of(text.data + i, n));
        n += n == 0;
    }
}

static void give_boolean(struct reading *t, const struct adit_xml_row *row, struct adit_text text)
{
    bool b;
    if (adit_text_to_bool(text, &b))
        give(t, row, &(struct adit_value){.kind = ADIT_KIND_BOOL, .as.boolean = b}, &b, sizeof b);
    else
        adit_xml_wrong(&t->r, "true or false", text);
}

static void give_time(struct reading *t, const struct adit_xml_row *row, struct adit_text text)
{
    struct adit_time time;
    if ((row->type == ADIT_ROW_MAIL_TIME && adit_time_parse_mail(text, &time)) || adit_time_parse(text, &time))
        give(t, row, &(struct adit_value){.kind = ADIT_KIND_TIME, .as.time = time}, &time, sizeof time);
    else
        adit_xml_wrong(&t->r, "a date and time", text);
}

void adit_xml_table_give(struct reading *t, const struct adit_xml_row *row, struct adit_text text)
{
    text = adit_text_trim(text);
    t->r.row = row;
    if (text.size == 0 && row->type != ADIT_ROW_CALL)
        return;
    switch (row->type) {
    case ADIT_ROW_TEXT:
        (void)adit_emit_text(t->r.job, row->field, text);
        return;
    case ADIT_ROW_INTEGER:
        give_integer(t, row, text);
        return;
    case ADIT_ROW_REAL:
        give_real(t, row, text);
        return;
    case ADIT_ROW_REALS:
        give_reals(t, row, text);
        return;
    case ADIT_ROW_BOOLEAN:
        give_boolean(t, row, text);
        return;
    case ADIT_ROW_TIME:
    case ADIT_ROW_MAIL_TIME:
        give_time(t, row, text);
        return;
    default:
        row->call(&t->r, text);
    }
}

/* Text for the values that are open. */
void adit_xml_table_gather(struct reading *t, struct adit_text text)
{
    size_t left = MAX_VALUE - t->text_size, n = text.size < left ? text.size : left;
    while (n > 0 && n < text.size && ((unsigned char)text.data[n] & 0xc0) == 0x80)
        n--;
    if (n < text.size && !t->cut) {
        char place[128];
        t->cut = true;
        adit_remark(&t->r.report, "%s: values are longer than %d bytes: they were cut", adit_xml_place(t->r.x, place),
                    MAX_VALUE);
    }
    if (n > t->text_room - t->text_size) {
        size_t room = t->text_room * 2 + n + 4096;
        char *moved = (char *)realloc(t->text, room);
        if (!moved) {
            t->failed = true;
            return;
        }
        t->text = moved;
        t->text_room = room;
    }
    memcpy(t->text + t->text_size, text.data, n);
    t->text_size += n;
}

void adit_xml_table_give_count(struct reading *t, struct row *row)
{
    if (row->is->type == ADIT_ROW_COUNT || row->count > 0)
        give(t, row->is, &(struct adit_value){.kind = ADIT_KIND_U64, .as.u64 = row->count}, &row->count,
             sizeof row->count);
    row->count = 0;
}
