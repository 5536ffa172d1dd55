/* SPDX-License-Identifier: MIT */
#include "path_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool within(unsigned char c, unsigned char first, unsigned char last)
{
    return c >= first && c <= last;
}

/* The Unicode Standard, table 3-7. */
size_t path_text_decode(const unsigned char *at, const unsigned char *end, uint32_t *out)
{
    unsigned char c = at[0];
    size_t left = (size_t)(end - at), need;
    unsigned char first = 0x80, last = 0xbf;
    if (c < 0x80) {
        *out = c;
        return 1;
    }
    *out = UINT32_MAX;
    if (within(c, 0xc2, 0xdf))
        need = 2;
    else if (within(c, 0xe0, 0xef))
        need = 3;
    else if (within(c, 0xf0, 0xf4))
        need = 4;
    else
        return 1;
    if (c == 0xe0)
        first = 0xa0;
    else if (c == 0xed)
        last = 0x9f;
    else if (c == 0xf0)
        first = 0x90;
    else if (c == 0xf4)
        last = 0x8f;
    uint32_t character = c & (0xffu >> (need + 1));
    for (size_t i = 1; i < need; i++) {
        if (i == left || !within(at[i], first, last))
            return i;
        character = character << 6 | (at[i] & 0x3f);
        first = 0x80;
        last = 0xbf;
    }
    *out = character;
    return need;
}

struct range {
    uint32_t first, last;
};

static bool in_ranges(uint32_t c, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}
#define IN(c, ranges) in_ranges(c, ranges, sizeof(ranges) / sizeof *(ranges))

/* Blocks, not single characters: Unicode Standard Annex 11 (wide and fullwidth), and the blocks of combining marks. */
unsigned path_text_columns(uint32_t c)
{
    static const struct range zero[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},
                                        {0x64b, 0x65f},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200d},
                                        {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef}};
    static const struct range wide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},  {0x3041, 0x4dbf},   {0x4e00, 0xa4cf},
                                        {0xa960, 0xa97f},   {0xac00, 0xd7a3},  {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
                                        {0xff01, 0xff60},   {0xffe0, 0xffe6},  {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff},
                                        {0x1f900, 0x1faff}, {0x20000, 0x3fffd}};
    if (c < 0x300)
        return 1;
    return IN(c, zero) ? 0 : IN(c, wide) ? 2 : 1;
}

/* Characters that move the cursor, end lines or turn the direction of what follows (Unicode Standard Annex 9). */
static bool is_control(uint32_t c)
{
    static const struct range controls[] = {{0x7f, 0x9f},     {0x61c, 0x61c},   {0x200e, 0x200f}, {0x2028, 0x202e},
                                            {0x2066, 0x2069}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f}};
    return c < 0x20 || (c >= 0x7f && IN(c, controls));
}

static size_t escape(char out[16], const unsigned char *at, size_t size, uint32_t c)
{
    static const char names[] = "\tt\nn\rr";
    size_t n = 0;
    if (c == UINT32_MAX) {
        for (size_t i = 0; i < size; i++)
            n += (size_t)snprintf(out + n, 16 - n, "\\x%02x", at[i]);
        return n;
    }
    for (size_t i = 0; i + 1 < sizeof names; i += 2)
        if (c == (unsigned char)names[i])
            return (size_t)snprintf(out, 16, "\\%c", names[i + 1]);
    return (size_t)snprintf(out, 16, c < 0x80 ? "\\x%02x" : "\\u%04x", c);
}

size_t path_text_visible(struct buf *b, const char *text, size_t size, size_t max_columns, size_t *columns)
{
    const unsigned char *at = (const unsigned char *)text, *end = at + size;
    size_t used = 0;
    while (at < end) {
        uint32_t c;
        char escaped[16];
        size_t n = path_text_decode(at, end, &c), shown = n;
        const char *show = (const char *)at;
        size_t wide;
        if (c == UINT32_MAX || is_control(c)) {
            shown = wide = escape(escaped, at, n, c);
            show = escaped;
        } else {
            wide = path_text_columns(c);
        }
        if (wide > max_columns - used)
            break;
        used += wide;
        buf_add(b, show, shown);
        at += n;
    }
    if (columns)
        *columns += used;
    return (size_t)(at - (const unsigned char *)text);
}
