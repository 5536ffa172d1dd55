/* SPDX-License-Identifier: MIT */
/* What an AAC decoder needs first: AudioSpecificConfig. ISO/IEC 14496-3, 1.6.2.1, 1.6.3.4, 1.6.5, 4.4.1; tables 1.17, 1.18, 1.19. */
#ifndef PLUGINS_VIDEO_AAC_H
#define PLUGINS_VIDEO_AAC_H

#include <adit/bits.h>
#include <adit/tag.h>

enum { AAC_SBR = 5, AAC_BSAC = 22, AAC_PS = 29, AAC_ESCAPE = 31, AAC_USAC = 42 };

struct aac_config {
    uint32_t object_type; /* of the core; 0: there is no configuration */
    uint32_t
        first_type; /* the one that stands first: SBR and PS, where they are told in a way that old decoders refuse */
    uint32_t sample_rate;  /* of the core; 0: not told */
    uint32_t output_rate;  /* with spectral band replication; 0: there is none, or it is not told */
    uint32_t channels;     /* channelConfiguration; 0: told in the stream */
    uint32_t frame_length; /* samples; 0: not told */
    bool has_sbr, sbr;     /* has: it is told whether there is */
    bool has_ps, ps;
};

/* Table 1.17 */
static const struct adit_tag aac_objects[] = {
    {1, 0, "AAC Main"},
    {2, 0, "AAC LC"},
    {3, 0, "AAC SSR"},
    {4, 0, "AAC LTP"},
    {5, 0, "SBR"},
    {6, 0, "AAC Scalable"},
    {7, 0, "TwinVQ"},
    {8, 0, "CELP"},
    {9, 0, "HVXC"},
    {12, 0, "TTSI"},
    {17, 0, "ER AAC LC"},
    {19, 0, "ER AAC LTP"},
    {20, 0, "ER AAC Scalable"},
    {22, 0, "ER BSAC"},
    {23, 0, "ER AAC LD"},
    {29, 0, "PS"},
    {32, 0, "Layer-1"},
    {33, 0, "Layer-2"},
    {34, 0, "Layer-3"},
    {36, 0, "ALS"},
    {37, 0, "SLS"},
    {39, 0, "ER AAC ELD"},
    {42, 0, "USAC"},
};

/* Table 1.19: the speakers in the order of the channels. */
static const struct adit_tag aac_layouts[] = {
    {1, 1, "C"},
    {2, 2, "L R"},
    {3, 3, "C L R"},
    {4, 4, "C L R Cb"},
    {5, 5, "C L R Ls Rs"},
    {6, 6, "C L R Ls Rs LFE"},
    {7, 8, "C L R Lw Rw Ls Rs LFE"},
    {11, 7, "C L R Ls Rs Cb LFE"},
    {12, 8, "C L R Ls Rs Lb Rb LFE"},
    {14, 8, "C L R Ls Rs LFE Tfl Tfr"},
};

static inline uint32_t aac_object_type(struct adit_bits *b)
{
    uint32_t type = (uint32_t)adit_read_bits(b, 5);
    return type == AAC_ESCAPE ? 32 + (uint32_t)adit_read_bits(b, 6) : type;
}

static inline uint32_t aac_rate(struct adit_bits *b)
{
    static const uint32_t rates[16] = {96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050,
                                       16000, 12000, 11025, 8000,  7350,  0,     0,     0};
    unsigned index = (unsigned)adit_read_bits(b, 4);
    return index == 15 ? (uint32_t)adit_read_bits(b, 24) : rates[index];
}

/* 4.4.1: of the object types whose coding is described there. */
static inline void aac_read_general(struct aac_config *a, struct adit_bits *b)
{
    bool low_delay = a->object_type == 23 || a->object_type == 39, is_short = adit_read_bit(b);
    if (adit_read_bit(b)) /* dependsOnCoreCoder */
        adit_skip_bits(b, 14);
    bool extended = adit_read_bit(b);
    if (a->object_type == 6 || a->object_type == 20)
        adit_skip_bits(b, 3);
    if (extended)
        adit_skip_bits(b, (a->object_type == AAC_BSAC ? 16u : a->object_type >= 17 ? 3u : 0u) + 1u);
    if (adit_bits_ok(b))
        a->frame_length = low_delay ? (is_short ? 480 : 512) : is_short ? 960 : 1024;
}

/* 1.6.2.1, at its end: SBR and PS in a way that old decoders pass over. */
static inline void aac_read_extension(struct aac_config *a, struct adit_bits *b)
{
    if (a->channels == 0 || adit_bits_left(b) < 16 || adit_read_bits(b, 11) != 0x2b7)
        return;
    if (aac_object_type(b) != AAC_SBR)
        return;
    bool sbr = adit_read_bit(b);
    a->output_rate = sbr ? aac_rate(b) : 0;
    a->has_sbr = adit_bits_ok(b);
    a->sbr = sbr;
    if (sbr && adit_bits_left(b) >= 12 && adit_read_bits(b, 11) == 0x548) {
        a->ps = adit_read_bit(b);
        a->has_ps = true;
    }
}

static inline struct aac_config aac_read_config(const struct adit_cursor *c)
{
    struct aac_config a = {.object_type = 0};
    struct adit_bits b = adit_bits_msb(c);
    a.object_type = a.first_type = aac_object_type(&b);
    a.sample_rate = aac_rate(&b);
    a.channels = (uint32_t)adit_read_bits(&b, 4);
    bool extended = a.object_type == AAC_SBR || a.object_type == AAC_PS;
    if (extended) {
        a.has_sbr = a.sbr = true;
        a.has_ps = a.ps = a.object_type == AAC_PS;
        a.output_rate = aac_rate(&b);
        a.object_type = aac_object_type(&b);
        if (a.object_type == AAC_BSAC)
            adit_skip_bits(&b, 4);
    }
    uint32_t t = a.object_type;
    if (!adit_bits_ok(&b))
        return (struct aac_config){.object_type = 0};
    if (t == 1 || t == 2 || t == 3 || t == 4 || t == 6 || t == 7 || t == 17 || (t >= 19 && t <= 23))
        aac_read_general(&a, &b);
    if (!extended)
        aac_read_extension(&a, &b);
    return a;
}

#endif
