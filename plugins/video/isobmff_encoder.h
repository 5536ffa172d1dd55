/* SPDX-License-Identifier: MIT */
/* What an encoder wrote of itself into the media: a message in the parameter sets or in the first sample (H.264, D.1.7; H.265, D.2.7), or
 * user data of MPEG-4 Visual (14496-2, 6.3.2.1). x264 and x265 write "NAME - VERSION - … - options: SETTINGS". */
#ifndef PLUGINS_VIDEO_ISOBMFF_ENCODER_H
#define PLUGINS_VIDEO_ISOBMFF_ENCODER_H

#include "h264.h"
#include "h265.h"
#include "isobmff_values.h"
#include <string.h>

enum { USER_DATA_UNREGISTERED = 5, MAX_ENCODER_TEXT = 4096 };
/* Of samples that are looked into, since many tracks may refer to one: tracks of a file, units of a sample, bytes of a unit. */
enum { MAX_SAMPLES_READ = 32, MAX_SAMPLE_UNITS = 16, MAX_UNIT_READ = 1 << 16 };

/* The text up to what it codes, and what follows "options: ". */
static inline void emit_encoder(struct isobmff *x, const char *text)
{
    static const char options[] = "options: ";
    const char *codes = strstr(text, " - H.26"), *settings = strstr(text, options);
    if (!add_once(&x->in_track, ENCODER_TOLD))
        return;
    (void)adit_emit_text(x->job, "encoder", adit_text_of(text, codes ? (size_t)(codes - text) : strlen(text)));
    if (settings)
        (void)adit_emit_string(x->job, "encoder_settings", settings + sizeof options - 1);
}

/* A text of `size` bytes, with room for one more, ends with a NUL, a start code, or its message; what does not print is none. */
static inline void take_encoder(struct isobmff *x, char *text, size_t size)
{
    size_t n = 0;
    while (n < size && text[n] >= ' ' && text[n] <= '~')
        n++;
    while (n > 0 && text[n - 1] == ' ')
        n--;
    text[n] = '\0';
    if (n >= 4)
        emit_encoder(x, text);
}

/* 7.3.2.3.1 of both standards: a type and a size, each 255 as often as it goes, and the rest. Messages are whole bytes. */
static inline uint32_t read_sei_number(struct adit_bits *b)
{
    uint32_t value = 0, byte = 255;
    while (byte == 255 && value < UINT32_C(1) << 24 && adit_bits_ok(b)) {
        byte = adit_bits_byte(b);
        value += byte;
    }
    return value;
}

static inline bool read_sei(struct isobmff *x, const struct adit_cursor *unit)
{
    struct adit_bits b = adit_bits_nal(unit);
    char text[MAX_ENCODER_TEXT + 1];
    adit_skip_bits(&b, x->units == UNITS_H265 ? 16 : 8);
    for (int n = 0; n < 16 && adit_bits_left(&b) >= 24; n++) {
        uint32_t type = read_sei_number(&b), size = read_sei_number(&b);
        if (type != USER_DATA_UNREGISTERED || size <= 16) {
            adit_skip_bits(&b, UINT64_C(8) * size);
            continue;
        }
        adit_skip_bits(&b, 128); /* uuid_iso_iec_11578 */
        size_t length = size - 16 < MAX_ENCODER_TEXT ? size - 16 : MAX_ENCODER_TEXT;
        for (size_t i = 0; i < length; i++)
            text[i] = (char)adit_bits_byte(&b);
        if (!adit_bits_ok(&b))
            return false;
        take_encoder(x, text, length);
        adit_skip_bits(&b, UINT64_C(8) * (size - 16 - length));
    }
    return true;
}

/* The units of the first sample up to the picture: each after its size. */
static inline void read_first_sample(struct isobmff *x)
{
    struct adit_cursor places = x->text.stco;
    adit_skip(&places, 8);
    uint64_t offset = x->text.wide ? adit_read_u64(&places) : adit_read_u32(&places);
    if (!adit_ok(&places) || x->samples_read++ >= MAX_SAMPLES_READ)
        return;
    struct adit_cursor c = adit_cursor_at(x->job, ADIT_SOURCE_MAIN, offset, x->first_size);
    for (int n = 0; n < MAX_SAMPLE_UNITS && adit_left(&c) > x->unit_size; n++) {
        struct adit_cursor unit = adit_sub(&c, adit_cursor_number(&c, x->unit_size, true)), peek = unit;
        unsigned head = adit_read_u8(&peek);
        if (!adit_ok(&peek))
            return;
        unit.end = unit.end - unit.start > MAX_UNIT_READ ? unit.start + MAX_UNIT_READ : unit.end;
        unsigned type = x->units == UNITS_H265 ? head >> 1 & 63 : head & 31;
        if (type == (x->units == UNITS_H265 ? H265_SEI : H264_SEI))
            (void)read_sei(x, &unit);
        else if (type <= (x->units == UNITS_H265 ? 31 : 5)) /* of a picture */
            return;
    }
}

/* At the end of a track. */
static inline void read_encoder(struct isobmff *x)
{
    char text[256];
    if (x->units == UNITS_NONE && adit_length(&x->info) > 0) {
        uint64_t left = adit_left(&x->info);
        size_t size = left < sizeof text ? (size_t)left : sizeof text - 1;
        if (adit_read_exact(&x->info, text, size))
            take_encoder(x, text, size);
    } else if (x->units != UNITS_NONE) {
        if (adit_length(&x->info) > 0)
            (void)read_sei(x, &x->info);
        read_first_sample(x);
    }
}

#endif
