/* SPDX-License-Identifier: MIT */
/* What the files beside the main file say: reference system, encoding, attributes. Part of shapefile.c. */
#ifndef PLUGINS_GIS_SHAPEFILE_COMPANIONS_H
#define PLUGINS_GIS_SHAPEFILE_COMPANIONS_H

#include "shapefile_records.h"
#include <adit/dbf.h>
#include <adit/header.h>
#include <string.h>

enum { TEXT = 4096 };

/* A small text beside the file, trimmed. */
static struct adit_text companion_text(const struct shapefile *s, const char *label, char *room)
{
    adit_source source = adit_companion(s->job, label);
    int64_t got = source > 0 ? adit_read(s->job, source, 0, room, TEXT) : 0;
    struct adit_text text = adit_text_of(room, got > 0 ? (size_t)got : 0);
    if (text.size >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
        text = adit_text_of(text.data + 3, text.size - 3);
    return adit_text_trim(text);
}

/* Well-known text: the first name in quotes is the reference system's. */
static void read_reference(const struct shapefile *s)
{
    char room[TEXT];
    struct adit_text wkt = companion_text(s, "prj", room), before, rest, name;
    if (adit_text_split(wkt, '"', &before, &rest) && adit_text_split(rest, '"', &name, &rest))
        (void)adit_emit_text(s->job, "crs", name);
    if (wkt.size > 0)
        (void)adit_emit_text(s->job, "wkt", wkt);
}

/* The charset of the attributes; 0: none is told, or none that is known. */
static enum adit_charset read_encoding(const struct shapefile *s)
{
    char room[TEXT];
    struct adit_text name = companion_text(s, "cpg", room), system, number;
    if (name.size == 0)
        return (enum adit_charset)0;
    (void)adit_emit_text(s->job, "encoding", name);
    enum adit_charset charset = adit_charset_by_name(name);
    if (!charset && adit_text_split(name, ' ', &system, &number)) /* "ANSI 1252" */
        charset = adit_charset_by_name(number);
    return charset;
}

static void read_table(const struct shapefile *s, enum adit_charset charset, bool whole)
{
    struct adit_dbf table = {.charset = charset};
    adit_source source = adit_companion(s->job, "dbf");
    if (source <= 0)
        return;
    struct adit_cursor c = adit_cursor_at(s->job, source, 0, UINT64_MAX);
    (void)adit_begin_object(s->job, "attributes");
    (void)adit_dbf_read(&c, &table);
    (void)adit_end(s->job);
    if (table.head_size > 0 && whole && table.records != s->records)
        (void)adit_warnf(s->job, "the table of attributes has %u records, the main file %llu", table.records,
                         LL(s->records));
}

#endif
