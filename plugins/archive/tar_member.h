/* SPDX-License-Identifier: MIT */
/* One member of a tar file, from its header and the extended records that go with it. */
#ifndef PLUGINS_ARCHIVE_TAR_MEMBER_H
#define PLUGINS_ARCHIVE_TAR_MEMBER_H

#include "tar.h"

/* One header as told: its own fields, overruled by pax records and GNU long names. */
struct tar_member {
    char name_room[TAR_NAME_ROOM];
    struct adit_text name, linkname, uname, gname;
    int64_t size, mode, uid, gid, major, minor;
    bool has_uid, has_gid, sparse;
    struct adit_time mtime, atime, ctime;
    int64_t real_size; /* of a sparse file; -1: not said */
    char type;
};

/* Values of `x` records win over `g` records, and those over the header's fields (pax, "pax Header Block"). */
static inline void tar_overrule(struct tar_member *m, const struct tar_extended *e)
{
    if (e->path.data)
        m->name = e->path;
    if (e->sparse_name.data)
        m->name = e->sparse_name;
    if (e->linkpath.data)
        m->linkname = e->linkpath;
    if (e->uname.data)
        m->uname = e->uname;
    if (e->gname.data)
        m->gname = e->gname;
    if (e->has_size)
        m->size = e->size;
    if (e->has_uid) {
        m->uid = e->uid;
        m->has_uid = true;
    }
    if (e->has_gid) {
        m->gid = e->gid;
        m->has_gid = true;
    }
    if (e->mtime.precision)
        m->mtime = e->mtime;
    if (e->atime.precision)
        m->atime = e->atime;
    if (e->ctime.precision)
        m->ctime = e->ctime;
    if (e->sparse) {
        m->sparse = true;
        m->real_size = e->real_size;
    }
}

static inline void tar_read_member(const struct tar_header *h, const struct tar_extended *global,
                                   const struct tar_extended *local, struct tar_member *m)
{
    int64_t seconds;
    memset(m, 0, sizeof *m);
    m->type = h->block[TAR_TYPE];
    m->name = tar_name(h, m->name_room);
    m->linkname = adit_text_until_nul(tar_field(h, 157, 100));
    m->size = h->size;
    m->real_size = -1;
    if (!tar_number(tar_field(h, 100, 8), &m->mode) || m->mode < 0)
        m->mode = -1;
    m->has_uid = tar_number(tar_field(h, 108, 8), &m->uid);
    m->has_gid = tar_number(tar_field(h, 116, 8), &m->gid);
    if (tar_number(tar_field(h, 136, 12), &seconds))
        m->mtime = tar_seconds(seconds);
    if (h->format != TAR_V7) {
        m->uname = adit_text_until_nul(tar_field(h, 265, 32));
        m->gname = adit_text_until_nul(tar_field(h, 297, 32));
        (void)tar_number(tar_field(h, 329, 8), &m->major);
        (void)tar_number(tar_field(h, 337, 8), &m->minor);
    }
    if (h->format == TAR_GNU && tar_number(tar_field(h, 345, 12), &seconds) && seconds != 0)
        m->atime = tar_seconds(seconds);
    if (h->format == TAR_GNU && tar_number(tar_field(h, 357, 12), &seconds) && seconds != 0)
        m->ctime = tar_seconds(seconds);
    if (h->format == TAR_GNU && m->type == 'S') {
        m->sparse = true;
        (void)tar_number(tar_field(h, 483, 12), &m->real_size);
    }
    tar_overrule(m, global);
    tar_overrule(m, local);
    bool slash = m->name.size > 0 && m->name.data[m->name.size - 1] == '/';
    if (slash && (m->type == '\0' || (m->type == '0' && h->format == TAR_V7)))
        m->type = '5'; /* v7 has no other sign of a directory */
    if (m->type >= '1' && m->type <= '6' && !(m->type == '1' && local->has_size))
        m->size = 0; /* links, devices and directories have no data, whatever the field says */
}

#endif
