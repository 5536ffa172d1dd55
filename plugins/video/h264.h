/* SPDX-License-Identifier: MIT */
/* H.264 (ISO/IEC 14496-10): profile and level, sequence and picture parameter sets. ITU-T H.264 (2021), 7.3.2, A.2, A.3, E.1. */
#ifndef PLUGINS_VIDEO_H264_H
#define PLUGINS_VIDEO_H264_H

#include "picture.h"

enum { H264_SEI = 6, H264_SPS = 7, H264_PPS = 8 };           /* nal_unit_type, table 7-1 */
enum { SET1 = 0x40, SET3 = 0x10, SET4 = 0x08, SET5 = 0x04 }; /* constraint_set1_flag, … */

/* A.2.1 to A.2.11, and those of annexes F to H. */
static inline const char *h264_profile(unsigned profile, unsigned constraints)
{
    bool intra = constraints & SET3;
    switch (profile) {
    case 66:
        return constraints & SET1 ? "Constrained Baseline" : "Baseline";
    case 77:
        return "Main";
    case 88:
        return "Extended";
    case 100:
        return constraints & SET4 ? (constraints & SET5 ? "Constrained High" : "Progressive High") : "High";
    case 110:
        return intra ? "High 10 Intra" : "High 10";
    case 122:
        return intra ? "High 4:2:2 Intra" : "High 4:2:2";
    case 244:
        return intra ? "High 4:4:4 Intra" : "High 4:4:4 Predictive";
    case 44:
        return "CAVLC 4:4:4 Intra";
    case 83:
        return "Scalable Baseline";
    case 86:
        return "Scalable High";
    case 118:
        return "Multiview High";
    case 128:
        return "Stereo High";
    default:
        return NULL;
    }
}

/* A.3.1: level 1b is 9, or 11 with constraint_set3_flag in the profiles before High. */
static inline void h264_set_profile(struct picture_coding *p, unsigned profile, unsigned constraints, unsigned level)
{
    bool old = profile == 66 || profile == 77 || profile == 88;
    p->profile = h264_profile(profile, constraints);
    if (level == 9 || (old && level == 11 && constraints & SET3))
        (void)snprintf(p->level, sizeof p->level, "1b");
    else
        set_level(p, level);
}

/* 7.3.2.1.1.1 */
static inline void h264_skip_scaling_list(struct adit_bits *b, int size)
{
    int last = 8, next = 8;
    for (int i = 0; i < size && adit_bits_ok(b); i++) {
        if (next != 0)
            next = (last + adit_read_se(b) % 256 + 256) % 256;
        last = next == 0 ? last : next;
    }
}

/* The fields of the profiles from High on. */
static inline uint32_t h264_read_high(struct picture_coding *p, struct adit_bits *b)
{
    uint32_t chroma = adit_read_ue(b);
    bool planes = chroma == 3 && adit_read_bit(b);
    uint32_t luma_depth = adit_read_ue(b), chroma_depth = adit_read_ue(b);
    adit_skip_bits(b, 1);
    if (adit_read_bit(b)) /* seq_scaling_matrix_present_flag */
        for (int i = 0; i < (chroma == 3 ? 12 : 8) && adit_bits_ok(b); i++)
            if (adit_read_bit(b))
                h264_skip_scaling_list(b, i < 6 ? 16 : 64);
    if (chroma > 3 || luma_depth > 6 || chroma_depth > 6)
        adit_fail(&b->cursor);
    if (!adit_bits_ok(b))
        return 0;
    p->chroma = chroma_formats[chroma];
    p->luma_depth = luma_depth + 8;
    p->chroma_depth = chroma > 0 ? chroma_depth + 8 : 0;
    return planes ? 0 : chroma; /* ChromaArrayType */
}

static inline void h264_skip_order_count(struct adit_bits *b)
{
    uint32_t type = adit_read_ue(b);
    if (type == 0) {
        (void)adit_read_ue(b);
    } else if (type == 1) {
        adit_skip_bits(b, 1);
        (void)adit_read_se(b);
        (void)adit_read_se(b);
        for (uint32_t n = adit_read_ue(b); n > 0 && adit_bits_ok(b); n--)
            (void)adit_read_se(b);
    }
}

/* 7.3.2.1.1: a whole NAL unit, its head included. */
static inline void h264_read_sps(struct picture_coding *p, const struct adit_cursor *nal)
{
    struct adit_bits b = adit_bits_nal(nal);
    adit_skip_bits(&b, 8);
    unsigned profile = (unsigned)adit_read_bits(&b, 8);
    adit_skip_bits(&b, 16);
    (void)adit_read_ue(&b);
    bool high = profile >= 100 || profile == 44 || profile == 83 || profile == 86;
    uint32_t chroma = 1;
    p->chroma = chroma_formats[1];
    p->luma_depth = p->chroma_depth = 8;
    if (high)
        chroma = h264_read_high(p, &b);
    (void)adit_read_ue(&b);
    h264_skip_order_count(&b);
    uint32_t references = adit_read_ue(&b);
    adit_skip_bits(&b, 1);
    uint64_t width = adit_read_ue(&b) + UINT64_C(1), height = adit_read_ue(&b) + UINT64_C(1);
    bool frames_only = adit_read_bit(&b);
    adit_skip_bits(&b, frames_only ? 1 : 2);
    uint32_t crop[4] = {0, 0, 0, 0};
    bool cropped = adit_read_bit(&b);
    for (int i = 0; i < 4 && cropped; i++)
        crop[i] = adit_read_ue(&b);
    bool vui = adit_read_bit(&b);
    if (!adit_bits_ok(&b))
        return;
    uint32_t lines = frames_only ? 1 : 2; /* of a frame, for each of a field */
    set_size(p, width * 16, height * 16 * lines, crop, chroma == 1 || chroma == 2 ? 2 : 1,
             lines * (chroma == 1 ? 2 : 1));
    p->has_sequence = p->has_reference_frames = p->has_progressive = true;
    p->reference_frames = references;
    p->progressive = frames_only;
    if (vui)
        read_vui_head(p, &b);
}

/* 7.3.2.2 */
static inline void h264_read_pps(struct picture_coding *p, const struct adit_cursor *nal)
{
    struct adit_bits b = adit_bits_nal(nal);
    adit_skip_bits(&b, 8);
    (void)adit_read_ue(&b);
    (void)adit_read_ue(&b);
    bool cabac = adit_read_bit(&b);
    if (adit_bits_ok(&b))
        p->entropy = cabac ? "CABAC" : "CAVLC";
}

#endif
