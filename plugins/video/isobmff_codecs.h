/* SPDX-License-Identifier: MIT */
/* Boxes that describe coded pictures and sound: in sample entries and as properties of HEIF items. Each emits into the object that is
 * open. Sources: ISO/IEC 14496-12, 12.1 (colr, pasp, clap), 8.5.2.2 (btrt); 23008-12, 6.5 (HEIF); of those that decoders need, see the
 * headers included. */
#ifndef PLUGINS_VIDEO_ISOBMFF_CODECS_H
#define PLUGINS_VIDEO_ISOBMFF_CODECS_H

#include "isobmff_codec_names.h"
#include "isobmff_pictures.h"
#include "isobmff_sound.h"

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
    if (!adit_ok(c) || !add_once(&x->in_entry, COLORS_TOLD))
        return;
    emit_colors(x, primaries, transfer, matrix);
    if (type == BOX('n', 'c', 'l', 'x') && adit_left(c) > 0 && add_once(&x->in_entry, RANGE_TOLD))
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
/* TS 26.244, 6.8; H.263, tables X.1 and X.2 */
static inline void read_d263(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    static const char *const profiles[] = {"Baseline",
                                           "H.320 Coding Efficiency Version 2 Backward-Compatibility",
                                           "Version 1 Backward-Compatibility",
                                           "Version 2 Interactive and Streaming Wireless",
                                           "Version 3 Interactive and Streaming Wireless",
                                           "Conversational High Compression",
                                           "Conversational Internet",
                                           "Conversational Interlace",
                                           "High Latency"};
    (void)format;
    if (!read_3gpp_decoder(x, c))
        return;
    uint8_t level = adit_read_u8(c), profile = adit_read_u8(c);
    if (!adit_ok(c))
        return;
    set_level(&x->picture, level);
    x->picture.profile = profile < sizeof profiles / sizeof *profiles ? profiles[profile] : NULL;
}

static inline void read_description(struct isobmff *x, const struct adit_box *box, struct adit_cursor *c,
                                    const char *format)
{
    enum { CODEC = BOX('c', 'o', 'd', 'e') }; /* they tell the same facts */
    static const struct {
        uint32_t type, kind;
        void (*read)(struct isobmff *x, struct adit_cursor *c, const char *format);
    } boxes[] = {
        {BOX('a', 'v', 'c', 'C'), CODEC, read_avcc},
        {BOX('h', 'v', 'c', 'C'), CODEC, read_hvcc},
        {BOX('a', 'v', '1', 'C'), CODEC, read_av1c},
        {BOX('v', 'p', 'c', 'C'), CODEC, read_vpcc},
        {BOX('e', 's', 'd', 's'), CODEC, read_esds},
        {BOX('d', 'a', 'c', '3'), CODEC, read_dac3},
        {BOX('d', 'e', 'c', '3'), CODEC, read_dec3},
        {BOX('a', 'l', 'a', 'c'), CODEC, read_alac},
        {BOX('d', 'a', 'm', 'r'), CODEC, read_damr},
        {BOX('d', '2', '6', '3'), CODEC, read_d263},
        {BOX('d', 'O', 'p', 's'), CODEC, read_dops},
        {BOX('d', 'f', 'L', 'a'), CODEC, read_dfla},
        {BOX('e', 'n', 'd', 'a'), BOX('e', 'n', 'd', 'a'), read_enda},
        {BOX('c', 'h', 'a', 'n'), BOX('c', 'h', 'a', 'n'), read_chan},
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

/* Before and after the boxes of a sample entry or item. */
static inline void begin_description(struct isobmff *x)
{
    x->in_entry.count = 0;
    x->picture = (struct picture_coding){.profile = NULL};
    x->object_type = x->original_format = 0;
    x->codec = NULL;
    x->is_little = false;
}

static inline void end_description(struct isobmff *x, uint32_t format)
{
    emit_codec(x, format);
    emit_picture(x);
}

#endif
