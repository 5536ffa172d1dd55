/* SPDX-License-Identifier: MIT */
/* What codings are called: by sample entry or item type, or by the object type of MPEG-4 systems where the entry holds several. Sources:
 * MP4 Registration Authority, "Codecs" and "Object types"; QuickTime File Format, "Sample Description". */
#ifndef PLUGINS_VIDEO_ISOBMFF_CODEC_NAMES_H
#define PLUGINS_VIDEO_ISOBMFF_CODEC_NAMES_H

#include "isobmff_values.h"

/* PCM: form is the size of a sample in bits, 0: as the entry says. Sorted by the type's bytes. */
static const struct adit_tag codec_names[] = {
    {BOX('.', 'm', 'p', '3'), 0, "MPEG Audio"},
    {BOX('C', 'R', 'A', 'W'), 0, "Canon CRAW"},
    {BOX('N', 'O', 'N', 'E'), 0, "PCM"},
    {BOX('O', 'p', 'u', 's'), 0, "Opus"},
    {BOX('Q', 'D', 'M', '2'), 0, "QDesign Music 2"},
    {BOX('Q', 'D', 'M', 'C'), 0, "QDesign Music"},
    {BOX('S', 'V', 'Q', '1'), 0, "Sorenson Video 1"},
    {BOX('S', 'V', 'Q', '3'), 0, "Sorenson Video 3"},
    {BOX('a', 'a', 'v', 'd'), 0, "AAC"},
    {BOX('a', 'c', '-', '3'), 0, "AC-3"},
    {BOX('a', 'c', '-', '4'), 0, "AC-4"},
    {BOX('a', 'l', 'a', 'c'), 0, "ALAC"},
    {BOX('a', 'l', 'a', 'w'), 0, "A-law"},
    {BOX('a', 'p', '4', 'h'), 0, "ProRes 4444"},
    {BOX('a', 'p', '4', 'x'), 0, "ProRes 4444 XQ"},
    {BOX('a', 'p', 'c', 'h'), 0, "ProRes 422 HQ"},
    {BOX('a', 'p', 'c', 'n'), 0, "ProRes 422"},
    {BOX('a', 'p', 'c', 'o'), 0, "ProRes 422 Proxy"},
    {BOX('a', 'p', 'c', 's'), 0, "ProRes 422 LT"},
    {BOX('a', 'v', '0', '1'), 0, "AV1"},
    {BOX('a', 'v', 'c', '1'), 0, "AVC"},
    {BOX('a', 'v', 'c', '2'), 0, "AVC"},
    {BOX('a', 'v', 'c', '3'), 0, "AVC"},
    {BOX('a', 'v', 'c', '4'), 0, "AVC"},
    {BOX('c', '6', '0', '8'), 0, "CEA-608"},
    {BOX('c', '7', '0', '8'), 0, "CEA-708"},
    {BOX('c', 'v', 'i', 'd'), 0, "Cinepak"},
    {BOX('d', 't', 's', 'c'), 0, "DTS"},
    {BOX('d', 't', 's', 'e'), 0, "DTS"},
    {BOX('d', 't', 's', 'h'), 0, "DTS-HD"},
    {BOX('d', 't', 's', 'l'), 0, "DTS-HD"},
    {BOX('d', 'v', 'a', '1'), 0, "AVC"},
    {BOX('d', 'v', 'a', 'v'), 0, "AVC"},
    {BOX('d', 'v', 'c', ' '), 0, "DV"},
    {BOX('d', 'v', 'c', 'p'), 0, "DV"},
    {BOX('d', 'v', 'h', '1'), 0, "HEVC"},
    {BOX('d', 'v', 'h', 'e'), 0, "HEVC"},
    {BOX('e', 'c', '-', '3'), 0, "E-AC-3"},
    {BOX('f', 'L', 'a', 'C'), 0, "FLAC"},
    {BOX('f', 'l', '3', '2'), 32, "PCM"},
    {BOX('f', 'l', '6', '4'), 64, "PCM"},
    {BOX('f', 'p', 'c', 'm'), 0, "PCM"},
    {BOX('h', '2', '6', '3'), 0, "H.263"},
    {BOX('h', 'e', 'v', '1'), 0, "HEVC"},
    {BOX('h', 'v', 'c', '1'), 0, "HEVC"},
    {BOX('i', 'm', 'a', '4'), 0, "IMA ADPCM"},
    {BOX('i', 'n', '2', '4'), 24, "PCM"},
    {BOX('i', 'n', '3', '2'), 32, "PCM"},
    {BOX('i', 'p', 'c', 'm'), 0, "PCM"},
    {BOX('j', 'p', 'e', 'g'), 0, "JPEG"},
    {BOX('l', 'p', 'c', 'm'), 0, "PCM"},
    {BOX('m', 'h', 'a', '1'), 0, "MPEG-H 3D Audio"},
    {BOX('m', 'h', 'm', '1'), 0, "MPEG-H 3D Audio"},
    {BOX('m', 'j', 'p', '2'), 0, "JPEG 2000"},
    {BOX('m', 'j', 'p', 'a'), 0, "Motion JPEG A"},
    {BOX('m', 'j', 'p', 'b'), 0, "Motion JPEG B"},
    {BOX('p', 'n', 'g', ' '), 0, "PNG"},
    {BOX('r', 'a', 'w', ' '), 0, "PCM"},
    {BOX('r', 'l', 'e', ' '), 0, "Animation"},
    {BOX('s', '2', '6', '3'), 0, "H.263"},
    {BOX('s', 'a', 'm', 'r'), 0, "AMR"},
    {BOX('s', 'a', 'w', 'b'), 0, "AMR-WB"},
    {BOX('s', 'o', 'w', 't'), 0, "PCM"},
    {BOX('s', 't', 'p', 'p'), 0, "TTML"},
    {BOX('t', 'e', 'x', 't'), 0, "Text"},
    {BOX('t', 'm', 'c', 'd'), 0, "Timecode"},
    {BOX('t', 'w', 'o', 's'), 0, "PCM"},
    {BOX('t', 'x', '3', 'g'), 0, "Timed Text"},
    {BOX('u', 'l', 'a', 'w'), 0, "mu-law"},
    {BOX('v', 'p', '0', '8'), 0, "VP8"},
    {BOX('v', 'p', '0', '9'), 0, "VP9"},
    {BOX('v', 'v', 'c', '1'), 0, "VVC"},
    {BOX('v', 'v', 'i', '1'), 0, "VVC"},
    {BOX('w', 'v', 't', 't'), 0, "WebVTT"},
};

