/* SPDX-License-Identifier: MIT */
/*
 * Digests, check sums and identifiers as the tools of their formats print them: two lower-case digits a byte; and digits read [run].
 *
 *     adit_emit_hex(job, "md5", ADIT_HEX_ARRAY(md5));
 *     adit_emit_hex_number(job, "crc32", crc, 8);
 */
#ifndef ADIT_HEX_H
#define ADIT_HEX_H

#include <adit/abi.h>
#include <adit/emit.h>
#include <adit/text.h>

enum { ADIT_HEX_MAX = 256 }; /* bytes that adit_emit_hex takes */

/* The bytes of an array, for the parameters (bytes, n). */
#define ADIT_HEX_ARRAY(array) (array), sizeof(array)

/* Writes 2 * n digits into `out`, without a NUL. Returns how many. `digits`: the sixteen, in the case that is wanted. */
static inline size_t adit_hex_digits(const void *bytes, size_t n, const char *digits, char *out)
{
    const uint8_t *from = (const uint8_t *)bytes;
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[from[i] >> 4];
        out[2 * i + 1] = digits[from[i] & 15];
    }
    return 2 * n;
}
static inline size_t adit_hex(const void *bytes, size_t n, char *out)
{
    return adit_hex_digits(bytes, n, "0123456789abcdef", out);
}
/* As certificates are told by their tools. */
static inline size_t adit_hex_upper(const void *bytes, size_t n, char *out)
{
    return adit_hex_digits(bytes, n, "0123456789ABCDEF", out);
}

/* Emits n bytes; of more than ADIT_HEX_MAX, the first of them. */
static inline int adit_emit_hex(const struct adit_call *job, const char *field, const void *bytes, size_t n)
{
    char text[2 * ADIT_HEX_MAX];
    const size_t most = ADIT_HEX_MAX;
    return adit_emit_text(job, field, adit_text_of(text, adit_hex(bytes, n < most ? n : most, text)));
}

/* Emits the lowest `digits` (at most 16) digits of a number, the highest first, with leading zeros. */
static inline int adit_emit_hex_number(const struct adit_call *job, const char *field, uint64_t number, unsigned digits)
{
    char text[16];
    digits = digits < sizeof text ? digits : (unsigned)sizeof text;
    for (unsigned i = digits; i-- > 0; number >>= 4)
        text[i] = "0123456789abcdef"[number & 15];
    return adit_emit_text(job, field, adit_text_of(text, digits));
}

/* The value of a hexadecimal digit of either case; -1: it is none. */
static inline int adit_hex_digit(int c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

#endif
