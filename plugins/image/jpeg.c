/* SPDX-License-Identifier: MIT */
/* JPEG: markers and segments up to EOI, and what follows. ITU-T T.81 (1992), annex B; T.871 (JFIF). */
#include <adit/adit.h>
#include <adit/charset.h>
#include <adit/tag.h>
#include <adit/tiff.h>
#include <stdio.h>

ADIT_MODULE("jpeg", "1.0.0")

enum {
    MAX_WARNINGS = 24,
    MAX_SEGMENTS = 100000,
    MAX_KINDS = 64,
    MAX_PARTS = 1024,
    MAX_IMAGES = 64,
    MAX_GARBAGE = 1 << 20
};
enum {
    SOF0 = 0xc0,
    DHT = 0xc4,
    JPG = 0xc8,
    DAC = 0xcc,
    RST0 = 0xd0,
    RST7 = 0xd7,
    SOI = 0xd8,
    EOI = 0xd9,
    SOS = 0xda,
    DQT = 0xdb,
    DNL = 0xdc,
    DRI = 0xdd,
    DHP = 0xde,
    EXP = 0xdf,
    APP0 = 0xe0,
    APP15 = 0xef,
    SOF55 = 0xf7,
    LSE = 0xf8,
    COM = 0xfe,
    TEM = 0x01,
};

/* A piece of something that is cut up over segments. */
struct part {
    uint8_t kind;
    uint32_t group, order;
    uint32_t size;
    uint64_t offset;
};

struct jpeg {
    const struct adit_call *job;
    struct adit_cursor c;
    bool broken, has_frame, has_eoi, lines_unknown, scanned_all, has_restart;
    uint16_t height;
    uint32_t scans, quantization_tables, huffman_tables;
    uint64_t image_data_size, scan_limit;
    uint64_t images_end; /* of the images that a multi-picture index names */
    struct part parts[MAX_PARTS];
    size_t part_count;
    struct image {
        unsigned number;
        uint64_t offset, size;
    } images[MAX_IMAGES];
    size_t image_count;
    uint32_t icc_total, extension_size, exif_parts;
    struct kind {
        uint8_t marker;
        char identifier[48];
        uint32_t count;
        uint64_t size;
    } kinds[MAX_KINDS];
    size_t kind_count;
    uint32_t read_once; /* readers whose segment was there */
    unsigned warnings;
};

/* A segment that is being read: its parameters, without the length. */
struct segment {
    uint8_t marker;
    uint64_t at; /* offset of the marker */
    uint64_t offset;
    uint32_t size;
};

/* The file breaks a rule: COMPLAIN. It is fine, but too much to read all of it: TELL. */
#define COMPLAIN(j, where, ...)                                                                                        \
    do {                                                                                                               \
        (j)->broken = true;                                                                                            \
        TELL(j, where, __VA_ARGS__);                                                                                   \
    } while (0)
#define TELL(j, where, format, ...)                                                                                    \
    do {                                                                                                               \
        if ((j)->warnings++ < MAX_WARNINGS)                                                                            \
            (void)adit_warnf((j)->job, "offset %llu: " format, (unsigned long long)(where), __VA_ARGS__);              \
    } while (0)

#include "jpeg_parts.h"
#include "jpeg_segments.h"

#include "jpeg_application.h"
#include "jpeg_kinds.h"
#include "jpeg_mpf.h"

