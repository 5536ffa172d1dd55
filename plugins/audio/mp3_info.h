/* SPDX-License-Identifier: MIT */
/* What encoders tell of the whole file in a first frame without sound. Sources: "Xing VBR Header" (Xing's own SDK), "Mp3 Info Tag
 * rev 1" (LAME), "VBRI Header" (Fraunhofer). */
#ifndef PLUGINS_AUDIO_MP3_INFO_H
#define PLUGINS_AUDIO_MP3_INFO_H

#include "mpeg_frame.h"
#include <adit/bits.h>
#include <adit/tag.h>

struct mp3_info {
    bool found, is_constant;
    uint64_t frames, bytes; /* 0: not told */
    uint32_t delay, padding;
};

static const struct adit_tag vbr_methods[] = {
    {1, 1, "CBR"},    {2, 0, "ABR"},   {3, 0, "VBR old / VBR rh"}, {4, 0, "VBR mtrh"},
    {5, 0, "VBR mt"}, {6, 0, "VBR 4"}, {8, 1, "CBR two passes"},   {9, 0, "ABR two passes"},
};
static const struct adit_tag stereo_modes[] = {{0, 0, "mono"},      {1, 0, "stereo"}, {2, 0, "dual"},
                                               {3, 0, "joint"},     {4, 0, "forced"}, {5, 0, "auto"},
                                               {6, 0, "intensity"}, {7, 0, "other"}};

/* A gain: what it is for, who set it, and tenths of dB. */
static inline void emit_gain(const struct adit_call *job, const char *field, uint16_t gain)
{
    double value = (gain & 0x1ff) / 10.0;
    if (gain >> 13 != 0)
        (void)adit_emit_f64(job, field, gain & 0x200 ? -value : value);
}

static inline void read_lame(const struct adit_call *job, struct adit_cursor *c, struct mp3_info *info)
{
    char version[9];
    (void)adit_read_exact(c, version, sizeof version);
    struct adit_text name = adit_text_trim_end(adit_text_until_nul(adit_text_of(version, sizeof version)));
    if (!adit_ok(c) || name.size < 4 || version[0] < 'A' || version[0] > 'z')
        return;
    (void)adit_emit_in_charset(job, "encoder", ADIT_CHARSET_LATIN1, name);
    struct adit_bits b = adit_bits_msb(c);
    uint64_t revision = adit_read_bits(&b, 4), method = adit_read_bits(&b, 4), lowpass = adit_read_bits(&b, 8);
    uint32_t peak_bits = (uint32_t)adit_read_bits(&b, 32);
    uint16_t track = (uint16_t)adit_read_bits(&b, 16), album = (uint16_t)adit_read_bits(&b, 16);
    adit_skip_bits(&b, 8);
    uint64_t bit_rate = adit_read_bits(&b, 8);
    info->delay = (uint32_t)adit_read_bits(&b, 12);
    info->padding = (uint32_t)adit_read_bits(&b, 12);
    uint64_t source = adit_read_bits(&b, 2);
    adit_skip_bits(&b, 1);
    uint64_t stereo = adit_read_bits(&b, 3), noise = adit_read_bits(&b, 2);
    int64_t mp3gain = adit_read_signed_bits(&b, 8);
    adit_skip_bits(&b, 5);
    uint64_t preset = adit_read_bits(&b, 11), length = adit_read_bits(&b, 32);
    float peak;
    __builtin_memcpy(&peak, &peak_bits, sizeof peak);
    if (!adit_bits_ok(&b))
        return;
    (void)adit_begin_object(job, "lame");
    (void)adit_emit_u64(job, "tag_revision", revision);
    (void)adit_emit_u64(job, "vbr_method", method);
    (void)adit_emit_tag(job, "vbr_method_name", ADIT_TAGS(vbr_methods), method);
    (void)adit_emit_u64(job, "lowpass", lowpass * 100);
    if (peak > 0)
        (void)adit_emit_f64(job, "peak", (double)peak);
    emit_gain(job, "track_gain", track);
    emit_gain(job, "album_gain", album);
    (void)adit_emit_u64(job, "bit_rate", bit_rate * 1000);
    (void)adit_emit_string(job, "source_frequency",
                           source == 0   ? "32 kHz or less"
                           : source == 1 ? "44.1 kHz"
                           : source == 2 ? "48 kHz"
                                         : "above 48 kHz");
    (void)adit_emit_u64(job, "stereo_mode", stereo);
    (void)adit_emit_tag(job, "stereo_mode_name", ADIT_TAGS(stereo_modes), stereo);
    (void)adit_emit_u64(job, "noise_shaping", noise);
    (void)adit_emit_i64(job, "mp3gain", mp3gain);
    (void)adit_emit_u64(job, "preset", preset);
    (void)adit_emit_u64(job, "music_length", length);
    (void)adit_end(job);
    const struct adit_tag *tag = adit_tag_find(ADIT_TAGS(vbr_methods), method);
    if (tag) /* 0: it is not told, and the header's name says it */
        info->is_constant = tag->form == 1;
}

