/* SPDX-License-Identifier: MIT */
/* The storages and streams of a compound file, and what another program put into a document ([MS-OLEDS] 2.3), as streams. */
#ifndef OFFICE_OLE2_ENTRIES_H
#define OFFICE_OLE2_ENTRIES_H

#include <adit/adit.h>
#include <adit/ole2.h>
#include <adit/report.h>
#include <string.h>

static inline void emit_guid(const struct adit_call *job, const char *name, const struct adit_guid *g)
{
    static const struct adit_guid none;
    if (memcmp(g, &none, sizeof none) != 0)
        (void)adit_emit_guid(job, name, g);
}

static inline void emit_filetime(const struct adit_call *job, const char *name, uint64_t ticks)
{
    struct adit_time t;
    if (adit_time_from_filetime(ticks, &t))
        (void)adit_emit_time(job, name, t);
}

static inline bool is_embedded(const char *name) /* [MS-OLEDS] 2.3: what another program put into a document */
{
    return strcmp(name, "Package") == 0 || strcmp(name, "CONTENTS") == 0 || strcmp(name, "EmbeddedOdf") == 0;
}

/* A sector belongs to one stream: all of them are not longer than the file, and looking into them takes no longer than reading it. */
static inline bool within(struct adit_report *r, uint64_t *room, const struct adit_ole2_entry *e)
{
    if (*room == UINT64_MAX || e->size > *room) {
        if (*room != UINT64_MAX)
            adit_complain(r, "%.*s: together with those before, streams are longer than the file", (int)e->path.size,
                          e->path.data);
        *room = UINT64_MAX;
        return false;
    }
    *room -= e->size;
    return true;
}

static inline void list_entries(struct adit_report *r, struct adit_ole2 *o)
{
    const struct adit_call *job = r->job;
    struct adit_text streams = adit_option(job, "streams");
    bool all = adit_text_is(streams, "all"), none = adit_text_is(streams, "none");
    uint64_t most = adit_option_u64(job, "entries", 1000), listed = 0, counts[2] = {0, 0}, room = adit_size(job);
    struct adit_ole2_entry e;
    while (adit_ole2_next(o, &e) && adit_progress(job, listed, o->count)) {
        bool stream = e.kind == ADIT_OLE2_STREAM;
        counts[stream] += e.kind != ADIT_OLE2_ROOT;
        if (e.kind == ADIT_OLE2_ROOT)
            emit_guid(job, "class_id", &e.class_id);
        if (e.kind == ADIT_OLE2_ROOT || listed++ >= most)
            continue;
        (void)adit_begin_object(job, "entries");
        (void)adit_emit_text(job, "path", e.path);
        (void)adit_emit_string(job, "kind", stream ? "stream" : "storage");
        if (stream)
            (void)adit_emit_u64(job, "size", e.size);
        emit_guid(job, "class_id", &e.class_id);
        emit_filetime(job, "created", e.created);
        emit_filetime(job, "modified", e.modified);
        (void)adit_end(job);
        if (stream && !none && e.size > 0 && (all || is_embedded(e.name)) && within(r, &room, &e))
            (void)adit_ole2_emit(o, &e, NULL);
    }
    (void)adit_emit_u64(job, "storages", counts[0]);
    (void)adit_emit_u64(job, "streams", counts[1]);
}

#endif
