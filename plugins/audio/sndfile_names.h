/* SPDX-License-Identifier: MIT */
/* What libsndfile's numbers are called: the names of its own constants, without their prefix (sndfile.h, 1.2). */
#ifndef PLUGINS_AUDIO_SNDFILE_NAMES_H
#define PLUGINS_AUDIO_SNDFILE_NAMES_H

#include <adit/tag.h>
#include <sndfile.h>

static const struct adit_tag containers[] = {
    {SF_FORMAT_WAV, 0, "WAV"},   {SF_FORMAT_AIFF, 0, "AIFF"}, {SF_FORMAT_AU, 0, "AU"},
    {SF_FORMAT_RAW, 0, "RAW"},   {SF_FORMAT_PAF, 0, "PAF"},   {SF_FORMAT_SVX, 0, "SVX"},
    {SF_FORMAT_NIST, 0, "NIST"}, {SF_FORMAT_VOC, 0, "VOC"},   {SF_FORMAT_IRCAM, 0, "IRCAM"},
    {SF_FORMAT_W64, 0, "W64"},   {SF_FORMAT_MAT4, 0, "MAT4"}, {SF_FORMAT_MAT5, 0, "MAT5"},
    {SF_FORMAT_PVF, 0, "PVF"},   {SF_FORMAT_XI, 0, "XI"},     {SF_FORMAT_HTK, 0, "HTK"},
    {SF_FORMAT_SDS, 0, "SDS"},   {SF_FORMAT_AVR, 0, "AVR"},   {SF_FORMAT_WAVEX, 0, "WAVEX"},
    {SF_FORMAT_SD2, 0, "SD2"},   {SF_FORMAT_FLAC, 0, "FLAC"}, {SF_FORMAT_CAF, 0, "CAF"},
    {SF_FORMAT_WVE, 0, "WVE"},   {SF_FORMAT_OGG, 0, "OGG"},   {SF_FORMAT_MPC2K, 0, "MPC2K"},
    {SF_FORMAT_RF64, 0, "RF64"}, {SF_FORMAT_MPEG, 0, "MPEG"},
};

/* The form is the number of bits of one sample as it is stored, 0 where it has no fixed number. */
static const struct adit_tag subtypes[] = {
    {SF_FORMAT_PCM_S8, 8, "PCM_S8"},
    {SF_FORMAT_PCM_16, 16, "PCM_16"},
    {SF_FORMAT_PCM_24, 24, "PCM_24"},
    {SF_FORMAT_PCM_32, 32, "PCM_32"},
    {SF_FORMAT_PCM_U8, 8, "PCM_U8"},
    {SF_FORMAT_FLOAT, 32, "FLOAT"},
    {SF_FORMAT_DOUBLE, 64, "DOUBLE"},
    {SF_FORMAT_ULAW, 8, "ULAW"},
    {SF_FORMAT_ALAW, 8, "ALAW"},
    {SF_FORMAT_IMA_ADPCM, 4, "IMA_ADPCM"},
    {SF_FORMAT_MS_ADPCM, 4, "MS_ADPCM"},
    {SF_FORMAT_GSM610, 0, "GSM610"},
    {SF_FORMAT_VOX_ADPCM, 4, "VOX_ADPCM"},
    {SF_FORMAT_NMS_ADPCM_16, 2, "NMS_ADPCM_16"},
    {SF_FORMAT_NMS_ADPCM_24, 3, "NMS_ADPCM_24"},
    {SF_FORMAT_NMS_ADPCM_32, 4, "NMS_ADPCM_32"},
    {SF_FORMAT_G721_32, 4, "G721_32"},
    {SF_FORMAT_G723_24, 3, "G723_24"},
    {SF_FORMAT_G723_40, 5, "G723_40"},
    {SF_FORMAT_DWVW_12, 0, "DWVW_12"},
    {SF_FORMAT_DWVW_16, 0, "DWVW_16"},
    {SF_FORMAT_DWVW_24, 0, "DWVW_24"},
    {SF_FORMAT_DWVW_N, 0, "DWVW_N"},
    {SF_FORMAT_DPCM_8, 8, "DPCM_8"},
    {SF_FORMAT_DPCM_16, 16, "DPCM_16"},
    {SF_FORMAT_VORBIS, 0, "VORBIS"},
    {SF_FORMAT_OPUS, 0, "OPUS"},
    {SF_FORMAT_ALAC_16, 0, "ALAC_16"},
    {SF_FORMAT_ALAC_20, 0, "ALAC_20"},
    {SF_FORMAT_ALAC_24, 0, "ALAC_24"},
    {SF_FORMAT_ALAC_32, 0, "ALAC_32"},
    {SF_FORMAT_MPEG_LAYER_I, 0, "MPEG_LAYER_I"},
    {SF_FORMAT_MPEG_LAYER_II, 0, "MPEG_LAYER_II"},
    {SF_FORMAT_MPEG_LAYER_III, 0, "MPEG_LAYER_III"},
};

