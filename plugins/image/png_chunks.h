/* SPDX-License-Identifier: MIT */
/* The chunks of PNG that are numbers. Part of png.c; a function a chunk, called with a cursor over its data. */
#ifndef IMAGE_PNG_CHUNKS_H
#define IMAGE_PNG_CHUNKS_H

#include <adit/cicp.h>

/* 11.2.2, table 9: the bit depths (as a bit mask) of each colour type. */
static bool is_possible_depth(uint8_t color_type, uint8_t depth)
{
    static const uint32_t depths[7] = {1 << 1 | 1 << 2 | 1 << 4 | 1 << 8 | 1 << 16,
                                       0,
                                       1 << 8 | 1 << 16,
                                       1 << 1 | 1 << 2 | 1 << 4 | 1 << 8,
                                       1 << 8 | 1 << 16,
                                       0,
                                       1 << 8 | 1 << 16};
    return color_type < 7 && depth <= 16 && (depths[color_type] >> depth & 1);
}

static void read_ihdr(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    static const struct adit_tag color_types[] = {{0, 0, "Grayscale"},
                                                  {2, 0, "Truecolor"},
                                                  {3, 0, "Indexed-color"},
                                                  {4, 0, "Grayscale with alpha"},
                                                  {6, 0, "Truecolor with alpha"}};
    static const struct adit_tag interlaces[] = {{0, 0, "No interlace"}, {1, 0, "Adam7"}};
    p->width = adit_read_u32(c);
    p->height = adit_read_u32(c);
    p->bit_depth = adit_read_u8(c);
    p->color_type = adit_read_u8(c);
    uint8_t compression = adit_read_u8(c), filter = adit_read_u8(c), interlace = adit_read_u8(c);
    (void)adit_emit_u64(p->job, "width", p->width);
    (void)adit_emit_u64(p->job, "height", p->height);
    (void)adit_emit_u64(p->job, "bit_depth", p->bit_depth);
    (void)adit_emit_u64(p->job, "color_type", p->color_type);
    (void)adit_emit_tag(p->job, "color_type_name", ADIT_TAGS(color_types), p->color_type);
    (void)adit_emit_u64(p->job, "compression_method", compression);
    (void)adit_emit_u64(p->job, "filter_method", filter);
    (void)adit_emit_u64(p->job, "interlace_method", interlace);
    (void)adit_emit_tag(p->job, "interlace_method_name", ADIT_TAGS(interlaces), interlace);
    if (p->width == 0 || p->height == 0 || p->width > INT32_MAX || p->height > INT32_MAX)
        COMPLAIN(p, chunk, "%u by %u pixels; expected 1 to 2147483647", p->width, p->height);
    if (!is_possible_depth(p->color_type, p->bit_depth))
        COMPLAIN(p, chunk, "colour type %u with %u bits is not possible", p->color_type, p->bit_depth);
    if (compression || filter || interlace > 1)
        COMPLAIN(p, chunk, "compression %u, filter %u, interlace %u; expected 0, 0, 0 or 1", compression, filter,
                 interlace);
}

static void read_plte(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    p->has_plte = true;
    p->palette_entries = (uint32_t)(adit_left(c) / 3);
    (void)adit_emit_u64(p->job, "palette_entries", p->palette_entries);
    if (adit_left(c) % 3)
        COMPLAIN(p, chunk, "has %llu bytes, which is no multiple of 3", (unsigned long long)chunk->size);
    if (!(p->color_type & 2))
        COMPLAIN(p, chunk, "colour type %u has no palette", p->color_type);
    else if (p->color_type == 3 && p->bit_depth <= 8 && p->palette_entries > 1u << p->bit_depth)
        COMPLAIN(p, chunk, "has %u entries, more than %u bits can name", p->palette_entries, p->bit_depth);
}

/* A colour in the image's own terms: 11.3.1.1 (tRNS), 11.3.4.1 (bKGD). */
static void read_color(struct png *p, struct adit_cursor *c)
{
    static const char *const rgb[3] = {"red", "green", "blue"};
    for (int i = 0; i < 3 && (p->color_type & 2); i++)
        (void)adit_emit_u64(p->job, rgb[i], adit_read_u16(c));
    if (!(p->color_type & 2))
        (void)adit_emit_u64(p->job, "gray", adit_read_u16(c));
}

