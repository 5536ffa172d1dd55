/* SPDX-License-Identifier: MIT */
/* The records of a ZIP file, as zip.c lists and unpacks them. Section numbers are those of PKWARE's APPNOTE 6.3.10. */
#ifndef PLUGINS_ARCHIVE_ZIP_H
#define PLUGINS_ARCHIVE_ZIP_H

#include <adit/adit.h>
#include <adit/charset.h>
#include <adit/check.h>
#include <adit/tag.h>
#include <stdlib.h>
#include <string.h>

enum {
    ZIP_LOCAL = 0x04034b50,      /* 4.3.7 */
    ZIP_DESCRIPTOR = 0x08074b50, /* 4.3.9 */
    ZIP_CENTRAL = 0x02014b50,    /* 4.3.12 */
    ZIP_END64 = 0x06064b50,      /* 4.3.14 */
    ZIP_LOCATOR64 = 0x07064b50,  /* 4.3.15 */
    ZIP_END = 0x06054b50,        /* 4.3.16 */
};
enum { ZIP_END_SIZE = 22, ZIP_LOCATOR64_SIZE = 20, ZIP_END64_SIZE = 56, ZIP_LOCAL_SIZE = 30, ZIP_CENTRAL_SIZE = 46 };
enum { ZIP_FLAG_ENCRYPTED = 1u, ZIP_FLAG_DESCRIPTOR = 1u << 3, ZIP_FLAG_STRONG = 1u << 6, ZIP_FLAG_UTF8 = 1u << 11 };
enum { ZIP_STORED = 0, ZIP_DEFLATED = 8, ZIP_AES = 99 };
enum { ZIP_TEXT_MAX = 65535 };

/* One member, from its central or local header and the extra fields of that. */
struct zip_member {
    uint64_t record; /* where the header stands that this was read from, and what follows it */
    uint64_t next;
    uint64_t header; /* where the local header should be */
    uint64_t compressed_size, uncompressed_size;
    uint32_t crc32, external_attributes, disk, uid, gid;
    uint16_t version_made_by, version_needed, flags, method, time, date, internal_attributes;
    uint16_t name_size, extra_size, comment_size;
    uint16_t aes_strength, aes_method; /* of method 99 */
    uint16_t strong_algorithm;
    bool central, has_ids;
    const char *name_encoding;            /* "ascii", "utf-8", "cp437", "unicode path" */
    struct adit_text name;                /* UTF-8 (unless the flag that says so lies) */
    struct adit_time mtime, atime, ctime; /* UTC, from extra fields; precision 0: not there */
    char raw[ZIP_TEXT_MAX];               /* the name's bytes */
    char utf8[ADIT_UTF8_BOUND(ZIP_TEXT_MAX)];
    char comment[ZIP_TEXT_MAX];
};

/* Copies n bytes; through the cursor's window where they fit it, which saves a read. */
static inline void zip_copy(struct adit_cursor *c, char *to, uint16_t n)
{
    if (n == 0)
        return;
    const uint8_t *p = n <= ADIT_CURSOR_WINDOW ? adit_cursor_take(c, n) : NULL;
    if (p)
        memcpy(to, p, n);
    else if (n > ADIT_CURSOR_WINDOW)
        (void)adit_read_exact(c, to, n);
}

/* 4.5.3: the 64-bit values stand for those that are all ones in the header, in this order. */
static inline void zip_extra_zip64(struct adit_cursor *c, struct zip_member *m)
{
    if (m->uncompressed_size == UINT32_MAX)
        m->uncompressed_size = adit_read_u64le(c);
    if (m->compressed_size == UINT32_MAX)
        m->compressed_size = adit_read_u64le(c);
    if (m->central && m->header == UINT32_MAX)
        m->header = adit_read_u64le(c);
    if (m->central && m->disk == UINT16_MAX)
        m->disk = adit_read_u32le(c);
}

/* Info-ZIP's extended timestamp, 0x5455: signed seconds since 1970; the central header has the first time alone. */
static inline void zip_extra_timestamp(struct adit_cursor *c, struct zip_member *m)
{
    struct adit_time *const times[3] = {&m->mtime, &m->atime, &m->ctime};
    uint8_t which = adit_read_u8(c);
    for (int i = 0; i < 3 && m->mtime.precision != ADIT_TIME_NANOSECOND; i++) /* NTFS's are finer */
        if (which & 1u << i && adit_left(c) >= 4)
            *times[i] = adit_time_from_unix((int32_t)adit_read_u32le(c), 0, ADIT_TIME_SECOND);
}

/* 4.5.5: attribute 1 holds three times in 100 ns since 1601-01-01 UTC. They are finer than the extended timestamp's. */
static inline void zip_extra_ntfs(struct adit_cursor *c, struct zip_member *m)
{
    struct adit_time *const times[3] = {&m->mtime, &m->atime, &m->ctime};
    adit_skip(c, 4);
    if (adit_read_u16le(c) != 1 || adit_read_u16le(c) != 24)
        return;
    for (int i = 0; i < 3; i++) {
        uint64_t ticks = adit_read_u64le(c);
        if (adit_ok(c))
            (void)adit_time_from_filetime(ticks, times[i]);
    }
}

