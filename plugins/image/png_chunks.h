/* SPDX-License-Identifier: MIT */
/* The chunks of PNG whose content depends on others, or on itself; and what must hold of those in png_numbers.h. Part of png.c; a
 * function a chunk, called with a cursor over its data, or behind them where a table has read them. */
#ifndef IMAGE_PNG_CHUNKS_H
#define IMAGE_PNG_CHUNKS_H

#include "png_numbers.h"

/* 11.2.1, table 9: the bit depths (as a bit mask) of each colour type. */
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

static void check_ihdr(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    (void)c;
    if (p->width == 0 || p->height == 0 || p->width > INT32_MAX || p->height > INT32_MAX)
        COMPLAIN(p, chunk, "%u by %u pixels; expected 1 to 2147483647", p->width, p->height);
    if (!is_possible_depth(p->color_type, p->bit_depth))
        COMPLAIN(p, chunk, "colour type %u with %u bits is not possible", p->color_type, p->bit_depth);
    if (p->compression || p->filter || p->interlace > 1)
        COMPLAIN(p, chunk, "compression %u, filter %u, interlace %u; expected 0, 0, 0 or 1", p->compression, p->filter,
                 p->interlace);
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

static void read_color(struct png *p, struct adit_cursor *c)
{
    if (p->color_type & 2)
        (void)adit_record(c, ADIT_ROWS(rgb), NULL);
    else
        (void)adit_record(c, ADIT_ROWS(gray), NULL);
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
        (void)adit_record(c, ADIT_ROWS(palette_index), NULL);
    else
        read_color(p, c);
    (void)adit_end(p->job);
}

static void check_gama(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    (void)c;
    if (p->gamma == 0)
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

static void check_srgb(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    (void)c;
    if (p->intent > 3)
        COMPLAIN(p, chunk, "rendering intent %u; expected 0 to 3", p->intent);
}

static void read_hist(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    if (adit_left(c) != 2ull * p->palette_entries)
        COMPLAIN(p, chunk, "has %llu entries for a palette of %u", (unsigned long long)adit_left(c) / 2,
                 p->palette_entries);
    while (adit_left(c) >= 2)
        (void)adit_emit_u64(p->job, "histogram", adit_read_u16(c));
}

static void read_exif(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    (void)adit_emit_range(p->job, ADIT_TEXT("eXIf"), "application/x-exif", c->at, chunk->size);
}

/* C2PA */
static void read_cabx(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    (void)adit_emit_range(p->job, ADIT_TEXT("caBX"), "application/x-jumbf", c->at, chunk->size);
}

static void check_time(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    struct adit_time t = p->modified;
    (void)c;
    t.precision = ADIT_TIME_SECOND;
    if (adit_time_valid(&t))
        (void)adit_emit_time(p->job, "last_modified", t);
    else
        COMPLAIN(p, chunk, "%d-%u-%u %u:%u:%u is no time", t.year, t.month, t.day, t.hour, t.minute, t.second);
}

/* ---- 11.3.6: animation ---- */

static void read_sequence(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    uint32_t number = adit_read_u32(c);
    if (number != p->sequence)
        COMPLAIN(p, chunk, "sequence number %u; expected %u", number, p->sequence);
    p->sequence = number + 1;
}

static void check_actl(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    (void)c;
    p->animated = true;
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

static void check_animation(struct png *p, const struct chunk *end)
{
    if (!p->stopped && p->animated && p->has_iend && p->frames_seen != p->frames_declared)
        COMPLAIN(p, end, "there are %u frames; acTL says %u", p->frames_seen, p->frames_declared);
}

static void emit_animation(const struct png *p)
{
    if (!p->animated)
        return;
    (void)adit_begin_object(p->job, "animation");
    (void)adit_emit_u64(p->job, "frames", p->frames_seen);
    (void)adit_emit_f64(p->job, "duration", p->duration);
    (void)adit_end(p->job);
}

#endif
