/* SPDX-License-Identifier: MIT */
/* H.265 (ISO/IEC 23008-2, HEVC): profiles, and the sequence parameter set up to its colours. ITU-T H.265 (2021), 7.3.2.2, 7.3.3,
 * 7.3.4, 7.3.7, 7.4.8, A.3, E.2. */
#ifndef PLUGINS_VIDEO_H265_H
#define PLUGINS_VIDEO_H265_H

#include "picture.h"
#include <adit/tag.h>

enum { H265_SPS = 33, H265_SEI = 39 }; /* nal_unit_type, table 7-1; SEI: before the picture */
enum { H265_PICTURES = 16 };           /* num_negative_pics and num_positive_pics at most, 7.4.8 */

/* general_profile_idc: A.3.2 to A.3.7, G.11, H.11, I.11. */
static const struct adit_tag h265_profiles[] = {
    {1, 0, "Main"},
    {2, 0, "Main 10"},
    {3, 0, "Main Still Picture"},
    {4, 0, "Format Range Extensions"},
    {5, 0, "High Throughput"},
    {6, 0, "Multiview Main"},
    {7, 0, "Scalable Main"},
    {8, 0, "3D Main"},
    {9, 0, "Screen-Extended"},
    {10, 0, "Scalable Format Range Extensions"},
    {11, 0, "High Throughput Screen-Extended"},
};

/* 7.3.3: of the whole stream, and of each of its temporal sub-layers. */
static inline void h265_read_tiers(struct picture_coding *p, struct adit_bits *b, unsigned layers)
{
    adit_skip_bits(b, 8 + 32);
    bool progressive = adit_read_bit(b), interlaced = adit_read_bit(b);
    adit_skip_bits(b, 2 + 43 + 1 + 8);
    if (adit_bits_ok(b)) {
        p->has_progressive = progressive != interlaced; /* both or none: unknown, or told by each picture */
        p->progressive = progressive;
    }
    uint64_t flags = adit_read_bits(b, layers > 0 ? 16 : 0);
    for (unsigned i = 0; i < layers; i++)
        adit_skip_bits(b, (flags >> (15 - 2 * i) & 1 ? 88u : 0u) + (flags >> (14 - 2 * i) & 1 ? 8u : 0u));
}

/* 7.3.4 */
static inline void h265_skip_scaling_lists(struct adit_bits *b)
{
    for (unsigned size = 0; size < 4; size++)
        for (unsigned matrix = 0; matrix < 6 && adit_bits_ok(b); matrix += size == 3 ? 3 : 1) {
            if (!adit_read_bit(b)) {
                (void)adit_read_ue(b);
                continue;
            }
            unsigned count = size == 0 ? 16 : 64;
            for (unsigned i = size > 1 ? 0 : 1; i <= count && adit_bits_ok(b); i++)
                (void)adit_read_se(b);
        }
}

/* A set of pictures that others refer to: how far before and behind the current one they are, the nearest first. */
struct h265_pictures {
    int64_t before[H265_PICTURES], behind[H265_PICTURES];
    unsigned n_before, n_behind;
};

static inline void h265_add(struct h265_pictures *set, int64_t distance, bool used)
{
    if (used && distance < 0 && set->n_before < H265_PICTURES)
        set->before[set->n_before++] = distance;
    else if (used && distance > 0 && set->n_behind < H265_PICTURES)
        set->behind[set->n_behind++] = distance;
}

/* 7.4.8, (7-61) and (7-62): made of the set before it, all moved by one distance. */
static inline void h265_move_pictures(struct h265_pictures *set, struct adit_bits *b)
{
    const struct h265_pictures from = *set;
    bool negative = adit_read_bit(b), use[2 * H265_PICTURES + 1];
    int64_t moved = (int64_t)adit_read_ue(b) + 1;
    unsigned n = from.n_before + from.n_behind;
    moved = negative ? -moved : moved;
    for (unsigned j = 0; j <= n; j++)
        use[j] = adit_read_bit(b) || adit_read_bit(b);
    struct h265_pictures to = {.n_before = 0}, other = to;
    for (unsigned i = from.n_behind; i-- > 0;)
        h265_add(&to, from.behind[i] + moved < 0 ? from.behind[i] + moved : 0, use[from.n_before + i]);
    h265_add(&to, moved < 0 ? moved : 0, use[n]);
    for (unsigned i = 0; i < from.n_before; i++)
        h265_add(&to, from.before[i] + moved < 0 ? from.before[i] + moved : 0, use[i]);
    for (unsigned i = from.n_before; i-- > 0;)
        h265_add(&other, from.before[i] + moved > 0 ? from.before[i] + moved : 0, use[i]);
    h265_add(&other, moved > 0 ? moved : 0, use[n]);
    for (unsigned i = 0; i < from.n_behind; i++)
        h265_add(&other, from.behind[i] + moved > 0 ? from.behind[i] + moved : 0, use[from.n_before + i]);
    *set = to;
    set->n_behind = other.n_behind;
    __builtin_memcpy(set->behind, other.behind, sizeof set->behind);
}