static const struct adit_tag speakers[] = {
    {SF_CHANNEL_MAP_INVALID, 0, "INVALID"},
    {SF_CHANNEL_MAP_MONO, 0, "MONO"},
    {SF_CHANNEL_MAP_LEFT, 0, "LEFT"},
    {SF_CHANNEL_MAP_RIGHT, 0, "RIGHT"},
    {SF_CHANNEL_MAP_CENTER, 0, "CENTER"},
    {SF_CHANNEL_MAP_FRONT_LEFT, 0, "FRONT_LEFT"},
    {SF_CHANNEL_MAP_FRONT_RIGHT, 0, "FRONT_RIGHT"},
    {SF_CHANNEL_MAP_FRONT_CENTER, 0, "FRONT_CENTER"},
    {SF_CHANNEL_MAP_REAR_CENTER, 0, "REAR_CENTER"},
    {SF_CHANNEL_MAP_REAR_LEFT, 0, "REAR_LEFT"},
    {SF_CHANNEL_MAP_REAR_RIGHT, 0, "REAR_RIGHT"},
    {SF_CHANNEL_MAP_LFE, 0, "LFE"},
    {SF_CHANNEL_MAP_FRONT_LEFT_OF_CENTER, 0, "FRONT_LEFT_OF_CENTER"},
    {SF_CHANNEL_MAP_FRONT_RIGHT_OF_CENTER, 0, "FRONT_RIGHT_OF_CENTER"},
    {SF_CHANNEL_MAP_SIDE_LEFT, 0, "SIDE_LEFT"},
    {SF_CHANNEL_MAP_SIDE_RIGHT, 0, "SIDE_RIGHT"},
    {SF_CHANNEL_MAP_TOP_CENTER, 0, "TOP_CENTER"},
    {SF_CHANNEL_MAP_TOP_FRONT_LEFT, 0, "TOP_FRONT_LEFT"},
    {SF_CHANNEL_MAP_TOP_FRONT_RIGHT, 0, "TOP_FRONT_RIGHT"},
    {SF_CHANNEL_MAP_TOP_FRONT_CENTER, 0, "TOP_FRONT_CENTER"},
    {SF_CHANNEL_MAP_TOP_REAR_LEFT, 0, "TOP_REAR_LEFT"},
    {SF_CHANNEL_MAP_TOP_REAR_RIGHT, 0, "TOP_REAR_RIGHT"},
    {SF_CHANNEL_MAP_TOP_REAR_CENTER, 0, "TOP_REAR_CENTER"},
    {SF_CHANNEL_MAP_AMBISONIC_B_W, 0, "AMBISONIC_B_W"},
    {SF_CHANNEL_MAP_AMBISONIC_B_X, 0, "AMBISONIC_B_X"},
    {SF_CHANNEL_MAP_AMBISONIC_B_Y, 0, "AMBISONIC_B_Y"},
    {SF_CHANNEL_MAP_AMBISONIC_B_Z, 0, "AMBISONIC_B_Z"},
};

static const struct adit_tag loop_modes[] = {
    {SF_LOOP_NONE, 0, "none"},
    {SF_LOOP_FORWARD, 0, "forward"},
    {SF_LOOP_BACKWARD, 0, "backward"},
    {SF_LOOP_ALTERNATING, 0, "alternating"},
};

/* SF_STR_*, sorted. */
static const struct adit_tag strings[] = {
    {SF_STR_TITLE, 0, "title"},   {SF_STR_COPYRIGHT, 0, "copyright"}, {SF_STR_SOFTWARE, 0, "software"},
    {SF_STR_ARTIST, 0, "artist"}, {SF_STR_COMMENT, 0, "comment"},     {SF_STR_DATE, 0, "date"},
    {SF_STR_ALBUM, 0, "album"},   {SF_STR_LICENSE, 0, "license"},     {SF_STR_TRACKNUMBER, 0, "tracknumber"},
    {SF_STR_GENRE, 0, "genre"},
};

#endif
