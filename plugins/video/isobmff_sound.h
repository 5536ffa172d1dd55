/* SPDX-License-Identifier: MIT */
/* How sound is coded: the boxes that hold what a decoder needs first. Sources: ISO/IEC 14496-1, 7.2.6 (esds); ETSI TS 102 366, annex F
 * (dac3, dec3); 3GPP TS 26.244, 6.7 and 6.8 (damr, d263); "Encapsulation of Opus in ISO Base Media File Format", 4.3.2; "Encapsulation of FLAC in ISO
 * Base Media File Format", 3.3.2; Apple's "ALAC Magic Cookie Description"; QuickTime, "Audio Channel Layout Atom"; 23003-5 (pcmC). */
#ifndef PLUGINS_VIDEO_ISOBMFF_SOUND_H
#define PLUGINS_VIDEO_ISOBMFF_SOUND_H

#include "aac.h"
#include "isobmff_codec_names.h"
#include "mpeg4.h"
#include <adit/varint.h>

enum { OBJECT_MPEG4_VISUAL = 0x20, OBJECT_AAC = 0x40 };

static inline void emit_layout(struct isobmff *x, const char *layout)
{
    if (layout && add_once(&x->in_entry, LAYOUT_TOLD))
        (void)adit_emit_string(x->job, "channel_layout", layout);
}

static inline void emit_aac(struct isobmff *x, const struct adit_cursor *c, char *codec, size_t size)
{
    struct aac_config a = aac_read_config(c);
    if (a.object_type == 0)
        return;
    (void)snprintf(codec, size, ".%u", a.first_type);
    x->codec = a.object_type == AAC_USAC ? "USAC" : NULL;
    (void)adit_emit_tag(x->job, "profile_name", ADIT_TAGS(aac_objects), a.object_type);
    if (a.sample_rate > 0)
        (void)adit_emit_u64(x->job, "coded_sample_rate", a.sample_rate);
    if (a.output_rate > 0)
        (void)adit_emit_u64(x->job, "extended_sample_rate", a.output_rate);
    if (a.has_sbr)
        (void)adit_emit_bool(x->job, "spectral_band_replication", a.sbr);
    if (a.has_ps)
        (void)adit_emit_bool(x->job, "parametric_stereo", a.ps);
    (void)adit_emit_u64(x->job, "channel_configuration", a.channels);
    const struct adit_tag *layout = adit_tag_find(ADIT_TAGS(aac_layouts), a.channels);
    if (layout) {
        (void)adit_emit_u64(x->job, "coded_channels", layout->form);
        emit_layout(x, layout->name);
    }
    if (a.frame_length > 0)
        (void)adit_emit_u64(x->job, "samples_per_frame", a.frame_length);
}

/* 14496-1, 7.2.6.5 and 7.2.6.6: descriptors are a tag, a size and what they hold, other descriptors among it. */
static inline void read_esds(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    char codec[32];
    (void)adit_read_full_box(c, NULL);
    if (adit_read_u8(c) != 3)
        return;
    (void)adit_read_vlq(c);
    adit_skip(c, 2);
    uint8_t flags = adit_read_u8(c);
    adit_skip(c, flags & 0x80 ? 2 : 0);
    adit_skip(c, flags & 0x40 ? adit_read_u8(c) : 0);
    adit_skip(c, flags & 0x20 ? 2 : 0);
    if (adit_read_u8(c) != 4)
        return;
    (void)adit_read_vlq(c);
    uint8_t object = adit_read_u8(c);
    adit_skip(c, 1);
    uint32_t buffer = adit_read_u24(c), most = adit_read_u32(c), mean = adit_read_u32(c);
    if (!adit_ok(c))
        return;
    x->object_type = object;
    if (add_once(&x->in_entry, BOX('b', 't', 'r', 't'))) { /* which tells the same */
        (void)adit_emit_u64(x->job, "buffer_size", buffer);
        (void)adit_emit_u64(x->job, "max_bit_rate", most);
        (void)adit_emit_u64(x->job, "average_bit_rate", mean);
    }
    int n = snprintf(codec, sizeof codec, "%s.%x", format, object);
    if (adit_read_u8(c) == 5) {
        struct adit_cursor config = adit_sub(c, adit_read_vlq(c));
        if (object == OBJECT_AAC)
            emit_aac(x, &config, codec + n, sizeof codec - (size_t)n);
        else if (object == OBJECT_MPEG4_VISUAL)
            mpeg4_read_headers(&x->picture, &config, &x->info);
    }
    (void)adit_emit_string(x->job, "codec_string", codec);
}

/* Speakers by ETSI's acmod (table 4.3 of TS 102 366), without and with a low frequency channel. */
static inline void emit_acmod(struct isobmff *x, unsigned acmod, bool lfe)
{
    static const char *const layouts[8][2] = {{"1+1", "1+1 LFE"},
                                              {"C", "C LFE"},
                                              {"L R", "L R LFE"},
                                              {"L C R", "L C R LFE"},
                                              {"L R S", "L R S LFE"},
                                              {"L C R S", "L C R S LFE"},
                                              {"L R Ls Rs", "L R Ls Rs LFE"},
                                              {"L C R Ls Rs", "L C R Ls Rs LFE"}};
    emit_layout(x, layouts[acmod & 7][lfe]);
}

