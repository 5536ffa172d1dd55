/* SPDX-License-Identifier: MIT */
/* The members of a ZIP file whose central directory is lost: from local header to local header. Section numbers are those of
 * PKWARE's APPNOTE 6.3.10. */
#ifndef PLUGINS_ARCHIVE_ZIP_RECOVER_H
#define PLUGINS_ARCHIVE_ZIP_RECOVER_H

#include "zip_content.h"

enum { SEARCH_MAX = 1 << 20 };

/* Offset of the next 4 bytes `signature` in [at, at + SEARCH_MAX), or UINT64_MAX. */
static inline uint64_t search(const struct zip *z, uint64_t at, const char *signature)
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
static inline uint64_t read_descriptor(struct zip *z, uint64_t at, uint64_t compressed)
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
static inline uint64_t measure(struct zip *z, uint64_t data)
{
    uint64_t compressed = 0;
    if (z->m.method == ZIP_DEFLATED) {
        struct adit_inflate inflate = adit_inflate(z->job, data, UINT64_MAX, ADIT_INFLATE_RAW);
        inflate.max_output = z->max_output > z->output ? z->max_output - z->output : 0;
        enum adit_inflate_result result = adit_inflate_run(&inflate);
        adit_add(&z->output, inflate.produced);
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

static inline void recover(struct zip *z)
{
    uint64_t size = adit_size(z->job), at = search(z, 0, "PK\3\4");
    while (z->count < z->members.most && at < size && zip_read_member(z->job, &z->m, at, false)) {
        uint64_t data = z->m.next, next = data;
        if (z->m.flags & ZIP_FLAG_DESCRIPTOR && z->m.compressed_size == 0 && !zip_is_directory(&z->m))
            next = measure(z, data);
        else
            adit_add(&next, z->m.compressed_size);
        if (!keep_member(z))
            break;
        if (next > size) {
            adit_complain(&z->report, "member %.*s at offset %llu: its data end beyond the file's %llu bytes",
                          ADIT_SHOW(z->m.name), ADIT_LLU(at), ADIT_LLU(size));
            break;
        }
        at = next;
    }
    adit_complain(&z->report, "no central directory: %llu members found by their local headers", ADIT_LLU(z->count));
}

#endif