/* Table B.1 and the application segments in use: by marker and by how they begin. */
static const struct reader {
    uint8_t marker;
    uint8_t length;
    const char *identifier;
    void (*read)(struct jpeg *j, const struct segment *s, struct adit_cursor *c); /* behind the identifier */
    bool once; /* of several only the first is told */
} readers[] = {
    {APP0, 5, "JFIF\0", read_jfif, true},
    {APP0, 5, "JFXX\0", read_jfxx, false},
    {APP0 + 1, 5, "Exif\0", read_exif, false},
    {APP0 + 1, 29, "http://ns.adobe.com/xap/1.0/\0", read_xmp, false},
    {APP0 + 1, 35, "http://ns.adobe.com/xmp/extension/\0", read_extended_xmp, false},
    {APP0 + 1, 5, "FLIR\0", read_flir, false},
    {APP0 + 2, 12, "ICC_PROFILE\0", read_icc, false},
    {APP0 + 2, 4, "MPF\0", read_mpf, false},
    {APP0 + 2, 5, "FPXR\0", read_fpxr, false},
    {APP0 + 8, 6, "SPIFF\0", read_spiff, true},
    {APP0 + 10, 8, "UNICODE\0", read_unicode, false},
    {APP0 + 11, 2, "JP", read_jumbf, false},
    {APP0 + 12, 5, "Ducky", read_ducky, true},
    {APP0 + 12, 0, "", read_picture_info, true},
    {APP0 + 13, 14, "Photoshop 3.0\0", read_photoshop, false},
    {APP0 + 14, 5, "Adobe", read_adobe, true},
    {APP15, 2, "Q ", read_quality, true},
    {COM, 0, "", read_comment, false},
    {DRI, 0, "", read_dri, false},
    {DNL, 0, "", read_dnl, false},
    {DQT, 0, "", read_dqt, false},
    {DHT, 0, "", read_dht, false},
};

static void read_segment(struct jpeg *j, const struct segment *s)
{
    struct adit_cursor c = adit_cursor_at(j->job, ADIT_SOURCE_MAIN, s->offset, s->size);
    c.big_endian = true;
    count_segment(j, s);
    if (is_sof(s->marker))
        read_frame(j, s, &c);
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (readers[i].marker == s->marker &&
            (!readers[i].length || adit_match(&c, readers[i].identifier, readers[i].length))) {
            if (j->read_once >> i & 1)
                TELL(j, s->at, "a further segment FF%02X of the same kind is left out", s->marker);
            else
                readers[i].read(j, s, &c);
            j->read_once |= (uint32_t)(readers[i].once && adit_ok(&c)) << i;
            break;
        }
    if (!adit_ok(&c))
        COMPLAIN(j, s->at, "segment FF%02X: its %u bytes are too few for what it says", s->marker, s->size);
}

/* B.1.1.5: entropy-coded data go on to the next marker; FF00 is a byte FF, RSTm belong to them. Leaves the cursor at that
 * marker. False: there is none, or the limit of what is searched was reached. */
static bool skip_scan(struct jpeg *j)
{
    uint8_t buffer[32 * 1024];
    uint64_t start = j->c.at, at = start;
    for (;;) {
        uint64_t want = j->c.end - at < sizeof buffer ? j->c.end - at : sizeof buffer;
        if (at - start > j->scan_limit || !adit_progress(j->job, at, j->c.end))
            return false;
        int64_t got = want > 1 ? adit_read(j->job, ADIT_SOURCE_MAIN, at, buffer, (size_t)want) : 0;
        if (got < 2) {
            j->scanned_all = true;
            j->image_data_size += j->c.end - start;
            j->c.at = j->c.end;
            return false;
        }
        const uint8_t *p = buffer, *end = buffer + got - 1;
        while ((p = __builtin_memchr(p, 0xff, (size_t)(end - p))) != NULL) {
            if (p[1] != 0 && p[1] != 0xff && !(p[1] >= RST0 && p[1] <= RST7)) {
                j->c.at = at + (uint64_t)(p - buffer);
                j->image_data_size += j->c.at - start;
                return true;
            }
            if (++p == end)
                break;
        }
        at += (uint64_t)got - 1; /* an FF at the end is looked at again, with what follows it */
    }
}

