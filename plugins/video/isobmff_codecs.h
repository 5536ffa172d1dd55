/* SPDX-License-Identifier: MIT */
/* Boxes that describe coded pictures and sound: in sample entries and as properties of HEIF items. Each emits into the object that is
 * open. Sources: ISO/IEC 14496-12, 12.1 (colr, pasp, clap), 8.5.2.2 (btrt); 14496-15 (avcC, hvcC); 14496-1, 7.2.6 (esds) and 14496-3,
 * 1.6.2.1; "AV1 Codec ISO Media File Format Binding" 2.3.3; "VP Codec ISO Media File Format Binding"; 23008-12, 6.5 (HEIF); RFC 6381. */
#ifndef PLUGINS_VIDEO_ISOBMFF_CODECS_H
#define PLUGINS_VIDEO_ISOBMFF_CODECS_H

#include "isobmff_values.h"
#include <adit/bits.h>
#include <adit/varint.h>

static const char *const chroma_formats[4] = {"4:0:0", "4:2:0", "4:2:2", "4:4:4"};

static inline void put_u64(struct isobmff *x, const struct adit_bits *b, const char *field, uint64_t value)
{
    if (adit_bits_ok(b))
        (void)adit_emit_u64(x->job, field, value);
}

static inline void read_avcc(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    char codec[16];
    adit_skip(c, 1);
    uint8_t profile = adit_read_u8(c), constraints = adit_read_u8(c), level = adit_read_u8(c);
    if (!adit_ok(c))
        return;
    (void)snprintf(codec, sizeof codec, "%s.%02x%02x%02x", format, profile, constraints, level);
    (void)adit_emit_string(x->job, "codec_string", codec);
    (void)adit_emit_u64(x->job, "profile", profile);
    (void)adit_emit_u64(x->job, "level", level);
    (void)adit_emit_u64(x->job, "constraints", constraints);
}

/* 14496-15, 8.3.3.1, and annex E for the string. */
static inline void read_hvcc(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    struct adit_bits b = adit_bits_msb(c);
    char codec[64];
    uint64_t version = adit_read_bits(&b, 8), space = adit_read_bits(&b, 2), tier = adit_read_bits(&b, 1);
    uint64_t profile = adit_read_bits(&b, 5), compatible = adit_read_bits(&b, 32), constraints = adit_read_bits(&b, 48);
    uint64_t level = adit_read_bits(&b, 8), reversed = 0;
    for (int i = 0; i < 32; i++)
        reversed |= (compatible >> i & 1) << (31 - i);
    int n = snprintf(codec, sizeof codec, "%s.%.*s%u.%x.%c%u", format, space ? 1 : 0, &" ABC"[space], (unsigned)profile,
                     (unsigned)reversed, tier ? 'H' : 'L', (unsigned)level);
    for (int i = 5; i >= 0 && constraints; i--, constraints &= (UINT64_C(1) << (8 * (i + 1))) - 1)
        n += snprintf(codec + n, sizeof codec - (size_t)n, ".%x", (unsigned)(constraints >> (8 * i) & 0xff));
    if (!adit_bits_ok(&b))
        return;
    (void)adit_emit_string(x->job, "codec_string", codec);
    put_u64(x, &b, "configuration_version", version);
    put_u64(x, &b, "profile_space", space);
    put_u64(x, &b, "tier", tier);
    put_u64(x, &b, "profile", profile);
    put_u64(x, &b, "compatibility", compatible);
    put_u64(x, &b, "level", level);
    put_u64(x, &b, "min_spatial_segmentation", adit_read_bits(&b, 16) & 0xfff);
    put_u64(x, &b, "parallelism", adit_read_bits(&b, 8) & 3);
    const char *chroma = chroma_formats[adit_read_bits(&b, 8) & 3];
    if (adit_bits_ok(&b))
        (void)adit_emit_string(x->job, "chroma_format", chroma);
    put_u64(x, &b, "luma_depth", (adit_read_bits(&b, 8) & 7) + 8);
    put_u64(x, &b, "chroma_depth", (adit_read_bits(&b, 8) & 7) + 8);
    put_u64(x, &b, "average_frame_rate", adit_read_bits(&b, 16));
    put_u64(x, &b, "constant_frame_rate", adit_read_bits(&b, 2));
    put_u64(x, &b, "temporal_layers", adit_read_bits(&b, 3));
    put_u64(x, &b, "temporal_id_nested", adit_read_bits(&b, 1));
}