static void read_trns(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    uint64_t size = adit_left(c);
    if (p->color_type == 4 || p->color_type == 6)
        COMPLAIN(p, chunk, "colour type %u has an alpha channel and no tRNS", p->color_type);
    else if (p->color_type == 3 && size > p->palette_entries)
        COMPLAIN(p, chunk, "has %llu entries for a palette of %u", (unsigned long long)size, p->palette_entries);
    (void)adit_begin_object(p->job, "transparency");
    if (p->color_type == 3)
        (void)adit_emit_u64(p->job, "palette_entries", size);
    else
        read_color(p, c);
    (void)adit_end(p->job);
}

static void read_bkgd(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    (void)chunk;
    (void)adit_begin_object(p->job, "background");
    if (p->color_type == 3)
        (void)adit_emit_u64(p->job, "palette_index", adit_read_u8(c));
    else
        read_color(p, c);
    (void)adit_end(p->job);
}

/* Fixed-point numbers under the names of an object. */
static void read_scaled(struct png *p, struct adit_cursor *c, const char *object, const char *const *names, int count,
                        int bytes, double divisor)
{
    (void)adit_begin_object(p->job, object);
    for (int i = 0; i < count; i++)
        (void)adit_emit_f64(p->job, names[i], (bytes == 2 ? adit_read_u16(c) : adit_read_u32(c)) / divisor);
    (void)adit_end(p->job);
}

static void read_chrm(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    static const char *const names[8] = {"white_point_x", "white_point_y", "red_x",  "red_y",
                                         "green_x",       "green_y",       "blue_x", "blue_y"};
    (void)chunk;
    read_scaled(p, c, "chromaticities", names, 8, 4, 100000);
}

static void read_gama(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    uint32_t gamma = adit_read_u32(c);
    (void)adit_emit_f64(p->job, "gamma", gamma / 100000.0);
    if (gamma == 0)
        COMPLAIN(p, chunk, "%s", "a gamma of 0 means nothing");
}

static void read_sbit(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    static const uint8_t counts[7] = {1, 0, 3, 3, 2, 0, 4};
    uint64_t expected = p->color_type < 7 ? counts[p->color_type] : 0;
    if (adit_left(c) != expected)
        COMPLAIN(p, chunk, "has %llu bytes; colour type %u has %llu", (unsigned long long)adit_left(c), p->color_type,
                 (unsigned long long)expected);
    while (adit_left(c) > 0)
        (void)adit_emit_u64(p->job, "significant_bits", adit_read_u8(c));
}

static void read_srgb(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    static const struct adit_tag intents[] = {
        {0, 0, "Perceptual"}, {1, 0, "Relative colorimetric"}, {2, 0, "Saturation"}, {3, 0, "Absolute colorimetric"}};
    uint8_t intent = adit_read_u8(c);
    (void)adit_emit_u64(p->job, "rendering_intent", intent);
    (void)adit_emit_tag(p->job, "rendering_intent_name", ADIT_TAGS(intents), intent);
    if (intent > 3)
        COMPLAIN(p, chunk, "rendering intent %u; expected 0 to 3", intent);
}

static void read_cicp(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    (void)chunk;
    uint8_t primaries = adit_read_u8(c), transfer = adit_read_u8(c), matrix = adit_read_u8(c);
    (void)adit_begin_object(p->job, "cicp");
    (void)adit_emit_u64(p->job, "color_primaries", primaries);
    (void)adit_emit_tag(p->job, "color_primaries_name", ADIT_TAGS(adit_cicp_primaries), primaries);
    (void)adit_emit_u64(p->job, "transfer_function", transfer);
    (void)adit_emit_tag(p->job, "transfer_function_name", ADIT_TAGS(adit_cicp_transfers), transfer);
    (void)adit_emit_u64(p->job, "matrix_coefficients", matrix);
    (void)adit_emit_tag(p->job, "matrix_coefficients_name", ADIT_TAGS(adit_cicp_matrices), matrix);
    (void)adit_emit_bool(p->job, "video_full_range", adit_read_u8(c) != 0);
    (void)adit_end(p->job);
}

