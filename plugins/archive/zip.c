/* SPDX-License-Identifier: MIT */
/* libraries: zlib */
/* ZIP archives: members from the central directory, or from their local headers where that is lost; stored members
 * as ranges, deflated ones unpacked in bounds; and which format it is that uses ZIP as its container. Source: PKWARE
 * APPNOTE 6.3.10 (the section numbers below); Info-ZIP extrafld.txt. */
#include "zip_content.h"
#include "zip_fields.h"

ADIT_MODULE("zip", "1.0.0")

enum { SEARCH_MAX = 1 << 20 };

/* Looks whether a member's name tells the format. */
static void look_at_name(struct zip *z, struct adit_text name)
{
    if (z->mimetype == 0 && adit_text_is(name, "mimetype"))
        z->mimetype = z->count;
    if (adit_text_is(name, "[Content_Types].xml"))
        z->content_types = z->count;
    for (unsigned i = 0; i < sizeof markers / sizeof *markers; i++)
        if (adit_text_is(name, markers[i].name))
            z->marks |= 1u << i;
}

/* Emits the member in z->m, counts it, and remembers where it is. False: no memory. */
static bool keep_member(struct zip *z)
{
    const struct zip_member *m = &z->m;
    if (z->count == z->capacity) {
        size_t wanted = z->capacity ? z->capacity * 2 : 64;
        struct slot *slots = (struct slot *)realloc(z->slots, wanted * sizeof *slots);
        if (!slots)
            return false;
        z->slots = slots;
        z->capacity = wanted;
    }
    uint64_t end = m->header;
    add(&end, ZIP_LOCAL_SIZE + (uint64_t)m->name_size);
    add(&end, m->compressed_size);
    z->slots[z->count++] =
        (struct slot){m->record, m->header, end, m->compressed_size, m->uncompressed_size, m->crc32, m->central, false};
    if (zip_is_directory(m))
        z->directories++;
    else
        z->files++;
    z->encrypted += m->flags & ZIP_FLAG_ENCRYPTED;
    add(&z->compressed, m->compressed_size);
    add(&z->uncompressed, m->uncompressed_size);
    look_at_name(z, m->name);
    emit_member(z->job, m);
    return true;
}

/* Lists the central directory (4.3.12). It ends where another record begins: a count of 16 bits may have wrapped. */
static void list_directory(struct zip *z)
{
    uint64_t at = z->end.directory;
    while (z->count < z->max_members && at < z->end.offset && zip_read_member(z->job, &z->m, at, true)) {
        add(&z->m.header, z->end.prefix);
        if (z->m.header == UINT64_MAX || !keep_member(z))
            break;
        at = z->m.next;
    }
    if (z->count >= z->max_members)
        return;
    if (at < z->end.directory + z->end.directory_size && at < z->end.offset)
        FAULT(z, "central directory, offset %llu: expected a file header (PK 1 2), found something else", LL(at));
    else if ((z->count & 0xffff) != (z->end.entries & 0xffff) || (z->end.zip64 && z->count != z->end.entries))
        FAULT(z, "the end record at offset %llu counts %llu members, the central directory has %llu", LL(z->end.offset),
              LL(z->end.entries), LL(z->count));
}

/* Offset of the next 4 bytes `signature` in [at, at + SEARCH_MAX), or UINT64_MAX. */
static uint64_t search(const struct zip *z, uint64_t at, const char *signature)
{
    char piece[4096 + 3];
    for (uint64_t stop = at + SEARCH_MAX; at < stop; at += 4096) {
        int64_t got = adit_read(z->job, ADIT_SOURCE_MAIN, at, piece, sizeof piece);
        for (int64_t i = 0; i + 4 <= got; i++)
            if (memcmp(piece + i, signature, 4) == 0)
                return at + (uint64_t)i;
        if (got < (int64_t)sizeof piece)
            break;
    }
    return UINT64_MAX;
}

/* 4.3.9: sizes of 4 or 8 bytes, with or without the signature. Returns its size, or 0 where it does not fit. */
static uint64_t read_descriptor(struct zip *z, uint64_t at, uint64_t compressed)
{
    for (uint32_t width = 4; width <= 8; width += 4) {
        struct adit_cursor c = adit_cursor_at(z->job, ADIT_SOURCE_MAIN, at, 24);
        (void)adit_match_literal(&c, "PK\7\10");
        uint32_t crc = adit_read_u32le(&c);
        uint64_t found = adit_cursor_number(&c, width, false);
        uint64_t uncompressed = adit_cursor_number(&c, width, false);
        if (!adit_ok(&c) || found != compressed)
            continue;
        z->m.crc32 = crc;
        z->m.uncompressed_size = uncompressed;
        return adit_tell(&c);
    }
    return 0;
}

