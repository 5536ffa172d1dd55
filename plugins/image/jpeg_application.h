/* SPDX-License-Identifier: MIT */
/* Application segments of single programs: SPIFF, Ducky, Adobe, early cameras. Part of jpeg.c. */
#ifndef IMAGE_JPEG_APPLICATION_H
#define IMAGE_JPEG_APPLICATION_H

/* ITU-T T.84, F.2.1 */
static void read_spiff(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    char version[8];
    (void)s;
    uint8_t major = adit_read_u8(c), minor = adit_read_u8(c), profile = adit_read_u8(c);
    adit_skip(c, 1);
    uint32_t height = adit_read_u32(c), width = adit_read_u32(c);
    uint8_t space = adit_read_u8(c), bits = adit_read_u8(c), compression = adit_read_u8(c), units = adit_read_u8(c);
    uint32_t vertical = adit_read_u32(c), horizontal = adit_read_u32(c);
    if (!adit_ok(c))
        return;
    int n = snprintf(version, sizeof version, "%u.%u", major, minor);
    (void)adit_begin_object(j->job, "spiff");
    (void)adit_emit_text(j->job, "version", adit_text_of(version, (size_t)n));
    (void)adit_emit_u64(j->job, "profile", profile);
    (void)adit_emit_u64(j->job, "height", height);
    (void)adit_emit_u64(j->job, "width", width);
    (void)adit_emit_u64(j->job, "color_space", space);
    (void)adit_emit_u64(j->job, "bits_per_sample", bits);
    (void)adit_emit_u64(j->job, "compression_type", compression);
    (void)adit_emit_u64(j->job, "resolution_units", units);
    (void)adit_emit_u64(j->job, "vertical_resolution", vertical);
    (void)adit_emit_u64(j->job, "horizontal_resolution", horizontal);
    (void)adit_end(j->job);
}

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
static void read_adobe(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    static const struct adit_tag transforms[] = {{0, 0, "Unknown (RGB or CMYK)"}, {1, 0, "YCbCr"}, {2, 0, "YCCK"}};
    (void)s;
    uint16_t version = adit_read_u16(c), flags0 = adit_read_u16(c), flags1 = adit_read_u16(c);
    uint8_t transform = adit_read_u8(c);
    if (!adit_ok(c))
        return;
    (void)adit_begin_object(j->job, "adobe");
    (void)adit_emit_u64(j->job, "dct_encode_version", version);
    (void)adit_emit_u64(j->job, "flags0", flags0);
    (void)adit_emit_u64(j->job, "flags1", flags1);
    (void)adit_emit_u64(j->job, "color_transform", transform);
    (void)adit_emit_tag(j->job, "color_transform_name", ADIT_TAGS(transforms), transform);
    (void)adit_end(j->job);
}

#endif