/* F.4: bit rates by their number, in kbit/s. */
static inline void read_dac3(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    static const uint16_t rates[19] = {32,  40,  48,  56,  64,  80,  96,  112, 128, 160,
                                       192, 224, 256, 320, 384, 448, 512, 576, 640};
    struct adit_bits b = adit_bits_msb(c);
    adit_skip_bits(&b, 2);
    uint64_t bsid = adit_read_bits(&b, 5), bsmod = adit_read_bits(&b, 3);
    unsigned acmod = (unsigned)adit_read_bits(&b, 3);
    bool lfe = adit_read_bit(&b);
    uint64_t rate = adit_read_bits(&b, 5);
    (void)format;
    if (!adit_bits_ok(&b))
        return;
    (void)adit_emit_u64(x->job, "bitstream_id", bsid);
    (void)adit_emit_u64(x->job, "bitstream_mode", bsmod);
    emit_acmod(x, acmod, lfe);
    if (rate < 19)
        (void)adit_emit_u64(x->job, "coded_bit_rate", rates[rate] * 1000u);
    (void)adit_emit_u64(x->job, "samples_per_frame", 1536);
}

/* F.6: of the first independent substream. */
static inline void read_dec3(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    struct adit_bits b = adit_bits_msb(c);
    uint64_t rate = adit_read_bits(&b, 13);
    adit_skip_bits(&b, 3 + 2);
    uint64_t bsid = adit_read_bits(&b, 5);
    adit_skip_bits(&b, 2);
    uint64_t bsmod = adit_read_bits(&b, 3);
    unsigned acmod = (unsigned)adit_read_bits(&b, 3);
    bool lfe = adit_read_bit(&b);
    (void)format;
    if (!adit_bits_ok(&b))
        return;
    (void)adit_emit_u64(x->job, "bitstream_id", bsid);
    (void)adit_emit_u64(x->job, "bitstream_mode", bsmod);
    emit_acmod(x, acmod, lfe);
    (void)adit_emit_u64(x->job, "coded_bit_rate", rate * 1000);
}

/* TS 26.244, 6.7, and of H.263 6.8 */
static inline bool read_3gpp_decoder(struct isobmff *x, struct adit_cursor *c)
{
    uint32_t vendor = adit_read_u32(c);
    uint8_t version = adit_read_u8(c);
    if (!adit_ok(c))
        return false;
    emit_fourcc(x, "vendor", vendor);
    (void)adit_emit_u64(x->job, "decoder_version", version);
    return true;
}

static inline void read_damr(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    (void)format;
    (void)read_3gpp_decoder(x, c);
}

/* What the entries of AMR say is constant (TS 26.244, 6.5); it has one channel, of 13 bits (TS 26.071), AMR-WB of 14 (TS 26.171). */
static inline void emit_amr(struct isobmff *x, uint32_t format)
{
    bool wide = format == BOX('s', 'a', 'w', 'b');
    if (!wide && format != BOX('s', 'a', 'm', 'r'))
        return;
    (void)adit_emit_u64(x->job, "coded_channels", 1);
    (void)adit_emit_u64(x->job, "bits_per_sample", wide ? 14 : 13);
}

static inline void read_alac(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    (void)format;
    adit_skip(c, 4);
    uint32_t frame = adit_read_u32(c);
    adit_skip(c, 1);
    uint8_t bits = adit_read_u8(c);
    adit_skip(c, 3);
    uint8_t channels = adit_read_u8(c);
    adit_skip(c, 6);
    uint32_t mean = adit_read_u32(c), rate = adit_read_u32(c);
    if (!adit_ok(c))
        return;
    (void)adit_emit_u64(x->job, "bits_per_sample", bits);
    (void)adit_emit_u64(x->job, "coded_channels", channels);
    (void)adit_emit_u64(x->job, "coded_sample_rate", rate);
    (void)adit_emit_u64(x->job, "samples_per_frame", frame);
    if (mean > 0)
        (void)adit_emit_u64(x->job, "coded_bit_rate", mean);
}

static inline void read_dops(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    (void)format;
    adit_skip(c, 1);
    uint8_t channels = adit_read_u8(c);
    uint16_t skip = adit_read_u16(c);
    uint32_t rate = adit_read_u32(c);
    int16_t gain = (int16_t)adit_read_u16(c);
    uint8_t family = adit_read_u8(c);
    if (!adit_ok(c))
        return;
    (void)adit_emit_u64(x->job, "coded_channels", channels);
    (void)adit_emit_u64(x->job, "pre_skip", skip);
    (void)adit_emit_u64(x->job, "input_sample_rate", rate);
    (void)adit_emit_f64(x->job, "output_gain", gain / 256.0);
    (void)adit_emit_u64(x->job, "channel_mapping_family", family);
}

