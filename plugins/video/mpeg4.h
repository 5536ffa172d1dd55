/* SPDX-License-Identifier: MIT */
/* MPEG-4 Visual: profile and level, and the encoder's own text. ISO/IEC 14496-2, 6.2.2, 6.3.2, table G.1. */
#ifndef PLUGINS_VIDEO_MPEG4_H
#define PLUGINS_VIDEO_MPEG4_H

#include "picture.h"
#include <adit/tag.h>

enum { MPEG4_USER_DATA = 0xb2, MPEG4_SEQUENCE = 0xb0, MPEG4_LAYER = 0x20, MPEG4_LAYER_LAST = 0x2f };

/* profile_and_level_indication: the profile, and ten times the level. */
static const struct adit_tag mpeg4_profiles[] = {
    {0x01, 10, "Simple"},
    {0x02, 20, "Simple"},
    {0x03, 30, "Simple"},
    {0x04, 40, "Simple"},
    {0x05, 50, "Simple"},
    {0x08, 0, "Simple"},
    {0x11, 10, "Simple Scalable"},
    {0x12, 20, "Simple Scalable"},
    {0x21, 10, "Core"},
    {0x22, 20, "Core"},
    {0x32, 20, "Main"},
    {0x33, 30, "Main"},
    {0x34, 40, "Main"},
    {0x42, 20, "N-bit"},
    {0x91, 10, "Advanced Real Time Simple"},
    {0x92, 20, "Advanced Real Time Simple"},
    {0x93, 30, "Advanced Real Time Simple"},
    {0x94, 40, "Advanced Real Time Simple"},
    {0xb1, 10, "Advanced Coding Efficiency"},
    {0xb2, 20, "Advanced Coding Efficiency"},
    {0xb3, 30, "Advanced Coding Efficiency"},
    {0xb4, 40, "Advanced Coding Efficiency"},
    {0xf0, 0, "Advanced Simple"},
    {0xf1, 10, "Advanced Simple"},
    {0xf2, 20, "Advanced Simple"},
    {0xf3, 30, "Advanced Simple"},
    {0xf4, 40, "Advanced Simple"},
    {0xf5, 50, "Advanced Simple"},
};

/* 6.2.3: up to interlaced, of a layer of rectangular pictures. */
static inline void mpeg4_read_layer(struct picture_coding *p, const struct adit_cursor *c)
{
    struct adit_bits b = adit_bits_msb(c);
    adit_skip_bits(&b, 9);
    uint64_t version = 1;
    if (adit_read_bit(&b)) { /* is_object_layer_identifier */
        version = adit_read_bits(&b, 4);
        adit_skip_bits(&b, 3);
    }
    static const uint8_t shapes[6][2] = {{0, 0}, {1, 1}, {12, 11}, {10, 11}, {16, 11}, {40, 33}}; /* table 6-12 */
    unsigned shape = (unsigned)adit_read_bits(&b, 4);
    uint32_t across = shape == 15 ? (uint32_t)adit_read_bits(&b, 8) : shape < 6 ? shapes[shape][0] : 0;
    uint32_t down = shape == 15 ? (uint32_t)adit_read_bits(&b, 8) : shape < 6 ? shapes[shape][1] : 0;
    if (adit_read_bit(&b)) { /* vol_control_parameters */
        adit_skip_bits(&b, 3);
        if (adit_read_bit(&b)) /* vbv_parameters */
            adit_skip_bits(&b, 79);
    }
    bool rectangular = adit_read_bits(&b, 2) == 0;
    adit_skip_bits(&b, 1);
    uint64_t resolution = adit_read_bits(&b, 16);
    adit_skip_bits(&b, 1);
    unsigned time_bits = 1;
    while (time_bits < 16 && resolution > UINT64_C(1) << time_bits)
        time_bits++;
    if (adit_read_bit(&b)) /* fixed_vop_rate */
        adit_skip_bits(&b, time_bits);
    adit_skip_bits(&b, 1);
    uint32_t width = (uint32_t)adit_read_bits(&b, 13);
    adit_skip_bits(&b, 1);
    uint32_t height = (uint32_t)adit_read_bits(&b, 13);
    adit_skip_bits(&b, 1);
    bool interlaced = adit_read_bit(&b);
    if (!adit_bits_ok(&b) || !rectangular || version == 0)
        return;
    p->has_sequence = p->has_progressive = true;
    p->progressive = !interlaced;
    p->width = width;
    p->height = height;
    p->aspect_width = across;
    p->aspect_height = down;
    p->chroma = chroma_formats[1]; /* 6.3.3: chroma_format is 4:2:0; not_8_bit is of the profile N-bit alone */
    p->luma_depth = p->chroma_depth = 8;
}

/* The headers of a DecoderSpecificInfo: start codes, and what follows them. The text of an encoder is user data. */
static inline void mpeg4_read_headers(struct picture_coding *p, struct adit_cursor *c, struct adit_cursor *user)
{
    uint32_t last = 0xffffffff;
    for (int n = 0; n < 4096 && adit_left(c) > 0; n++) {
        last = last << 8 | adit_read_u8(c);
        if (last >> 8 != 1)
            continue;
        struct adit_cursor rest = *c;
        unsigned code = last & 0xff;
        if (code == MPEG4_SEQUENCE && adit_left(c) > 0) {
            const struct adit_tag *tag = adit_tag_find(ADIT_TAGS(mpeg4_profiles), adit_read_u8(&rest));
            p->profile = tag ? tag->name : NULL;
            if (tag)
                set_level(p, tag->form);
        } else if (code >= MPEG4_LAYER && code <= MPEG4_LAYER_LAST) {
            mpeg4_read_layer(p, &rest);
        } else if (code == MPEG4_USER_DATA) {
            *user = rest;
        }
    }
}

#endif
