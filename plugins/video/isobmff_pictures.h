/* SPDX-License-Identifier: MIT */
/* How pictures are coded: the boxes that hold what a decoder needs first. Sources: ISO/IEC 14496-15 (avcC, hvcC); "AV1 Codec ISO
 * Media File Format Binding" 2.3.3; "VP Codec ISO Media File Format Binding"; RFC 6381 (the string). */
#ifndef PLUGINS_VIDEO_ISOBMFF_PICTURES_H
#define PLUGINS_VIDEO_ISOBMFF_PICTURES_H

#include "av1.h"
#include "h264.h"
#include "h265.h"
#include "isobmff_values.h"
#include "mpeg4.h"

enum { MAX_UNITS = 64 }; /* parameter sets of a configuration that are looked at */

static inline void put_u64(struct isobmff *x, const struct adit_bits *b, const char *field, uint64_t value)
{
    if (adit_bits_ok(b))
        (void)adit_emit_u64(x->job, field, value);
}

/* The next NAL unit, after its size in two bytes. */
static inline struct adit_cursor next_unit(struct adit_cursor *c)
{
    uint16_t size = adit_read_u16(c);
    return adit_sub(c, size);
}

/* 14496-15, 5.3.3.1: of several sets the first tells. */
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
    h264_set_profile(&x->picture, profile, constraints, level);
    x->unit_size = 1 + (adit_read_u8(c) & 3u);
    x->units = UNITS_H264;
    for (unsigned kind = 0; kind < 2; kind++) {
        unsigned count = adit_read_u8(c) & (kind == 0 ? 31u : 255u);
        for (unsigned i = 0; i < count && i < MAX_UNITS && adit_left(c) > 0; i++) {
            struct adit_cursor unit = next_unit(c);
            if (i == 0 && kind == 0)
                h264_read_sps(&x->picture, &unit);
            else if (i == 0)
                h264_read_pps(&x->picture, &unit);
        }
    }
}

/* 14496-15, 8.3.3.1: the arrays at its end. */
static inline void read_hvcc_units(struct isobmff *x, struct adit_cursor *c)
{
    for (unsigned arrays = adit_read_u8(c); arrays > 0 && adit_left(c) > 0; arrays--) {
        unsigned type = adit_read_u8(c) & 0x3f;
        uint16_t count = adit_read_u16(c);
        if (count > MAX_UNITS)
            return;
        for (unsigned i = 0; i < count && adit_left(c) > 0; i++) {
            struct adit_cursor unit = next_unit(c);
            if (i == 0 && type == H265_SPS)
                h265_read_sps(&x->picture, &unit);
            else if (type == H265_SEI && adit_ok(&unit))
                x->info = unit;
        }
    }
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
    x->picture.profile = adit_tag_name(ADIT_TAGS(h265_profiles), profile);
    if (level > 0) /* A.4.1: 30 times the level */
        set_level(&x->picture, (unsigned)level / 3);
    put_u64(x, &b, "min_spatial_segmentation", adit_read_bits(&b, 16) & 0xfff);
    put_u64(x, &b, "parallelism", adit_read_bits(&b, 8) & 3);
    x->picture.chroma = chroma_formats[adit_read_bits(&b, 8) & 3];
    x->picture.luma_depth = ((uint32_t)adit_read_bits(&b, 8) & 7) + 8;
    x->picture.chroma_depth = ((uint32_t)adit_read_bits(&b, 8) & 7) + 8;
    if (!adit_bits_ok(&b))
        return;
    put_u64(x, &b, "average_frame_rate", adit_read_bits(&b, 16));
    put_u64(x, &b, "constant_frame_rate", adit_read_bits(&b, 2));
    put_u64(x, &b, "temporal_layers", adit_read_bits(&b, 3));
    put_u64(x, &b, "temporal_id_nested", adit_read_bits(&b, 1));
    x->unit_size = 1 + (uint32_t)adit_read_bits(&b, 2);
    x->units = UNITS_H265;
    read_hvcc_units(x, &b.cursor);
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
    put_u64(x, &b, "chroma_sample_position", position);
    av1_set_profile(&x->picture, (unsigned)profile, (unsigned)level);
    x->picture.luma_depth = depth;
    x->picture.chroma = mono ? "4:0:0" : sub_x ? (sub_y ? "4:2:0" : "4:2:2") : "4:4:4";
    struct adit_cursor units = *c;
    adit_skip(&units, 4);
    av1_read_units(&x->picture, &units);
}