static inline void read_av1c(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    struct adit_bits b = adit_bits_msb(c);
    char codec[32];
    adit_skip_bits(&b, 1);
    uint64_t version = adit_read_bits(&b, 7), profile = adit_read_bits(&b, 3), level = adit_read_bits(&b, 5);
    bool tier = adit_read_bit(&b), high = adit_read_bit(&b), twelve = adit_read_bit(&b), mono = adit_read_bit(&b);
    bool sub_x = adit_read_bit(&b), sub_y = adit_read_bit(&b);
    uint64_t position = adit_read_bits(&b, 2);
    unsigned depth = high ? (profile == 2 && twelve ? 12 : 10) : 8;
    if (!adit_bits_ok(&b))
        return;
    (void)snprintf(codec, sizeof codec, "%s.%u.%02u%c.%02u", format, (unsigned)profile, (unsigned)level,
                   tier ? 'H' : 'M', depth);
    (void)adit_emit_string(x->job, "codec_string", codec);
    put_u64(x, &b, "configuration_version", version);
    put_u64(x, &b, "profile", profile);
    put_u64(x, &b, "level", level);
    put_u64(x, &b, "tier", tier);
    put_u64(x, &b, "luma_depth", depth);
    (void)adit_emit_string(x->job, "chroma_format", mono ? "4:0:0" : sub_x ? (sub_y ? "4:2:0" : "4:2:2") : "4:4:4");
    put_u64(x, &b, "chroma_sample_position", position);
}

static inline void read_vpcc(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    static const char *const chromas[4] = {"4:2:0", "4:2:0", "4:2:2", "4:4:4"};
    char codec[32];
    (void)adit_read_full_box(c, NULL);
    uint8_t profile = adit_read_u8(c), level = adit_read_u8(c), depth = adit_read_u8(c);
    if (!adit_ok(c))
        return;
    (void)snprintf(codec, sizeof codec, "%s.%02u.%02u.%02u", format, profile, level, depth >> 4);
    (void)adit_emit_string(x->job, "codec_string", codec);
    (void)adit_emit_u64(x->job, "profile", profile);
    (void)adit_emit_u64(x->job, "level", level);
    (void)adit_emit_u64(x->job, "luma_depth", depth >> 4);
    (void)adit_emit_string(x->job, "chroma_format", chromas[depth >> 1 & 3]);
}

/* 14496-1, 7.2.6.5 and 7.2.6.6: descriptors are a tag, a size and what they hold, other descriptors among it. */
static inline void read_esds(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    char codec[32];
    (void)adit_read_full_box(c, NULL);
    if (adit_read_u8(c) != 3)
        return;
    (void)adit_read_vlq(c);
    adit_skip(c, 2);
    uint8_t flags = adit_read_u8(c);
    adit_skip(c, flags & 0x80 ? 2 : 0);
    adit_skip(c, flags & 0x40 ? adit_read_u8(c) : 0);
    adit_skip(c, flags & 0x20 ? 2 : 0);
    if (adit_read_u8(c) != 4)
        return;
    (void)adit_read_vlq(c);
    uint8_t object = adit_read_u8(c);
    adit_skip(c, 1);
    uint32_t buffer = adit_read_u24(c), most = adit_read_u32(c), mean = adit_read_u32(c);
    if (!adit_ok(c))
        return;
    if (!add_once(&x->in_entry, BOX('b', 't', 'r', 't'))) /* which tells the same */
        return;
    (void)adit_emit_u64(x->job, "buffer_size", buffer);
    (void)adit_emit_u64(x->job, "max_bit_rate", most);
    (void)adit_emit_u64(x->job, "average_bit_rate", mean);
    int n = snprintf(codec, sizeof codec, "%s.%x", format, object);
    if (adit_read_u8(c) == 5 && adit_read_vlq(c) > 0 && object == 0x40) { /* 14496-3, 1.6.2.1 */
        struct adit_bits b = adit_bits_msb(c);
        uint64_t type = adit_read_bits(&b, 5);
        type = type == 31 ? 32 + adit_read_bits(&b, 6) : type;
        if (adit_bits_ok(&b))
            (void)snprintf(codec + n, sizeof codec - (size_t)n, ".%u", (unsigned)type);
    }
    (void)adit_emit_string(x->job, "codec_string", codec);
}

/* There may be a profile beside the numbers; of several numbers the first are taken. */
static inline void read_colr(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    uint32_t type = adit_read_u32(c);
    emit_fourcc(x, "color_types", type);
    if (type == BOX('p', 'r', 'o', 'f') || type == BOX('r', 'I', 'C', 'C')) {
        (void)adit_emit_range(x->job, ADIT_TEXT("colr"), "application/vnd.iccprofile", c->at, adit_left(c));
        return;
    }
    uint16_t primaries = adit_read_u16(c), transfer = adit_read_u16(c), matrix = adit_read_u16(c);
    (void)format;
    if (!adit_ok(c) || !add_once(&x->in_entry, type))
        return;
    (void)adit_emit_u64(x->job, "color_primaries", primaries);
    (void)adit_emit_u64(x->job, "transfer_characteristics", transfer);
    (void)adit_emit_u64(x->job, "matrix_coefficients", matrix);
    if (type == BOX('n', 'c', 'l', 'x') && adit_left(c) > 0)
        (void)adit_emit_bool(x->job, "full_range", adit_read_u8(c) & 0x80);
}

