/* SPDX-License-Identifier: MIT */
/* What several formats of images have in common. */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <adit/tag.h>

/* Coding-independent code points: ITU-T H.273 (2024), tables 2, 3 and 4. */
static const struct adit_tag image_color_primaries[] = {
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
static const struct adit_tag image_transfer_functions[] = {
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
static const struct adit_tag image_matrix_coefficients[] = {
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
