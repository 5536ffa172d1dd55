/* SPDX-License-Identifier: MIT */
/* The content of a ZIP file's members: where it is, how it is unpacked within bounds, and what it says about the format
 * that uses ZIP as its container. */
#ifndef PLUGINS_ARCHIVE_ZIP_CONTENT_H
#define PLUGINS_ARCHIVE_ZIP_CONTENT_H

#include "zip_end.h"
#include <adit/inflate.h>
#include <stdio.h>

enum { MAX_WARNINGS = 20, PART_MAX = 64 * 1024 };

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

static inline bool fault(struct zip *z)
{
    z->status = ADIT_MALFORMED;
    return z->warnings++ < MAX_WARNINGS;
}
#define FAULT(z, ...) ((void)(fault(z) && adit_warnf((z)->job, __VA_ARGS__)))
#define NAME(m) (int)((m)->name.size < 200 ? (m)->name.size : 200), (m)->name.data
#define LL(x) ((unsigned long long)(x))

/* A name that ends in a slash (4.4.17.1), or an empty member with the attribute of MS-DOS for directories. */
static inline bool zip_is_directory(const struct zip_member *m)
{
    bool slash = m->name.size > 0 && m->name.data[m->name.size - 1] == '/';
    return slash || (m->central && m->external_attributes & 0x10 && m->uncompressed_size == 0);
}

/* Is it a file with content, as far as the Unix mode tells (a link's content is its target)? */
static inline bool zip_is_file(const struct zip_member *m)
{
    uint8_t host = (uint8_t)(m->version_made_by >> 8);
    uint32_t type = host == 3 || host == 19 ? m->external_attributes >> 28 : 0;
    return !zip_is_directory(m) && (type == 0 || type == 8);
}

static inline void add(uint64_t *sum, uint64_t n)
{
    *sum = n > UINT64_MAX - *sum ? UINT64_MAX : *sum + n;
}

/* Reads a member again, and finds its data behind the local header. False: it is not there. */
static inline bool find_data(struct zip *z, const struct slot *slot, uint64_t *data)
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
    if (!same && z->warnings++ < MAX_WARNINGS) /* odd, and seen from honest writers */
        (void)adit_warnf(z->job, "member %.*s: its local header at offset %llu has another name", NAME(m),
                         LL(slot->header));
    *data = slot->header + ZIP_LOCAL_SIZE + name_size + extra_size;
    if (*data <= adit_size(z->job) && slot->compressed_size <= adit_size(z->job) - *data)
        return true;
    FAULT(z, "member %.*s: its %llu bytes at offset %llu end beyond the file", NAME(m), LL(slot->compressed_size),
          LL(*data));
    return *data < adit_size(z->job);
}

struct unpacking {
    const struct adit_call *job;
    uLong crc;
    bool full; /* the host's quota is used up */
};

static inline bool unpack_piece(void *context, const uint8_t *data, size_t n)
{
    struct unpacking *u = (struct unpacking *)context;
    u->crc = crc32(u->crc, data, (uInt)n);
    u->full = adit_write(u->job, data, n) != 0;
    return !u->full;
}

static inline void unpack(struct zip *z, const struct slot *slot, uint64_t data)
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
static inline bool emit_stream(struct zip *z, const struct slot *slot)
{
    uint64_t data;
    if (slot->overlaps || slot->compressed_size == 0 || !find_data(z, slot, &data) || !zip_is_file(&z->m))
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
static inline struct adit_text read_part(struct zip *z, size_t number)
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

/* ODF 1.3 part 2, 3.3; EPUB OCF 4.3: the member "mimetype" (the first, if the writer keeps to the rule) holds the
 * media type and nothing else. */
static inline bool refine_by_mimetype(struct zip *z)
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
static inline bool refine_by_content_types(struct zip *z)
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

static inline void refine(struct zip *z)
{
    if (refine_by_mimetype(z) || refine_by_content_types(z))
        return;
    for (unsigned i = 1; i < sizeof markers / sizeof *markers; i++)
        if (z->marks & 1u << i && (i > 1 || z->marks & 1)) {
            (void)adit_refine(z->job, markers[i].media);
            return;
        }
}

#endif
