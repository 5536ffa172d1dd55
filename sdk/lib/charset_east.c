/* SPDX-License-Identifier: MIT */
/* Characters of several bytes: those of Japan, China and Korea, as the WHATWG Encoding standard decodes them (10 to 13).
 * Big5 is Windows' (code page 950), without Hong Kong's additions.
 * And the names of all charsets: who asks for one by name may be given any, who does not needs none of these tables. */
#include "charset_east.h"

#include "charset_east_tables.h"
#include "charset_names.h"

enum { NONE = 0xfffd, ESC = 0x1b, YEN = 0xa5, OVERLINE = 0x203e, HALF_WIDTH = 0xff61 };

static bool within(unsigned byte, unsigned first, unsigned last)
{
    return byte - first <= last - first;
}

static uint32_t known(uint32_t cell)
{
    return cell ? cell : NONE;
}

/* 12.3.1: 188 second bytes for each first one; those of ten first bytes are the users'. */
static uint32_t shift_jis(unsigned a, unsigned b)
{
    if (!within(b, 0x40, 0xfc) || b == 0x7f)
        return NONE;
    unsigned row = a - (a < 0xa0 ? 0x81 : 0xc1), column = b - (b < 0x7f ? 0x40 : 0x41);
    return within(a, 0xf0, 0xf9) ? 0xe000 + (a - 0xf0) * 188 + column : known(jis0208[row][column]);
}

/* 94 x 94 characters, of bytes from 0x21 on: the same, counted in another way. */
static uint32_t jis(unsigned a, unsigned b)
{
    unsigned number = (a - 0x21) * 94 + b - 0x21;
    return within(a, 0x21, 0x7e) && within(b, 0x21, 0x7e) && number / 188 < sizeof jis0208 / sizeof *jis0208
               ? known(jis0208[number / 188][number % 188])
               : NONE;
}

static uint32_t big5_pair(unsigned a, unsigned b)
{
    if (!within(b, 0x40, 0x7e) && !within(b, 0xa1, 0xfe))
        return NONE;
    return known(big5[a - 0x81][b - (b < 0x7f ? 0x40 : 0x62)]);
}

static uint32_t euc_kr_pair(unsigned a, unsigned b)
{
    return within(b, 0x41, 0xfe) ? known(euc_kr[a - 0x81][b - 0x41]) : NONE;
}

static uint32_t gbk_pair(unsigned a, unsigned b)
{
    if (!within(b, 0x40, 0xfe) || b == 0x7f)
        return NONE;
    return known(gb18030[a - 0x81][b - (b < 0x7f ? 0x40 : 0x41)]);
}

/* 10.2.1: four bytes are a number; runs of numbers are runs of code points. */
static uint32_t gb18030_four(const unsigned char *p)
{
    uint32_t number = (((p[0] - 0x81u) * 10 + p[1] - 0x30u) * 126 + p[2] - 0x81u) * 10 + p[3] - 0x30u;
    size_t low = 0, high = sizeof gb18030_runs / sizeof *gb18030_runs;
    if (number >= 189000)
        return number - 189000 <= 0xfffff ? 0x10000 + number - 189000 : NONE;
    if (number >= 39420)
        return NONE;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        *(gb18030_runs[middle][0] <= number ? &low : &high) = middle;
    }
    return gb18030_runs[low][1] ? gb18030_runs[low][1] + number - gb18030_runs[low][0] : NONE;
}

static bool is_four(const unsigned char *p, size_t left)
{
    return left >= 4 && within(p[0], 0x81, 0xfe) && within(p[1], 0x30, 0x39) && within(p[2], 0x81, 0xfe) &&
           within(p[3], 0x30, 0x39);
}

static bool is_half_width(unsigned byte)
{
    return within(byte, 0xa1, 0xdf);
}

