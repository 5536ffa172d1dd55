/* SPDX-License-Identifier: MIT */
/* One member of a tar file, from its header and the extended records that go with it, and how it is told. */
#ifndef PLUGINS_ARCHIVE_TAR_MEMBER_H
#define PLUGINS_ARCHIVE_TAR_MEMBER_H

#include "tar_extended.h"
#include <adit/tag.h>

enum { TAR_ANY = TAR_V7 | TAR_USTAR | TAR_GNU, TAR_MAGIC = TAR_USTAR | TAR_GNU };

/* "ustar Header Block"; what GNU has in place of the prefix: GNU tar manual, "Basic Tar Format". */
static const struct tar_layout {
    uint16_t offset;
    uint8_t size, formats, kind, slot;
} tar_layout[] = {
    {100, 8, TAR_ANY, TAR_NUMBER, TAR_MODE},       {108, 8, TAR_ANY, TAR_NUMBER, TAR_UID},
    {116, 8, TAR_ANY, TAR_NUMBER, TAR_GID},        {136, 12, TAR_ANY, TAR_TIME, TAR_MTIME},
    {157, 100, TAR_ANY, TAR_TEXT, TAR_LINKPATH},   {265, 32, TAR_MAGIC, TAR_TEXT, TAR_UNAME},
    {297, 32, TAR_MAGIC, TAR_TEXT, TAR_GNAME},     {329, 8, TAR_MAGIC, TAR_NUMBER, TAR_DEVMAJOR},
    {337, 8, TAR_MAGIC, TAR_NUMBER, TAR_DEVMINOR}, {345, 12, TAR_GNU, TAR_TIME, TAR_ATIME},
    {357, 12, TAR_GNU, TAR_TIME, TAR_CTIME},       {483, 12, TAR_GNU, TAR_NUMBER, TAR_REAL_SIZE},
};

/* typeflag */
static const struct adit_tag tar_types[] = {
    {0, 0, "file"},
    {'0', 0, "file"},
    {'1', 0, "hard link"},
    {'2', 0, "symlink"},
    {'3', 0, "character device"},
    {'4', 0, "block device"},
    {'5', 0, "directory"},
    {'6', 0, "fifo"},
    {'7', 0, "contiguous file"},
    {'D', 0, "GNU directory listing"},
    {'I', 0, "inode"},
    {'M', 0, "continuation"},
    {'N', 0, "GNU old long names"},
    {'S', 0, "sparse file"},
    {'V', 0, "volume label"},
};

struct tar_member {
    char name_room[TAR_NAME_ROOM];
    struct adit_text name;
    struct tar_facts is;
    int64_t size, real_size; /* real_size: of a sparse file; -1: not said */
    bool sparse;
    char type;
};

/* The header's fields. */
static inline void tar_read_layout(const struct tar_header *h, struct tar_facts *f)
{
    for (size_t i = 0; i < sizeof tar_layout / sizeof *tar_layout; i++) {
        const struct tar_layout *l = &tar_layout[i];
        struct adit_text text = tar_field(h, l->offset, l->size);
        int64_t number;
        if (!(l->formats & h->format))
            continue;
        if (l->kind == TAR_TEXT)
            f->texts[l->slot] = adit_text_until_nul(text);
        else if (!tar_number(text, &number))
            continue;
        else if (l->kind == TAR_NUMBER)
            f->has |= 1u << l->slot, f->numbers[l->slot] = number;
        else if (l->slot == TAR_MTIME || number != 0)
            f->times[l->slot] = tar_seconds(number);
    }
}

