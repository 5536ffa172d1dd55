/* SPDX-License-Identifier: MIT */
/* A frame of ID3v2: its header, its size as different writers mean it, its data in memory. "ID3v2.4.0 - Main Structure", 4. */
#ifndef PLUGINS_META_ID3_FRAME_H
#define PLUGINS_META_ID3_FRAME_H

#include "id3_frames.h"

/* Does a frame, padding or the end follow `size` bytes on? Tells plain sizes from synchsafe ones, as some writers of v2.4 mix
 * them up. */
static bool frame_follows(const struct id3 *x, uint64_t size)
{
    struct adit_cursor c = x->reader.cursor;
    adit_skip(&c, 2);
    adit_skip(&c, size);
    if (!adit_ok(&c) || adit_left(&c) == 0)
        return adit_ok(&c);
    uint32_t id = adit_read_u32be(&c);
    return id == 0 || is_frame_id(id, 4);
}

static uint64_t frame_size(const struct id3 *x, uint32_t stored)
{
    if (x->version < 4)
        return stored;
    uint64_t size = adit_from_syncsafe(stored);
    if (!adit_is_syncsafe(stored) || (stored > 127 && !frame_follows(x, size) && frame_follows(x, stored)))
        return stored;
    return size;
}

/* v2.3.0, 3.3.1, and v2.4.0 structure, 4.1: what stands before the data of a frame with these flags. */
static bool is_plain(struct id3 *x, uint8_t format, struct id3_reader *r, uint64_t *size, bool *compressed)
{
    bool is_4 = x->version == 4, encrypted = format & (is_4 ? 0x04 : 0x40);
    uint8_t skip[6];
    *compressed = format & (is_4 ? 0x08 : 0x80);
    size_t extra = (format & (is_4 ? 0x40 : 0x20) ? 1u : 0u) + (encrypted ? 1u : 0u) +
                   (is_4 ? (format & 0x01 ? 4u : 0u) : (*compressed ? 4u : 0u));
    if (extra > *size)
        return false;
    *size -= id3_read(r, skip, extra);
    if (!encrypted && !(*compressed && r->unsynchronised))
        return true;
    adit_remark(&x->report, "frame %s at offset %llu: is %s, and not read", x->name, (unsigned long long)r->cursor.at,
                encrypted ? "encrypted" : "compressed and unsynchronised");
    return false;
}

/* Reads a frame's content into memory: as much as there is room for. */
static void load_frame(struct id3 *x, struct id3_reader *r, uint64_t size, bool compressed)
{
    x->base = r->unsynchronised || compressed ? 0 : r->cursor.at;
    x->frame_size = size;
    if (!compressed) {
        x->size = id3_read(r, x->data, size < MAX_FRAME ? (size_t)size : MAX_FRAME);
        return;
    }
    struct adit_inflate z = adit_inflate(x->job, r->cursor.at, size, ADIT_INFLATE_ZLIB);
    if (adit_inflate_into(&z, x->data, MAX_FRAME) != ADIT_INFLATE_DONE)
        adit_complain(&x->report, "frame %s at offset %llu: %s", x->name, (unsigned long long)r->cursor.at, z.message);
    x->frame_size = x->size = (size_t)z.produced;
}

/* One frame. False: the end of the frames. */
static bool read_frame(struct id3 *x)
{
    struct id3_reader *r = &x->reader;
    uint8_t head[10] = {0};
    uint64_t offset = r->cursor.at;
    size_t width = x->version == 2 ? 3 : 4;
    struct adit_cursor peek = r->cursor;
    if (adit_left(&peek) < (x->version == 2 ? 6 : 10) || adit_read_u8(&peek) == 0)
        return false; /* padding */
    (void)id3_read(r, head, 2 * width);
    struct id3_slice s = {head, head + sizeof head, false, true};
    uint32_t id = (uint32_t)id3_number(&s, width) << (width == 3 ? 8 : 0);
    uint32_t stored = (uint32_t)id3_number(&s, width);
    adit_fourcc_name(id, x->name);
    x->name[width] = '\0';
    if (!is_frame_id(id, width)) {
        adit_complain(&x->report,
                      "offset %llu: expected a frame's identifier of capital letters and digits, found \"%s\"",
                      (unsigned long long)offset, x->name);
        return false;
    }
    uint64_t size = frame_size(x, stored);
    bool compressed;
    uint8_t flags[2] = {0, 0};
    if (width == 4)
        (void)id3_read(r, flags, 2);
    struct id3_reader frame = *r;
    if (!r->unsynchronised && size > adit_left(&r->cursor)) {
        adit_complain(&x->report, "frame %s at offset %llu: has %llu bytes, the tag ends after %llu", x->name,
                      (unsigned long long)offset, (unsigned long long)size, (unsigned long long)adit_left(&r->cursor));
        size = adit_left(&r->cursor);
    }
    if (!r->unsynchronised) /* otherwise its length is known when it was read */
        frame.cursor = adit_sub(&r->cursor, size);
    if (x->version == 4)
        frame.unsynchronised = (flags[1] & 0x02) || (x->flags & UNSYNCHRONISATION);
    if (is_plain(x, flags[1], &frame, &size, &compressed)) {
        load_frame(x, &frame, size, compressed);
        x->more = frame;
        read_content(x, id);
    }
    if (r->unsynchronised) { /* v2.2 and v2.3: go on behind it */
        uint8_t rest[256];
        for (uint64_t left = size - (size < MAX_FRAME ? size : MAX_FRAME); left > 0 && adit_left(&frame.cursor) > 0;)
            left -= id3_read(&frame, rest, left < sizeof rest ? (size_t)left : sizeof rest);
        *r = frame;
    }
    return true;
}

#endif
