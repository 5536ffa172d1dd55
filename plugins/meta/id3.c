/* SPDX-License-Identifier: MIT */
/* libraries: zlib */
/* ID3 tags: v1, v1.1, v2.2, v2.3 and v2.4, one a source. Specifications "ID3v1", "ID3 tag version 2" (2.2), "ID3v2.3.0", "ID3v2.4.0
 * - Main Structure" and "- Native Frames", "ID3v2 Chapter Frame Addendum", of id3.org. */
#include <adit/adit.h>
#include <adit/genre.h>
#include <adit/inflate.h>
#include <adit/report.h>
#include <adit/tag.h>
#include <adit/varint.h>
#include <stdlib.h>

#include "id3_bytes.h"
#include "id3_names.h"
#include "picture_types.h"

ADIT_MODULE("id3", "1.0.0")

enum { MAX_FRAME = 1 << 20, MAX_FRAMES = 16384 };
enum { UNSYNCHRONISATION = 0x80, EXTENDED = 0x40, EXPERIMENTAL = 0x20, FOOTER = 0x10 };

struct id3 {
    const struct adit_call *job;
    struct adit_report report;
    struct id3_reader reader;
    uint8_t version, flags;
    uint64_t base;                  /* offset of the current frame's data, where they are as stored; else 0 */
    uint8_t *data;                  /* of the current frame, at most MAX_FRAME bytes */
    size_t size;                    /* bytes there */
    uint64_t frame_size;            /* all of its bytes */
    char name[5];                   /* its id */
    char year[5], day[5], clock[5]; /* TYER, TDAT, TIME: four digits each */
};

#include "id3_frames.h"

/* ID3v1: fixed fields of 30, 30, 30, 4, 30 bytes and a genre; v1.1 has a track in the last two of the comment. */
static void read_v1(struct id3 *x, struct adit_cursor *c)
{
    char fields[128];
    static const struct {
        const char *name;
        uint8_t offset, size;
    } layout[] = {{"title", 3, 30}, {"artist", 33, 30}, {"album", 63, 30}, {"year", 93, 4}};
    (void)adit_read_exact(c, fields, sizeof fields);
    if (!adit_ok(c)) {
        adit_complain(&x->report, "ID3v1 at offset 0: expected 128 bytes, found %llu",
                      (unsigned long long)adit_length(c));
        return;
    }
    bool has_track = fields[125] == 0 && fields[126] != 0;
    (void)adit_emit_string(x->job, "version", has_track ? "1.1" : "1.0");
    for (size_t i = 0; i < sizeof layout / sizeof *layout; i++) {
        struct adit_text text =
            adit_text_trim_end(adit_text_until_nul(adit_text_of(fields + layout[i].offset, layout[i].size)));
        if (text.size > 0)
            (void)adit_emit_in_charset(x->job, layout[i].name, ADIT_CHARSET_LATIN1, text);
    }
    struct adit_text comment = adit_text_trim_end(adit_text_until_nul(adit_text_of(fields + 97, has_track ? 28 : 30)));
    if (comment.size > 0) {
        (void)adit_begin_object(x->job, "comments");
        (void)adit_emit_in_charset(x->job, "text", ADIT_CHARSET_LATIN1, comment);
        (void)adit_end(x->job);
    }
    char number[4];
    uint8_t genre = (uint8_t)fields[127];
    if (has_track) {
        (void)snprintf(number, sizeof number, "%u", (unsigned)(uint8_t)fields[126]);
        (void)adit_emit_string(x->job, "track", number);
    }
    if (adit_genre_name(genre)) {
        (void)snprintf(number, sizeof number, "%u", (unsigned)genre);
        (void)adit_emit_string(x->job, "genre", number);
        (void)adit_emit_string(x->job, "genre_name", adit_genre_name(genre));
    }
}

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
        struct id3_reader more = frame;
        read_content(x, id, &more);
    }
    if (r->unsynchronised) { /* v2.2 and v2.3: go on behind it */
        uint8_t rest[256];
        for (uint64_t left = size - (size < MAX_FRAME ? size : MAX_FRAME); left > 0 && adit_left(&frame.cursor) > 0;)
            left -= id3_read(&frame, rest, left < sizeof rest ? (size_t)left : sizeof rest);
        *r = frame;
    }
    return true;
}

/* v2.3.0, 3.2: its size without itself; v2.4.0, 3.2: synchsafe, with itself. */
static void skip_extended_header(struct id3 *x)
{
    uint8_t raw[4] = {0};
    (void)id3_read(&x->reader, raw, sizeof raw);
    struct id3_slice s = {raw, raw + sizeof raw, false, false};
    uint32_t size = (uint32_t)id3_number(&s, 4);
    uint64_t skip = x->version == 4 ? (uint64_t)adit_from_syncsafe(size) - 4 : size;
    for (; skip > 0 && skip <= adit_left(&x->reader.cursor); skip--)
        (void)id3_read(&x->reader, raw, 1);
}

static int32_t read_v2(struct id3 *x, struct adit_cursor *c)
{
    char version[] = "2.0.0";
    x->version = adit_read_u8(c);
    uint8_t revision = adit_read_u8(c);
    x->flags = adit_read_u8(c);
    uint32_t stored = adit_read_u32be(c);
    if (!adit_ok(c) || !adit_is_syncsafe(stored))
        adit_complain(&x->report, "ID3v2 at offset 0: expected a head of 10 bytes, its size synchsafe, found size %08x",
                      (unsigned)stored);
    if (x->report.broken)
        return ADIT_MALFORMED;
    if (x->version < 2 || x->version > 4 || (x->version == 2 && (x->flags & EXTENDED))) {
        adit_remark(&x->report, "ID3v2: version 2.%u.%u%s is not read", x->version, revision,
                    x->version == 2 ? " with compression" : "");
        return ADIT_UNSUPPORTED;
    }
    version[2] = (char)('0' + x->version);
    version[4] = (char)('0' + revision % 10);
    uint64_t size = adit_from_syncsafe(stored);
    (void)adit_emit_string(x->job, "version", version);
    (void)adit_emit_u64(x->job, "size", size);
    (void)adit_emit_bool(x->job, "unsynchronisation", x->flags & UNSYNCHRONISATION);
    (void)adit_emit_bool(x->job, "experimental", x->version > 2 && x->flags & EXPERIMENTAL);
    if (size > adit_left(c)) {
        adit_complain(&x->report, "ID3v2: has %llu bytes, found %llu", (unsigned long long)size,
                      (unsigned long long)adit_left(c));
        size = adit_left(c);
    }
    x->reader.cursor = adit_sub(c, size);
    x->reader.unsynchronised = x->version < 4 && (x->flags & UNSYNCHRONISATION);
    if (x->version > 2 && (x->flags & EXTENDED))
        skip_extended_header(x);
    x->data = malloc(MAX_FRAME);
    if (!x->data)
        return ADIT_FAILED;
    for (int n = 0; n < MAX_FRAMES && read_frame(x); n++)
        ;
    free(x->data);
    emit_moment(x);
    return adit_verdict(&x->report);
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct id3 x = {.job = job, .report = adit_report(job)};
    struct adit_cursor c = adit_cursor(job), again = c;
    if (adit_match_literal(&c, "ID3"))
        return read_v2(&x, &c);
    if (!adit_match_literal(&c, "TAG"))
        return ADIT_DECLINED;
    read_v1(&x, &again);
    return adit_verdict(&x.report);
}
ADIT_PLUGIN(NULL, run, NULL, NULL)