/* Numbers one after another, each under its name. */
static inline void read_numbers(struct isobmff *x, struct adit_cursor *c, const char *const *fields, size_t n,
                                uint32_t width)
{
    for (size_t i = 0; i < n && adit_ok(c); i++) {
        uint64_t value = adit_cursor_number(c, width, true);
        if (adit_ok(c))
            (void)adit_emit_u64(x->job, fields[i], value);
    }
}
#define NUMBERS(function, skip, width, ...)                                                                            \
    static inline void function(struct isobmff *x, struct adit_cursor *c, const char *format)                          \
    {                                                                                                                  \
        static const char *const fields[] = {__VA_ARGS__};                                                             \
        (void)format;                                                                                                  \
        adit_skip(c, skip);                                                                                            \
        read_numbers(x, c, fields, sizeof fields / sizeof *fields, width);                                             \
    }
NUMBERS(read_pasp, 0, 4, "pixel_aspect_horizontal", "pixel_aspect_vertical")
NUMBERS(read_btrt, 0, 4, "buffer_size", "max_bit_rate", "average_bit_rate")
NUMBERS(read_ispe, 4, 4, "width", "height")
NUMBERS(read_fiel, 0, 1, "fields", "field_order")
NUMBERS(read_clli, 0, 2, "max_content_light_level", "max_average_light_level")

static inline void read_pixi(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    (void)format;
    adit_skip(c, 4);
    for (uint8_t n = adit_read_u8(c); n > 0 && adit_left(c) > 0; n--)
        (void)adit_emit_u64(x->job, "bits_per_channel", adit_read_u8(c));
}

/* Width, height, horizontal and vertical offset, as fractions. */
static inline void read_clap(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    (void)format;
    for (int i = 0; i < 4 && adit_left(c) >= 8; i++) {
        int32_t above = adit_read_i32(c), below = adit_read_i32(c);
        (void)adit_emit_f64(x->job, "clean_aperture", below ? (double)above / below : 0);
    }
}

static inline void read_irot(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    (void)format;
    (void)adit_emit_u64(x->job, "rotation", (adit_read_u8(c) & 3) * 90u);
}

static inline void read_imir(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    (void)format;
    (void)adit_emit_string(x->job, "mirror", adit_read_u8(c) & 1 ? "left-right" : "top-bottom");
}

static inline void read_auxc(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    (void)format;
    adit_skip(c, 4);
    emit_rest_as_text(x, "auxiliary_type", c);
}

/* A sample entry or item has one of each kind; colr is told of more than once, as profiles and numbers stand beside each other. */
static inline void read_description(struct isobmff *x, const struct adit_box *box, struct adit_cursor *c,
                                    const char *format)
{
    enum { CODEC = 1 };
    static const struct {
        uint32_t type, kind;
        void (*read)(struct isobmff *x, struct adit_cursor *c, const char *format);
    } boxes[] = {
        {BOX('a', 'v', 'c', 'C'), CODEC, read_avcc},
        {BOX('h', 'v', 'c', 'C'), CODEC, read_hvcc},
        {BOX('a', 'v', '1', 'C'), CODEC, read_av1c},
        {BOX('v', 'p', 'c', 'C'), CODEC, read_vpcc},
        {BOX('e', 's', 'd', 's'), CODEC, read_esds},
        {BOX('c', 'o', 'l', 'r'), 0, read_colr},
        {BOX('p', 'a', 's', 'p'), BOX('p', 'a', 's', 'p'), read_pasp},
        {BOX('b', 't', 'r', 't'), BOX('b', 't', 'r', 't'), read_btrt},
        {BOX('f', 'i', 'e', 'l'), BOX('f', 'i', 'e', 'l'), read_fiel},
        {BOX('c', 'l', 'l', 'i'), BOX('c', 'l', 'l', 'i'), read_clli},
        {BOX('i', 's', 'p', 'e'), BOX('i', 's', 'p', 'e'), read_ispe},
        {BOX('p', 'i', 'x', 'i'), BOX('p', 'i', 'x', 'i'), read_pixi},
        {BOX('c', 'l', 'a', 'p'), BOX('c', 'l', 'a', 'p'), read_clap},
        {BOX('i', 'r', 'o', 't'), BOX('i', 'r', 'o', 't'), read_irot},
        {BOX('i', 'm', 'i', 'r'), BOX('i', 'm', 'i', 'r'), read_imir},
        {BOX('a', 'u', 'x', 'C'), BOX('a', 'u', 'x', 'C'), read_auxc},
    };
    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++)
        if (boxes[i].type == box->type && (boxes[i].kind == 0 || add_once(&x->in_entry, boxes[i].kind)))
            boxes[i].read(x, c, format);
}

#endif
