/* SPDX-License-Identifier: MIT */
/* The segments of JPEG: a function each, called with a cursor behind the identifier. Part of jpeg.c. */
#ifndef IMAGE_JPEG_SEGMENTS_H
#define IMAGE_JPEG_SEGMENTS_H

#include "jpeg_parts.h"

/* "4:2:0": the luminance's sampling against that of both chrominances. */
static void emit_subsampling(struct jpeg *j, const uint8_t *factors)
{
    static const struct adit_tag names[] = {{0x11, 0, "4:4:4"}, {0x12, 0, "4:4:0"}, {0x14, 0, "4:4:1"},
                                            {0x21, 0, "4:2:2"}, {0x22, 0, "4:2:0"}, {0x41, 0, "4:1:1"},
                                            {0x42, 0, "4:1:0"}};
    unsigned h = factors[0] >> 4, v = factors[0] & 15, ch = factors[1] >> 4, cv = factors[1] & 15;
    if (factors[1] == factors[2] && ch && cv && h % ch == 0 && v % cv == 0)
        (void)adit_emit_tag(j->job, "subsampling", ADIT_TAGS(names), (h / ch) << 4 | v / cv);
}

static const struct adit_row component[] = {
    ADIT_U8("identifier"),
    ADIT_U8(NULL, KEEP(factor)),
    ADIT_BITS(4, 4, "horizontal_sampling_factor"),
    ADIT_BITS(0, 4, "vertical_sampling_factor"),
    ADIT_U8("quantization_table"),
};

/* B.2.2. Only the first frame is told of: a hierarchical image has more of them, of growing size. */
static void read_frame(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    static const struct adit_tag processes[] = {{0, 0, "Baseline DCT, Huffman coding"},
                                                {1, 0, "Extended sequential DCT, Huffman coding"},
                                                {2, 0, "Progressive DCT, Huffman coding"},
                                                {3, 0, "Lossless, Huffman coding"},
                                                {5, 0, "Differential sequential DCT, Huffman coding"},
                                                {6, 0, "Differential progressive DCT, Huffman coding"},
                                                {7, 0, "Differential lossless, Huffman coding"},
                                                {9, 0, "Extended sequential DCT, arithmetic coding"},
                                                {10, 0, "Progressive DCT, arithmetic coding"},
                                                {11, 0, "Lossless, arithmetic coding"},
                                                {13, 0, "Differential sequential DCT, arithmetic coding"},
                                                {14, 0, "Differential progressive DCT, arithmetic coding"},
                                                {15, 0, "Differential lossless, arithmetic coding"},
                                                {55, 0, "JPEG-LS"}};
    if (j->has_frame)
        return;
    unsigned process = s->marker == SOF55 ? 55 : s->marker - SOF0;
    uint8_t precision = adit_read_u8(c);
    uint16_t height = adit_read_u16(c), width = adit_read_u16(c);
    uint8_t count = adit_read_u8(c), factors[3] = {0};
    if (!adit_ok(c))
        return;
    j->has_frame = true;
    j->lines_unknown = height == 0; /* B.2.5: DNL tells them after the first scan */
    (void)adit_emit_u64(j->job, "width", width);
    if (height)
        (void)adit_emit_u64(j->job, "height", height);
    (void)adit_emit_u64(j->job, "sample_precision", precision);
    (void)adit_emit_u64(j->job, "process", process);
    (void)adit_emit_tag(j->job, "process_name", ADIT_TAGS(processes), process);
    if (width == 0 || count == 0)
        COMPLAIN(j, s->at, "the frame has %u samples a line and %u components; expected 1 or more", width, count);
    for (unsigned i = 0; i < count; i++) {
        if (adit_records(c, "components", ADIT_ROWS(component), j, 1) != ADIT_OK)
            return;
        if (i < 3)
            factors[i] = j->factor;
    }
    if (count == 3)
        emit_subsampling(j, factors);
}

/* B.2.4.4. Of several intervals the first is told. */
static void read_dri(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    (void)s;
    uint16_t interval = adit_read_u16(c);
    if (!adit_ok(c) || !interval || j->scans || j->has_restart)
        return;
    j->has_restart = true;
    (void)adit_emit_u64(j->job, "restart_interval", interval);
}

static void read_dnl(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    (void)s;
    j->height = adit_read_u16(c);
}

/* B.2.4.1 */
static void read_dqt(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    (void)s;
    while (adit_left(c) > 0) {
        uint8_t head = adit_read_u8(c);
        adit_skip(c, head >> 4 ? 128 : 64);
        j->quantization_tables += adit_ok(c);
    }
}