/* The size of a member whose header does not tell it (flag bit 3). Returns where the member ends, UINT64_MAX:
 * unknown. */
static uint64_t measure(struct zip *z, uint64_t data)
{
    uint64_t compressed = 0;
    if (z->m.method == ZIP_DEFLATED) {
        struct adit_inflate inflate = adit_inflate(z->job, data, UINT64_MAX, ADIT_INFLATE_RAW);
        inflate.max_output = z->max_output > z->output ? z->max_output - z->output : 0;
        enum adit_inflate_result result = adit_inflate_run(&inflate);
        add(&z->output, inflate.produced);
        z->m.compressed_size = compressed = inflate.consumed;
        z->m.uncompressed_size = inflate.produced;
        if (result != ADIT_INFLATE_DONE)
            return UINT64_MAX;
    } else {
        uint64_t descriptor = search(z, data, "PK\7\10");
        if (descriptor == UINT64_MAX)
            return UINT64_MAX;
        z->m.compressed_size = z->m.uncompressed_size = compressed = descriptor - data;
    }
    return data + compressed + read_descriptor(z, data + compressed, compressed);
}

/* Without a central directory: from local header to local header (4.3.7). */
static void recover(struct zip *z)
{
    uint64_t size = adit_size(z->job), at = search(z, 0, "PK\3\4");
    while (z->count < z->max_members && at < size && zip_read_member(z->job, &z->m, at, false)) {
        uint64_t data = z->m.next, next = data;
        if (z->m.flags & ZIP_FLAG_DESCRIPTOR && z->m.compressed_size == 0 && !zip_is_directory(&z->m))
            next = measure(z, data);
        else
            add(&next, z->m.compressed_size);
        if (!keep_member(z))
            break;
        if (next > size) {
            FAULT(z, "member %.*s at offset %llu: its data end beyond the file's %llu bytes", NAME(&z->m), LL(at),
                  LL(size));
            return;
        }
        at = next;
    }
}

static int by_header(const void *a, const void *b)
{
    const struct slot *const *x = (const struct slot *const *)a, *const *y = (const struct slot *const *)b;
    return ((*x)->header > (*y)->header) - ((*x)->header < (*y)->header);
}

/* Members that share bytes are how a small file claims to hold petabytes (or one that two readers read differently). */
static void find_overlaps(struct zip *z)
{
    struct slot **order = (struct slot **)malloc((z->count + 1) * sizeof *order);
    size_t overlapping = 0;
    if (!order)
        return;
    for (size_t i = 0; i < z->count; i++)
        order[i] = &z->slots[i];
    qsort(order, z->count, sizeof *order, by_header);
    for (size_t i = 1, reach = 0; i < z->count; i++) {
        if (order[i - 1]->end > order[reach]->end)
            reach = i - 1;
        if (order[i]->header < order[reach]->end)
            order[i]->overlaps = order[reach]->overlaps = true;
    }
    for (size_t i = 0; i < z->count; i++)
        overlapping += z->slots[i].overlaps;
    if (overlapping > 0)
        FAULT(z, "%llu members share bytes with others: they are not unpacked", LL(overlapping));
    free(order);
}

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
    if (z->count >= z->max_members && have_end && z->end.entries > z->count) {
        adit_emit_u64(job, "member_count", z->end.entries);
        (void)adit_warnf(job, "only the first %llu of %llu members are listed (option max_members)", LL(z->count),
                         LL(z->end.entries));
        return;
    }
    adit_emit_u64(job, "member_count", z->count);
    adit_emit_u64(job, "file_count", z->files);
    adit_emit_u64(job, "directory_count", z->directories);
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
    if (z->count == 0 && (!have_end || (readable && z->end.entries > 0))) {
        recover(z);
        FAULT(z, "no central directory: %llu members found by their local headers", LL(z->count));
    }
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
    return z->status;
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct zip *z = (struct zip *)calloc(1, sizeof *z);
    if (!z)
        return ADIT_FAILED;
    z->job = job;
    z->max_members = adit_option_u64(job, "max_members", 10000);
    z->max_output = adit_option_u64(job, "max_output", 128 << 20);
    z->max_ratio = adit_option_u64(job, "max_ratio", 500);
    int32_t status = extract(z);
    free(z->slots);
    free(z);
    return status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
