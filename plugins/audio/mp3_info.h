/* SPDX-License-Identifier: MIT */
/* What encoders tell of the whole file in a first frame without sound. Sources: "Xing VBR Header" (Xing's own SDK), "Mp3 Info Tag
 * rev 1" (LAME), "VBRI Header" (Fraunhofer). */
#ifndef PLUGINS_AUDIO_MP3_INFO_H
#define PLUGINS_AUDIO_MP3_INFO_H

#include "mpeg_frame.h"
#include <adit/charset.h>
#include <adit/record.h>

enum { PIECE = 4096, MAX_VERSION = 24 };

struct mp3_info {
    bool found, is_constant;
    uint64_t frames, bytes; /* 0: not told */
    uint32_t delay, padding;
    uint8_t method; /* vbr_methods */
};

static const struct adit_tag vbr_methods[] = {
    {1, 1, "CBR"},    {2, 0, "ABR"},   {3, 0, "VBR old / VBR rh"}, {4, 0, "VBR mtrh"},
    {5, 0, "VBR mt"}, {6, 0, "VBR 4"}, {8, 1, "CBR two passes"},   {9, 0, "ABR two passes"},
};
static const struct adit_tag source_frequencies[] = {
    {0, 0, "32 kHz or less"}, {1, 0, "44.1 kHz"}, {2, 0, "48 kHz"}, {3, 0, "above 48 kHz"}};
static const struct adit_tag stereo_modes[] = {{0, 0, "mono"},      {1, 0, "stereo"}, {2, 0, "dual"},
                                               {3, 0, "joint"},     {4, 0, "forced"}, {5, 0, "auto"},
                                               {6, 0, "intensity"}, {7, 0, "other"}};

/* A gain: what it is for, who set it, and tenths of dB. */
static inline void emit_gain(const struct adit_call *job, const char *field, const struct adit_value *value, void *keep)
{
    uint64_t gain = value->as.u64;
    double tenths = (double)(gain & 0x1ff) / 10;
    (void)keep;
    if (gain >> 13 != 0)
        (void)adit_emit_f64(job, field, gain & 0x200 ? -tenths : tenths);
}

static inline void emit_peak(const struct adit_call *job, const char *field, const struct adit_value *value, void *keep)
{
    (void)keep;
    if (value->as.f64 > 0)
        (void)adit_emit_f64(job, field, value->as.f64);
}

/* "Mp3 Info Tag rev 1", behind the encoder's version. */
static const struct adit_row lame[] = {
    ADIT_BEGIN("lame"),
    ADIT_U8(NULL),
    ADIT_BITS(4, 4, "tag_revision"),
    ADIT_BITS(0, 4, "vbr_method", ADIT_KEEP(struct mp3_info, method), ADIT_NAMES("vbr_method_name", vbr_methods)),
    ADIT_U8("lowpass", ADIT_UNITS(100)),
    ADIT_F32BE("peak", ADIT_BY(emit_peak)),
    ADIT_U16BE("track_gain", ADIT_BY(emit_gain)),
    ADIT_U16BE("album_gain", ADIT_BY(emit_gain)),
    ADIT_SKIP(1), /* flags of encoding, type of ATH */
    ADIT_U8("bit_rate", ADIT_UNITS(1000)),
    ADIT_U24BE(NULL),
    ADIT_BITS(12, 12, NULL, ADIT_KEEP(struct mp3_info, delay)),
    ADIT_BITS(0, 12, NULL, ADIT_KEEP(struct mp3_info, padding)),
    ADIT_U8(NULL),
    ADIT_BITS(6, 2, NULL, ADIT_NAMES("source_frequency", source_frequencies)),
    ADIT_BITS(2, 3, "stereo_mode", ADIT_NAMES("stereo_mode_name", stereo_modes)),
    ADIT_BITS(0, 2, "noise_shaping"),
    ADIT_I8("mp3gain"),
    ADIT_U16BE(NULL),
    ADIT_BITS(0, 11, "preset"),
    ADIT_U32BE("music_length"),
    ADIT_END,
};

static inline void read_lame(const struct adit_call *job, struct adit_cursor *c, struct mp3_info *info)
{
    char version[9];
    (void)adit_read_exact(c, version, sizeof version);
    struct adit_text name = adit_text_trim_end(adit_text_until_nul(adit_text_of(version, sizeof version)));
    if (!adit_ok(c) || name.size < 4 || version[0] < 'A' || version[0] > 'z')
        return;
    (void)adit_emit_in_charset(job, "encoder", ADIT_CHARSET_LATIN1, name);
    if (adit_left(c) < adit_record_size(ADIT_ROWS(lame)))
        return;
    (void)adit_record(c, ADIT_ROWS(lame), info);
    const struct adit_tag *tag = adit_tag_find(ADIT_TAGS(vbr_methods), info->method);
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

/* The text "LAME" and a version of digits and points in a piece of the audio; of no size where there is none. */
static inline struct adit_text find_version(const uint8_t *piece, size_t size)
{
    for (size_t i = 0; i + 5 < size; i++) {
        if (piece[i] != 'L' || __builtin_memcmp(piece + i, "LAME", 4) != 0 || piece[i + 4] < '0' || piece[i + 4] > '9')
            continue;
        size_t n = 5;
        while (i + n < size && n < MAX_VERSION && (piece[i + n] == '.' || (piece[i + n] >= '0' && piece[i + n] <= '9')))
            n++;
        return adit_text_of((const char *)piece + i, n);
    }
    return adit_text_of("", 0);
}

/* LAME fills what is left of a frame with its name and version (drain_into_ancillary in its bitstream.c): in the first frames, or in the
 * last ones. */
static inline void emit_ancillary_encoder(const struct adit_call *job, const struct mpeg_frame *first, uint64_t from,
                                          uint64_t end)
{
    uint8_t piece[PIECE];
    if (first->layer != 3 || from >= end)
        return;
    uint64_t places[2] = {from, end - from > 2 * PIECE ? end - PIECE : from + PIECE};
    for (int i = 0; i < 2 && places[i] < end; i++) {
        uint64_t size = end - places[i] < PIECE ? end - places[i] : PIECE;
        int64_t got = adit_read(job, ADIT_SOURCE_MAIN, places[i], piece, (size_t)size);
        struct adit_text version = find_version(piece, got > 0 ? (size_t)got : 0);
        if (version.size > 0) {
            (void)adit_emit_text(job, "ancillary_encoder", version);
            return;
        }
    }
}

#endif
