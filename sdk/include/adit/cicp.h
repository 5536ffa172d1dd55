/* SPDX-License-Identifier: MIT */
/*
 * Coding-independent code points: what the numbers mean by which pictures and video of many formats tell their colours (PNG's
 * cICP, the colr box of ISO-BMFF, the VUI of H.264 and H.265, AV1, VP9, Matroska). Tables for adit_emit_tag; a number that is not
 * in them is reserved. [open, run]
 *
 *     adit_emit_u64(job, "color_primaries", primaries);
 *     adit_emit_tag(job, "color_primaries_name", ADIT_TAGS(adit_cicp_primaries), primaries);
 *
 * Source: ITU-T H.273 (2024), tables 2, 3 and 4.
 */
#ifndef ADIT_CICP_H
#define ADIT_CICP_H

#include <adit/tag.h>

enum { ADIT_CICP_UNSPECIFIED = 2 }; /* in all three tables: unknown, or told elsewhere */

/* ColourPrimaries */
static const struct adit_tag adit_cicp_primaries[] = {
    {1, 0, "BT.709, sRGB"},
    {2, 0, "Unspecified"},
    {4, 0, "BT.470 System M"},
    {5, 0, "BT.601 625"},
    {6, 0, "BT.601 525"},
    {7, 0, "SMPTE ST 240"},
    {8, 0, "Generic film"},
    {9, 0, "BT.2020, BT.2100"},
    {10, 0, "SMPTE ST 428"},
    {11, 0, "SMPTE RP 431-2"},
    {12, 0, "SMPTE EG 432-1 (Display P3)"},
    {22, 0, "EBU Tech 3213"},
};

/* TransferCharacteristics */
static const struct adit_tag adit_cicp_transfers[] = {
    {1, 0, "BT.709"},
    {2, 0, "Unspecified"},
    {4, 0, "BT.470 System M (gamma 2.2)"},
    {5, 0, "BT.470 System B, G (gamma 2.8)"},
    {6, 0, "BT.601"},
    {7, 0, "SMPTE ST 240"},
    {8, 0, "Linear"},
    {9, 0, "Logarithmic 100:1"},
    {10, 0, "Logarithmic 316:1"},
    {11, 0, "IEC 61966-2-4"},
    {12, 0, "BT.1361"},
    {13, 0, "sRGB, sYCC"},
    {14, 0, "BT.2020 10 bits"},
    {15, 0, "BT.2020 12 bits"},
    {16, 0, "SMPTE ST 2084 (PQ)"},
    {17, 0, "SMPTE ST 428-1"},
    {18, 0, "BT.2100 (HLG)"},
};

/* MatrixCoefficients */
static const struct adit_tag adit_cicp_matrices[] = {
    {0, 0, "Identity (RGB)"},
    {1, 0, "BT.709"},
    {2, 0, "Unspecified"},
    {4, 0, "FCC"},
    {5, 0, "BT.601 625"},
    {6, 0, "BT.601 525"},
    {7, 0, "SMPTE ST 240"},
    {8, 0, "YCgCo"},
    {9, 0, "BT.2020 non-constant luminance"},
    {10, 0, "BT.2020 constant luminance"},
    {11, 0, "SMPTE ST 2085"},
    {12, 0, "Chromaticity-derived non-constant luminance"},
    {13, 0, "Chromaticity-derived constant luminance"},
    {14, 0, "BT.2100 ICtCp"},
};

#endif
