/* SPDX-License-Identifier: MIT */
#include <adit/charset.h>
#include <adit/emit.h>
#include <stdlib.h>

#include "charset_east.h"
#include "charset_tables.h"

__typeof__(charset_east_next) charset_east_next __attribute__((weak));
__typeof__(charset_iso_2022_jp_next) charset_iso_2022_jp_next __attribute__((weak));

enum { REPLACEMENT = 0xfffd, EMIT_LIMIT = 1 << 20 /* what the host takes as one value */ };

/* Appends one code point where there is room for all of it; counts it in any case. */
struct sink {
    char *out;
    size_t room, written, needed;
};

size_t adit_utf8_put(uint32_t c, char *out)
{
    static const unsigned char lead[5] = {0, 0, 0xc0, 0xe0, 0xf0};
    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        c = REPLACEMENT;
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(lead[n] | c);
    return n;
}

static void put(struct sink *s, uint32_t c)
{
    char bytes[4];
    size_t n = adit_utf8_put(c, bytes);
    if (s->written == s->needed && n <= s->room - s->written) {
        __builtin_memcpy(s->out + s->written, bytes, n);
        s->written += n;
    }
    s->needed += n;
}

uint32_t adit_charset_point(enum adit_charset charset, uint8_t byte)
{
    size_t known = sizeof high_half_of;
    if (byte < 0x80 || charset == ADIT_CHARSET_LATIN1)
        return byte;
    uint8_t table = (size_t)charset < known ? high_half_of[charset] : 0;
    return table ? high_halves[table - 1][byte - 0x80] : UINT32_MAX;
}

static uint32_t unit(struct adit_text in, size_t i, bool big)
{
    unsigned char first = (unsigned char)in.data[i], second = (unsigned char)in.data[i + 1];
    return big ? (uint32_t)first << 8 | second : (uint32_t)second << 8 | first;
}

static void from_utf16(struct sink *s, struct adit_text in, bool big)
{
    size_t i = 0;
    while (in.size - i >= 2) {
        uint32_t c = unit(in, i, big);
        i += 2;
        if (c >= 0xd800 && c < 0xe000) {
            uint32_t low = c < 0xdc00 && in.size - i >= 2 ? unit(in, i, big) : 0;
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            } else {
                c = REPLACEMENT;
            }
        }
        put(s, c);
    }
    if (i < in.size)
        put(s, REPLACEMENT);
}

/* How many bytes the well-formed sequence at p takes; 0: it is none. */
static size_t sequence(const unsigned char *p, size_t left)
{
    unsigned char c = p[0];
    if (c < 0x80)
        return 1;
    size_t n = c >= 0xc2 && c < 0xe0 ? 2 : (c & 0xf0) == 0xe0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
    if (n == 0 || n > left)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    bool bad = (c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) || (c == 0xf0 && p[1] < 0x90) ||
               (c == 0xf4 && p[1] > 0x8f);
    return bad ? 0 : n;
}

/* Copies what is well-formed; each byte that cannot be part of a sequence becomes one U+FFFD. */
static void from_utf8(struct sink *s, struct adit_text in)
{
    const unsigned char *p = (const unsigned char *)in.data;
    size_t i = in.size >= 3 && p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf ? 3 : 0;
    while (i < in.size) {
        size_t n = sequence(p + i, in.size - i);
        uint32_t c = n == 0 ? REPLACEMENT : n == 1 ? p[i] : p[i] & (0x7fu >> n);
        for (size_t k = 1; k < n; k++)
            c = c << 6 | (p[i + k] & 0x3f);
        put(s, c);
        i += n ? n : 1;
    }
}

static void from_east(struct sink *s, int charset, struct adit_text in)
{
    const unsigned char *p = (const unsigned char *)in.data;
    char set = 'B';
    for (size_t i = 0; i < in.size;) {
        uint32_t c;
        i += charset == EAST_ISO_2022_JP ? charset_iso_2022_jp_next(&set, p + i, in.size - i, &c)
                                                 : charset_east_next(charset, p + i, in.size - i, &c);
        if (c != UINT32_MAX)
            put(s, c);
    }
}

static void convert(struct sink *s, enum adit_charset charset, struct adit_text in)
{
    bool big = charset == ADIT_CHARSET_UTF16BE;
    if (charset == ADIT_CHARSET_UTF16) {
        uint32_t mark = in.size >= 2 ? unit(in, 0, true) : 0;
        big = mark != 0xfffe;
        if (mark == 0xfffe || mark == 0xfeff)
            in = adit_text_of(in.data + 2, in.size - 2);
    }
    if (charset == ADIT_CHARSET_UTF8)
        from_utf8(s, in);
    else if (charset >= ADIT_CHARSET_UTF16LE && charset <= ADIT_CHARSET_UTF16)
        from_utf16(s, in, big);
    else if ((int)charset >= EAST_SHIFT_JIS && (int)charset <= EAST_EUC_KR && charset_east_next)
        from_east(s, (int)charset, in);
    else
        for (size_t i = 0; i < in.size; i++) {
            uint32_t c = adit_charset_point(charset, (uint8_t)in.data[i]);
            put(s, c == UINT32_MAX ? REPLACEMENT : c);
        }
}

size_t adit_charset_to_utf8(enum adit_charset charset, struct adit_text in, char *out, size_t room)
{
    struct sink s = {out, room, 0, 0};
    convert(&s, charset, in);
    return s.needed;
}

int adit_emit_in_charset(const struct adit_call *job, const char *name, enum adit_charset charset, struct adit_text in)
{
    char small[512];
    size_t room = in.size > EMIT_LIMIT ? EMIT_LIMIT : ADIT_UTF8_BOUND(in.size);
    room = room > EMIT_LIMIT ? EMIT_LIMIT : room;
    char *out = room <= sizeof small ? small : malloc(room);
    if (!out)
        return ADIT_E_LIMIT;
    struct sink s = {out, room, 0, 0};
    convert(&s, charset, in);
    if (s.needed > s.written)
        (void)adit_warnf(job, "%s: text of %zu bytes; the first %zu are kept", name, s.needed, s.written);
    int error = adit_emit_text(job, name, adit_text_of(out, s.written));
    if (out != small)
        free(out);
    return error;
}

bool adit_utf8_valid(struct adit_text text)
{
    const unsigned char *p = (const unsigned char *)text.data;
    for (size_t i = 0; i < text.size;) {
        size_t n = sequence(p + i, text.size - i);
        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

bool adit_ascii_only(struct adit_text text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] >= 0x80)
            return false;
    return true;
}