/* Info-ZIP's 0x7875: user and group ids of any width up to 4 bytes. */
static inline void zip_extra_ids(struct adit_cursor *c, struct zip_member *m)
{
    uint64_t ids[2] = {0, 0};
    if (adit_read_u8(c) != 1)
        return;
    for (int i = 0; i < 2; i++) {
        uint8_t width = adit_read_u8(c);
        if (width > 4)
            return;
        ids[i] = adit_cursor_number(c, width, false);
    }
    m->has_ids = adit_ok(c);
    m->uid = (uint32_t)ids[0];
    m->gid = (uint32_t)ids[1];
}

/* 4.6.9, 0x7075: the name in UTF-8, valid as long as the checksum is the one of the name in the header. */
static inline void zip_extra_unicode_path(struct adit_cursor *c, struct zip_member *m)
{
    uint8_t version = adit_read_u8(c);
    uint32_t crc = adit_read_u32le(c);
    if (version != 1 || !adit_ok(c) || crc != adit_crc32(0, m->raw, m->name_size))
        return;
    uint16_t n = (uint16_t)adit_left(c);
    zip_copy(c, m->utf8, n);
    if (adit_ok(c)) {
        m->name = adit_text_of(m->utf8, n);
        m->name_encoding = "unicode path";
    }
}

/* WinZip AE: version, "AE", strength, method */
static inline void zip_extra_aes(struct adit_cursor *c, struct zip_member *m)
{
    adit_skip(c, 4);
    m->aes_strength = adit_read_u8(c);
    m->aes_method = adit_read_u16le(c);
}

/* 7.2.4 */
static inline void zip_extra_strong(struct adit_cursor *c, struct zip_member *m)
{
    adit_skip(c, 2);
    m->strong_algorithm = adit_read_u16le(c);
}

/* 4.5: id, size, data. Padding that is no field (Android aligns so) ends them. */
static inline void zip_extras(struct adit_cursor extra, struct zip_member *m)
{
    static const struct {
        uint16_t id;
        void (*read)(struct adit_cursor *c, struct zip_member *m);
    } fields[] = {
        {0x0001, zip_extra_zip64},     {0x000a, zip_extra_ntfs}, {0x0017, zip_extra_strong},
        {0x5455, zip_extra_timestamp}, {0x7875, zip_extra_ids},  {0x7075, zip_extra_unicode_path},
        {0x9901, zip_extra_aes},
    };
    while (adit_left(&extra) >= 4) {
        uint16_t id = adit_read_u16le(&extra);
        struct adit_cursor c = adit_sub(&extra, adit_read_u16le(&extra));
        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
            if (fields[i].id == id)
                fields[i].read(&c, m);
    }
}

/* 4.4.17, D.2: UTF-8 where bit 11 says so; else code page 437, except that Unix systems write their own charset, which
 * is UTF-8 wherever it is valid as such. */
static inline void zip_name(struct zip_member *m)
{
    struct adit_text raw = adit_text_of(m->raw, m->name_size);
    uint8_t host = (uint8_t)(m->version_made_by >> 8);
    bool unix_host = host == 3 || host == 19;
    m->name = raw;
    m->name_encoding = adit_ascii_only(raw) ? "ascii" : "utf-8";
    if (adit_ascii_only(raw) || m->flags & ZIP_FLAG_UTF8 || (unix_host && adit_utf8_valid(raw)))
        return;
    m->name = adit_text_of(m->utf8, adit_charset_to_utf8(ADIT_CHARSET_CP437, raw, m->utf8, sizeof m->utf8));
    m->name_encoding = "cp437";
}

/* Reads the header at `offset`, central or local. False: there is none, or it is not all there. */
static inline bool zip_read_member(const struct adit_call *job, struct zip_member *m, uint64_t offset, bool central)
{
    struct adit_cursor c = adit_cursor_at(job, ADIT_SOURCE_MAIN, offset, UINT64_MAX);
    if (adit_read_u32le(&c) != (central ? ZIP_CENTRAL : ZIP_LOCAL))
        return false;
    memset(m, 0, offsetof(struct zip_member, raw));
    m->central = central;
    m->record = m->header = offset;
    m->version_made_by = central ? adit_read_u16le(&c) : 0;
    m->version_needed = adit_read_u16le(&c);
    m->flags = adit_read_u16le(&c);
    m->method = adit_read_u16le(&c);
    m->time = adit_read_u16le(&c);
    m->date = adit_read_u16le(&c);
    m->crc32 = adit_read_u32le(&c);
    m->compressed_size = adit_read_u32le(&c);
    m->uncompressed_size = adit_read_u32le(&c);
    m->name_size = adit_read_u16le(&c);
    m->extra_size = adit_read_u16le(&c);
    if (central) {
        m->comment_size = adit_read_u16le(&c);
        m->disk = adit_read_u16le(&c);
        m->internal_attributes = adit_read_u16le(&c);
        m->external_attributes = adit_read_u32le(&c);
        m->header = adit_read_u32le(&c);
    }
    zip_copy(&c, m->raw, m->name_size);
    struct adit_cursor extra = adit_sub(&c, m->extra_size);
    zip_copy(&c, m->comment, m->comment_size);
    if (!adit_ok(&c))
        return false;
    m->next = adit_tell(&c) + offset;
    zip_name(m);
    zip_extras(extra, m);
    return true;
}

#endif
