/* SPDX-License-Identifier: MIT */
/* How zip.c tells one member: field names after APPNOTE 6.3.10, 4.4. */
#ifndef PLUGINS_ARCHIVE_ZIP_FIELDS_H
#define PLUGINS_ARCHIVE_ZIP_FIELDS_H

#include "zip.h"
#include <adit/hex.h>
#include <adit/member.h>
#include <stdio.h>

/* 4.4.2.2 */
static const struct adit_tag hosts[] = {
    {0, 0, "MS-DOS"},         {1, 0, "Amiga"},     {2, 0, "OpenVMS"},   {3, 0, "UNIX"},        {4, 0, "VM/CMS"},
    {5, 0, "Atari ST"},       {6, 0, "OS/2 HPFS"}, {7, 0, "Macintosh"}, {8, 0, "Z-System"},    {9, 0, "CP/M"},
    {10, 0, "Windows NTFS"},  {11, 0, "MVS"},      {12, 0, "VSE"},      {13, 0, "Acorn Risc"}, {14, 0, "VFAT"},
    {15, 0, "alternate MVS"}, {16, 0, "BeOS"},     {17, 0, "Tandem"},   {18, 0, "OS/400"},     {19, 0, "OS X"},
};
/* 4.4.5 */
static const struct adit_tag methods[] = {
    {0, 0, "stored"},    {1, 0, "shrunk"},   {2, 0, "reduced 1"},  {3, 0, "reduced 2"},  {4, 0, "reduced 3"},
    {5, 0, "reduced 4"}, {6, 0, "imploded"}, {8, 0, "deflated"},   {9, 0, "deflate64"},  {10, 0, "PKWARE DCL imploded"},
    {12, 0, "bzip2"},    {14, 0, "LZMA"},    {16, 0, "IBM CMPSC"}, {18, 0, "IBM TERSE"}, {19, 0, "IBM LZ77"},
    {20, 0, "zstd"},     {93, 0, "zstd"},    {94, 0, "MP3"},       {95, 0, "XZ"},        {96, 0, "JPEG variant"},
    {97, 0, "WavPack"},  {98, 0, "PPMd"},    {99, 0, "AES"},
};
/* 7.2.3.2 */
static const struct adit_tag ciphers[] = {
    {0x6601, 0, "DES"},      {0x6602, 0, "RC2"},     {0x6603, 0, "3DES-168"}, {0x6609, 0, "3DES-112"},
    {0x660e, 0, "AES-128"},  {0x660f, 0, "AES-192"}, {0x6610, 0, "AES-256"},  {0x6702, 0, "RC2"},
    {0x6720, 0, "Blowfish"}, {0x6721, 0, "Twofish"}, {0x6801, 0, "RC4"},
};

/* 4.4.3.2: the tenth of what stands in the byte. */
static inline void emit_version(const struct adit_call *job, const char *field, uint16_t version)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%u.%u", (version & 0xffu) / 10, (version & 0xffu) % 10);
    adit_emit_string(job, field, text);
}

static inline void emit_method(const struct adit_call *job, const char *field, uint16_t method)
{
    char number[24];
    const char *name = adit_tag_name(ADIT_TAGS(methods), method);
    (void)snprintf(number, sizeof number, "method %u", method);
    adit_emit_string(job, field, name ? name : number);
}

static inline void emit_encryption(const struct adit_call *job, const struct zip_member *m)
{
    static const struct adit_tag strengths[] = {{1, 0, "AES-128"}, {2, 0, "AES-192"}, {3, 0, "AES-256"}};
    adit_emit_bool(job, "encrypted", true);
    if (m->method == ZIP_AES) {
        adit_emit_tag(job, "encryption", ADIT_TAGS(strengths), m->aes_strength);
        emit_method(job, "encrypted_method", m->aes_method);
    } else if (m->flags & ZIP_FLAG_STRONG) {
        adit_emit_tag(job, "encryption", ADIT_TAGS(ciphers), m->strong_algorithm);
    } else {
        adit_emit_string(job, "encryption", "ZipCrypto");
    }
}

static inline void emit_times(const struct adit_call *job, const struct zip_member *m)
{
    struct adit_time dos;
    if (adit_time_from_dos(m->date, m->time, &dos))
        adit_emit_time(job, "last_modified", dos);
    adit_emit_time_if(job, "mtime", m->mtime);
    adit_emit_time_if(job, "atime", m->atime);
    adit_emit_time_if(job, "ctime", m->ctime);
}

/* What only the central header has. */
static inline void emit_central(const struct adit_call *job, const struct zip_member *m)
{
    uint8_t host = (uint8_t)(m->version_made_by >> 8);
    uint32_t mode = m->external_attributes >> 16;
    emit_version(job, "version_made_by", m->version_made_by);
    adit_emit_tag(job, "host_system", ADIT_TAGS(hosts), host);
    adit_emit_u64(job, "external_attributes", m->external_attributes);
    if (mode != 0 && (host == 3 || host == 19)) {
        adit_emit_octal(job, "mode", mode, 7);
        adit_emit_tag(job, "type", ADIT_TAGS(adit_file_types), mode >> 12);
    }
    if (m->internal_attributes & 1) /* 4.4.14 */
        adit_emit_bool(job, "is_text", true);
    if (m->comment_size > 0 && m->flags & ZIP_FLAG_UTF8)
        adit_emit_text(job, "comment", adit_text_of(m->comment, m->comment_size));
    else if (m->comment_size > 0)
        adit_emit_in_charset(job, "comment", ADIT_CHARSET_CP437, adit_text_of(m->comment, m->comment_size));
}

static inline void emit_member(const struct adit_call *job, const struct zip_member *m)
{
    adit_begin_object(job, "");
    adit_emit_text(job, "name", m->name);
    if (strcmp(m->name_encoding, "ascii") != 0)
        adit_emit_string(job, "name_encoding", m->name_encoding);
    adit_emit_u64(job, "uncompressed_size", m->uncompressed_size);
    adit_emit_u64(job, "compressed_size", m->compressed_size);
    emit_method(job, "compression_method", m->method);
    adit_emit_hex_number(job, "crc32", m->crc32, 8);
    emit_times(job, m);
    if (m->flags & ZIP_FLAG_ENCRYPTED)
        emit_encryption(job, m);
    adit_emit_u64(job, "flags", m->flags);
    emit_version(job, "version_needed", m->version_needed);
    if (m->central)
        emit_central(job, m);
    if (m->has_ids) {
        adit_emit_u64(job, "uid", m->uid);
        adit_emit_u64(job, "gid", m->gid);
    }
    adit_emit_u64(job, "offset", m->header);
    adit_end(job);
}

#endif
