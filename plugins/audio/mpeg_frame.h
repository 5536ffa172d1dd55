/* SPDX-License-Identifier: MIT */
/* The header of an MPEG audio frame, Layers I to III. ISO/IEC 11172-3, 2.4.1.3 and 2.4.2.3; ISO/IEC 13818-3, 2.4; MPEG 2.5 is
 * Fraunhofer's extension to low sample rates. */
#ifndef PLUGINS_AUDIO_MPEG_FRAME_H
#define PLUGINS_AUDIO_MPEG_FRAME_H

#include <adit/adit.h>

enum { MPEG_2_5 = 0, MPEG_2 = 2, MPEG_1 = 3 };               /* the two bits of the version */
enum { STEREO, JOINT_STEREO, DUAL_CHANNEL, SINGLE_CHANNEL }; /* those of the mode */

struct mpeg_frame {
    uint32_t header;
    uint8_t version, layer; /* layer: 1, 2, 3 */
    uint8_t mode, mode_extension, emphasis;
    uint32_t bit_rate, sample_rate; /* bit_rate 0: free format */
    uint32_t samples;               /* of each channel */
    uint32_t size;                  /* bytes, header included; 0: free format */
};

/* False: these four bytes are no header. */
static inline bool mpeg_frame(uint32_t h, struct mpeg_frame *f)
{
    static const uint16_t rates[5][15] = {
        {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448}, /* MPEG-1, Layer I */
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},    /* II */
        {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},     /* III */
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},    /* MPEG-2, Layer I */
        {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},         /* II and III */
    };
    static const uint16_t frequencies[3] = {44100, 48000, 32000};
    unsigned version = h >> 19 & 3, layer_bits = h >> 17 & 3, rate = h >> 12 & 15, frequency = h >> 10 & 3;
    if (h >> 21 != 0x7ff || version == 1 || layer_bits == 0 || rate == 15 || frequency == 3 || (h & 3) == 2)
        return false;
    f->header = h;
    f->version = (uint8_t)version;
    f->layer = (uint8_t)(4 - layer_bits);
    f->mode = h >> 6 & 3;
    f->mode_extension = h >> 4 & 3;
    f->emphasis = h & 3;
    unsigned row = version == MPEG_1 ? f->layer - 1u : f->layer == 1 ? 3u : 4u;
    f->bit_rate = rates[row][rate] * 1000u;
    f->sample_rate = (uint32_t)frequencies[frequency] >> (version == MPEG_1 ? 0 : version == MPEG_2 ? 1 : 2);
    f->samples = f->layer == 1 ? 384 : f->layer == 3 && version != MPEG_1 ? 576 : 1152;
    uint32_t padding = h >> 9 & 1;
    f->size = f->layer == 1 ? (12 * f->bit_rate / f->sample_rate + padding) * 4
                            : f->samples / 8 * f->bit_rate / f->sample_rate + padding;
    if (f->bit_rate == 0)
        f->size = 0;
    return true;
}

static inline bool mpeg_frame_at(const struct adit_cursor *c, uint64_t offset, struct mpeg_frame *f)
{
    struct adit_cursor at = *c;
    at.at = offset;
    if (offset < c->start || offset > c->end || c->end - offset < 4)
        return false;
    uint32_t header = adit_read_u32be(&at);
    return adit_ok(&at) && mpeg_frame(header, f);
}

/* Version, layer and sample rate stay the same in a stream. */
static inline bool mpeg_same_stream(const struct mpeg_frame *a, const struct mpeg_frame *b)
{
    return !((a->header ^ b->header) & 0xfffe0c00u);
}

#endif
