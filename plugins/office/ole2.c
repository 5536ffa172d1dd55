/* SPDX-License-Identifier: MIT */
/* OLE2 compound files: what is in them, the properties that programs keep there about a document, and which kind of file it is.
 * Sources: [MS-CFB]; [MS-OLEDS] 2.3.8 (CompObj). */
#include "ole2_entries.h"
#include "ole2_names.h"
#include "ole2_properties.h"
#include <stdio.h>
#include <stdlib.h>

ADIT_MODULE("ole2", "1.0.0")

/* [MS-OLEDS] 2.3.8: after 28 bytes the name of the kind of object, for people. */
static void read_user_type(const struct adit_call *job, struct adit_ole2 *o)
{
    size_t size;
    char *bytes = adit_ole2_load(o, "\001CompObj", 4096, &size);
    struct adit_cursor c = adit_cursor_memory(bytes, size);
    adit_skip(&c, 28);
    struct adit_text name = adit_read_bytes(&c, adit_read_u32le(&c));
    if (name.size > 0)
        (void)adit_emit_text(job, "user_type", adit_text_until_nul(name));
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
