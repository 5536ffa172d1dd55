/* SPDX-License-Identifier: MIT */
/* The charsets of several bytes, and the next character of a text in one. charset.c knows these functions weakly: they are in
 * a module that calls adit_charset_by_name, which alone tells the charsets' numbers. */
#ifndef SDK_LIB_CHARSET_EAST_H
#define SDK_LIB_CHARSET_EAST_H

#include <adit/charset.h>

enum {
    EAST_SHIFT_JIS = ADIT_CHARSET_MAC_CYRILLIC + 1,
    EAST_EUC_JP,
    EAST_ISO_2022_JP,
    EAST_GB18030,
    EAST_BIG5,
    EAST_EUC_KR,
};

/* The code point at p, of which `left` > 0 bytes are there; U+FFFD where there is none. Returns the bytes that it takes. */
size_t charset_east_next(int charset, const unsigned char *p, size_t left, uint32_t *c);

/* The same in ISO-2022-JP. *set: what the last escape sequence chose, at first 'B'. *c is UINT32_MAX where it was one. */
size_t charset_iso_2022_jp_next(char *set, const unsigned char *p, size_t left, uint32_t *c);

#endif
