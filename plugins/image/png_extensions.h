/* SPDX-License-Identifier: MIT */
/* Suggested palettes, and the chunks of "Extensions to the PNG 1.2 Specification" 1.4.0 that have texts. Part of png.c. */
#ifndef IMAGE_PNG_EXTENSIONS_H
#define IMAGE_PNG_EXTENSIONS_H

#include "png_text.h"

/* 11.3.4.4: a name, the sample depth, and entries of 6 or 10 bytes. */
static void read_splt(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    struct adit_text name = read_keyword(p, chunk, c);
    uint8_t depth = adit_read_u8(c);
    uint64_t entry = depth == 8 ? 6 : 10;
    if (!adit_ok(c))
        return;
    if ((depth != 8 && depth != 16) || adit_left(c) % entry)
        COMPLAIN(p, chunk, "sample depth %u and %llu bytes of entries do not fit", depth,
                 (unsigned long long)adit_left(c));
    (void)adit_begin_object(p->job, "suggested_palettes");
    (void)adit_emit_in_charset(p->job, "name", ADIT_CHARSET_LATIN1, name);
    (void)adit_emit_u64(p->job, "sample_depth", depth);
    (void)adit_emit_u64(p->job, "entries", adit_left(c) / entry);
    (void)adit_end(p->job);
}

static void emit_ascii_number(struct png *p, const char *field, struct adit_text text)
{
    double value;
    if (adit_text_to_f64(text, &value))
        (void)adit_emit_f64(p->job, field, value);
}

/* Extensions 1.4.0, 4.2.2: how samples map to physical values. */
static void read_pcal(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    struct adit_text name = read_keyword(p, chunk, c);
    int32_t zero = adit_read_i32(c), most = adit_read_i32(c);
    uint8_t equation = adit_read_u8(c), count = adit_read_u8(c);
    struct adit_text unit = adit_read_string(c, adit_left(c));
    if (!adit_ok(c))
        return;
    (void)adit_begin_object(p->job, "calibration");
    (void)adit_emit_in_charset(p->job, "name", ADIT_CHARSET_LATIN1, name);
    (void)adit_emit_i64(p->job, "original_zero", zero);
    (void)adit_emit_i64(p->job, "original_max", most);
    (void)adit_emit_u64(p->job, "equation_type", equation);
    (void)adit_emit_in_charset(p->job, "unit", ADIT_CHARSET_LATIN1, unit);
    for (unsigned i = 0; i < count && adit_ok(c); i++) {
        bool last = i + 1u == count;
        struct adit_text parameter = last ? adit_read_bytes(c, adit_left(c)) : adit_read_string(c, adit_left(c));
        if (adit_ok(c))
            emit_ascii_number(p, "parameters", parameter);
    }
    (void)adit_end(p->job);
}

/* Extensions 1.4.0, 4.2.3: a unit, and the size of a pixel as two numbers in ASCII. */
static void read_scal(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    static const struct adit_tag units[] = {{1, 0, "metre"}, {2, 0, "radian"}};
    uint8_t unit = adit_read_u8(c);
    struct adit_text width = adit_read_string(c, 64), height = adit_read_bytes(c, adit_left(c));
    (void)chunk;
    if (!adit_ok(c))
        return;
    (void)adit_begin_object(p->job, "scale");
    (void)adit_emit_tag(p->job, "unit", ADIT_TAGS(units), unit);
    emit_ascii_number(p, "pixel_width", width);
    emit_ascii_number(p, "pixel_height", height);
    (void)adit_end(p->job);
}

static void read_gifx(struct png *p, const struct chunk *chunk, struct adit_cursor *c)
{
    struct adit_text identifier = adit_read_bytes(c, 8), code = adit_read_bytes(c, 3);
    (void)adit_begin_object(p->job, "gif_applications");
    (void)adit_emit_text(p->job, "identifier", identifier);
    (void)adit_emit_bytes(p->job, "authentication_code", code);
    (void)adit_emit_u64(p->job, "size", chunk->size - 11);
    (void)adit_end(p->job);
}

#endif
