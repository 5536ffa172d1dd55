/* SPDX-License-Identifier: MIT */
/* OLE2 compound files: what is in them, the properties that programs keep there about a document, and which kind of file it is.
 * Sources: [MS-CFB]; [MS-OLEDS] 2.3.8 (CompObj). */
#include "ole2_names.h"
#include "ole2_properties.h"
#include <adit/adit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

ADIT_MODULE("ole2", "1.0.0")

static void emit_guid(const struct adit_call *job, const char *name, const struct adit_guid *g)
{
    static const struct adit_guid none;
    if (memcmp(g, &none, sizeof none) != 0)
        (void)adit_emit_guid(job, name, g);
}

static void emit_filetime(const struct adit_call *job, const char *name, uint64_t ticks)
{
    struct adit_time t;
    if (adit_time_from_filetime(ticks, &t))
        (void)adit_emit_time(job, name, t);
}

static bool is_embedded(const char *name) /* [MS-OLEDS] 2.3: what another program put into a document */
{
    return strcmp(name, "Package") == 0 || strcmp(name, "CONTENTS") == 0 || strcmp(name, "EmbeddedOdf") == 0;
}

/* A sector belongs to one stream: all of them are not longer than the file, and looking into them takes no longer than reading it. */
static bool within(struct adit_report *r, uint64_t *room, const struct adit_ole2_entry *e)
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

static void list_entries(struct adit_report *r, struct adit_ole2 *o)
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

/* [MS-OLEDS] 2.3.8: after 28 bytes the name of the kind of object, for people. */
static void read_user_type(const struct adit_call *job, struct adit_ole2 *o)
{
    size_t size, length = 0;
    char *bytes = adit_ole2_load(o, "\001CompObj", 4096, &size);
    for (unsigned i = 0; size >= 32 && i < 4; i++)
        length |= (size_t)(uint8_t)bytes[28 + i] << (8 * i);
    if (length > 0 && length <= size - 32)
        (void)adit_emit_text(job, "user_type", adit_text_until_nul(adit_text_of(bytes + 32, length)));
    free(bytes);
}

static void refine(const struct adit_call *job, struct adit_ole2 *o)
{
    struct adit_ole2_entry e;
    if (!adit_text_is(adit_source_media(job), "application/x-ole-storage") || !adit_ole2_find(o, "", &e))
        return;
    struct adit_guid root = e.class_id;
    for (size_t i = 0; i < sizeof ole2_kinds / sizeof *ole2_kinds; i++) {
        const struct ole2_kind *k = &ole2_kinds[i];
        if ((k->class_id && adit_guid_is(&root, k->class_id)) || (k->stream && adit_ole2_find(o, k->stream, &e))) {
            (void)adit_refine(job, k->media);
            return;
        }
    }
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct adit_report report = adit_report(job);
    struct adit_cursor c = adit_cursor(job);
    char version[16];
    (void)state;
    if (!adit_match_literal(&c, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
        return ADIT_DECLINED;
    if (adit_size(job) < 512) {
        adit_complain(&report, "the header has 512 bytes; the file has %llu", (unsigned long long)adit_size(job));
        return ADIT_MALFORMED;
    }
    struct adit_ole2 *o = adit_ole2_open(job, ADIT_SOURCE_MAIN);
    if (!o)
        return ADIT_FAILED;
    (void)snprintf(version, sizeof version, "%u.%u", o->major_version, o->minor_version);
    (void)adit_emit_string(job, "version", version);
    (void)adit_emit_u64(job, "sector_size", o->sector_size);
    read_user_type(job, o);
    ole2_read_sets(&report, o, "\005SummaryInformation");
    ole2_read_sets(&report, o, "\005DocumentSummaryInformation");
    list_entries(&report, o);
    refine(job, o);
    if (o->fault)
        adit_complain(&report, "at offset %llu: %s", (unsigned long long)o->fault_at, o->fault);
    adit_ole2_close(o);
    return adit_verdict(&report);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
