/* SPDX-License-Identifier: MIT */
/* What the items of iTunes' metadata list are called. There is no standard; the types are those that iTunes and others write. */
#ifndef PLUGINS_VIDEO_ISOBMFF_NAMES_H
#define PLUGINS_VIDEO_ISOBMFF_NAMES_H

#include "isobmff_values.h"

enum { FORM_TEXT, FORM_NUMBER, FORM_PAIR, FORM_GENRE, FORM_COVER };

/* Sorted by the type's bytes. */
static const struct adit_tag item_tags[] = {
    {BOX('a', 'A', 'R', 'T'), FORM_TEXT, "album_artist"},
    {BOX('a', 'p', 'I', 'D'), FORM_TEXT, "account"},
    {BOX('c', 'a', 't', 'g'), FORM_TEXT, "category"},
    {BOX('c', 'o', 'v', 'r'), FORM_COVER, "cover"},
    {BOX('c', 'p', 'i', 'l'), FORM_NUMBER, "compilation"},
    {BOX('c', 'p', 'r', 't'), FORM_TEXT, "copyright"},
    {BOX('d', 'e', 's', 'c'), FORM_TEXT, "description"},
    {BOX('d', 'i', 's', 'k'), FORM_PAIR, "disk"},
    {BOX('e', 'g', 'i', 'd'), FORM_TEXT, "episode_guid"},
    {BOX('g', 'n', 'r', 'e'), FORM_GENRE, "genre"},
    {BOX('h', 'd', 'v', 'd'), FORM_NUMBER, "hd_video"},
    {BOX('k', 'e', 'y', 'w'), FORM_TEXT, "keyword"},
    {BOX('l', 'd', 'e', 's'), FORM_TEXT, "long_description"},
    {BOX('o', 'w', 'n', 'r'), FORM_TEXT, "owner"},
    {BOX('p', 'c', 's', 't'), FORM_NUMBER, "podcast"},
    {BOX('p', 'g', 'a', 'p'), FORM_NUMBER, "gapless"},
    {BOX('p', 'u', 'r', 'd'), FORM_TEXT, "purchase_date"},
    {BOX('p', 'u', 'r', 'l'), FORM_TEXT, "podcast_url"},
    {BOX('r', 'a', 't', 'e'), FORM_TEXT, "rating_percent"},
    {BOX('r', 't', 'n', 'g'), FORM_NUMBER, "rating"},
    {BOX('s', 'o', 'a', 'a'), FORM_TEXT, "sort_album_artist"},
    {BOX('s', 'o', 'a', 'l'), FORM_TEXT, "sort_album"},
    {BOX('s', 'o', 'a', 'r'), FORM_TEXT, "sort_artist"},
    {BOX('s', 'o', 'c', 'o'), FORM_TEXT, "sort_composer"},
    {BOX('s', 'o', 'n', 'm'), FORM_TEXT, "sort_title"},
    {BOX('s', 'o', 's', 'n'), FORM_TEXT, "sort_show"},
    {BOX('s', 't', 'i', 'k'), FORM_NUMBER, "media_kind"},
    {BOX('t', 'm', 'p', 'o'), FORM_NUMBER, "bpm"},
    {BOX('t', 'r', 'k', 'n'), FORM_PAIR, "track"},
    {BOX('t', 'v', 'e', 'n'), FORM_TEXT, "tv_episode_id"},
    {BOX('t', 'v', 'e', 's'), FORM_NUMBER, "tv_episode"},
    {BOX('t', 'v', 'n', 'n'), FORM_TEXT, "tv_network"},
    {BOX('t', 'v', 's', 'h'), FORM_TEXT, "tv_show"},
    {BOX('t', 'v', 's', 'n'), FORM_NUMBER, "tv_season"},
    {BOX(0xa9, 'A', 'R', 'T'), FORM_TEXT, "artist"},
    {BOX(0xa9, 'a', 'l', 'b'), FORM_TEXT, "album"},
    {BOX(0xa9, 'c', 'm', 't'), FORM_TEXT, "comment"},
    {BOX(0xa9, 'c', 'o', 'n'), FORM_TEXT, "conductor"},
    {BOX(0xa9, 'd', 'a', 'y'), FORM_TEXT, "content_create_date"},
    {BOX(0xa9, 'd', 'e', 's'), FORM_TEXT, "description"},
    {BOX(0xa9, 'e', 'n', 'c'), FORM_TEXT, "encoded_by"},
    {BOX(0xa9, 'g', 'e', 'n'), FORM_TEXT, "genre"},
    {BOX(0xa9, 'g', 'r', 'p'), FORM_TEXT, "grouping"},
    {BOX(0xa9, 'l', 'y', 'r'), FORM_TEXT, "lyrics"},
    {BOX(0xa9, 'm', 'v', 'c'), FORM_NUMBER, "movement_count"},
    {BOX(0xa9, 'm', 'v', 'i'), FORM_NUMBER, "movement_number"},
    {BOX(0xa9, 'm', 'v', 'n'), FORM_TEXT, "movement_name"},
    {BOX(0xa9, 'n', 'a', 'm'), FORM_TEXT, "title"},
    {BOX(0xa9, 'n', 'r', 't'), FORM_TEXT, "narrator"},
    {BOX(0xa9, 'p', 'u', 'b'), FORM_TEXT, "publisher"},
    {BOX(0xa9, 's', 't', '3'), FORM_TEXT, "subtitle"},
    {BOX(0xa9, 't', 'o', 'o'), FORM_TEXT, "encoder"},
    {BOX(0xa9, 'w', 'r', 'k'), FORM_TEXT, "work"},
    {BOX(0xa9, 'w', 'r', 't'), FORM_TEXT, "composer"},
    {BOX(0xa9, 'x', 'y', 'z'), FORM_TEXT, "location"},
};

#endif
