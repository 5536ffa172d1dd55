/* SPDX-License-Identifier: MIT */
/* libraries: zlib */
/* ZIP archives: members from the central directory, or from their local headers where that is lost; stored members as
 * ranges, deflated ones unpacked in bounds; and which format it is that uses ZIP as its container. Source: PKWARE APPNOTE
 * 6.3.10 (the section numbers below); Info-ZIP extrafld.txt. */
#include "zip_fields.h"
#include <adit/inflate.h>

ADIT_MODULE("zip", "1.0.0")

enum { MAX_WARNINGS = 20, SEARCH_MAX = 1 << 20, PART_MAX = 64 * 1024 };

/* What is kept of each member between listing and unpacking. */
struct slot {
    uint64_t record, header, end; /* end: at least so far do its header and data reach */
    uint64_t compressed_size, uncompressed_size;
    uint32_t crc32;
    bool central, overlaps;
};

struct zip {
    const struct adit_call *job;
    int32_t status;
    unsigned warnings;
    struct zip_end end;
    struct slot *slots;
    size_t count, capacity;
    uint64_t max_members, max_output, max_ratio, output; /* output: bytes unpacked so far, of all members */
    uint64_t compressed, uncompressed, files, directories, encrypted;
    size_t mimetype, content_types; /* slots, from 1; 0: none */
    unsigned marks;                 /* bits of `markers` seen */
    struct zip_member m;
    char part[PART_MAX];
};

/* Members whose presence tells the format, the first one found in this order. */
static const struct marker {
    const char *name, *media;
} markers[] = {
    {"AndroidManifest.xml", NULL}, /* with the next one */
    {"classes.dex", "application/vnd.android.package-archive"},
    {"META-INF/mozilla.rsa", "application/x-xpinstall"},
    {"install.rdf", "application/x-xpinstall"},
    {"FixedDocumentSequence.fdseq", "application/oxps"},
    {"FixedDocSeq.fdseq", "application/oxps"},
    {"3D/3dmodel.model", "model/3mf"},
    {"doc.kml", "application/vnd.google-earth.kmz"},
    {"META-INF/MANIFEST.MF", "application/java-archive"},
};

static bool fault(struct zip *z)
{
    z->status = ADIT_MALFORMED;
    return z->warnings++ < MAX_WARNINGS;
}
#define FAULT(z, ...) ((void)(fault(z) && adit_warnf((z)->job, __VA_ARGS__)))
#define NAME(m) (int)((m)->name.size < 200 ? (m)->name.size : 200), (m)->name.data
#define LL(x) ((unsigned long long)(x))

static void add(uint64_t *sum, uint64_t n)
{
    *sum = n > UINT64_MAX - *sum ? UINT64_MAX : *sum + n;
}

