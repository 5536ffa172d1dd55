/* SPDX-License-Identifier: MIT */
/* What the headers of a coded video tell of its pictures, whatever it is stored in: see h264.h, h265.h, av1.h, mpeg4.h. */
#ifndef PLUGINS_VIDEO_PICTURE_H
#define PLUGINS_VIDEO_PICTURE_H

#include <adit/bits.h>
#include <adit/cicp.h>
#include <stdio.h>

struct picture_coding {
    const char *profile;                  /* its name; NULL: not known */
    const char *chroma;                   /* "4:2:0"; NULL: not told */
    const char *entropy;                  /* of H.264: CABAC or CAVLC; NULL: not told */
    char level[8];                        /* as the standard writes it: "3.1"; "": not told */
    uint32_t luma_depth, chroma_depth;    /* bits; 0: not told */
    uint32_t coded_width, coded_height;   /* in whole blocks; 0: not told */
    uint32_t width, height;               /* without what is cropped; 0: not told */
    uint32_t aspect_width, aspect_height; /* of a pixel; 0: not told */
    uint32_t reference_frames;
    bool has_sequence, has_reference_frames, has_progressive, progressive;
    bool has_colors, has_range, full_range;
    uint8_t primaries, transfer, matrix; /* H.273 */
};

static const char *const chroma_formats[4] = {"4:0:0", "4:2:0", "4:2:2", "4:4:4"}; /* chroma_format_idc */

/* A level that is a whole number or one with a digit after the point; ten times it. */
static inline void set_level(struct picture_coding *p, unsigned tenths)
{
    if (tenths % 10)
        (void)snprintf(p->level, sizeof p->level, "%u.%u", tenths / 10 % 100, tenths % 10);
    else
        (void)snprintf(p->level, sizeof p->level, "%u", tenths / 10 % 100);
}

/* H.264, E.1.1 and H.265, E.2.1 begin alike: the shape of a pixel, the colours; table E-1. */
static inline void read_vui_head(struct picture_coding *p, struct adit_bits *b)
{
    static const uint8_t shapes[17][2] = {{0, 0},   {1, 1},    {12, 11}, {10, 11}, {16, 11}, {40, 33},
                                          {24, 11}, {20, 11},  {32, 11}, {80, 33}, {18, 11}, {15, 11},
                                          {64, 33}, {160, 99}, {4, 3},   {3, 2},   {2, 1}};
    if (adit_read_bit(b)) { /* aspect_ratio_info_present_flag */
        unsigned shape = (unsigned)adit_read_bits(b, 8);
        p->aspect_width = shape == 255 ? (uint32_t)adit_read_bits(b, 16) : shape < 17 ? shapes[shape][0] : 0;
        p->aspect_height = shape == 255 ? (uint32_t)adit_read_bits(b, 16) : shape < 17 ? shapes[shape][1] : 0;
    }
    if (adit_read_bit(b)) /* overscan_info_present_flag */
        adit_skip_bits(b, 1);
    if (!adit_read_bit(b)) /* video_signal_type_present_flag */
        return;
    adit_skip_bits(b, 3);
    bool full_range = adit_read_bit(b), described = adit_read_bit(b);
    uint8_t primaries = described ? (uint8_t)adit_read_bits(b, 8) : ADIT_CICP_UNSPECIFIED;
    uint8_t transfer = described ? (uint8_t)adit_read_bits(b, 8) : ADIT_CICP_UNSPECIFIED;
    uint8_t matrix = described ? (uint8_t)adit_read_bits(b, 8) : ADIT_CICP_UNSPECIFIED;
    if (!adit_bits_ok(b))
        return;
    p->has_range = true;
    p->full_range = full_range;
    p->has_colors = described;
    p->primaries = primaries;
    p->transfer = transfer;
    p->matrix = matrix;
}

/* What is cut off at the sides, in units of so many pixels (H.264, 7.4.2.1.1; H.265, 7.4.3.2.1). */
static inline void set_size(struct picture_coding *p, uint64_t width, uint64_t height, const uint32_t crop[4],
                            uint32_t unit_x, uint32_t unit_y)
{
    uint64_t across = ((uint64_t)crop[0] + crop[1]) * unit_x, down = ((uint64_t)crop[2] + crop[3]) * unit_y;
    if (width > UINT32_MAX || height > UINT32_MAX || across >= width || down >= height)
        return;
    p->coded_width = (uint32_t)width;
    p->coded_height = (uint32_t)height;
    p->width = (uint32_t)(width - across);
    p->height = (uint32_t)(height - down);
}

#endif
