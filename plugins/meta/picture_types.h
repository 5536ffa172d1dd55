/* SPDX-License-Identifier: MIT */
/* What attached pictures show: the list that ID3v2.4.0 frames, 4.14 (APIC) and RFC 9639, 8.8 have in common. */
#ifndef PLUGINS_META_PICTURE_TYPES_H
#define PLUGINS_META_PICTURE_TYPES_H

#include <adit/tag.h>

static const struct adit_tag picture_types[] = {
    {0, 0, "Other"},
    {1, 0, "32x32 PNG icon"},
    {2, 0, "Other icon"},
    {3, 0, "Front cover"},
    {4, 0, "Back cover"},
    {5, 0, "Leaflet page"},
    {6, 0, "Media label"},
    {7, 0, "Lead artist"},
    {8, 0, "Artist"},
    {9, 0, "Conductor"},
    {10, 0, "Band or orchestra"},
    {11, 0, "Composer"},
    {12, 0, "Lyricist"},
    {13, 0, "Recording location"},
    {14, 0, "During recording"},
    {15, 0, "During performance"},
    {16, 0, "Screen capture"},
    {17, 0, "A bright coloured fish"},
    {18, 0, "Illustration"},
    {19, 0, "Artist logotype"},
    {20, 0, "Publisher logotype"},
};

#endif