/* objectTypeIndication of 14496-1, 7.2.6.6 */
static const struct adit_tag object_names[] = {
    {0x20, 0, "MPEG-4 Visual"}, {0x21, 0, "AVC"},          {0x23, 0, "HEVC"},         {0x40, 0, "AAC"},
    {0x60, 0, "MPEG-2 Video"},  {0x61, 0, "MPEG-2 Video"}, {0x62, 0, "MPEG-2 Video"}, {0x63, 0, "MPEG-2 Video"},
    {0x64, 0, "MPEG-2 Video"},  {0x65, 0, "MPEG-2 Video"}, {0x66, 0, "AAC"},          {0x67, 0, "AAC"},
    {0x68, 0, "AAC"},           {0x69, 0, "MPEG Audio"},   {0x6a, 0, "MPEG-1 Video"}, {0x6b, 0, "MPEG Audio"},
    {0x6c, 0, "JPEG"},          {0x6d, 0, "PNG"},          {0x6e, 0, "JPEG 2000"},    {0xa3, 0, "VC-1"},
    {0xa4, 0, "Dirac"},         {0xa5, 0, "AC-3"},         {0xa6, 0, "E-AC-3"},       {0xa9, 0, "DTS"},
    {0xad, 0, "Opus"},          {0xb1, 0, "VP9"},          {0xdd, 0, "Vorbis"},       {0xe1, 0, "QCELP"},
};

/* Of the sample entry or item that was read. */
static inline void emit_codec(struct isobmff *x, uint32_t format)
{
    uint32_t type = x->original_format ? x->original_format : format;
    const char *name = x->object_type > 0 ? adit_tag_name(ADIT_TAGS(object_names), x->object_type) : NULL;
    name = x->codec ? x->codec : name ? name : adit_tag_name(ADIT_TAGS(codec_names), type);
    if (name)
        (void)adit_emit_string(x->job, "codec", name);
}

#endif