/* B.2.4.2 */
static void read_dht(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    (void)s;
    while (adit_left(c) > 0) {
        uint32_t codes = 0;
        adit_skip(c, 1);
        for (int i = 0; i < 16; i++)
            codes += adit_read_u8(c);
        adit_skip(c, codes);
        j->huffman_tables += adit_ok(c);
    }
}

/* T.81 leaves the charset open: what is UTF-8 is taken as that. */
static void read_comment(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    struct adit_text text = adit_text_trim_end(adit_read_bytes(c, s->size));
    if (adit_ok(c))
        (void)adit_emit_text(j->job, "comments", text);
}

/* T.871, 10.1 */
static void emit_jfif_version(const struct adit_call *job, const char *name, const struct adit_value *minor, void *keep)
{
    char version[8];
    (void)snprintf(version, sizeof version, "%u.%02u", ((const struct jpeg *)keep)->major, (unsigned)minor->as.u64);
    (void)adit_emit_string(job, name, version);
}

static const struct adit_tag density_units[] = {{0, 0, "none"}, {1, 0, "inches"}, {2, 0, "cm"}};
static const struct adit_row jfif[] = {
    ADIT_BEGIN("jfif"),
    ADIT_U8(NULL, KEEP(major)),
    ADIT_U8("version", ADIT_BY(emit_jfif_version)),
    ADIT_U8("units", ADIT_NAMES("units_name", density_units)),
    ADIT_U16("x_density"),
    ADIT_U16("y_density"),
    ADIT_U8("x_thumbnail"),
    ADIT_U8("y_thumbnail"),
    ADIT_END,
};

/* T.871, 10.2 */
static const struct adit_tag extension_codes[] = {
    {0x10, 0, "JPEG"}, {0x11, 0, "1 byte a pixel"}, {0x13, 0, "3 bytes a pixel"}};
static const struct adit_row jfxx[] = {
    ADIT_BEGIN("jfxx"),
    ADIT_U8("extension_code", KEEP(extension_code), ADIT_NAMES("extension_code_name", extension_codes)),
    ADIT_END,
};

static void keep_jfxx(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    (void)s;
    if (j->extension_code == 0x10 && adit_left(c) > 0)
        keep_image(j, 0, c->at, adit_left(c));
}

/* EXIF 4.7.2: a byte of padding, and a TIFF header. Without one it continues the segment before (a custom of large ones). */
static void read_exif(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    (void)s;
    adit_skip(c, 1);
    struct adit_cursor head = *c;
    uint32_t magic = adit_read_u32be(&head);
    bool begins = magic == 0x49492a00 || magic == 0x4d4d002a;
    if (begins || j->exif_parts == 0)
        j->exif_parts++;
    keep_part(j, PART_EXIF, j->exif_parts, 0, c);
}

static void read_xmp(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    (void)s;
    (void)adit_emit_range(j->job, ADIT_TEXT("XMP"), "application/rdf+xml", c->at, adit_left(c));
}

/* XMP part 3, 1.1.3.1: a GUID of 32 letters, the size of the whole, and where this part begins in it. Only one GUID is the
 * right one, and writers have no reason for a second: the first eight letters tell them apart. */
static void read_extended_xmp(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    (void)s;
    uint32_t group = adit_read_u32(c);
    group ^= adit_read_u32(c);
    adit_skip(c, 24);
    uint32_t size = adit_read_u32(c), offset = adit_read_u32(c);
    if (!adit_ok(c))
        return;
    j->extension_size = size;
    keep_part(j, PART_XMP_EXTENSION, group, offset, c);
}

static void read_flir(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    (void)s;
    adit_skip(c, 1);
    uint8_t number = adit_read_u8(c);
    adit_skip(c, 1);
    keep_part(j, PART_FLIR, 0, number, c);
}

static void read_icc(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    (void)s;
    uint8_t number = adit_read_u8(c), total = adit_read_u8(c);
    j->icc_total = total;
    keep_part(j, PART_ICC, 0, number, c);
}

static void read_photoshop(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    (void)s;
    keep_part(j, PART_PHOTOSHOP, 0, 0, c);
}

static void read_fpxr(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    (void)s;
    (void)adit_emit_range(j->job, ADIT_TEXT("FPXR"), "application/x-fpxr", c->at, adit_left(c));
}

/* ISO/IEC 19566-5, annex D: box instance, packet number, and the box' header in every packet: kept of the first. */
static void read_jumbf(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    (void)s;
    uint16_t instance = adit_read_u16(c);
    uint32_t packet = adit_read_u32(c);
    struct adit_cursor box = *c;
    if (packet > 1)
        adit_skip(c, adit_read_u32(&box) == 1 ? 16 : 8);
    keep_part(j, PART_JUMBF, instance, packet, c);
}

#endif