/* Values of `x` records win over `g` records, and those over the header's fields (pax, "pax Header Block"). */
static inline void tar_overrule(struct tar_facts *f, const struct tar_facts *by)
{
    for (unsigned i = 0; i < TAR_TEXTS; i++)
        if (by->texts[i].data)
            f->texts[i] = by->texts[i];
    if (by->texts[TAR_SPARSE_NAME].data) /* the path then is one for readers that know nothing of it */
        f->texts[TAR_PATH] = by->texts[TAR_SPARSE_NAME];
    for (unsigned i = 0; i < TAR_NUMBERS; i++)
        if (tar_has(by, i))
            f->numbers[i] = by->numbers[i];
    f->has |= by->has;
    for (unsigned i = 0; i < TAR_TIMES; i++)
        if (by->times[i].precision)
            f->times[i] = by->times[i];
}

static inline void tar_read_member(const struct tar_header *h, const struct tar_extended *global,
                                   const struct tar_extended *local, struct tar_member *m)
{
    struct tar_facts *f = &m->is;
    memset(m, 0, sizeof *m);
    m->type = h->block[TAR_TYPE];
    tar_read_layout(h, f);
    m->sparse = h->format == TAR_GNU && m->type == 'S';
    if (!m->sparse)
        f->has &= ~(1u << TAR_REAL_SIZE);
    f->texts[TAR_PATH] = tar_name(h, m->name_room);
    f->numbers[TAR_SIZE] = h->size;
    tar_overrule(f, &global->says);
    tar_overrule(f, &local->says);
    m->name = f->texts[TAR_PATH];
    m->size = f->numbers[TAR_SIZE];
    m->sparse = m->sparse || tar_has(f, TAR_REAL_SIZE);
    m->real_size = tar_has(f, TAR_REAL_SIZE) ? f->numbers[TAR_REAL_SIZE] : -1;
    bool slash = m->name.size > 0 && m->name.data[m->name.size - 1] == '/';
    if (slash && (m->type == '\0' || (m->type == '0' && h->format == TAR_V7)))
        m->type = '5'; /* v7 has no other sign of a directory */
    if (m->type >= '1' && m->type <= '6' && !(m->type == '1' && tar_has(&local->says, TAR_SIZE)))
        m->size = 0; /* links, devices and directories have no data, whatever the field says */
}

static inline void tar_emit_member(const struct adit_call *job, const struct tar_member *m, const struct tar_header *h,
                                   const struct tar_extended *local)
{
    const struct tar_facts *f = &m->is;
    char unknown[2] = {m->type, '\0'};
    adit_begin_object(job, "");
    adit_emit_text(job, "name", m->name);
    adit_emit_tag_or(job, "type", ADIT_TAGS(tar_types), (unsigned char)m->type, unknown);
    adit_emit_u64(job, "size", (uint64_t)m->size);
    if (m->real_size >= 0)
        adit_emit_u64(job, "real_size", (uint64_t)m->real_size);
    if (tar_has(f, TAR_MODE) && f->numbers[TAR_MODE] >= 0)
        adit_emit_octal(job, "mode", (uint64_t)f->numbers[TAR_MODE], 4);
    if (tar_has(f, TAR_UID))
        adit_emit_i64(job, "uid", f->numbers[TAR_UID]);
    if (tar_has(f, TAR_GID))
        adit_emit_i64(job, "gid", f->numbers[TAR_GID]);
    adit_emit_text_if(job, "uname", f->texts[TAR_UNAME]);
    adit_emit_text_if(job, "gname", f->texts[TAR_GNAME]);
    adit_emit_time_if(job, "mtime", f->times[TAR_MTIME]);
    adit_emit_time_if(job, "atime", f->times[TAR_ATIME]);
    adit_emit_time_if(job, "ctime", f->times[TAR_CTIME]);
    adit_emit_text_if(job, "linkname", f->texts[TAR_LINKPATH]);
    adit_emit_text_if(job, "acl", f->texts[TAR_ACL]);
    if (m->type == '3' || m->type == '4') {
        adit_emit_i64(job, "devmajor", f->numbers[TAR_DEVMAJOR]);
        adit_emit_i64(job, "devminor", f->numbers[TAR_DEVMINOR]);
    }
    adit_emit_u64(job, "offset", h->offset);
    tar_emit_rest(job, local);
    adit_end(job);
}

#endif