/* The metadata blocks of FLAC; the first is STREAMINFO (RFC 9639, 8.2). */
static inline void read_dfla(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    static const char *const layouts[8] = {
        "C", /* RFC 9639, 9.1.3 */
        "L R", "L R C", "L R Ls Rs", "L R C Ls Rs", "L R C LFE Ls Rs", "L R C LFE Cs Ls Rs", "L R C LFE Lb Rb Ls Rs"};
    char md5[33];
    (void)format;
    adit_skip(c, 4);
    uint8_t type = adit_read_u8(c) & 0x7f;
    adit_skip(c, 3);
    struct adit_bits b = adit_bits_msb(c);
    adit_skip_bits(&b, 16);
    uint64_t block = adit_read_bits(&b, 16);
    adit_skip_bits(&b, 48);
    uint64_t rate = adit_read_bits(&b, 20), channels = adit_read_bits(&b, 3) + 1, bits = adit_read_bits(&b, 5) + 1;
    adit_skip_bits(&b, 36);
    for (int i = 0; i < 16; i++)
        (void)snprintf(md5 + 2 * i, 3, "%02x", (unsigned)adit_read_bits(&b, 8));
    if (!adit_bits_ok(&b) || type != 0)
        return;
    (void)adit_emit_u64(x->job, "bits_per_sample", bits);
    (void)adit_emit_u64(x->job, "coded_channels", channels);
    (void)adit_emit_u64(x->job, "coded_sample_rate", rate);
    (void)adit_emit_u64(x->job, "samples_per_frame", block);
    emit_layout(x, layouts[(channels - 1) & 7]);
    (void)adit_emit_string(x->job, "md5", md5);
}

/* QuickTime, "Sound sample descriptions": the formats of samples that are not packed. enda: 1 is little endian. */
static inline void emit_pcm(struct isobmff *x, uint32_t format, uint32_t flags, bool has_flags)
{
    const struct adit_tag *tag = adit_tag_find(ADIT_TAGS(codec_names), format);
    if (!tag || !adit_text_is(adit_text_c(tag->name), "PCM") || format == BOX('N', 'O', 'N', 'E'))
        return;
    bool raw = format == BOX('r', 'a', 'w', ' '), real = tag->form == 32 && format == BOX('f', 'l', '3', '2');
    bool little = format == BOX('s', 'o', 'w', 't') || x->is_little;
    real = real || format == BOX('f', 'l', '6', '4') || (has_flags && flags & 1);
    little = has_flags ? !(flags & 2) : little;
    if (tag->form > 0)
        (void)adit_emit_u64(x->job, "bits_per_sample", tag->form);
    if (!raw)
        (void)adit_emit_string(x->job, "endianness", little ? "little" : "big");
    bool is_signed = has_flags ? flags & 4 : !raw;
    (void)adit_emit_string(x->job, "sample_format", real ? "float" : is_signed ? "signed" : "unsigned");
}

static inline void read_enda(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    (void)format;
    x->is_little = adit_read_u16(c) == 1;
}

/* QuickTime, "Audio Channel Layout Atom": the layout by its number, or the speakers as bits. */
static inline void read_chan(struct isobmff *x, struct adit_cursor *c, const char *format)
{
    static const char speakers[18][5] = {"L",   "R",   "C",   "LFE", "Ls",  "Rs",  "Lc",  "Rc",  "Cs",
                                         "Lsd", "Rsd", "Tcs", "Tfl", "Tfc", "Tfr", "Tbl", "Tbc", "Tbr"};
    static const struct adit_tag layouts[] = {
        {100, 1, "C"},
        {101, 2, "L R"},
        {102, 2, "L R"},
        {113, 3, "L R C"},
        {114, 3, "C L R"},
        {115, 4, "L R C Cs"},
        {116, 4, "C L R Cs"},
        {117, 5, "L R C Ls Rs"},
        {118, 5, "L R Ls Rs C"},
        {119, 5, "L C R Ls Rs"},
        {120, 5, "C L R Ls Rs"},
        {121, 6, "L R C LFE Ls Rs"},
        {122, 6, "L R Ls Rs C LFE"},
        {123, 6, "L C R Ls Rs LFE"},
        {124, 6, "C L R Ls Rs LFE"},
    };
    char text[96] = "";
    (void)format;
    adit_skip(c, 4);
    uint32_t layout = adit_read_u32(c), bits = adit_read_u32(c);
    if (!adit_ok(c))
        return;
    if (layout >> 16 >= 100) {
        emit_layout(x, adit_tag_name(ADIT_TAGS(layouts), layout >> 16));
        return;
    }
    size_t n = 0;
    for (unsigned i = 0; i < 18 && layout == UINT32_C(1) << 16; i++)
        if (bits >> i & 1)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n > 0 ? " " : "", speakers[i]);
    emit_layout(x, n > 0 ? text : NULL);
}

#endif
