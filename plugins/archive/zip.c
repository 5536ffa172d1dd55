/* SPDX-License-Identifier: MIT */
/* libraries: zlib */
/* ZIP archives: members from the central directory, or from their local headers where that is lost; stored members
 * as ranges, deflated ones unpacked in bounds; and which format it is that uses ZIP as its container. Source: PKWARE
 * APPNOTE 6.3.10 (the section numbers below); Info-ZIP extrafld.txt. */
#include "zip_recover.h"
#include "zip_refine.h"

ADIT_MODULE("zip", "1.0.0")

static void emit_totals(struct zip *z, bool have_end, bool readable)
{
    const struct adit_call *job = z->job;
    if (have_end) {
        struct zip_member *m = &z->m;
        struct adit_cursor c = adit_cursor_at(job, ADIT_SOURCE_MAIN, z->end.comment, z->end.comment_size);
        zip_copy(&c, m->comment, z->end.comment_size);
        if (adit_ok(&c) && z->end.comment_size > 0)
            adit_emit_in_charset(job, "comment", ADIT_CHARSET_CP437, adit_text_of(m->comment, z->end.comment_size));
        adit_emit_bool(job, "zip64", z->end.zip64);
    }
    if (z->end.prefix > 0)
        adit_emit_u64(job, "prefix_size", z->end.prefix);
    if (!readable) {
        adit_emit_u64(job, "member_count", z->end.entries);
        return;
    }
    if (z->count >= z->members.most && have_end && z->end.entries > z->count) {
        adit_emit_u64(job, "member_count", z->end.entries);
        (void)adit_warnf(job, "only the first %llu of %llu members are listed (option max_members)", ADIT_LLU(z->count),
                         ADIT_LLU(z->end.entries));
        return;
    }
    adit_members_emit(&z->members);
    adit_emit_u64(job, "encrypted_count", z->encrypted);
    adit_emit_u64(job, "total_uncompressed_size", z->uncompressed);
    adit_emit_u64(job, "total_compressed_size", z->compressed);
}

static int32_t extract(struct zip *z)
{
    bool have_end = zip_find_end(z->job, &z->end);
    if (have_end)
        zip_locate_directory(z->job, &z->end);
    bool split = have_end && (z->end.disk > 0 || z->end.directory_disk > 0);
    bool readable = have_end && !split && !z->end.encrypted;
    if (!have_end && search(z, 0, "PK\3\4") == UINT64_MAX) {
        (void)adit_warn(z->job, "neither an end record (PK 5 6) nor a local header (PK 3 4) found");
        return ADIT_MALFORMED;
    }
    adit_begin_list(z->job, "members");
    if (readable)
        list_directory(z);
    if (z->count == 0 && (!have_end || (readable && z->end.entries > 0)))
        recover(z);
    adit_end(z->job);
    emit_totals(z, have_end, readable || z->count > 0);
    if (z->end.encrypted) {
        (void)adit_warn(z->job, "the central directory is encrypted");
        return ADIT_UNSUPPORTED;
    }
    if (split) {
        (void)adit_warnf(z->job, "part %u of a split archive: its members are in other files", z->end.disk + 1);
        return ADIT_UNSUPPORTED;
    }
    find_overlaps(z);
    refine(z);
    for (size_t i = 0; i < z->count && adit_progress(z->job, i, z->count); i++)
        if (!emit_stream(z, &z->slots[i]))
            break;
    return adit_verdict(&z->report);
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct zip *z = (struct zip *)calloc(1, sizeof *z);
    if (!z)
        return ADIT_FAILED;
    z->job = job;
    z->report = adit_report(job);
    z->members = adit_members(job);
    z->max_output = adit_option_u64(job, "max_output", 128 << 20);
    z->max_ratio = adit_option_u64(job, "max_ratio", 500);
    int32_t status = extract(z);
    free(z->slots);
    free(z);
    return status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
