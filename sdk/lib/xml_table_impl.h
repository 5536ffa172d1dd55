/* SPDX-License-Identifier: MIT */
/* What the files of xml_table share: xml_table.c (elements), xml_table_names.c (paths), xml_table_values.c (what stands in elements). */
#ifndef ADIT_LIB_XML_TABLE_IMPL_H
#define ADIT_LIB_XML_TABLE_IMPL_H

#include <adit/xml_table.h>

enum { MAX_ROWS = 1000, MAX_REACHED = 16, MAX_VALUE = 1 << 20, EVENTS = 4096 };
enum { BASE, ANYWHERE, NONE = UINT16_MAX }; /* the element that is read; what "//" begins at */

/* A name on the way of some rows. */
struct name {
    struct adit_text prefix, local;
    uint16_t parent, child, sibling, first_row, last_row;
    bool value; /* there are rows for what stands in it */
};

struct row {
    const struct adit_xml_row *is;
    struct adit_text prefix, attribute; /* empty: it is about the element */
    uint16_t name, next, owner;         /* next of this name; the OBJECT in which a COUNT stands */
    uint64_t count;
};

struct level {
    unsigned reached;
    uint16_t names[MAX_REACHED];
    bool value; /* text is gathered for it */
    size_t begin;
    uint64_t line, column;
};

struct reading {
    struct adit_xml_read r; /* first: what calls get */
    const struct adit_xml_table *table;
    struct row *rows;
    struct name *names;
    struct level *levels;
    char *text;
    size_t name_count, name_room, level_room, open, text_size, text_room;
    unsigned gathering;
    bool failed, cut;
};

/* xml_table_names.c: the rows' paths, into t->rows and t->names. ADIT_FAILED: no memory, or a fault in the table, which is told. */
int32_t adit_xml_table_prepare(struct reading *t);
bool adit_xml_table_fits(const struct adit_xml_table *table, struct adit_text prefix, struct adit_text local,
                         bool attribute, const struct adit_xml_name *name);
/* xml_table_values.c */
bool adit_xml_table_is_value(enum adit_row_type type);
void adit_xml_table_gather(struct reading *t, struct adit_text text);
void adit_xml_table_give(struct reading *t, const struct adit_xml_row *row, struct adit_text text);
void adit_xml_table_give_count(struct reading *t, struct row *row);

#endif