/* Looks whether a member's name tells the format. */
static void look_at_name(struct zip *z, struct adit_text name)
{
    if (z->count == 1 && adit_text_is(name, "mimetype"))
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
    z->slots[z->count++] = (struct slot){m->record,  m->header, end, m->compressed_size, m->uncompressed_size,
                                         m->crc32, m->central, false};
    if (is_directory(m))
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

/* The size of a member whose header does not tell it (flag bit 3). Returns where the member ends, UINT64_MAX: unknown. */
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
        if (z->m.flags & ZIP_FLAG_DESCRIPTOR && z->m.compressed_size == 0 && !is_directory(&z->m))
            next = measure(z, data);
        else
            add(&next, z->m.compressed_size);
        if (!keep_member(z))
            break;
        if (next > size) {
            FAULT(z, "member %.*s at offset %llu: its data end beyond the file's %llu bytes", NAME(&z->m), LL(at), LL(size));
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

/* Reads a member again, and finds its data behind the local header. False: it is not there. */
static bool find_data(struct zip *z, const struct slot *slot, uint64_t *data)
{
    struct zip_member *m = &z->m;
    if (!zip_read_member(z->job, m, slot->record, slot->central))
        return false;
    struct adit_cursor c = adit_cursor_at(z->job, ADIT_SOURCE_MAIN, slot->header, UINT64_MAX);
    if (adit_read_u32le(&c) != ZIP_LOCAL) {
        FAULT(z, "member %.*s: expected its local header (PK 3 4) at offset %llu, found something else", NAME(m),
              LL(slot->header));
        return false;
    }
    adit_skip(&c, 22);
    uint16_t name_size = adit_read_u16le(&c), extra_size = adit_read_u16le(&c);
    bool same = name_size == m->name_size;
    for (uint32_t i = 0; same && i < name_size; i += ADIT_CURSOR_WINDOW)
        same = adit_match(&c, m->raw + i, name_size - i < ADIT_CURSOR_WINDOW ? name_size - i : ADIT_CURSOR_WINDOW);
    if (!same)
        FAULT(z, "member %.*s: its local header at offset %llu has another name", NAME(m), LL(slot->header));
    *data = slot->header + ZIP_LOCAL_SIZE + name_size + extra_size;
    if (*data <= adit_size(z->job) && slot->compressed_size <= adit_size(z->job) - *data)
        return true;
    FAULT(z, "member %.*s: its %llu bytes at offset %llu end beyond the file", NAME(m), LL(slot->compressed_size), LL(*data));
    return *data < adit_size(z->job);
}

struct unpacking {
    const struct adit_call *job;
    uLong crc;
    bool full; /* the host's quota is used up */
};

static bool unpack_piece(void *context, const uint8_t *data, size_t n)
{
    struct unpacking *u = (struct unpacking *)context;
    u->crc = crc32(u->crc, data, (uInt)n);
    u->full = adit_write(u->job, data, n) != 0;
    return !u->full;
}

static void unpack(struct zip *z, const struct slot *slot, uint64_t data)
{
    struct unpacking u = {z->job, 0, false};
    struct adit_inflate inflate = adit_inflate(z->job, data, slot->compressed_size, ADIT_INFLATE_RAW);
    inflate.max_output = z->max_output - z->output;
    inflate.max_ratio = (uint32_t)z->max_ratio;
    inflate.sink = unpack_piece;
    inflate.context = &u;
    enum adit_inflate_result result = adit_inflate_run(&inflate);
    add(&z->output, inflate.produced);
    (void)(result == ADIT_INFLATE_DONE ? adit_close(z->job) : adit_close_truncated(z->job));
    if (result == ADIT_INFLATE_LIMIT)
        (void)adit_warnf(z->job, "member %.*s: unpacking stopped after %llu bytes: %s (options max_output, max_ratio)",
                         NAME(&z->m), LL(inflate.produced), inflate.message);
    else if (result != ADIT_INFLATE_DONE && result != ADIT_INFLATE_STOPPED)
        FAULT(z, "member %.*s, deflated data at offset %llu: %s", NAME(&z->m), LL(data + inflate.consumed),
              inflate.message);
    else if (result == ADIT_INFLATE_DONE && inflate.produced != slot->uncompressed_size)
        FAULT(z, "member %.*s: expected %llu bytes unpacked, found %llu", NAME(&z->m), LL(slot->uncompressed_size),
              LL(inflate.produced));
    else if (result == ADIT_INFLATE_DONE && (uint32_t)u.crc != slot->crc32)
        FAULT(z, "member %.*s: expected CRC-32 %08x, found %08x", NAME(&z->m), slot->crc32, (uint32_t)u.crc);
}

/* Members as streams. Returns false when the host wants no more of them. */
static bool emit_stream(struct zip *z, const struct slot *slot)
{
    uint64_t data;
    if (slot->overlaps || slot->compressed_size == 0 || !find_data(z, slot, &data) || is_directory(&z->m))
        return true;
    if (z->m.flags & ZIP_FLAG_ENCRYPTED || (z->m.method != ZIP_STORED && z->m.method != ZIP_DEFLATED))
        return true;
    if (z->m.method == ZIP_STORED) {
        uint64_t left = adit_size(z->job) - data;
        uint64_t n = slot->compressed_size < left ? slot->compressed_size : left;
        return adit_emit_range(z->job, z->m.name, NULL, data, n) != ADIT_E_LIMIT;
    }
    if (z->output >= z->max_output) {
        (void)adit_warnf(z->job, "%llu bytes unpacked: the rest is not (option max_output)", LL(z->output));
        return false;
    }
    int error = adit_open_stream(z->job, z->m.name, NULL);
    if (error == 0)
        unpack(z, slot, data);
    return error != ADIT_E_LIMIT;
}

/* A whole small member into z->part; 0 bytes: it cannot be had. */
static struct adit_text read_part(struct zip *z, size_t number)
{
    uint64_t data;
    const struct slot *slot = number > 0 ? &z->slots[number - 1] : NULL;
    if (!slot || slot->overlaps || !find_data(z, slot, &data) || z->m.flags & ZIP_FLAG_ENCRYPTED)
        return adit_text_c("");
    if (z->m.method == ZIP_STORED) {
        uint64_t n = slot->compressed_size < PART_MAX ? slot->compressed_size : PART_MAX;
        int64_t got = adit_read(z->job, ADIT_SOURCE_MAIN, data, z->part, (size_t)n);
        return adit_text_of(z->part, got > 0 ? (size_t)got : 0);
    }
    struct adit_inflate inflate = adit_inflate(z->job, data, slot->compressed_size, ADIT_INFLATE_RAW);
    if (z->m.method == ZIP_DEFLATED)
        (void)adit_inflate_into(&inflate, z->part, PART_MAX);
    return adit_text_of(z->part, (size_t)inflate.produced);
}

/* ODF 1.3 part 2, 3.3; EPUB OCF 4.3: the first member, "mimetype", holds the media type and nothing else. */
static bool refine_by_mimetype(struct zip *z)
{
    char media[128];
    struct adit_text text = adit_text_trim_end(read_part(z, z->mimetype));
    while (text.size > 0 && (text.data[text.size - 1] == '\n' || text.data[text.size - 1] == '\r'))
        text.size--;
    if (text.size < 3 || text.size >= sizeof media || !memchr(text.data, '/', text.size))
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] <= ' ' || text.data[i] > '~' || text.data[i] == '"' || text.data[i] == ';')
            return false;
    memcpy(media, text.data, text.size);
    media[text.size] = '\0';
    return adit_refine(z->job, media) == 0;
}