/* B.1.1.2: FF, more FF as fill bytes, a code. Bytes that are none of it are stepped over, up to a bound. */
static bool next_marker(struct jpeg *j, struct segment *s)
{
    struct adit_cursor *c = &j->c;
    uint64_t expected = c->at, skipped = 0;
    while (adit_left(c) >= 2 && skipped <= MAX_GARBAGE) {
        s->at = c->at;
        if (adit_read_u8(c) != 0xff) {
            skipped++;
            continue;
        }
        do
            s->marker = adit_read_u8(c);
        while (s->marker == 0xff && adit_left(c) > 0);
        if (s->marker != 0 && s->marker != 0xff) {
            if (skipped)
                COMPLAIN(j, expected, "expected a marker, found it %llu bytes later", (unsigned long long)skipped);
            return true;
        }
        skipped += 2;
    }
    if (skipped > MAX_GARBAGE)
        COMPLAIN(j, expected, "expected a marker, found none in the next %d bytes", MAX_GARBAGE);
    return false;
}

static bool has_parameters(uint8_t marker)
{
    return marker != TEM && !(marker >= RST0 && marker <= EOI);
}

/* Reads up to EOI. False: the file ends, or is left, before. */
static bool read_image(struct jpeg *j)
{
    struct segment s;
    for (int n = 0; n < MAX_SEGMENTS && next_marker(j, &s); n++) {
        if (s.marker == EOI)
            return true;
        if (!has_parameters(s.marker))
            continue;
        uint64_t left = adit_left(&j->c);
        uint16_t length = adit_read_u16be(&j->c);
        if (length < 2 || length > left) {
            COMPLAIN(j, s.at, "segment FF%02X says it has %u bytes; there are %llu, and 2 are the least", s.marker,
                     length, (unsigned long long)left);
            if (length < 2)
                continue; /* go on at the next marker */
            length = (uint16_t)left;
        }
        s.offset = j->c.at;
        s.size = length - 2u;
        adit_skip(&j->c, s.size);
        read_segment(j, &s);
        if (s.marker == SOS) {
            j->scans++;
            if (!skip_scan(j))
                return false;
        }
    }
    return false;
}

static void emit_summary(struct jpeg *j)
{
    if (j->lines_unknown && j->height)
        (void)adit_emit_u64(j->job, "height", j->height);
    if (j->quantization_tables)
        (void)adit_emit_u64(j->job, "quantization_tables", j->quantization_tables);
    if (j->huffman_tables)
        (void)adit_emit_u64(j->job, "huffman_tables", j->huffman_tables);
    if (j->scanned_all) {
        (void)adit_emit_u64(j->job, "scans", j->scans);
        (void)adit_emit_u64(j->job, "image_data_size", j->image_data_size);
    }
    emit_kinds(j);
    emit_parts(j);
    emit_images(j);
}

/* What follows EOI: a video of a motion photo, a preview. What the multi-picture index names is not told of twice. */
static void emit_trailer(struct jpeg *j)
{
    uint64_t from = j->c.at, size = j->c.end - from;
    if (!j->has_eoi || size == 0)
        return;
    (void)adit_emit_u64(j->job, "trailing_size", size);
    if (j->images_end > from && j->images_end <= j->c.end)
        from = j->images_end;
    if (from < j->c.end)
        (void)adit_emit_range(j->job, ADIT_TEXT("trailer"), NULL, from, j->c.end - from);
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct jpeg j = {.job = job, .scan_limit = adit_option_u64(job, "scan", 64 << 20)};
    j.c = adit_cursor(job);
    if (!adit_match_literal(&j.c, "\xff\xd8"))
        return ADIT_DECLINED;
    j.has_eoi = read_image(&j);
    j.scanned_all |= j.has_eoi;
    if (!j.has_eoi && adit_left(&j.c) < 2)
        COMPLAIN(&j, j.c.end, "%s", "the file ends before EOI, the marker FFD9");
    if (!j.has_frame)
        COMPLAIN(&j, 0, "%s", "there is no frame header (SOF): no image");
    emit_summary(&j);
    emit_trailer(&j);
    return j.broken ? ADIT_MALFORMED : ADIT_OK;
}
ADIT_PLUGIN(NULL, run, NULL, NULL)