/* May a character of two bytes or more begin with this one? */
static bool is_first(int charset, unsigned a)
{
    if (charset == EAST_SHIFT_JIS)
        return within(a, 0x81, 0x9f) || within(a, 0xe0, 0xfc);
    return within(a, charset == EAST_EUC_JP ? 0xa1 : 0x81, 0xfe) ||
           (charset == EAST_EUC_JP && (a == 0x8e || a == 0x8f));
}

size_t charset_east_next(int charset, const unsigned char *p, size_t left, uint32_t *c)
{
    unsigned a = p[0], b = left > 1 ? p[1] : 0u;
    size_t n = 2;
    *c = a;
    if (a < 0x80 || (charset == EAST_SHIFT_JIS && a == 0x80))
        return 1;
    if (charset == EAST_SHIFT_JIS && is_half_width(a)) {
        *c = a - 0xa1 + HALF_WIDTH;
        return 1;
    }
    if (!is_first(charset, a) || left < 2) {
        *c = NONE;
        return 1;
    }
    if (charset == EAST_SHIFT_JIS) {
        *c = shift_jis(a, b);
    } else if (charset == EAST_BIG5) {
        *c = big5_pair(a, b);
    } else if (charset == EAST_EUC_KR) {
        *c = euc_kr_pair(a, b);
    } else if (charset == EAST_GB18030) {
        n = is_four(p, left) ? 4 : 2;
        *c = n == 4 ? gb18030_four(p) : gbk_pair(a, b);
    } else if (a == 0x8e) {
        *c = is_half_width(b) ? b - 0xa1 + HALF_WIDTH : NONE;
    } else if (a == 0x8f && left >= 3 && within(b, 0xa1, 0xfe) && within(p[2], 0xa1, 0xfe)) {
        *c = known(jis0212[b - 0xa1][p[2] - 0xa1u]);
        n = 3;
    } else {
        *c = b & 0x80 ? jis(a - 0x80, b - 0x80) : NONE;
    }
    /* What is no pair does not take a second byte with it that could be text. */
    return *c == NONE && b < 0x80 ? 1 : n;
}

/* 12.2.1: escape sequences switch what bytes stand for. Returns the new set: B ASCII, J Roman, I Katakana, $ JIS X 0208; or 0. */
static char escape(const unsigned char *p, size_t left)
{
    if (left < 3 || p[0] != ESC)
        return 0;
    if (p[1] == '(' && (p[2] == 'B' || p[2] == 'J' || p[2] == 'I'))
        return (char)p[2];
    return p[1] == '$' && (p[2] == '@' || p[2] == 'B') ? '$' : 0;
}

size_t charset_iso_2022_jp_next(char *set, const unsigned char *p, size_t left, uint32_t *c)
{
    char switched = escape(p, left);
    unsigned a = p[0];
    *c = a;
    if (switched) {
        *set = switched;
        *c = UINT32_MAX;
        return 3;
    }
    if (a == '\n') /* a line begins in ASCII (RFC 1468) */
        *set = 'B';
    if (a <= 0x20 && a != ESC)
        return 1;
    if (a >= 0x80 || a == ESC)
        *c = NONE;
    else if (*set == 'J')
        *c = a == '\\' ? YEN : a == '~' ? OVERLINE : a;
    else if (*set == 'I')
        *c = a < 0x60 ? a - 0x21 + HALF_WIDTH : NONE;
    else if (*set == '$' && left >= 2 && p[1] > 0x20 && p[1] < 0x7f)
        *c = jis(a, p[1]);
    else if (*set == '$')
        *c = NONE;
    return *set == '$' && left >= 2 && a < 0x80 && a != ESC && p[1] > 0x20 && p[1] < 0x7f ? 2 : 1;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

enum adit_charset adit_charset_by_name(struct adit_text name)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t k = 0;
        while (k < name.size && names[i].name[k] == lower(name.data[k]) && names[i].name[k])
            k++;
        if (k == name.size && names[i].name[k] == '\0')
            return (enum adit_charset)names[i].charset;
    }
    return (enum adit_charset)0;
}
