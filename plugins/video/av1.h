/* SPDX-License-Identifier: MIT */
/* AV1: profiles, levels, and the sequence header. "AV1 Bitstream & Decoding Process Specification" 5.3, 5.5, 6.4.1, A.2, A.3. */
#ifndef PLUGINS_VIDEO_AV1_H
#define PLUGINS_VIDEO_AV1_H

#include "picture.h"
#include <adit/varint.h>

enum { AV1_SEQUENCE_HEADER = 1 }; /* obu_type, 6.2.2 */

static const char *const av1_profiles[8] = {"Main", "High", "Professional", NULL, NULL, NULL, NULL, NULL};

/* A.3: seq_level_idx counts the levels 2.0, 2.1, 2.2, 2.3, 3.0, …; 31 is without bounds. */
static inline void av1_set_profile(struct picture_coding *p, unsigned profile, unsigned level)
{
    p->profile = av1_profiles[profile & 7];
    if (level < 24)
        (void)snprintf(p->level, sizeof p->level, "%u.%u", 2 + (level >> 2), level & 3);
}

/* 5.5.1: timing, and the points of operation. */
static inline void av1_skip_operation(struct adit_bits *b)
{
    unsigned delay_bits = 0;
    bool model = false;
    if (adit_read_bit(b)) { /* timing_info_present_flag */
        adit_skip_bits(b, 64);
        if (adit_read_bit(b))
            (void)adit_read_ue(b); /* uvlc() of 4.10.3 is coded as ue(v) */
        model = adit_read_bit(b);
        if (model) {
            delay_bits = (unsigned)adit_read_bits(b, 5) + 1;
            adit_skip_bits(b, 32 + 5 + 5);
        }
    }
    bool delays = adit_read_bit(b);
    for (unsigned n = (unsigned)adit_read_bits(b, 5) + 1; n > 0 && adit_bits_ok(b); n--) {
        adit_skip_bits(b, 12);
        if (adit_read_bits(b, 5) > 7)
            adit_skip_bits(b, 1);
        if (model && adit_read_bit(b))
            adit_skip_bits(b, 2 * delay_bits + 1);
        if (delays && adit_read_bit(b))
            adit_skip_bits(b, 4);
    }
}

/* 5.5.1, from enable_interintra_compound on. */
static inline void av1_skip_tools(struct adit_bits *b)
{
    adit_skip_bits(b, 4);
    bool order_hint = adit_read_bit(b);
    adit_skip_bits(b, order_hint ? 2 : 0);
    bool screen = adit_read_bit(b) || adit_read_bit(b);
    if (screen && !adit_read_bit(b))
        adit_skip_bits(b, 1);
    adit_skip_bits(b, order_hint ? 3 : 0);
}

/* 5.5.2 */
static inline void av1_read_colors(struct picture_coding *p, struct adit_bits *b, unsigned profile)
{
    bool high = adit_read_bit(b);
    if (profile == 2 && high)
        adit_skip_bits(b, 1);
    bool mono = profile != 1 && adit_read_bit(b), described = adit_read_bit(b);
    uint8_t primaries = described ? (uint8_t)adit_read_bits(b, 8) : ADIT_CICP_UNSPECIFIED;
    uint8_t transfer = described ? (uint8_t)adit_read_bits(b, 8) : ADIT_CICP_UNSPECIFIED;
    uint8_t matrix = described ? (uint8_t)adit_read_bits(b, 8) : ADIT_CICP_UNSPECIFIED;
    bool rgb = !mono && primaries == 1 && transfer == 13 && matrix == 0, full = rgb || adit_read_bit(b);
    if (!adit_bits_ok(b))
        return;
    p->has_colors = described;
    p->primaries = primaries;
    p->transfer = transfer;
    p->matrix = matrix;
    p->has_range = true;
    p->full_range = full;
}

/* 5.3 and 5.5.1: the first open bitstream unit with a sequence header. */
static inline void av1_read_units(struct picture_coding *p, struct adit_cursor *c)
{
    for (int n = 0; n < 16 && adit_left(c) > 0; n++) {
        uint8_t head = adit_read_u8(c);
        adit_skip(c, head & 4 ? 1 : 0);
        uint64_t size = head & 2 ? adit_read_uleb128(c) : adit_left(c);
        struct adit_cursor unit = adit_sub(c, size);
        if ((head >> 3 & 15) != AV1_SEQUENCE_HEADER)
            continue;
        struct adit_bits b = adit_bits_msb(&unit);
        unsigned profile = (unsigned)adit_read_bits(&b, 3);
        adit_skip_bits(&b, 1);
        bool reduced = adit_read_bit(&b);
        if (reduced)
            adit_skip_bits(&b, 5);
        else
            av1_skip_operation(&b);
        unsigned width_bits = (unsigned)adit_read_bits(&b, 4) + 1, height_bits = (unsigned)adit_read_bits(&b, 4) + 1;
        uint32_t width = (uint32_t)adit_read_bits(&b, width_bits) + 1,
                 height = (uint32_t)adit_read_bits(&b, height_bits) + 1;
        if (!reduced && adit_read_bit(&b)) /* frame_id_numbers_present_flag */
            adit_skip_bits(&b, 7);
        adit_skip_bits(&b, 3);
        if (!reduced)
            av1_skip_tools(&b);
        adit_skip_bits(&b, 3);
        if (!adit_bits_ok(&b))
            return;
        p->has_sequence = true;
        p->width = width;
        p->height = height;
        av1_read_colors(p, &b, profile);
        return;
    }
}

#endif