static inline void read_vpcc(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    static const char *const chromas[4] = {"4:2:0", "4:2:0", "4:2:2", "4:4:4"};
    char codec[32];
    uint8_t version = adit_read_full_box(c, NULL);
    uint8_t profile = adit_read_u8(c), level = adit_read_u8(c), depth = adit_read_u8(c);
    uint8_t primaries = adit_read_u8(c), transfer = adit_read_u8(c), matrix = adit_read_u8(c);
    if (!adit_ok(c))
        return;
    (void)snprintf(codec, sizeof codec, "%s.%02u.%02u.%02u", format, profile, level, depth >> 4);
    (void)adit_emit_string(x->job, "codec_string", codec);
    (void)adit_emit_u64(x->job, "profile", profile);
    (void)adit_emit_u64(x->job, "level", level);
    struct picture_coding *p = &x->picture;
    if (level > 0) /* 0: not defined */
        set_level(p, level);
    p->luma_depth = depth >> 4;
    p->chroma = chromas[depth >> 1 & 3];
    p->has_colors = p->has_range = version == 1; /* before it they were coded otherwise */
    p->primaries = primaries;
    p->transfer = transfer;
    p->matrix = matrix;
    p->full_range = depth & 1;
}

/* ITU-T H.273 */
static inline void emit_colors(struct isobmff *x, uint16_t primaries, uint16_t transfer, uint16_t matrix)
{
    (void)adit_emit_u64(x->job, "color_primaries", primaries);
    (void)adit_emit_tag(x->job, "color_primaries_name", ADIT_TAGS(adit_cicp_primaries), primaries);
    (void)adit_emit_u64(x->job, "transfer_characteristics", transfer);
    (void)adit_emit_tag(x->job, "transfer_characteristics_name", ADIT_TAGS(adit_cicp_transfers), transfer);
    (void)adit_emit_u64(x->job, "matrix_coefficients", matrix);
    (void)adit_emit_tag(x->job, "matrix_coefficients_name", ADIT_TAGS(adit_cicp_matrices), matrix);
}

/* At the end of a sample entry or item: colours and the shape of pixels only where the container did not tell them. */
static inline void emit_picture(struct isobmff *x)
{
    const struct picture_coding *p = &x->picture;
    bool has_colors = !add_once(&x->in_entry, COLORS_TOLD), has_range = !add_once(&x->in_entry, RANGE_TOLD);
    if (p->profile)
        (void)adit_emit_string(x->job, "profile_name", p->profile);
    if (p->level[0])
        (void)adit_emit_string(x->job, "level_name", p->level);
    if (p->chroma)
        (void)adit_emit_string(x->job, "chroma_format", p->chroma);
    if (p->luma_depth > 0)
        (void)adit_emit_u64(x->job, "luma_depth", p->luma_depth);
    if (p->chroma_depth > 0)
        (void)adit_emit_u64(x->job, "chroma_depth", p->chroma_depth);
    if (p->coded_width > 0) {
        (void)adit_emit_u64(x->job, "coded_width", p->coded_width);
        (void)adit_emit_u64(x->job, "coded_height", p->coded_height);
    }
    if (p->entropy)
        (void)adit_emit_string(x->job, "entropy_coding", p->entropy);
    if (p->has_reference_frames)
        (void)adit_emit_u64(x->job, "reference_frames", p->reference_frames);
    if (p->has_progressive)
        (void)adit_emit_bool(x->job, "progressive", p->progressive);
    if (p->has_colors && !has_colors)
        emit_colors(x, p->primaries, p->transfer, p->matrix);
    if (p->has_range && !has_range)
        (void)adit_emit_bool(x->job, "full_range", p->full_range);
    if (p->aspect_width > 0 && p->aspect_height > 0 && add_once(&x->in_entry, BOX('p', 'a', 's', 'p'))) {
        (void)adit_emit_u64(x->job, "pixel_aspect_horizontal", p->aspect_width);
        (void)adit_emit_u64(x->job, "pixel_aspect_vertical", p->aspect_height);
    }
}

#endif
