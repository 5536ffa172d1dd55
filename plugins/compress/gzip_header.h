/* SPDX-License-Identifier: MIT */
/* The header of a gzip member: RFC 1952, 2.3. */
#ifndef PLUGINS_COMPRESS_GZIP_HEADER_H
#define PLUGINS_COMPRESS_GZIP_HEADER_H

#include <adit/adit.h>
#include <adit/charset.h>
#include <adit/check.h>
#include <adit/tag.h>
#include <stdio.h>
#include <string.h>

enum { FTEXT = 1, FHCRC = 2, FEXTRA = 4, FNAME = 8, FCOMMENT = 16, RESERVED = 0xe0 };
enum { FIXED_SIZE = 10, DEFLATE = 8, TEXT_MAX = 64 * 1024, MAX_SUBFIELDS = 64 };

/* OS */
static const struct adit_tag systems[] = {
    {0, 0, "FAT filesystem"},
    {1, 0, "Amiga"},
    {2, 0, "VMS"},
    {3, 0, "Unix"},
    {4, 0, "VM/CMS"},
    {5, 0, "Atari TOS"},
    {6, 0, "HPFS filesystem"},
    {7, 0, "Macintosh"},
    {8, 0, "Z-System"},
    {9, 0, "CP/M"},
    {10, 0, "TOPS-20"},
    {11, 0, "NTFS filesystem"},
    {12, 0, "QDOS"},
    {13, 0, "Acorn RISCOS"},
    {255, 0, "unknown"},
};

struct range {
    uint64_t offset, size;
};

struct header {
    uint8_t method, flags, extra_flags, os;
    uint32_t mtime;
    struct range extra, name, comment; /* size 0 and offset 0: not there */
    uint64_t size;                     /* of the header */
    bool crc_holds;
};

/* Text up to a NUL, which is not counted. */
static inline struct range skip_string(struct adit_cursor *c)
{
    struct range r = {adit_tell(c), 0};
    while (adit_read_u8(c) != 0 && adit_ok(c))
        if (++r.size > TEXT_MAX)
            adit_fail(c);
    return r;
}

/* 2.3: reads the header at `offset`. False: the magic is not there, or the header is not all there (*cut), and what h has is its
 * fixed part, where that is there. */
static inline bool read_header(const struct adit_call *job, uint64_t offset, struct header *h, bool *cut)
{
    struct adit_cursor c = adit_cursor_at(job, ADIT_SOURCE_MAIN, offset, UINT64_MAX);
    memset(h, 0, sizeof *h);
    *cut = adit_left(&c) < FIXED_SIZE;
    if (!adit_match_literal(&c, "\x1f\x8b"))
        return false;
    h->method = adit_read_u8(&c);
    h->flags = adit_read_u8(&c);
    h->mtime = adit_read_u32le(&c);
    h->extra_flags = adit_read_u8(&c);
    h->os = adit_read_u8(&c);
    if (h->flags & FEXTRA) {
        h->extra.size = adit_read_u16le(&c);
        h->extra.offset = adit_tell(&c);
        adit_skip(&c, h->extra.size);
    }
    if (h->flags & FNAME)
        h->name = skip_string(&c);
    if (h->flags & FCOMMENT)
        h->comment = skip_string(&c);
    h->crc_holds = true;
    if (h->flags & FHCRC) { /* the lower half of the CRC-32 of the header before it */
        uint64_t n = adit_tell(&c);
        uint16_t stored = adit_read_u16le(&c);
        uint32_t crc;
        h->crc_holds =
            adit_ok(&c) && adit_crc32_range(job, ADIT_SOURCE_MAIN, offset, n, &crc) && (crc & 0xffff) == stored;
    }
    h->size = adit_tell(&c);
    *cut = !adit_ok(&c);
    if (*cut || h->flags & RESERVED) /* 2.3.1.2: where the others are is not known */
        h->extra = h->name = h->comment = (struct range){0, 0};
    return adit_ok(&c);
}

/* 2.3.1: names and comments are ISO 8859-1. */
static inline void emit_latin1(const struct adit_call *job, const char *field, struct range r)
{
    struct adit_text text = adit_view(job, ADIT_SOURCE_MAIN, r.offset, (size_t)r.size);
    if (r.size > 0 && text.data)
        adit_emit_in_charset(job, field, ADIT_CHARSET_LATIN1, text);
}

/* The name in UTF-8; empty where it does not fit. */
static inline struct adit_text header_name(const struct adit_call *job, const struct header *h, char *room, size_t size)
{
    struct adit_text raw = adit_view(job, ADIT_SOURCE_MAIN, h->name.offset, (size_t)h->name.size);
    size_t n = adit_charset_to_utf8(ADIT_CHARSET_LATIN1, raw, room, size);
    return adit_text_of(room, n < size ? n : 0);
}

/* 2.3.1.1: subfields SI1 SI2 LEN data. BC of 2 bytes is BGZF's (SAM specification, 4.1): the size of the member less 1. */
static inline void emit_subfields(const struct adit_call *job, struct range extra)
{
    struct adit_cursor c = adit_cursor_at(job, ADIT_SOURCE_MAIN, extra.offset, extra.size);
    bool bgzf = false;
    adit_begin_list(job, "extra");
    for (int i = 0; i < MAX_SUBFIELDS && adit_left(&c) >= 4; i++) {
        char id[2];
        (void)adit_read_exact(&c, id, 2);
        uint16_t size = adit_read_u16le(&c);
        struct adit_text data = adit_read_bytes(&c, size);
        if (!adit_ok(&c))
            break;
        bgzf = bgzf || (id[0] == 'B' && id[1] == 'C' && size == 2);
        adit_begin_object(job, "");
        adit_emit_text(job, "id", adit_text_of(id, 2));
        adit_emit_bytes(job, "data", data);
        adit_end(job);
    }
    adit_end(job);
    adit_emit_bool(job, "bgzf", bgzf);
}

static inline void emit_header(const struct adit_call *job, const struct header *h)
{
    char number[16];
    if (h->method == DEFLATE)
        adit_emit_string(job, "compression_method", "deflate");
    emit_latin1(job, "name", h->name);
    emit_latin1(job, "comment", h->comment);
    if (h->mtime != 0) /* 0: no time is told */
        adit_emit_time(job, "mtime", adit_time_from_unix(h->mtime, 0, ADIT_TIME_SECOND));
    (void)snprintf(number, sizeof number, "system %u", h->os);
    adit_emit_tag_or(job, "os", ADIT_TAGS(systems), h->os, number);
    adit_emit_u64(job, "extra_flags", h->extra_flags);
    adit_emit_bool(job, "is_text", h->flags & FTEXT);
    if (h->extra.offset > 0)
        emit_subfields(job, h->extra);
}

#endif