/* OPC (ECMA-376 part 2, 10.1.2): the content type of an Office document's main part is its media type and ".main+xml";
 * with macros the registered one ends in ".12" instead. */
static bool refine_by_content_types(struct zip *z)
{
    static const char main_part[] = ".main";
    char media[128];
    struct adit_text text = read_part(z, z->content_types);
    for (size_t at = 0; at + sizeof main_part <= text.size; at++) {
        if (memcmp(text.data + at, main_part, 5) != 0 || (text.data[at + 5] != '+' && text.data[at + 5] != '"'))
            continue;
        size_t begin = at;
        while (begin > 0 && text.data[begin - 1] != '"')
            begin--;
        int n = (int)(at - begin);
        if (begin == 0 || n < 12 || n > 100 || memcmp(text.data + begin, "application/", 12) != 0)
            continue;
        bool macros = n > 12 && memcmp(text.data + at - 12, "macroEnabled", 12) == 0;
        bool visio = n > 12 && memcmp(text.data + begin, "application/vnd.ms-visio", n < 24 ? (size_t)n : 24) == 0;
        (void)snprintf(media, sizeof media, "%.*s%s", n, text.data + begin, macros ? ".12" : visio ? ".main+xml" : "");
        return adit_refine(z->job, media) == 0;
    }
    return false;
}

static void refine(struct zip *z)
{
    if (refine_by_mimetype(z) || refine_by_content_types(z))
        return;
    for (unsigned i = 1; i < sizeof markers / sizeof *markers; i++)
        if (z->marks & 1u << i && (i > 1 || z->marks & 1)) {
            (void)adit_refine(z->job, markers[i].media);
            return;
        }
}

static void emit_totals(struct zip *z, bool have_end)
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
    bool split = have_end && (z->end.disk > 0 || z->end.directory_disk > 0);
    if (have_end)
        zip_locate_directory(z->job, &z->end);
    adit_begin_list(z->job, "members");
    if (have_end && !split)
        list_directory(z);
    if (z->count == 0 && !split && (!have_end || z->end.entries > 0)) {
        recover(z);
        if (z->count > 0)
            FAULT(z, "no central directory: %llu members found by their local headers", LL(z->count));
        else if (!have_end)
            FAULT(z, "neither an end record nor a local header found");
    }
    adit_end(z->job);
    emit_totals(z, have_end);
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