/* 7.3.7 */
static inline void h265_read_pictures(struct h265_pictures *set, struct adit_bits *b, bool first)
{
    if (!first && adit_read_bit(b)) {
        h265_move_pictures(set, b);
        return;
    }
    uint32_t before = adit_read_ue(b), behind = adit_read_ue(b);
    int64_t distance = 0;
    if (before > H265_PICTURES || behind > H265_PICTURES) {
        adit_fail(&b->cursor);
        return;
    }
    *set = (struct h265_pictures){.n_before = 0};
    for (uint32_t i = 0; i < before; i++) {
        distance -= (int64_t)adit_read_ue(b) + 1;
        h265_add(set, distance, true);
        adit_skip_bits(b, 1);
    }
    distance = 0;
    for (uint32_t i = 0; i < behind; i++) {
        distance += (int64_t)adit_read_ue(b) + 1;
        h265_add(set, distance, true);
        adit_skip_bits(b, 1);
    }
}

/* 7.3.2.2.1, from log2_max_pic_order_cnt_lsb_minus4 on: how it is coded. */
static inline void h265_skip_tools(struct adit_bits *b, unsigned layers)
{
    uint32_t order_bits = adit_read_ue(b) + 4;
    for (unsigned i = adit_read_bit(b) ? 0 : layers; i <= layers; i++)
        for (int k = 0; k < 3; k++)
            (void)adit_read_ue(b);
    for (int i = 0; i < 6; i++)
        (void)adit_read_ue(b);
    if (adit_read_bit(b) && adit_read_bit(b))
        h265_skip_scaling_lists(b);
    adit_skip_bits(b, 2);
    if (adit_read_bit(b)) { /* pcm_enabled_flag */
        adit_skip_bits(b, 8);
        (void)adit_read_ue(b);
        (void)adit_read_ue(b);
        adit_skip_bits(b, 1);
    }
    struct h265_pictures set = {.n_before = 0};
    uint32_t sets = adit_read_ue(b);
    if (sets > 64 || order_bits > 16)
        adit_fail(&b->cursor);
    for (uint32_t i = 0; i < sets && adit_bits_ok(b); i++)
        h265_read_pictures(&set, b, i == 0);
    if (adit_read_bit(b)) /* long_term_ref_pics_present_flag */
        for (uint32_t n = adit_read_ue(b); n > 0 && adit_bits_ok(b); n--)
            adit_skip_bits(b, order_bits + 1);
    adit_skip_bits(b, 2);
}

/* 7.3.2.2.1: a whole NAL unit, its head included. */
static inline void h265_read_sps(struct picture_coding *p, const struct adit_cursor *nal)
{
    struct adit_bits b = adit_bits_nal(nal);
    adit_skip_bits(&b, 16 + 4);
    unsigned layers = (unsigned)adit_read_bits(&b, 3);
    adit_skip_bits(&b, 1);
    h265_read_tiers(p, &b, layers);
    (void)adit_read_ue(&b);
    uint32_t chroma = adit_read_ue(&b);
    bool planes = chroma == 3 && adit_read_bit(&b);
    uint32_t width = adit_read_ue(&b), height = adit_read_ue(&b), crop[4] = {0, 0, 0, 0};
    bool cropped = adit_read_bit(&b);
    for (int i = 0; i < 4 && cropped; i++)
        crop[i] = adit_read_ue(&b);
    uint32_t luma_depth = adit_read_ue(&b), chroma_depth = adit_read_ue(&b);
    if (!adit_bits_ok(&b) || chroma > 3 || luma_depth > 8 || chroma_depth > 8)
        return;
    p->has_sequence = true;
    set_size(p, width, height, crop, !planes && (chroma == 1 || chroma == 2) ? 2 : 1, !planes && chroma == 1 ? 2 : 1);
    h265_skip_tools(&b, layers);
    if (adit_read_bit(&b))
        read_vui_head(p, &b);
}

#endif