/* 11.3.2.7: chromaticities in steps of 0.00002, luminances in steps of 0.0001 cd/m2. */
static void read_mdcv(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    static const char *const names[8] = {"red_x",  "red_y",  "green_x",       "green_y",
                                         "blue_x", "blue_y", "white_point_x", "white_point_y"};
    static const char *const luminances[2] = {"maximum", "minimum"};
    (void)chunk;
    read_scaled(p, c, "mastering_display_chromaticities", names, 8, 2, 50000);
    read_scaled(p, c, "mastering_display_luminance", luminances, 2, 4, 10000);
}

static void read_clli(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    static const char *const names[2] = {"maximum_content_light_level", "maximum_frame_average"};
    (void)chunk;
    read_scaled(p, c, "content_light_level", names, 2, 4, 10000);
}

static void read_hist(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    if (adit_left(c) != 2ull * p->palette_entries)
        COMPLAIN(p, chunk, "has %llu entries for a palette of %u", (unsigned long long)adit_left(c) / 2,
                 p->palette_entries);
    while (adit_left(c) >= 2)
        (void)adit_emit_u64(p->job, "histogram", adit_read_u16(c));
}

static void read_phys(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    static const struct adit_tag units[] = {{0, 0, "unknown"}, {1, 0, "metre"}};
    (void)chunk;
    (void)adit_emit_u64(p->job, "pixels_per_unit_x", adit_read_u32(c));
    (void)adit_emit_u64(p->job, "pixels_per_unit_y", adit_read_u32(c));
    uint8_t unit = adit_read_u8(c);
    (void)adit_emit_u64(p->job, "unit_specifier", unit);
    (void)adit_emit_tag(p->job, "unit_specifier_name", ADIT_TAGS(units), unit);
}

static void read_exif(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    (void)adit_emit_range(p->job, ADIT_TEXT("eXIf"), "application/x-exif", c->at, chunk->size);
}

static void read_cabx(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    (void)adit_emit_range(p->job, ADIT_TEXT("caBX"), "application/x-jumbf", c->at, chunk->size);
}

static void read_time(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    struct adit_time t = {.precision = ADIT_TIME_SECOND, .zone = 0};
    t.year = adit_read_u16(c);
    t.month = adit_read_u8(c);
    t.day = adit_read_u8(c);
    t.hour = adit_read_u8(c);
    t.minute = adit_read_u8(c);
    t.second = adit_read_u8(c);
    if (adit_time_valid(&t))
        (void)adit_emit_time(p->job, "last_modified", t);
    else
        COMPLAIN(p, chunk, "%d-%u-%u %u:%u:%u is no time", t.year, t.month, t.day, t.hour, t.minute, t.second);
}

static void read_sequence(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    uint32_t number = adit_read_u32(c);
    if (number != p->sequence)
        COMPLAIN(p, chunk, "sequence number %u; expected %u", number, p->sequence);
    p->sequence = number + 1;
}

static void read_actl(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    p->animated = true;
    p->frames_declared = adit_read_u32(c);
    (void)adit_emit_u64(p->job, "num_frames", p->frames_declared);
    (void)adit_emit_u64(p->job, "num_plays", adit_read_u32(c));
    (void)adit_refine(p->job, "image/apng");
    if (p->frames_declared == 0)
        COMPLAIN(p, chunk, "%s", "an animation of 0 frames");
}

static void read_fctl(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    read_sequence(p, chunk, c);
    uint64_t width = adit_read_u32(c), height = adit_read_u32(c), x = adit_read_u32(c), y = adit_read_u32(c);
    double delay = adit_read_u16(c);
    uint16_t unit = adit_read_u16(c);
    p->duration += delay / (unit ? unit : 100);
    if (p->frames_seen++ == 0)
        (void)adit_emit_bool(p->job, "default_image_is_first_frame", !p->has_idat);
    if (width == 0 || height == 0 || x + width > p->width || y + height > p->height)
        COMPLAIN(p, chunk, "a frame of %llu by %llu pixels at %llu, %llu is not inside of the image",
                 (unsigned long long)width, (unsigned long long)height, (unsigned long long)x, (unsigned long long)y);
}

static void read_fdat(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    read_sequence(p, chunk, c);
}

static void check_animation(struct png *p, const struct chunk *end)
{
    if (p->animated && p->has_iend && p->frames_seen != p->frames_declared)
        COMPLAIN(p, end, "there are %u frames; acTL says %u", p->frames_seen, p->frames_declared);
}

#endif
