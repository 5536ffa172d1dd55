/* SPDX-License-Identifier: MIT */
/* The content of a ZIP file's members: where it is, and how it is unpacked within bounds. */
#ifndef PLUGINS_ARCHIVE_ZIP_CONTENT_H
#define PLUGINS_ARCHIVE_ZIP_CONTENT_H

#include "zip_list.h"
#include <adit/inflate.h>

/* Reads a member again, and finds its data behind the local header. False: it is not there. */
static inline bool find_data(struct zip *z, const struct slot *slot, uint64_t *data)
{
    struct zip_member *m = &z->m;
    if (!zip_read_member(z->job, m, slot->record, slot->central))
        return false;
    struct adit_cursor c = adit_cursor_at(z->job, ADIT_SOURCE_MAIN, slot->header, UINT64_MAX);
    if (adit_read_u32le(&c) != ZIP_LOCAL) {
        adit_complain(&z->report,
                      "member %.*s: expected its local header (PK 3 4) at offset %llu, found something else",
                      ADIT_SHOW(m->name), ADIT_LLU(slot->header));
        return false;
    }
    adit_skip(&c, 22);
    uint16_t name_size = adit_read_u16le(&c), extra_size = adit_read_u16le(&c);
    bool same = name_size == m->name_size;
    for (uint32_t i = 0; same && i < name_size; i += ADIT_CURSOR_WINDOW)
        same = adit_match(&c, m->raw + i, name_size - i < ADIT_CURSOR_WINDOW ? name_size - i : ADIT_CURSOR_WINDOW);
    if (!same) /* odd, and seen from honest writers */
        adit_remark(&z->report, "member %.*s: its local header at offset %llu has another name", ADIT_SHOW(m->name),
                    ADIT_LLU(slot->header));
    *data = slot->header + ZIP_LOCAL_SIZE + name_size + extra_size;
    if (*data <= adit_size(z->job) && slot->compressed_size <= adit_size(z->job) - *data)
        return true;
    adit_complain(&z->report, "member %.*s: its %llu bytes at offset %llu end beyond the file", ADIT_SHOW(m->name),
                  ADIT_LLU(slot->compressed_size), ADIT_LLU(*data));
    return *data < adit_size(z->job);
}

static inline void unpack(struct zip *z, const struct slot *slot, uint64_t data)
{
    struct adit_inflate inflate = adit_inflate(z->job, data, slot->compressed_size, ADIT_INFLATE_RAW);
    inflate.max_output = z->max_output - z->output;
    inflate.max_ratio = (uint32_t)z->max_ratio;
    inflate.check = adit_crc32;
    enum adit_inflate_result result = adit_inflate_write(&inflate);
    adit_add(&z->output, inflate.produced);
    (void)adit_close_as(z->job, result == ADIT_INFLATE_DONE);
    if (result == ADIT_INFLATE_LIMIT)
        adit_remark(&z->report, "member %.*s: unpacking stopped after %llu bytes: %s (options max_output, max_ratio)",
                    ADIT_SHOW(z->m.name), ADIT_LLU(inflate.produced), inflate.message);
    else if (result != ADIT_INFLATE_DONE && result != ADIT_INFLATE_STOPPED)
        adit_complain(&z->report, "member %.*s, deflated data at offset %llu: %s", ADIT_SHOW(z->m.name),
                      ADIT_LLU(data + inflate.consumed), inflate.message);
    else if (result == ADIT_INFLATE_DONE && inflate.produced != slot->uncompressed_size)
        adit_complain(&z->report, "member %.*s: expected %llu bytes unpacked, found %llu", ADIT_SHOW(z->m.name),
                      ADIT_LLU(slot->uncompressed_size), ADIT_LLU(inflate.produced));
    else if (result == ADIT_INFLATE_DONE && inflate.sum != slot->crc32)
        adit_complain(&z->report, "member %.*s: expected CRC-32 %08x, found %08x", ADIT_SHOW(z->m.name), slot->crc32,
                      inflate.sum);
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
        (void)adit_warnf(z->job, "%llu bytes unpacked: the rest is not (option max_output)", ADIT_LLU(z->output));
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

#endif
