/* SPDX-License-Identifier: MIT */
/* Application segments of single programs: SPIFF, Ducky, Adobe, early cameras. Part of jpeg.c. */
#ifndef IMAGE_JPEG_APPLICATION_H
#define IMAGE_JPEG_APPLICATION_H

#include "jpeg_file.h"
#include <adit/charset.h>

/* ITU-T T.84, F.2.1 */
static void emit_spiff_version(const struct adit_call *job, const char *name, const struct adit_value *minor,
                               void *keep)
{
    char version[8];
    (void)snprintf(version, sizeof version, "%u.%u", ((const struct jpeg *)keep)->major, (unsigned)minor->as.u64);
    (void)adit_emit_string(job, name, version);
}

static const struct adit_row spiff[] = {
    ADIT_BEGIN("spiff"),
    ADIT_U8(NULL, KEEP(major)),
    ADIT_U8("version", ADIT_BY(emit_spiff_version)),
    ADIT_U8("profile"),
    ADIT_SKIP(1), /* components */
    ADIT_U32("height"),
    ADIT_U32("width"),
    ADIT_U8("color_space"),
    ADIT_U8("bits_per_sample"),
    ADIT_U8("compression_type"),
    ADIT_U8("resolution_units"),
    ADIT_U32("vertical_resolution"),
    ADIT_U32("horizontal_resolution"),
    ADIT_END,
};

static void read_unicode(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    (void)s;
    (void)adit_emit_in_charset(j->job, "comments", ADIT_CHARSET_UTF16BE, adit_read_bytes(c, adit_left(c)));
}

/* Photoshop's "Save for Web": tag, size, value; 0 ends it. */
static void read_ducky(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    uint16_t tag;
    (void)s;
    (void)adit_begin_object(j->job, "ducky");
    while (adit_left(c) >= 2 && (tag = adit_read_u16(c)) != 0) {
        struct adit_cursor value = adit_sub(c, adit_read_u16(c));
        uint32_t number = adit_read_u32(&value);
        if (adit_ok(&value) && tag == 1)
            (void)adit_emit_u64(j->job, "quality", number);
        else if (adit_ok(&value) && (tag == 2 || tag == 3))
            (void)adit_emit_in_charset(j->job, tag == 2 ? "comment" : "copyright", ADIT_CHARSET_UTF16BE,
                                       adit_read_bytes(&value, adit_left(&value)));
    }
    (void)adit_end(j->job);
}

/* Cameras of the nineties (Agfa, Olympus, Epson) wrote lines there, such as "Shutter=6460", under heads in brackets. */
static void read_picture_info(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    struct adit_text text = adit_read_bytes(c, s->size);
    bool begun = false;
    for (size_t at = 0, end; at < text.size; at = end + 1) {
        size_t equals = at;
        for (end = at; end < text.size && text.data[end] >= ' ' && text.data[end] <= '~'; end++)
            equals = text.data[end] == '=' && equals == at ? end : equals;
        if (equals == at)
            continue;
        if (!begun)
            (void)adit_begin_object(j->job, "picture_info");
        begun = true;
        struct adit_value value = adit_value_text(adit_text_of(text.data + equals + 1, end - equals - 1));
        (void)adit_emit_named(j->job, adit_text_of(text.data + at, equals - at), &value);
    }
    if (begun)
        (void)adit_end(j->job);
}

/* GraphicConverter: "Q 70" */
static void read_quality(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    uint32_t quality = 0;
    (void)s;
    for (uint8_t digit; adit_left(c) > 0 && (digit = adit_read_u8(c)) >= '0' && digit <= '9' && quality <= 100;)
        quality = quality * 10 + digit - '0';
    if (quality <= 100)
        (void)adit_emit_u64(j->job, "graphicconverter_quality", quality);
}

/* Adobe Technical Note 5116, section 18 */
static const struct adit_tag transforms[] = {{0, 0, "Unknown (RGB or CMYK)"}, {1, 0, "YCbCr"}, {2, 0, "YCCK"}};
static const struct adit_row adobe[] = {
    ADIT_BEGIN("adobe"),
    ADIT_U16("dct_encode_version"),
    ADIT_U16("flags0"),
    ADIT_U16("flags1"),
    ADIT_U8("color_transform", ADIT_NAMES("color_transform_name", transforms)),
    ADIT_END,
};

#endif
