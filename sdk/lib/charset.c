/* SPDX-License-Identifier: MIT */
#include <adit/charset.h>
#include <adit/emit.h>
#include <stdlib.h>

/* 0x80..0x9f; the rest is Latin-1. */
static const uint16_t windows_1252[32] = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
};

/* 0x80..0xff; the rest is ASCII. */
static const uint16_t cp437[128] = {
    0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea, 0x00eb, 0x00e8, 0x00ef, 0x00ee,
    0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9, 0x00ff, 0x00d6,
    0x00dc, 0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192, 0x00e1, 0x00ed, 0x00f3, 0x00fa, 0x00f1, 0x00d1, 0x00aa,
    0x00ba, 0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb, 0x2591, 0x2592, 0x2593, 0x2502,
    0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557, 0x255d, 0x255c, 0x255b, 0x2510, 0x2514,
    0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f, 0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550,
    0x256c, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256b, 0x256a, 0x2518, 0x250c,
    0x2588, 0x2584, 0x258c, 0x2590, 0x2580, 0x03b1, 0x00df, 0x0393, 0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4,
    0x03a6, 0x0398, 0x03a9, 0x03b4, 0x221e, 0x03c6, 0x03b5, 0x2229, 0x2261, 0x00b1, 0x2265, 0x2264, 0x2320,
    0x2321, 0x00f7, 0x2248, 0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, 0x00a0,
};

enum { REPLACEMENT = 0xfffd, EMIT_LIMIT = 1 << 20 /* what the host takes as one value */ };

/* Appends one code point where there is room for all of it; counts it in any case. */
struct sink {
    char *out;
    size_t room, written, needed;
};

static void put(struct sink *s, uint32_t c)
{
    unsigned char bytes[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[5] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        bytes[i] = (unsigned char)(0x80 | (c & 0x3f));
    bytes[0] = (unsigned char)(lead[n] | c);
    if (s->written == s->needed && n <= s->room - s->written) {
        __builtin_memcpy(s->out + s->written, bytes, n);
        s->written += n;
    }
    s->needed += n;
}

static uint32_t single_byte(enum adit_charset charset, unsigned char b)
{
    if (charset == ADIT_CHARSET_WINDOWS_1252 && b >= 0x80 && b < 0xa0)
        return windows_1252[b - 0x80];
    if (charset == ADIT_CHARSET_CP437 && b >= 0x80)
        return cp437[b - 0x80];
    return b;
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

static void convert(struct sink *s, enum adit_charset charset, struct adit_text in)
{
    bool big = charset == ADIT_CHARSET_UTF16BE;
    if (charset == ADIT_CHARSET_UTF16) {
        uint32_t mark = in.size >= 2 ? unit(in, 0, true) : 0;
        big = mark != 0xfffe;
        if (mark == 0xfffe || mark == 0xfeff)
            in = adit_text_of(in.data + 2, in.size - 2);
    }
    if (charset >= ADIT_CHARSET_UTF16LE)
        from_utf16(s, in, big);
    else
        for (size_t i = 0; i < in.size; i++)
            put(s, single_byte(charset, (unsigned char)in.data[i]));
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