static inline void read_xing(const struct adit_call *job, struct adit_cursor *c, struct mp3_info *info,
                             const char *kind)
{
    uint32_t flags = adit_read_u32be(c);
    info->is_constant = kind[0] == 'I';
    if (flags & 1)
        info->frames = adit_read_u32be(c);
    if (flags & 2)
        info->bytes = adit_read_u32be(c);
    if (flags & 4)
        adit_skip(c, 100);
    uint32_t quality = flags & 8 ? adit_read_u32be(c) : 0;
    if (!adit_ok(c))
        return;
    info->found = true;
    (void)adit_begin_object(job, "vbr");
    (void)adit_emit_string(job, "header", kind);
    if (flags & 1)
        (void)adit_emit_u64(job, "frames", info->frames);
    if (flags & 2)
        (void)adit_emit_u64(job, "bytes", info->bytes);
    (void)adit_emit_bool(job, "toc", flags & 4);
    if (flags & 8)
        (void)adit_emit_u64(job, "quality", quality);
    (void)adit_end(job);
    read_lame(job, c, info);
}

static inline void read_vbri(const struct adit_call *job, struct adit_cursor *c, struct mp3_info *info)
{
    uint16_t version = adit_read_u16be(c);
    info->delay = adit_read_u16be(c);
    uint16_t quality = adit_read_u16be(c);
    info->bytes = adit_read_u32be(c);
    info->frames = adit_read_u32be(c);
    info->found = adit_ok(c);
    if (!info->found)
        return;
    (void)adit_begin_object(job, "vbr");
    (void)adit_emit_string(job, "header", "VBRI");
    (void)adit_emit_u64(job, "version", version);
    (void)adit_emit_u64(job, "frames", info->frames);
    (void)adit_emit_u64(job, "bytes", info->bytes);
    (void)adit_emit_u64(job, "quality", quality);
    (void)adit_end(job);
}

/* Xing's stands after the side information, VBRI's always 32 bytes on. */
static inline void read_info(const struct adit_call *job, const struct mpeg_frame *f, uint64_t offset, uint64_t end,
                             struct mp3_info *info)
{
    bool mono = f->mode == SINGLE_CHANNEL;
    uint64_t side = f->version == MPEG_1 ? (mono ? 17 : 32) : (mono ? 9 : 17);
    struct adit_cursor c =
        adit_cursor_at(job, ADIT_SOURCE_MAIN, offset + 4 + side, end - offset < 4 + side ? 0 : end - offset - 4 - side);
    if (f->layer != 3)
        return;
    if (adit_match_literal(&c, "Xing")) {
        read_xing(job, &c, info, "Xing");
    } else if (adit_match_literal(&c, "Info")) {
        read_xing(job, &c, info, "Info");
    } else {
        c = adit_cursor_at(job, ADIT_SOURCE_MAIN, offset + 36, end - offset < 36 ? 0 : end - offset - 36);
        if (adit_match_literal(&c, "VBRI"))
            read_vbri(job, &c, info);
    }
}

#endif
