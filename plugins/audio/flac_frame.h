/* SPDX-License-Identifier: MIT */
/* The header of the first FLAC frame: what it says must agree with STREAMINFO. RFC 9639, section 9.1. */
#ifndef PLUGINS_AUDIO_FLAC_FRAME_H
#define PLUGINS_AUDIO_FLAC_FRAME_H

#include "flac_blocks.h"
#include <adit/bits.h>

static const struct adit_tag channel_assignments[] = {
    {0, 1, "mono"},        {1, 2, "left/right"},  {2, 3, "independent"}, {3, 4, "independent"},
    {4, 5, "independent"}, {5, 6, "independent"}, {6, 7, "independent"}, {7, 8, "independent"},
    {8, 2, "left/side"},   {9, 2, "side/right"},  {10, 2, "mid/side"},
};

/* 9.1.8: polynomial x^8 + x^2 + x + 1, over all of the header before it. */
static inline uint8_t crc8(uint8_t crc, uint8_t byte)
{
    crc ^= byte;
    for (int i = 0; i < 8; i++)
        crc = (uint8_t)(crc & 0x80 ? crc << 1 ^ 0x07 : crc << 1);
    return crc;
}

/* 9.1.1 and 9.1.6, 9.1.2 and 9.1.7: 0 where the header does not tell. */
static inline uint32_t block_size_of(unsigned bits, struct adit_bits *b)
{
    if (bits == 6 || bits == 7)
        return (uint32_t)adit_read_bits(b, bits == 6 ? 8 : 16) + 1;
    return bits == 0 ? 0 : bits == 1 ? 192 : bits < 6 ? 144u << bits : 1u << bits;
}
static inline uint32_t sample_rate_of(unsigned bits, struct adit_bits *b)
{
    static const uint32_t rates[12] = {0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000};
    if (bits == 12)
        return (uint32_t)adit_read_bits(b, 8) * 1000;
    if (bits == 13 || bits == 14)
        return (uint32_t)adit_read_bits(b, 16) * (bits == 13 ? 1 : 10);
    return bits < 12 ? rates[bits] : 0;
}

/* 9.1.5: a frame's or a sample's number, as extended UTF-8 of up to seven bytes. */
static inline bool skip_coded_number(struct adit_bits *b)
{
    unsigned first = (unsigned)adit_read_bits(b, 8), more = 0;
    while (more < 7 && first & 0x80 >> more)
        more++;
    if (more == 1 || first == 0xff)
        return false;
    for (unsigned i = 1; i < more; i++)
        if (adit_read_bits(b, 8) >> 6 != 2)
            return false;
    return adit_bits_ok(b);
}

static inline void compare(struct flac *f, const char *what, uint64_t frame, uint64_t info)
{
    if (frame != info && has(f, STREAMINFO))
        adit_complain(&f->report, "first frame: %s is %llu, in STREAMINFO %llu", what, (unsigned long long)frame,
                      (unsigned long long)info);
}

static inline void read_frame(struct flac *f, struct adit_cursor *c)
{
    static const uint8_t depths[8] = {0, 8, 12, 0, 16, 20, 24, 32};
    struct adit_bits b = adit_bits_msb(c);
    uint64_t offset = c->at;
    if (adit_left(c) == 0) {
        if (f->total_samples > 0)
            adit_complain(&f->report, "offset %llu: expected the first frame, found the end of the file",
                          (unsigned long long)offset);
        return;
    }
    uint64_t sync = adit_read_bits(&b, 15), strategy = adit_read_bits(&b, 1);
    unsigned block_bits = (unsigned)adit_read_bits(&b, 4), rate_bits = (unsigned)adit_read_bits(&b, 4);
    const struct adit_tag *assignment = adit_tag_find(ADIT_TAGS(channel_assignments), adit_read_bits(&b, 4));
    unsigned depth = depths[adit_read_bits(&b, 3)];
    (void)adit_read_bit(&b);
    bool number = skip_coded_number(&b);
    uint32_t block_size = block_size_of(block_bits, &b), rate = sample_rate_of(rate_bits, &b);
    uint64_t length = adit_bits_tell(&b) / 8 - adit_tell(c);
    uint8_t stored = (uint8_t)adit_read_bits(&b, 8), computed = 0;
    for (uint64_t i = 0; i < length && adit_ok(c); i++)
        computed = crc8(computed, adit_read_u8(c));
    if (sync != 0x7ffc || !number || !assignment || block_size == 0 || rate_bits == 15 || !adit_bits_ok(&b) ||
        stored != computed) {
        adit_complain(&f->report,
                      "offset %llu: expected the header of a frame (sync code ff f8 or ff f9, and its CRC-8)",
                      (unsigned long long)offset);
        return;
    }
    (void)adit_emit_string(f->job, "blocking_strategy", strategy ? "variable" : "fixed");
    (void)adit_begin_object(f->job, "first_frame");
    (void)adit_emit_u64(f->job, "block_size", block_size);
    (void)adit_emit_string(f->job, "channel_assignment", assignment->name);
    (void)adit_end(f->job);
    compare(f, "number of channels", assignment->form, f->channels);
    if (rate > 0)
        compare(f, "sample rate", rate, f->sample_rate);
    if (depth > 0)
        compare(f, "number of bits a sample", depth, f->bits_per_sample);
}

#endif
